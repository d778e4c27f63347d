import socket

PORT = 8080

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', PORT))
sock.send(b'Hello, server!')
data = sock.recv(1024)
print('Received:', data.decode())

sock.close()
