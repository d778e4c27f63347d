import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 8080))

message = b'0123456789' * 400
sock.sendall(message)
print('sent', len(message), 'bytes with one call')
sock.close()
