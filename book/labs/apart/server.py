import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)
conn, peer = listener.accept()

total = 0
pieces = 0
while True:
    data = conn.recv(65536)
    if not data:
        break
    total += len(data)
    pieces += 1

print('received', total, 'bytes')
conn.close()
listener.close()
