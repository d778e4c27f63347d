import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(3)  # seconds: a datagram may get no answer, ever

sock.sendto('hello from the client'.encode(), ('127.0.0.1', 8080))
try:
    data, sender = sock.recvfrom(1024)
    print('The answer:', data.decode())
except socket.timeout:
    print('No answer within 3 seconds.')
sock.close()
