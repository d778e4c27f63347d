#---- list methods
l = [3, 1, 2]
l.append(4); l.extend([5, 6]); l.insert(0, 0); l.remove(3)
print(l, l.pop(), l.pop(0), l, l.index(2), l.count(1), len(l))
l.sort(); print(l); l.reverse(); print(l)
c = l.copy(); c.clear(); print(l, c, l + [9], l * 2, [0] * 3)
print([1, 2] == [1, 2], [1, [2, 3]], [] < [1], [1, 2] in [[1, 2]])
#---- list errors
l = [1, 2]
for f in (lambda: l[5], lambda: l.remove(9), lambda: l.index(9), lambda: [].pop(), lambda: l['a'], lambda: l + (1,), lambda: l.pop(7), lambda: [1] < ['a'], lambda: sorted([1, 'a'])):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
#---- list aliasing
a = [1, 2]
b = a
b.append(3)
c = a[:]
c.append(4)
print(a, b, c, a is b, a is c)
grid = [[0] * 3 for _ in range(2)]
grid[0][1] = 5
bad = [[0] * 2] * 2
bad[0][0] = 1
print(grid, bad)
#---- tuples
t = (1, 'a', 2.5)
print(t, t[1], t + (4,), t * 2, len(t), (1,), (), tuple([1, 2]), t.index('a'), t.count(1), 'a' in t)
x, y, z = t
print(x, y, z, (1, 2) < (1, 3), hash((1, 2)) == hash((1, 2)))
try:
    t[0] = 5
except TypeError as e:
    print(e)
try:
    a, b = (1, 2, 3)
except ValueError as e:
    print(e)
try:
    a, b, c = [1, 2]
except ValueError as e:
    print(e)
try:
    a, b = 5
except TypeError as e:
    print(e)
try:
    a, *b, c = [1]
except ValueError as e:
    print(e)
#---- dict methods
d = {'a': 1, 'b': 2}
d['c'] = 3
print(d, d['a'], d.get('z'), d.get('z', 0), 'a' in d, len(d), list(d), list(d.values()), list(d.items()))
print(d.pop('a'), d.pop('zz', None), d.setdefault('q', []), d.setdefault('b', 9), d)
d.update({'b': 20}, x=1)
d.update([('y', 2)])
print(d, d.popitem(), d.copy() == d, dict(a=1), dict([('k', 'v')]), {**d, 'n': 0}, d | {'m': 1})
print(dict.fromkeys('ab', 0), d.keys(), d.values(), d.items(), d.keys() & {'b'})
for k in d:
    print(k, end=' ')
print()
d.clear()
print(d, bool(d))
#---- dict errors
d = {}
for f in (lambda: d['missing'], lambda: d.pop('k'), lambda: d.popitem(), lambda: {[]: 1}, lambda: {{}: 1}, lambda: d[[1]], lambda: dict([1]), lambda: dict(['abc'])):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
d = {1: 'a', 2: 'b'}
try:
    for k in d:
        del d[k]
except RuntimeError as e:
    print(e)
#---- dict order and nested
d = {}
for w in ['z', 'a', 'm']:
    d[w] = len(d)
del d['z']
d['z'] = 'again'
print(d)
clients = {('127.0.0.1', 5000): {'name': 'ann', 'msgs': []}}
clients[('127.0.0.1', 5000)]['msgs'].append('hi')
print(clients, list(reversed(list(d))), list(reversed(d)))
#---- sets
s = {3, 1, 2, 3}
s.add(4); s.discard(9); s.remove(1)
print(len(s), 2 in s, sorted(s), sorted(s | {10}), s & {2, 3}, sorted(s - {2}), sorted(s ^ {2, 99}), s <= {2, 3, 4, 5}, set(), frozenset([1]))
print(sorted(set('hello')), {1, 2} == {2, 1}, sorted({1}.union([2], [3])), {1, 2}.isdisjoint({3}), {1} < {1, 2})
s.update([7]); s.intersection_update({7, 2}); print(sorted(s))
try:
    s.remove('x')
except KeyError as e:
    print('KeyError', e)
try:
    {[1]}
except TypeError as e:
    print(e)
#---- comprehensions
print([x * x for x in range(5)], [x for x in range(10) if x % 3 == 0], [(x, y) for x in range(2) for y in 'ab'])
print({x: x ** 2 for x in range(3)}, {c for c in 'aab'} == {'a', 'b'}, [[r * c for c in range(3)] for r in range(2)])
print(sum(x for x in range(5)), list(x for x in 'ab'), [x if x > 1 else -x for x in range(4)], [y for x in [[1], [2, 3]] for y in x])
x = 'outer'
print([x for x in range(2)], x)
#---- nested data
people = [{'name': 'Bob', 'age': 25}, {'name': 'Al', 'age': 30}]
people.sort(key=lambda p: p['age'], reverse=True)
print(people, [p['name'] for p in people if p['age'] > 26], sum(p['age'] for p in people) / len(people))
#---- repr of recursion
l = [1]
l.append(l)
d = {}
d['self'] = d
print(l, d)
#---- list as stack and queue
stack = []
for c in '(a[b]{c})':
    if c in '([{':
        stack.append(c)
    elif c in ')]}':
        o = stack.pop()
        print(o + c, end=' ')
print(stack)
queue = [1, 2, 3]
while queue:
    print(queue.pop(0), end=' ')
print()
#---- matrix and zip
m = [[1, 2, 3], [4, 5, 6]]
print([list(r) for r in zip(*m)], [sum(r) for r in m], max(max(r) for r in m))
#---- star in displays and calls
a = [1, 2]
b = (3, 4)
print([*a, *b, 5], (*a, *b), {*a, *b} == {1, 2, 3, 4}, {**{'x': 1}, **{'y': 2}})
def f(*args, **kw):
    return args, kw
print(f(*a, *b, k=1, **{'z': 2}))
#---- sorting stability and multiple keys
data = [('bob', 2), ('al', 1), ('cy', 2), ('di', 1)]
print(sorted(data, key=lambda p: p[1]), sorted(data, key=lambda p: (-p[1], p[0])))
#---- collections
from collections import deque, defaultdict, Counter, OrderedDict, namedtuple
q = deque([1, 2, 3], maxlen=3)
q.append(4); q.appendleft(0)
print(q, q.popleft(), q.pop(), len(q), list(q), q[0])
q.extend([8, 9]); q.rotate(1); print(q, 8 in q)
dd = defaultdict(list)
dd['a'].append(1)
dd['b']
print(dd, dict(dd), 'z' in dd)
c = Counter('mississippi')
print(c.most_common(2), c['s'], c['zz'], sum(c.values()), Counter(['a', 'b', 'a']))
od = OrderedDict(); od['x'] = 1; od['y'] = 2; od.move_to_end('x')
print(list(od.items()))
Point = namedtuple('Point', ['x', 'y'])
p = Point(1, y=2)
print(p, p.x, p[1], p._replace(x=5), p._asdict(), p == (1, 2), Point._fields)
x, y = p
print(x + y)
try:
    deque().popleft()
except IndexError as e:
    print(e)
#---- inventory program
stock = {}
def add(item, n=1):
    stock[item] = stock.get(item, 0) + n
def take(item, n=1):
    if stock.get(item, 0) < n:
        raise ValueError(f'only {stock.get(item, 0)} of {item!r}')
    stock[item] -= n
    if not stock[item]:
        del stock[item]
add('apple', 3); add('pear')
take('apple', 2); take('pear')
print(stock)
try:
    take('apple', 5)
except ValueError as e:
    print('refused:', e)
