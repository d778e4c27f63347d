#---- star import puts bare names in except
from socket import *
try:
    raise timeout('timed out')
except timeout as e:
    print('timeout', e)
try:
    raise error(98, 'Address already in use')
except error as e:
    print('error', e, e.errno)
print(AF_INET, SOCK_STREAM, SOL_SOCKET)
#---- module name rebound
import socket
socket = socket.AF_INET
print(socket)
#---- two excepts for the same class
import socket
try:
    raise ConnectionRefusedError(111, 'Connection refused')
except socket.timeout:
    print('timeout')
except socket.error as msg:
    print('Error Code : %s' % msg.errno, 'Message ' + str(msg))
#---- error args indexing
import socket
try:
    raise socket.error(98, 'Address already in use')
except socket.error as msg:
    print(msg.args[0], msg.args[1], str(msg.args))
    try:
        print(msg[0])
    except TypeError as e:
        print(e)
#---- socket object without a network: plain errors
import socket
for f in (lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 'x'), lambda: socket.socket('a')):
    try: f()
    except TypeError as e: print(type(e).__name__)
#---- print of encoded data
msg = 'hello'
print('Sent ' + msg, 'Received:', msg.encode(), 'repr %r' % msg.encode())
print('from', ('127.0.0.1', 54321), 'from %s:%d' % ('127.0.0.1', 54321), 'addr: {}'.format(('::1', 80, 0, 0)))
print("Connected by", ('127.0.0.1', 5), sep=' ')
try:
    print('Received ' + b'data')
except TypeError as e:
    print(e)
#---- eval of input style
# stdin: 5\n[1, 2]
n = eval(input())
l = eval(input())
print(n + 1, l + [3])
#---- string repetition banners
print('=' * 20)
print('-' * 5 + ' menu ' + '-' * 5)
print('\n'.join('*' * i for i in range(1, 4)))
print(('a' + 'b') * 2, 3 * '-')
#---- global counters and lists
clients = []
nick = {}
def add(c, n):
    clients.append(c)
    nick[c] = n
def broadcast(m, skip=None):
    for c in clients:
        if c != skip:
            print(f'-> {nick[c]}: {m}')
add(1, 'ann'); add(2, 'bob'); add(3, 'cy')
broadcast('hi', skip=2)
clients.remove(1)
del nick[1]
broadcast('left')
i = clients.index(3)
print(i, nick)
#---- except Exception as e with print(e)
def risky(k):
    if k == 0: raise OSError(9, 'Bad file descriptor')
    if k == 1: return {}['nick']
    if k == 2: return int('x' * 3)
    if k == 3: return b'\x80'.decode()
    if k == 4: raise BrokenPipeError(32, 'Broken pipe')
for k in range(6):
    try:
        risky(k)
    except Exception as e:
        print('Error:', e, '|', type(e), '|', e.__class__.__name__)
    else:
        print('fine')
#---- sys.getsizeof is an int
import sys
print(isinstance(sys.getsizeof('x'), int), sys.getsizeof([]) > 0)
#---- command dispatch with dict and getattr
class Handler:
    def do_get(self, *a): return 'GET ' + ' '.join(a)
    def do_put(self, *a): return 'PUT ' + ' '.join(a)
    def run(self, line):
        cmd, *args = line.split()
        m = getattr(self, 'do_' + cmd.lower(), None)
        return m(*args) if m else f'no such command: {cmd}'
h = Handler()
for l in ('GET a b', 'put x', 'DEL'):
    print(h.run(l))
#---- unbound methods
print(str.encode('é'), bytes.decode(b'abc'), str.upper('x'), int.from_bytes(b'\x01', 'big'), dict.get({'a': 1}, 'a'), '/'.join(map(str.strip, [' a ', 'b '])))
#---- class with del and socket-like close
class Conn:
    def __init__(self): self.open = True
    def close(self):
        self.open = False
        print('closing')
    def __enter__(self): return self
    def __exit__(self, *exc): self.close()
    def __getattr__(self, name):
        return f'<{name}>'
with Conn() as c:
    print(c.peer, c.open)
#---- str of an exception class in format
try:
    raise TimeoutError('timed out')
except TimeoutError as e:
    print('%s' % e, '{}'.format(e), f'{e}', f'{e!r}', str(type(e)))
#---- loops with time stamps
import time
start = time.time()
for i in range(3):
    elapsed = time.time() - start
    assert elapsed >= 0
print('%.0f s' % (time.time() - start), round(time.time() - start, 0) >= 0)
#---- nested functions with default host port
HOST, PORT = '127.0.0.1', 65432
def connect(host=HOST, port=PORT, *, timeout=None):
    return f'{host}:{port} timeout={timeout}'
