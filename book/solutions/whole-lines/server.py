import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('localhost', 8888))
listener.listen(1)
conn, peer = listener.accept()

waiting = b''  # received, but not a whole line yet
while True:
    data = conn.recv(1024)
    if not data:
        break
    waiting += data
    while b'\n' in waiting:
        line, waiting = waiting.split(b'\n', 1)
        print('A line:', line.decode())
        conn.sendall(line.upper() + b'\n')

conn.close()
listener.close()
