import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b'Can you hear me?', ('127.0.0.1', 8081))
print('sent without an error')
sock.close()
