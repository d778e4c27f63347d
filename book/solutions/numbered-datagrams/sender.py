import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
words = ['one', 'two', 'three', 'four', 'five']
for number, word in enumerate(words, start=1):
    message = '{}/{} {}'.format(number, len(words), word)
    sock.sendto(message.encode(), ('127.0.0.1', 8080))
sock.close()
