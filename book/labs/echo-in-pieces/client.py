import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('localhost', 8888))

sock.sendall(b'good morning ')
sock.sendall(b'good night')
sock.shutdown(socket.SHUT_WR)  # "I have no more to send"; it can still receive

answer = b''
while True:
    piece = sock.recv(1024)
    if not piece:
        break
    answer += piece

print('Back came {!r}'.format(answer))
sock.close()
