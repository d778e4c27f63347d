import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)
conn, peer = listener.accept()

input('Press Enter to read: ')

while True:
    data = conn.recv(1024)
    print('received', data)
    if not data:
        break

conn.close()
listener.close()
