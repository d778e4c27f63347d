import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
address = ('localhost', 8888)
print('Connecting to {}, port {}'.format(*address))
sock.connect(address)

message = b'Is anybody out there?'
print('Sending {!r}'.format(message))
sock.sendall(message)

answer = sock.recv(1024)
print('Received {!r}'.format(answer))

sock.close()
