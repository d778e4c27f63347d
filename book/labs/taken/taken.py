import socket

wishes = [
    ('TCP at 127.0.0.1', socket.SOCK_STREAM, '127.0.0.1'),
    ('TCP at 127.0.0.1 again', socket.SOCK_STREAM, '127.0.0.1'),
    ('TCP at any address', socket.SOCK_STREAM, ''),
    ('TCP at 127.0.0.2', socket.SOCK_STREAM, '127.0.0.2'),
    ('UDP at 127.0.0.1', socket.SOCK_DGRAM, '127.0.0.1'),
]
bound = []
for name, kind, host in wishes:
    sock = socket.socket(socket.AF_INET, kind)
    try:
        sock.bind((host, 8080))
        print(name, '- bound')
        bound.append(sock)
    except OSError as error:
        print(name, '-', error)
        sock.close()
for sock in bound:
    sock.close()
