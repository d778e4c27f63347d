import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 8080))
sock.settimeout(2)
try:
    print('received', sock.recvfrom(1024))
except TimeoutError as error:
    print('nothing came:', error)
sock.close()
