import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 8080))
sock.sendall(b'A sentence that nobody reads to its end.')
try:
    print('answer:', sock.recv(1024))
except ConnectionResetError as error:
    print('reset:', error)
sock.close()
