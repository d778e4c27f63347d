import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 1314))

data, sender = sock.recvfrom(1024)
print('Ignored:', data)

data, sender = sock.recvfrom(1024)
sock.sendto('In degrees Fahrenheit: {}'.format(float(data) * 1.8 + 32).encode(), sender)
sock.close()