print(connect(), connect('h'), connect(port=1), connect(timeout=2.5))
#---- bytes formatting of numbers
n = 5
print(str(n).encode(), b'%d' % n, bytes(str(n), 'ascii'), '{:04d}'.format(n).encode(), f'{n:>4}'.encode(), int(b'  7 '), int('5'.encode()))
#---- while True with try and counter
count = 0
while True:
    try:
        count += 1
        if count == 2: raise ConnectionResetError(104, 'Connection reset by peer')
        if count == 4: raise KeyboardInterrupt
        print('tick', count)
    except ConnectionError as e:
        print('conn', e)
    except KeyboardInterrupt:
        print('\nShutting down')
        break
    finally:
        if count > 10: break
#---- shadowed builtins
list = [1, 2]
str = 'text'
print(list, str)
del list
print(list((1, 2)))
id = 5
input = 3
print(id + input)
#---- chained string methods over a message protocol
def parse(msg):
    kind, _, rest = msg.partition('|')
    fields = dict(f.split('=') for f in rest.split(';') if f)
    return kind.strip().upper(), fields
print(parse('login|user=ann;pw=secret'), parse('bye'), parse('msg |to=bob;text=hi'))
try:
    parse('bad|novalue')
except ValueError as e:
    print(e)
#---- simple state machine
class Tcp:
    table = {('CLOSED', 'passive'): 'LISTEN', ('LISTEN', 'syn'): 'SYN-RECEIVED', ('SYN-RECEIVED', 'ack'): 'ESTABLISHED', ('ESTABLISHED', 'fin'): 'CLOSE-WAIT', ('CLOSE-WAIT', 'close'): 'LAST-ACK', ('LAST-ACK', 'ack'): 'CLOSED'}
    def __init__(self): self.state = 'CLOSED'
    def on(self, ev):
        try:
            self.state = self.table[self.state, ev]
        except KeyError:
            raise ValueError(f'{ev} in {self.state}') from None
        return self.state
t = Tcp()
print([t.on(e) for e in ('passive', 'syn', 'ack', 'fin', 'close', 'ack')])
try:
    t.on('syn')
except ValueError as e:
    print(e)
#---- asyncio basics
import asyncio
async def say(x, d):
    await asyncio.sleep(d)
    print(x)
    return x
async def main():
    r = await asyncio.gather(say('b', 0.05), say('a', 0.01))
    print(r)
    try:
        await asyncio.wait_for(asyncio.sleep(1), 0.01)
    except asyncio.TimeoutError:
        print('timed out')
asyncio.run(main())
#---- tuple addresses as keys and in sets
seen = set()
for addr in [('10.0.0.1', 5), ('10.0.0.2', 5), ('10.0.0.1', 5)]:
    if addr in seen: print('again', addr)
    seen.add(addr)
print(len(seen), sorted(seen), {addr: i for i, addr in enumerate(sorted(seen))})
#---- windows sized transfers
data = bytes(i % 256 for i in range(2500))
sent, parts = 0, []
while sent < len(data):
    part = data[sent:sent + 1024]
    parts.append(part)
    sent += len(part)
    print(f'{sent}/{len(data)} {sent / len(data):.1%}')
print(b''.join(parts) == data)
#---- progress with carriage return
import sys
for i in range(0, 101, 50):
    sys.stdout.write('\r%3d%%' % i)
    sys.stdout.flush()
print()
#---- print to stderr and stdout
# stderr: all
import sys
print('usage: x', file=sys.stderr)
print('fine')
sys.stderr.write('done\n')
#---- stdout buffer
import sys
sys.stdout.buffer.write(b'raw \xc3\xa9\n')
sys.stdout.flush()
print('text')
#---- string escapes in bytes output
print('a\tb'.encode(), b'\r\n', 'x\x00y'.encode(), repr('\r\n'), ascii('é\n'))
#---- object equality in membership
class M:
    def __init__(self, k): self.k = k
    def __eq__(self, o):
        return self.k == getattr(o, 'k', o)
ms = [M(1), M(2)]
print(M(2) in ms, 1 in ms, ms.index(M(2)), ms.count(2), M(1) != M(1))
ms.remove(M(1))
print(len(ms))
try:
    {M(1)}
except TypeError as e:
    print(e)
#---- sum of a matrix with generators and star
rows = [[1, 2], [3, 4]]
print(sum(sum(r) for r in rows), [*map(sum, rows)], max(map(max, rows)), *rows, sep=' ')
