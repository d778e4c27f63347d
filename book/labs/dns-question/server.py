import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('127.0.0.1', 53))
question, client = sock.recvfrom(512)
print('question of', len(question), 'bytes')
# The same number, "this is an answer", one question and one answer: the name as above, type A, a minute, 4 bytes.
head = question[:2] + b'\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00'
answer = b'\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04' + bytes([10, 0, 0, 1])
sock.sendto(head + question[12:] + answer, client)
sock.close()
