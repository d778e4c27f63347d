import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(('127.0.0.1', 8080))

stream = sock.makefile('rb')
length = int(stream.readline())
received = b''
while len(received) < length:
    piece = stream.read(min(4096, length - len(received)))
    if not piece:
        break  # the server has gone before the end
    received += piece

print('received', len(received), 'of', length, 'bytes')
print('as it was:', received == bytes(range(256)) * 100)
stream.close()
sock.close()
