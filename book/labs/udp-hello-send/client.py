import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

# The mistake: nobody has told this socket where to send.
sock.send(b'Hello, server!')

data = sock.recv(1024)
print(data)

sock.close()
