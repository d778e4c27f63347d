import socket

PORT = 8080

sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
sock.connect(('::1', PORT))
sock.send(b'Hello, server!')
data = sock.recv(1024)
print('Received:', data.decode())

sock.close()
