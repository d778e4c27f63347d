import socket

# Number 7, a wish for recursion, one question: wirelab.test, type A, class IN.
QUESTION = b'\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00' b'\x07wirelab\x04test\x00\x00\x01\x00\x01'

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(QUESTION, ('127.0.0.1', 53))
answer, server = sock.recvfrom(512)
print('the address is', '.'.join(str(byte) for byte in answer[-4:]))
sock.close()
