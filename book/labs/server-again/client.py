import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 8080))
while True:
    data = sock.recv(1024)
    print('received', data)
    if not data:
        break
sock.close()
