import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 8110))
lines = sock.makefile('rb')
print(lines.readline())
for command in [b'USER anna\r\n', b'PASS open sesame\r\n', b'QUIT\r\n']:
    sock.sendall(command)
    print(lines.readline())
lines.close()
sock.close()
