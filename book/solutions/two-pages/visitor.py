import socket

# A browser asks for the page, and then by itself for the site's small picture.
for path in ['/', '/time', '/favicon.ico']:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.connect(('127.0.0.1', 8080))
    request = 'GET ' + path + ' HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n'
    sock.sendall(request.encode())

    answer = b''
    while True:
        piece = sock.recv(1024)
        if not piece:
            break  # the server has closed: the answer is whole
        answer += piece
    print(answer.decode())
    sock.close()
