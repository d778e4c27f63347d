import socket
import threading

def listen(conn):
    while True:
        data = conn.recv(1024)
        if not data:
            print('They have gone.')
            break
        print('They say:', data.decode())


conn = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
conn.connect(('127.0.0.1', 12345))

threading.Thread(target=listen, args=(conn,)).start()
while True:
    line = input()
    if line == 'byebye':
        break
    conn.sendall(line.encode())

conn.shutdown(socket.SHUT_WR)
