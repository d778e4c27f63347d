import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(('127.0.0.1', 8080))
sock.send(b'Is anybody there?')
print('sent without an error')
try:
    print(sock.recv(1024))
except ConnectionRefusedError as error:
    print('refused:', error)
sock.close()
