import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)

input('Press Enter to accept: ')

conn, peer = listener.accept()
print('accepted', peer)
print('received', conn.recv(1024))
conn.close()
listener.close()
