import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)  # a small buffer, so that it is full soon
listener.bind(('127.0.0.1', 8080))
listener.listen(5)
conn, peer = listener.accept()

input('Press Enter to read: ')

total = 0
while data := conn.recv(4096):
    total += len(data)
print('received', total, 'bytes')
conn.close()
listener.close()
