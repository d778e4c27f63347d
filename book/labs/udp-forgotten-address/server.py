import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 8080))

while True:
    data, sender = sock.recvfrom(1024)
    print(data.decode())
    # The mistake: this UDP socket has no peer, so sendto() must be told where to send.
    sock.sendto('hello, {}'.format(sender).encode())
