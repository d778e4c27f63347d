import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('localhost', 8888))

sock.sendall(b'one line in ')
sock.sendall(b'two pieces\n')
sock.sendall(b'two lines\nin one piece\n')
sock.shutdown(socket.SHUT_WR)

answer = b''
while True:
    piece = sock.recv(1024)
    if not piece:
        break
    answer += piece

for line in answer.decode().splitlines():
    print(line)
sock.close()
