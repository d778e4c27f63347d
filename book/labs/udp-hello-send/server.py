import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('localhost', 8080))

data, sender = sock.recvfrom(1024)
print(data)
sock.sendto(b'Hello, world!', sender)

sock.close()
