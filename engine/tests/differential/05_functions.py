#---- defaults and keywords
def f(a, b=2, *args, c, d=4, **kw):
    return (a, b, args, c, d, kw)
print(f(1, c=3), f(1, 9, 8, 7, c=3, z=0), f(a=1, c=2, b=3))
def pos(a, /, b, *, c=1):
    return a, b, c
print(pos(1, 2), pos(1, b=3, c=4))
#---- mutable default argument
def push(x, acc=[]):
    acc.append(x)
    return acc
print(push(1), push(2), push(3, []), push(4))
#---- call errors
def f(a, b, *, c=1): pass
def g(): pass
def h(a, b=1): pass
class K:
    def m(self, x): pass
for call in (lambda: f(1), lambda: f(), lambda: f(1, 2, 3), lambda: f(1, 2, d=4), lambda: f(1, b=2, a=3), lambda: g(1), lambda: h(), lambda: h(1, 2, 3), lambda: K().m(), lambda: K().m(1, 2), lambda: K(1), lambda: len(), lambda: len(1), lambda: 5(), lambda: None(), lambda: 'a'()):
    try:
        call()
    except TypeError as e:
        print(e)
#---- missing keyword only
def f(*, key, other): pass
def g(a, b, c, d): pass
for call in (lambda: f(), lambda: f(key=1), lambda: g(), lambda: g(1, 2), lambda: f(1, 2)):
    try:
        call()
    except TypeError as e:
        print(e)
#---- recursion
def fact(n):
    return 1 if n <= 1 else n * fact(n - 1)
def fib(n, memo={}):
    if n in memo:
        return memo[n]
    memo[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
    return memo[n]
def hanoi(n, a, b, c):
    if n == 0:
        return 0
    return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
print(fact(20), fact(50), fib(80), hanoi(8, 'a', 'b', 'c'))
#---- recursion limit
def deep(n):
    return deep(n + 1)
try:
    deep(0)
except RecursionError as e:
    print(type(e).__name__, e)
#---- closures
def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc
a, b = counter(), counter()
print(a(), a(), b(), a(5))
fs = [lambda: i for i in range(3)]
gs = [lambda i=i: i for i in range(3)]
print([f() for f in fs], [g() for g in gs])
#---- decorators
import functools
def log(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kw):
        print('call', fn.__name__, args, kw)
        r = fn(*args, **kw)
        print('ret', r)
        return r
    return wrapper
def times(n):
    def deco(fn):
        def w(*a):
            return [fn(*a) for _ in range(n)]
        return w
    return deco
@log
@times(2)
def add(a, b):
    "adds"
    return a + b
@log
def hi(name='x'):
    "greets"
    return 'hi ' + name
print(add(1, 2), hi(name='bo'), hi.__name__, hi.__doc__)
#---- generators
def countdown(n):
    while n > 0:
        yield n
        n -= 1
    return 'liftoff'
print(list(countdown(3)), sum(countdown(4)), max(countdown(2)))
g = countdown(1)
print(next(g))
try:
    next(g)
except StopIteration as e:
    print('value:', e.value)
def chain(*its):
    for it in its:
        yield from it
print(list(chain('ab', [1, 2])))
def delegating():
    r = yield from countdown(2)
    print('got', r)
    yield r
print(list(delegating()))
#---- generator send throw close
def acc():
    total = 0
    try:
        while True:
            try:
                x = yield total
            except ValueError as e:
                print('caught', e)
                x = 0
            if x is None:
                break
            total += x
    finally:
        print('cleanup', total)
g = acc()
print(next(g), g.send(5), g.send(10), g.throw(ValueError('bad')))
g.close()
try:
    next(g)
except StopIteration:
    print('closed')
g2 = acc()
try:
    g2.send(1)
except TypeError as e:
    print(e)
#---- infinite generator with islice
import itertools
def nat():
    n = 0
    while True:
        yield n
        n += 1
print(list(itertools.islice(nat(), 5)), [x for x, _ in zip(nat(), range(3))])
evens = (x for x in nat() if x % 2 == 0)
print(next(evens), next(evens), next(evens))
#---- generator expression laziness
def show(x):
    print('compute', x)
    return x
g = (show(x) for x in range(3))
print('made')
print(next(g))
print(list(g))
#---- functions are objects
def sq(x): return x * x
ops = {'sq': sq, 'neg': lambda x: -x, 'abs': abs}
for k in ops:
    print(k, ops[k](-3))
sq.note = 'mine'
print(sq.note, sq.__name__, (lambda: 0).__name__, list(map(sq, range(3))))
def apply(f, *a): return f(*a)
print(apply(max, 1, 5, 2), apply(str.upper, 'x'))
#---- star args order
def f(*args, sep='-'):
    return sep.join(map(str, args))
print(f(1, 2, 3), f(1, 2, sep='+'), f())
d = {'sep': '/'}
print(f(*'abc', **d))
#---- unbound locals
x = 10
def f():
    try:
        print(x)
    except UnboundLocalError as e:
        print(e)
    x = 5
f()
def g():
    print(undefined_name)
try:
    g()
except NameError as e:
    print(e)
def h():
    def inner():
        return later
    try:
        inner()
    except NameError as e:
        print(e)
    later = 1
h()
#---- return in finally and loops
def f():
    for i in range(5):
        try:
            if i == 2:
                return i
        finally:
            print('finally', i)
def g():
    try:
        return 'try'
    finally:
        print('cleaning')
def h():
    while True:
        try:
            break
        finally:
            print('leaving')
    for i in range(2):
        try:
            continue
        finally:
            print('cont', i)
print(f(), g(), h())
#---- prime sieve and gcd
def sieve(n):
    is_p = [True] * (n + 1)
    is_p[0:2] = [False, False]
    for i in range(2, int(n ** 0.5) + 1):
        if is_p[i]:
            for j in range(i * i, n + 1, i):
                is_p[j] = False
    return [i for i, p in enumerate(is_p) if p]
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a
print(sieve(60), gcd(84, 36))
#---- bubble sort and binary search
def bubble(a):
    a = a[:]
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a
def search(a, x):
    lo, hi = 0, len(a) - 1
    while lo <= hi:
        mid = (lo + hi) // 2
        if a[mid] == x:
            return mid
        if a[mid] < x:
            lo = mid + 1
        else:
            hi = mid - 1
    return -1
s = bubble([5, 2, 9, 1, 7])
print(s, search(s, 7), search(s, 4))
#---- quit in function
import sys
def stop(code):
    print('stopping')
    sys.exit(code)
stop(3)
