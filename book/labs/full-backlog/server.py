import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 8080))
listener.listen(1)

input('Busy. Press Enter to go home: ')

listener.close()
