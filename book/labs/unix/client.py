import socket

NAME = '\0door'

sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
sock.connect(NAME)
sock.sendall(b'Is anybody at home?')
print('Received:', sock.recv(1024).decode())
sock.close()

# Two ends without any name: each is connected with the other.
left, right = socket.socketpair()
left.sendall(b'to the other end')
print(right.recv(1024))
left.close()
right.close()
