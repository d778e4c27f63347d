import socket

NUMBERS = [2, 3, 4]

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 8080))
answers = sock.makefile('rb')
sock.sendall(b''.join(b'%d\n' % number for number in NUMBERS))
for number in NUMBERS:
    print(number, 'squared is', answers.readline().decode().strip())
answers.close()
sock.close()
