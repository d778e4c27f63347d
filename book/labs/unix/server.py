import socket

# A name that begins with a zero byte is Linux's: it leaves no file behind.
NAME = '\0door'

listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(NAME)
listener.listen(5)

conn, peer = listener.accept()
print('The client has the address', repr(peer))
print('Received:', conn.recv(1024).decode())
conn.sendall(b'Hello, neighbour!')

conn.close()
listener.close()
