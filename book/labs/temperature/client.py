import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
celsius = input('Degrees Celsius: ')
sock.sendto(celsius.encode(), ('127.0.0.1', 1314))
print(sock.recv(1024).decode('utf-8'))
sock.close()
