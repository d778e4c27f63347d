import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('localhost', 8888))

message = b'Is anybody out there?'
sock.sendall(message)

answer = b''
while len(answer) < len(message):
    piece = sock.recv(1024)
    if not piece:
        break
    answer += piece

print('Received {!r}'.format(answer))
sock.close()
