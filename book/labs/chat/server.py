import socket

host = socket.gethostname()
port = 12345

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind((host, port))
listener.listen(1)
conn, peer = listener.accept()
print('Somebody is here:', peer)

heard = conn.recv(1024).decode()
while heard != 'byebye':
    if heard:
        print('They say:', heard)
    line = input('You say: ')
    conn.send(line.encode())
    if line == 'byebye':
        break
    heard = conn.recv(1024).decode()

conn.close()
listener.close()
