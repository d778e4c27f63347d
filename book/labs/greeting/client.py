import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('localhost', 8080))

greeting = sock.recv(1024)
print(greeting.decode())

sock.close()
