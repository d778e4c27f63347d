import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)

input('Press Enter to accept: ')

for number in range(1, 3):
    conn, peer = listener.accept()
    print('visitor', number, 'says', conn.recv(1024).decode())
    conn.close()

listener.close()
