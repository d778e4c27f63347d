import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for question in ['20', 'warm', '-40']:
    sock.sendto(question.encode(), ('127.0.0.1', 1314))
    print(question, '->', sock.recv(1024).decode('utf-8'))
sock.close()
