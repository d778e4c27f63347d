import socket

PORT = 8080  # any number from 0 to 65535; 0 lets the kernel choose

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('', PORT))  # '' means: any address of this host

# UDP needs no listen() and no accept(): there are no connections.
data, sender = sock.recvfrom(1024)
print('Received from', sender[0] + ':', data.decode())
sock.sendto(b'Hello, client!', sender)

sock.close()
