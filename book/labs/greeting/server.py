import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('localhost', 8080))
listener.listen(5)

conn, peer = listener.accept()
conn.send(b'Hello, world!')

conn.close()
listener.close()
