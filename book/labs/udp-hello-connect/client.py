import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

# On a UDP socket connect() only notes the peer's address. No datagram leaves.
sock.connect(('localhost', 8080))
sock.send(b'Hello, server!')

data = sock.recv(1024)
print(data)

sock.close()
