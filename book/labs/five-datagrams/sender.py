import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for word in [b'one', b'two', b'three', b'four', b'five']:
    sock.sendto(word, ('127.0.0.1', 8080))
print('all sent')
sock.close()
