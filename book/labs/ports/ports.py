import socket

for port in [8080, 65535, 0, 0, 65536, -1]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.bind(('127.0.0.1', port))
        print('asked for', port, 'and got', sock.getsockname()[1])
    except OverflowError as error:
        print('asked for', port, '-', error)
    sock.close()
