import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
host = '127.0.0.1'
port = 8080
sock.connect((host, port))

while True:
    line = input('Send what? ')
    if line == 'exit':
        break
    sock.send(line.encode('utf-8'))
    reply = sock.recv(1024).decode('utf-8')
    print('The server replies:', reply)

sock.close()
