import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    sock.connect(('127.0.0.1', 8080))
except ConnectionRefusedError as error:
    print('refused:', error)
sock.close()
