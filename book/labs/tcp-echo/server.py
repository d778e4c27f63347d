import socket

# A listening socket only takes in new connections; it never carries data itself.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
address = ('localhost', 8888)
print('Binding to {}, port {}'.format(*address))
listener.bind(address)
listener.listen(1)

print('Waiting for a client')
conn, peer = listener.accept()
print('A client has come from', peer)

while True:
    data = conn.recv(1024)
    print('Received {!r}'.format(data))
    if not data:
        break  # b'' means: the client has closed its side
    conn.sendall(data)

conn.close()
listener.close()
