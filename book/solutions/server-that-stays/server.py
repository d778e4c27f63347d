import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 1314))

while True:
    data, sender = sock.recvfrom(1024)
    try:
        answer = 'In degrees Fahrenheit: ' + str(float(data) * 1.8 + 32)
    except ValueError:
        answer = 'That is not a number.'
    sock.sendto(answer.encode('utf-8'), sender)
