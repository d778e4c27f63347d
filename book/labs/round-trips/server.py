import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)
conn, peer = listener.accept()
questions = conn.makefile('rb')
for line in questions:
    print('question:', line)
    conn.sendall(b'%d\n' % (int(line) ** 2))
questions.close()
conn.close()
listener.close()
