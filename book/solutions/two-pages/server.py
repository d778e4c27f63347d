import socket
import time

site = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
site.bind(('127.0.0.1', 8080))
site.listen(5)
print('Open for visitors')

while True:
    conn, visitor = site.accept()
    request = b''
    while b'\r\n\r\n' not in request:
        piece = conn.recv(1024)
        if not piece:
            break
        request += piece

    words = request.decode().split(' ')
    path = words[1] if len(words) > 1 else ''
    status, body = '200 OK', ''
    if path == '/':
        body = 'This page was written by hand.'
    elif path == '/time':
        body = 'It is the year {}.'.format(time.localtime().tm_year)
    else:
        status, body = '404 Not Found', 'There is no such page.'
    print(path, status)
    conn.sendall('HTTP/1.1 {}\r\n\r\n{}'.format(status, body).encode())
    conn.close()
