import socket


def fetch(url):
    host, path = url.removeprefix('http://').split('/', 1)
    name, port = host.split(':')
    sock = socket.create_connection((name, int(port)))
    sock.sendall(f'GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n'.encode())
    answer = b''
    while piece := sock.recv(1024):
        answer += piece
    sock.close()
    head, body = answer.split(b'\r\n\r\n', 1)
    return body.decode()


page = fetch('http://127.0.0.1:8080/hello.html')
print(page)
