import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8110))
listener.listen(5)
conn, peer = listener.accept()
lines = conn.makefile('rb')
conn.sendall(b'+OK mailbox ready\r\n')
for line in lines:
    print(line)
    conn.sendall(b'+OK\r\n')
    if line == b'QUIT\r\n':
        break
lines.close()
conn.close()
listener.close()
