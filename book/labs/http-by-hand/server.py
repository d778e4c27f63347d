import socket

HOST = '127.0.0.1'
PORT = 8080

site = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
site.bind((HOST, PORT))
site.listen(5)
print('Open for visitors')

while True:
    conn, visitor = site.accept()
    print('Visitor from', visitor)
    request = conn.recv(1024)
    print('Asked for:', request.decode())
    # Status line, empty line, body. The end of the connection is the end of the body.
    conn.sendall(b'HTTP/1.1 200 OK\r\n\r\nThis page was written by hand.')
    conn.close()
    print('Answered and closed')
