import socket
import time

for attempt in range(1, 11):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.connect(('127.0.0.1', 8080))
    except ConnectionRefusedError as error:
        print('Attempt {}: {}'.format(attempt, error.strerror))
        sock.close()
        time.sleep(0.5)
    else:
        print('The server says:', sock.recv(1024).decode())
        sock.close()
        break
else:
    print('Nobody is there. I give up.')
