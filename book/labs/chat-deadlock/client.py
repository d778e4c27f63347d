import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 12345))

print('I listen first, too.')
heard = sock.recv(1024)
print('heard', heard)
sock.sendall(b'hello, server')
sock.close()
