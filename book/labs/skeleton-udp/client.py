import socket

PORT = 8080

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b'Hello, server!', ('127.0.0.1', PORT))
data, sender = sock.recvfrom(1024)
print('Received:', data.decode())

sock.close()
