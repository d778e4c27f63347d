import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
sock.connect(('127.0.0.1', 8080))
sock.sendall(b'x' * 40000)
print('all sent')
sock.close()
