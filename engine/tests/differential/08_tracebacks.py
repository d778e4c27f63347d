#---- uncaught at module level
# stderr: all
print('before')
x = 1 / 0
print('never')
#---- uncaught in functions
# stderr: all
def a(n):
    return b(n) + 1

def b(n):
    values = [1, 2, 3]
    return values[n]

print(a(1))
print(a(7))
#---- uncaught custom
# stderr: all
class ProtocolError(Exception):
    pass

def parse(line):
    if ':' not in line:
        raise ProtocolError(f'bad line: {line!r}')

parse('ok: 1')
parse('broken')
#---- uncaught without message
# stderr: all
raise ValueError
#---- uncaught KeyError shows repr
# stderr: all
d = {'a': 1}
print(d['b'])
#---- chained during handling
# stderr: all
def load():
    try:
        return {}['port']
    except KeyError:
        return int('eighty')

load()
#---- chained from
# stderr: all
try:
    int('x')
except ValueError as e:
    raise RuntimeError('could not configure') from e
#---- from None
# stderr: all
try:
    int('x')
except ValueError:
    raise RuntimeError('only this') from None
#---- method and lambda frames
# stderr: all
class Server:
    def handle(self, f):
        return f()
    def run(self):
        self.handle(lambda: self.missing)
Server().run()
#---- multi-line expression
# stderr: all
def f(a, b):
    return a + b
result = f(
    1,
    'two',
)
#---- carets under part of a line
# stderr: all
class P:
    name = None
p = P()
print('length', len(p.name.strip()) + 1)
#---- subscript caret
# stderr: all
table = {'x': [1, 2]}
y = table['x'][5] + 1
#---- binary operator caret
# stderr: all
port = input_value = '80'
total = 1 + (port + 5) * 2
#---- name error with suggestion
# stderr: all
counter = 1
print(conter)
#---- attribute error with suggestion
# stderr: all
import math
class Connection:
    def sendall(self): pass
c = Connection()
c.sendal()
#---- name error without suggestion
# stderr: all
print(xyzzy_unknown)
#---- import error
# stderr: all
import no_such_module_here
#---- from import error
try:
    from math import no_such_name
except ImportError as e:
    print(str(e).split(' (')[0], e.name)
#---- recursion error is cut
def f(n):
    return f(n + 1)
f(0)
#---- generator frame
# stderr: all
def gen():
    yield 1
    raise ValueError('from the generator')
for x in gen():
    print(x)
#---- comprehension frame
# stderr: all
rows = ['1', '2', 'x']
print([int(r) for r in rows])
#---- raise in finally
# stderr: all
try:
    1 / 0
finally:
    print('cleanup')
#---- with and traceback
# stderr: all
class C:
    def __enter__(self): return self
    def __exit__(self, *a): print('exit'); return False
with C() as c:
    c.nope
#---- assertion with message
# stderr: all
n = -5
assert n > 0, f'n is {n}'
#---- unicode error uncaught
# stderr: all
data = b'caf\xe9'
print(data.decode())
#---- type error of a call
# stderr: all
def greet(name, greeting):
    print(greeting, name)
greet('Bob')
#---- exit codes: string
# stderr: all
import sys
sys.exit('fatal: no arguments')
#---- exit codes: number
import sys
print('leaving')
sys.exit(42)
#---- exit codes: none and true
import sys
sys.exit(None)
#---- exit codes: zero by exit()
print('x')
exit(0)
#---- raise SystemExit
raise SystemExit(7)
#---- uncaught keyboard interrupt
raise KeyboardInterrupt
#---- exception with newlines
# stderr: all
raise RuntimeError('line one\nline two')
#---- oserror uncaught
# stderr: all
raise ConnectionRefusedError(111, 'Connection refused')
#---- file not found uncaught
# stderr: all
f = open('nothing.txt')
#---- module qualified exception name
import json
json.loads('{bad json}')
#---- nested function qualname
# stderr: all
def outer():
    def inner():
        raise ValueError('deep')
    inner()
outer()
#---- class body error
# stderr: all
class Broken:
    x = 1
    y = undefined_thing
#---- exception while handling in loop
# stderr: all
for item in ['1', 'b']:
    try:
        print(int(item))
    except ValueError as e:
        print('bad', e)
        raise TypeError('cannot go on')
#---- await outside etc is fine: repeated frames
def loop(n):
    if n == 0:
        raise ValueError('bottom')
    loop(n - 1)
loop(30)
#---- output before and error after, interleaved
# stderr: all
import sys
print('out 1')
print('err 1', file=sys.stderr)
sys.stderr.write('err 2\n')
sys.stdout.write('out 2\n')
[].pop()
#---- stop at decorator line
# stderr: all
def deco(fn):
    raise TypeError('cannot decorate')
@deco
def f():
    pass
#---- long line with call chain
# stderr: all
class A:
    def first(self): return self
    def second(self): return None
a = A()
value = a.first().second().third()
#---- tuple unpack failure
# stderr: all
host, port = 'localhost'.split(':')
#---- for loop over none
# stderr: all
for x in None:
    pass
#---- conditional caret
# stderr: all
a, b = 3, '4'
if a < b:
    print('less')
#---- augmented assignment caret
# stderr: all
total = 0
total += 'x'
#---- dict display caret
# stderr: all
config = {
    'host': 'localhost',
    'port': int('http'),
}
#---- f-string caret
name = None
print(f'hello {name.upper()}')
#---- unary caret
# stderr: all
x = 'a'
y = -x
#---- raise class with args
# stderr: all
raise OSError(22, 'Invalid argument', 'file.txt')
#---- del of missing
# stderr: all
d = {}
del d['nothing']
#---- non-ascii source line
größe = '中文'; print(größe + 5)
