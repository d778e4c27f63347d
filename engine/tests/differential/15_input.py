#---- input echo
# stdin: Ann\n30
name = input('Name: ')
age = int(input('Age: '))
print(f'Hello {name}, next year you are {age + 1}')
#---- input until exit
# stdin: hi\nthere\nexit\nnever
while True:
    line = input('> ')
    if line == 'exit':
        print('bye')
        break
    print('you said', line.upper())
#---- end of input
# stdin: one
print(input())
try:
    input('more? ')
except EOFError as e:
    print('EOF:', e)
#---- end of input uncaught
# stderr: all
x = input()
#---- invalid number retry
# stdin: abc\n\n12
while True:
    try:
        n = int(input('Number: '))
        break
    except ValueError as e:
        print(e)
print('got', n)
#---- read stdin
# stdin: a b\nc\n\nlast
import sys
print(repr(sys.stdin.readline()))
for line in sys.stdin:
    print(repr(line))
print(repr(sys.stdin.readline()), repr(sys.stdin.read()))
#---- read all of stdin
# stdin: 3\n4 5\n
import sys
data = sys.stdin.read().split()
print(data, sum(map(int, data)))
#---- unicode input
# stdin: Zoë 中文
s = input('名前: ')
print(s, len(s), s.encode())
#---- menu program
# stdin: 1\nmilk\n1\neggs\n2\n9\n3
todo = []
while True:
    print('1) add 2) list 3) quit')
    choice = input('choice: ')
    if choice == '1':
        todo.append(input('item: '))
    elif choice == '2':
        for i, t in enumerate(todo, 1):
            print(i, t)
    elif choice == '3':
        break
    else:
        print('unknown choice', repr(choice))
#---- calculator
# stdin: 3 + 4\n10 / 0\n2 ^ 8\nfoo\nq
ops = {'+': lambda a, b: a + b, '-': lambda a, b: a - b, '*': lambda a, b: a * b, '/': lambda a, b: a / b, '^': lambda a, b: a ** b}
while (line := input()) != 'q':
    try:
        a, op, b = line.split()
        print(ops[op](float(a), float(b)))
    except ZeroDivisionError:
        print('cannot divide by zero')
    except (ValueError, KeyError) as e:
        print('error', type(e).__name__, e)
#---- hangman
# stdin: e\nz\no\nh\nl
word, tries, seen = 'hello', 5, set()
while tries and set(word) - seen:
    print(' '.join(c if c in seen else '_' for c in word), f'({tries} left)')
    g = input('letter: ')
    seen.add(g)
    if g not in word:
        tries -= 1
print('won' if tries else 'lost', word)
#---- tic tac toe
# stdin: 0\n4\n1\n3\n2
board = [' '] * 9
def show():
    for r in range(0, 9, 3):
        print('|'.join(board[r:r + 3]))
def winner():
    for a, b, c in [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]:
        if board[a] != ' ' and board[a] == board[b] == board[c]:
            return board[a]
turn = 0
while not winner() and ' ' in board:
    pos = int(input('XO'[turn] + ': '))
    board[pos] = 'XO'[turn]
    turn = 1 - turn
    show()
print('winner', winner())
#---- chat log with timestamps off
# stdin: ann: hi\nbob: hello ann\n/who\n/quit
users, log = set(), []
def handle(line):
    if line.startswith('/'):
        cmd, *args = line[1:].split()
        if cmd == 'who':
            return ', '.join(sorted(users))
        if cmd == 'quit':
            raise SystemExit
        return f'unknown command {cmd!r}'
    user, _, text = line.partition(': ')
    users.add(user)
    log.append((user, text))
    return f'[{len(log)}] <{user}> {text}'
try:
    while True:
        print(handle(input()))
finally:
    print('log:', log)
#---- http request parser
# stdin: GET /index.html?x=1 HTTP/1.1\nHost: localhost:8080\nUser-Agent: test\n\n
lines = []
while True:
    try:
        line = input()
    except EOFError:
        break
    if not line:
        break
    lines.append(line)
method, target, version = lines[0].split(' ')
path, _, query = target.partition('?')
headers = {k.lower(): v.strip() for k, v in (l.split(':', 1) for l in lines[1:])}
print(method, path, query, version, headers)
body = '<h1>It works</h1>'
response = 'HTTP/1.1 200 OK\r\n' + 'Content-Type: text/html\r\n' + f'Content-Length: {len(body)}\r\n' + '\r\n' + body
print(response.encode())
print('HTTP/1.1 404 Not Found\r\n\r\n'.encode().split(b'\r\n'))
#---- line buffer reassembly
chunks = [b'hel', b'lo\nwor', b'ld\n', b'\npartial']
buf = b''
for c in chunks:
    buf += c
    while b'\n' in buf:
        line, buf = buf.split(b'\n', 1)
        print('line', line.decode())
print('left', buf)
#---- simulated echo server with queues
# stdin: ping\nhello\nbyebye
import threading, queue
to_server, to_client = queue.Queue(), queue.Queue()
def server():
    while True:
        data = to_server.get()
        if not data:
            break
        to_client.put(b'echo: ' + data)
t = threading.Thread(target=server)
t.start()
while True:
    msg = input('me: ')
    to_server.put(msg.encode('utf-8'))
    print('server:', to_client.get().decode())
    if msg == 'byebye':
        to_server.put(b'')
        break
t.join()
print('closed')
#---- temperature conversation
# stdin: 25\n-40\nhot\n
def convert(data):
    try:
        return str(float(data) * 1.8 + 32)
    except ValueError:
        return 'not a number: ' + repr(data)
while True:
    try:
        t = input('Celsius: ')
    except EOFError:
        break
    if not t:
        break
    print(convert(t.encode('utf-8').decode('utf-8')))
#---- vote counting
# stdin: a\nb\na\nc\na\ndone
votes = {}
while (v := input('vote: ').strip()) != 'done':
    votes[v] = votes.get(v, 0) + 1
for name, n in sorted(votes.items(), key=lambda x: (-x[1], x[0])):
    print(f'{name:<5}{"#" * n} {n / sum(votes.values()):.1%}')
