import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

sock.sendto(b'Hello, server!', ('localhost', 8080))

data = sock.recv(1024)
print(data)

sock.close()
