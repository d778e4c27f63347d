import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.settimeout(3)
try:
    sock.connect(('127.0.0.1', 8080))
    print('connected')
except socket.timeout as error:
    print('no answer:', error)
sock.close()
