import socket

line = []
for number in [1, 2, 3]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(1.5)
    try:
        sock.connect(('127.0.0.1', 8080))
        print('client', number, 'is connected')
    except TimeoutError as error:
        print('client', number, '-', error)
    line.append(sock)
for sock in line:
    sock.close()
