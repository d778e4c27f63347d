import socket

doors = [
    ('another port', socket.AF_INET, socket.SOCK_STREAM, '127.0.0.1', 8081),
    ('another address', socket.AF_INET, socket.SOCK_STREAM, '127.0.0.2', 8080),
    ('another family', socket.AF_INET6, socket.SOCK_STREAM, '::1', 8080),
    ('another type', socket.AF_INET, socket.SOCK_DGRAM, '127.0.0.1', 8080),
    ('the right one', socket.AF_INET, socket.SOCK_STREAM, '127.0.0.1', 8080),
]
for name, family, kind, host, port in doors:
    sock = socket.socket(family, kind)
    try:
        sock.connect((host, port))
        if kind == socket.SOCK_DGRAM:
            sock.send(b'Is anybody there?')
            sock.recv(1024)
        print(name, '- connected')
    except OSError as error:
        print(name, '-', error)
    sock.close()
