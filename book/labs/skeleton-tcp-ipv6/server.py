import socket

PORT = 8080  # any number from 0 to 65535; 0 lets the kernel choose

listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
listener.bind(('', PORT))  # '' means: any address of this host
listener.listen(5)

conn, peer = listener.accept()
print('Connected:', peer[0])
data = conn.recv(1024)
print('Received:', data.decode())
conn.send(b'Hello, client!')

conn.close()
listener.close()
