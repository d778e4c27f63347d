import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # UDP
sock.bind(('127.0.0.1', 1314))
print('Ready on UDP port 1314')

data, sender = sock.recvfrom(1024)      # one datagram, and where it came from
fahrenheit = float(data) * 1.8 + 32     # float() reads bytes, too
answer = 'In degrees Fahrenheit: ' + str(fahrenheit)
print('A question from %s, port %s' % sender)
sock.sendto(answer.encode('utf-8'), sender)
sock.close()
