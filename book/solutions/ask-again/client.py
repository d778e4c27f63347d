import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.5)  # seconds, for each recv()

for attempt in range(1, 4):
    sock.sendto(b'20', ('127.0.0.1', 1314))
    try:
        print(sock.recv(1024).decode())
        break
    except socket.timeout:
        print('No answer to attempt', attempt)
else:
    print('I give up.')

sock.close()
