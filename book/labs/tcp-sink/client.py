import socket

sock = socket.socket()  # the defaults: AF_INET and SOCK_STREAM
sock.connect(('127.0.0.1', 8080))
sock.send(b'a short note')
sock.close()
