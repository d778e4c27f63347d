import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(5)

conn, peer = listener.accept()
while True:
    data = conn.recv(1024)
    if not data:
        break  # the client has left
    text = data.decode('utf-8')
    print('The client says:', text)
    reply = '{} characters in {} bytes'.format(len(text), len(data))
    conn.sendall(reply.encode('utf-8'))

conn.close()
listener.close()
