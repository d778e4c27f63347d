#---- hello
print('Hello, world!')
#---- print separators and ends
print(1, 2, 3, sep=', ')
print('a', end='')
print('b', end='\n\n')
print()
print('x', 'y', sep='')
print(*[1, 2, 3], sep='-')
print('no', 'newline', end='!\n', flush=True)
#---- arithmetic
print(7 / 2, 7 // 2, 7 % 2, -7 // 2, -7 % 2, 7 // -2, 7 % -2)
print(2 ** 10, 2 ** -1, 2 ** 0.5, (-2) ** 3)
print(divmod(17, 5), divmod(-17, 5), divmod(7.5, 2))
print(1 + 2 * 3 - 4 / 2)
print(10 % 3.5, -10 % 3.5, 7.0 // 2)
print(True + True, True * 3, False - 1)
#---- big integers
n = 1
for i in range(1, 60):
    n *= i
print(n)
print(2 ** 200, -2 ** 100, (2 ** 100) // (3 ** 20), (2 ** 100) % (10 ** 9 + 7))
print(pow(3, 1000, 10 ** 9 + 7), pow(2, -1, 7))
print(len(str(2 ** 1000)))
print((1 << 70) >> 68, (1 << 64) - 1, -(1 << 70) >> 3)
print(10 ** 30 == 10 ** 30, 10 ** 30 > 10 ** 29, hash(2 ** 61 - 1))
#---- bit operators
print(6 & 3, 6 | 3, 6 ^ 3, ~6, 1 << 4, 256 >> 3, -1 >> 1, -8 & 0xff)
flags = 0
flags |= 4
flags |= 1
flags &= ~1
flags ^= 8
print(flags, bin(flags), oct(flags), hex(255), hex(-255))
#---- comparison chains
x = 5
print(1 < x < 10, 1 < x > 4, x == 5 != 6, 1 < 2 < 3 < 2)
print(1 == 1.0, 1 == True, 'a' < 'b', [1, 2] < [1, 3], (1,) < (1, 0))
print('a' in 'cat', 'z' not in 'cat', 3 in [1, 2, 3], 'k' in {'k': 1})
print(None is None, None is not None, x is not None)
#---- boolean logic returns operands
print(0 or 'x', '' or 0, 1 and 'y', [] and 1, not [], not 'a')
print(None or 'default', 'a' and '' and 'c')
print(bool([]), bool([0]), bool(''), bool(' '), bool(0.0), bool(None), bool({}), bool(()))
#---- assignment forms
a = b = 3
a, b = b, a + 1
(c, d), e = (1, 2), 3
[f, g] = [4, 5]
first, *rest = [1, 2, 3, 4]
*init, last = 'abc'
head, *mid, tail = range(6)
print(a, b, c, d, e, f, g, first, rest, init, last, head, mid, tail)
x = [1, 2, 3]
x[0], x[1] = x[1], x[0]
print(x)
i = 10
i += 1; i -= 3; i *= 4; i //= 3; i **= 2; i %= 7
print(i)
s = 'a'
s += 'b' * 3
print(s)
#---- if elif else
def grade(n):
    if n >= 90:
        return 'A'
    elif n >= 80:
        return 'B'
    elif n >= 70:
        return 'C'
    else:
        return 'F'
for n in (95, 85, 75, 10):
    print(n, grade(n))
print('even' if 4 % 2 == 0 else 'odd', 'yes' if '' else 'no')
#---- while with break continue else
n = 0
while True:
    n += 1
    if n == 3:
        continue
    if n > 5:
        break
    print(n)
else:
    print('never')
while n < 8:
    n += 1
else:
    print('done', n)
#---- for with else
for n in range(2, 12):
    for x in range(2, n):
        if n % x == 0:
            print(n, 'equals', x, '*', n // x)
            break
    else:
        print(n, 'is prime')
#---- nested loops and enumerate
names = ['alice', 'bob', 'carol']
for i, name in enumerate(names, start=1):
    print(f'{i}. {name}')
for a, b in zip(names, [3, 2, 1]):
    print(a, b)
for i, (k, v) in enumerate({'x': 1, 'y': 2}.items()):
    print(i, k, v)
#---- range
print(list(range(5)), list(range(2, 8, 3)), list(range(5, 0, -2)), list(range(0)))
print(range(10), range(1, 10, 2), len(range(0, 100, 7)), 14 in range(0, 100, 7), range(10)[3], range(10)[-1], range(10)[2:5])
print(range(3) == range(0, 3), range(0) == range(5, 5))
#---- walrus
data = [1, 5, 9, 2]
if (n := len(data)) > 3:
    print('long', n)
total = 0
it = iter(data)
while (x := next(it, None)) is not None:
    total += x
print(total, [y for z in data if (y := z * 2) > 5])
#---- del and unbound
x = 1
del x
try:
    print(x)
except NameError as e:
    print(e)
d = {'a': 1, 'b': 2}
del d['a']
l = [1, 2, 3, 4]
del l[1], l[-1]
del l[5:]
print(d, l)
#---- global and nonlocal
count = 0
def bump():
    global count
    count += 1
def outer():
    n = 10
    def inner():
        nonlocal n
        n += 1
        return n
    inner()
    return inner()
bump(); bump()
print(count, outer())
#---- docstrings and names
def f():
    """Says nothing."""
class C:
    '''A class.'''
print(f.__doc__, f.__name__, C.__doc__, C.__name__, __name__)
#---- if name is main
def main():
    print('main runs')
if __name__ == '__main__':
    main()
#---- semicolons, line joining, comments
a = 1; b = 2; print(a + b)  # a comment
total = a + \
    b
print(total)
print((a +
       b))
x = [
    1,
    2,  # two
]
print(x, {'k':
          'v'})
#---- assert
def check(x):
    assert x > 0, 'must be positive'
    return x
print(check(1))
try:
    check(-1)
except AssertionError as e:
    print('AssertionError:', e)
try:
    assert False
except AssertionError as e:
    print(repr(e), str(e) == '')
#---- none and ellipsis
def nothing():
    pass
print(nothing(), None, ..., type(None), type(...), NotImplemented)
#---- types
print(type(1), type(1.5), type('a'), type(b'a'), type([]), type(()), type({}), type({1}), type(True), type(None), type(print), type(range(1)))
print(isinstance(1, int), isinstance(True, int), isinstance('a', (int, str)), isinstance(1.0, int), issubclass(bool, int))
print(type(1) == int, type('x') is str, type(1).__name__, (1).__class__.__name__)
#---- type hints are accepted
from typing import List, Optional, Dict
def f(x: int, y: 'str' = 'a', *args: int, **kw: float) -> Optional[List[int]]:
    z: int = 3
    w: Dict[str, int]
    return [x, z]
n: int = 5
print(f(1), n)
def g(x: int | None = None) -> list[int]:
    return [x]
print(g())
#---- match statement
def http(status):
    match status:
        case 200:
            return 'OK'
        case 301 | 302:
            return 'redirect'
        case int(n) if n >= 500:
            return 'server error'
        case [x, y, *rest]:
            return f'list {x} {y} {rest}'
        case {'code': c}:
            return f'mapping {c}'
        case 'a' | 'b' as letter:
            return letter
        case None:
            return 'none'
        case _:
            return 'other'
for s in (200, 302, 503, [1, 2, 3, 4], {'code': 7, 'z': 1}, 'b', None, 3.5):
    print(http(s))
#---- unicode identifiers and output
é = 'café'
名前 = '世界'
print(é, 名前, 'Grüße', '✓', '😀', len('😀'), ascii('é'))
print('\u00e9\t|\x41\101', 'tab\tend')
#---- raw and triple strings
print(r'C:\new\table', 'a\\b', '''two
lines''', """quote " inside""", 'it''s', "it's")
print('con' 'cat' "enated", r'\d+' '\n'.strip())
#---- ANSI escapes
print('\033[1;31mred\033[0m', '\x1b[32mgreen\x1b[0m')
#---- chr ord
print(ord('A'), chr(97), chr(0x4e2d), ord('€'), chr(128512))
for c in 'az':
    print(chr(ord(c) - 32), end=' ')
print()
try:
    chr(-1)
except ValueError as e:
    print(e)
try:
    ord('ab')
except TypeError as e:
    print(e)
#---- id, callable, dir, vars
x = []
y = x
print(id(x) == id(y), callable(print), callable(3), 'append' in dir(list))
class P:
    def __init__(self):
        self.a = 1
        self.b = 'two'
print(vars(P()), P().__dict__)
#---- min max sum abs round
print(min(3, 1, 2), max([4, 9, 2]), min('hello'), max('a', 'bb', key=len), sum([1, 2, 3]), sum([0.1] * 3), sum(range(5), 10))
print(abs(-3), abs(-2.5), round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2), round(1.0), round(2.567, 1))
print(min([], default=0), max({'a': 3, 'b': 2}), max({'a': 3, 'b': 2}.values()))
print(any([0, 1]), all([1, 0]), any([]), all([]))
#---- sorted and reversed
print(sorted([3, 1, 2]), sorted('hello'), sorted([3, 1, 2], reverse=True))
print(sorted(['banana', 'Apple', 'cherry'], key=str.lower), sorted([(1, 'b'), (1, 'a'), (0, 'z')]))
print(list(reversed([1, 2, 3])), ''.join(reversed('abc')))
print(sorted({'b': 1, 'a': 2}.items(), key=lambda kv: kv[1]))
words = ['bb', 'a', 'ccc', 'dd']
words.sort(key=len, reverse=True)
print(words)
#---- map filter zip
print(list(map(int, ['1', '2', '3'])), list(filter(None, [0, 1, '', 'a'])), list(zip('ab', [1, 2, 3])))
print(list(map(lambda x, y: x * y, [1, 2], [3, 4])), list(filter(lambda n: n % 2, range(6))))
a, b = map(int, '3 4'.split())
print(a + b, dict(zip('ab', (1, 2))))
print(list(zip(*[(1, 'a'), (2, 'b')])))
#---- eval exec
print(eval('1 + 2 * 3'))
x = 5
print(eval('x * 2'))
exec('y = x + 1')
print(y)
#---- iter and next
it = iter([1, 2])
print(next(it), next(it), next(it, 'end'))
try:
    next(it)
except StopIteration:
    print('stopped')
n = iter(lambda c=iter([1, 2, 0, 3]): next(c), 0)
print(list(n))
#---- slices
s = 'abcdefg'
print(s[1:4], s[:3], s[3:], s[-2:], s[::-1], s[::2], s[5:1:-2], s[10:], s[-100:2])
l = list(range(10))
l[2:5] = ['x']
print(l)
l[::2] = [0] * len(l[::2])
print(l)
l[:0] = [9, 9]
print(l, l[-1], l[slice(1, 3)])
print((1, 2, 3)[::-1], slice(1, 2), slice(1, 10, 2).indices(5))
#---- hash of equal numbers
d = {1: 'a'}
d[1.0] = 'b'
d[True] = 'c'
print(d, hash(1) == hash(1.0), {0: 'x', False: 'y'})
#---- ternary chains and lambda defaults
f = lambda x, y=2, *z, **k: (x, y, z, k)
print(f(1), f(1, 3, 4, a=5))
sign = lambda n: 'neg' if n < 0 else 'zero' if n == 0 else 'pos'
print(sign(-1), sign(0), sign(1))
#---- pow and complex corner
print(pow(2, 3), pow(2.0, 3), pow(2, 3, 5), 0 ** 0, 0.0 ** 0)
try:
    print(0 ** -1)
except ZeroDivisionError as e:
    print(e)
#---- help of constants in source
print(0xff, 0o17, 0b101, 1_000_000, 1e3, 1.5e-3, .5, 5., 0x_ff)
#---- match more shapes
from collections import namedtuple
Point = namedtuple('Point', 'x y')
class Command:
    __match_args__ = ('name', 'args')
    def __init__(self, name, *args):
        self.name = name
        self.args = args
class Color:
    RED = 'red'
def what(v):
    match v:
        case Command('move', (dx, dy)):
            return f'move {dx} {dy}'
        case Command(name='stop'):
            return 'stop'
        case Command(name, args):
            return f'{name} with {args}'
        case Point(x=0, y=y):
            return f'on the axis at {y}'
        case Color.RED:
            return 'red'
        case (1, *_, last) | [0, last]:
            return f'ends with {last}'
        case {'kind': 'reply', **rest}:
            return f'reply {sorted(rest.items())}'
        case {}:
            return 'a dict'
        case [] | ():
            return 'empty'
        case str() as s if s.isdigit():
            return f'digits {s}'
        case str(s):
            return f'text {s}'
        case True | False:
            return 'a truth'
        case int() | float():
            return 'a number'
        case bytes(b):
            return b
    return 'nothing fits'
for v in (Command('move', 1, 2), Command('stop'), Command('say', 'hi'), Point(0, 4), Point(1, 4), 'red', (1, 2, 3),
          [0, 9], [1, 2], {'kind': 'reply', 'id': 4}, {'kind': 'no'}, [], (), '42', 'word', True, 7, 2.5, b'raw', None,
          range(0), {1, 2}):
    print(what(v))
for i in range(5):
    match i:
        case 1:
            continue
        case 3:
            break
        case n:
            print('n', n)
match 5, 6:
    case a, b:
        print(a, b)
class P:
    def __init__(self, x):
        self.x = x
try:
    match P(1):
        case P(1):
            pass
except TypeError as e:
    print(e)
match = 3
print(match)
