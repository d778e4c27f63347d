import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 8080))
sock.settimeout(2)

words = {}
total = 0
last = 0
try:
    while not total or len(words) < total:
        data, sender = sock.recvfrom(1024)
        place, word = data.decode().split(' ', 1)
        number, total = (int(part) for part in place.split('/'))
        if number in words:
            print(number, 'has come twice')
        elif number < last:
            print(number, 'has come late')
        words[number] = word
        last = max(last, number)
except socket.timeout:
    missing = [n for n in range(1, total + 1) if n not in words]
    print('missing:', missing)

print(' '.join(words[n] for n in sorted(words)))
sock.close()
