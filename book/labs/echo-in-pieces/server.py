import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('localhost', 8888))
listener.listen(1)
conn, peer = listener.accept()

input('Press Enter to read: ')

while True:
    data = conn.recv(8)
    print('Received {!r}'.format(data))
    if not data:
        break
    conn.sendall(data)

conn.close()
listener.close()
