import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 12345))
listener.listen(1)
conn, peer = listener.accept()

print('I listen first.')
heard = conn.recv(1024)
print('heard', heard)
conn.sendall(b'hello, client')
conn.close()
listener.close()
