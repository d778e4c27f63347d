import socket

PORT = 8080

sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.sendto(b'Hello, server!', ('::1', PORT))
data, sender = sock.recvfrom(1024)
print('Received:', data.decode())

sock.close()
