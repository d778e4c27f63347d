import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(10)

while True:
    conn, peer = listener.accept()  # blocks until a client has come
    data = conn.recv(1024)          # at most 1024 bytes
    print(data.decode())
    conn.close()                    # this client's connection; the listener stays open
