import socket

host = socket.gethostname()
port = 12345

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((host, port))
print('Connected')

heard = ''
while heard != 'byebye':
    line = input('You say: ')
    sock.send(line.encode())
    if line == 'byebye':
        break
    heard = sock.recv(1024).decode()
    print('They say:', heard)

sock.close()
