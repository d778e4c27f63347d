import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 8080))
answers = sock.makefile('rb')
for number in [2, 3, 4]:
    sock.sendall(b'%d\n' % number)
    print(number, 'squared is', answers.readline().decode().strip())
answers.close()
sock.close()
