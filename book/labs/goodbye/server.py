import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)
conn, peer = listener.accept()

data = conn.recv(1024)
print('received', data)
data = conn.recv(1024)
print('received', data)  # b'' means: the client has closed its side

input('Press Enter to close: ')
conn.close()
listener.close()
