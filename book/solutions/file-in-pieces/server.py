import socket

FILE = bytes(range(256)) * 100
PIECE = 4096

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)
conn, peer = listener.accept()
conn.sendall(b'%d\n' % len(FILE))  # first a line with the length, then the file
for start in range(0, len(FILE), PIECE):
    conn.sendall(FILE[start:start + PIECE])
print('sent', len(FILE), 'bytes')
conn.close()
listener.close()
