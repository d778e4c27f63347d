import socket

site = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
site.bind(('127.0.0.1', 8080))
site.listen(5)

conn, visitor = site.accept()
request = conn.recv(1024)
print('Asked for:', request.decode().split()[1])
conn.sendall(b'HTTP/1.1 200 OK\r\n\r\nThis page was written by hand.')
conn.close()
site.close()
