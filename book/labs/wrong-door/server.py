import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)
print('Waiting at', listener.getsockname())

conn, peer = listener.accept()
print('Somebody has come')
conn.close()
listener.close()
