#---- class basics
class Dog:
    kind = 'canine'
    def __init__(self, name):
        self.name = name
        self.tricks = []
    def add(self, t):
        self.tricks.append(t)
        return self
    def __repr__(self):
        return f'Dog({self.name!r})'
    def __str__(self):
        return self.name + ' the dog'
a, b = Dog('Fido'), Dog('Rex')
a.add('sit').add('roll')
print(a, repr(b), [a, b], a.tricks, b.tricks, a.kind, Dog.kind, f'{a} {a!r}')
a.kind = 'x'
print(Dog.kind, b.kind, a.kind, hasattr(a, 'age'), getattr(a, 'age', 7))
setattr(a, 'age', 3)
print(a.age, a.__dict__)
del a.age
try:
    a.age
except AttributeError as e:
    print(e)
#---- inheritance and super
class Animal:
    def __init__(self, name):
        self.name = name
    def speak(self):
        return '...'
    def intro(self):
        return f'{self.name} says {self.speak()}'
class Cat(Animal):
    def speak(self):
        return 'meow'
class Kitten(Cat):
    def __init__(self, name, age):
        super().__init__(name)
        self.age = age
    def speak(self):
        return super().speak() + '!' * self.age
print(Animal('a').intro(), Cat('b').intro(), Kitten('c', 2).intro())
print(isinstance(Kitten('x', 1), Animal), issubclass(Cat, Animal), Kitten.__mro__, Kitten.__bases__, type(Cat('q')).__name__)
#---- multiple inheritance and mro
class A:
    def who(self): return 'A'
class B(A):
    def who(self): return 'B' + super().who()
class C(A):
    def who(self): return 'C' + super().who()
class D(B, C):
    def who(self): return 'D' + super().who()
print(D().who(), [k.__name__ for k in D.__mro__])
class Mix:
    def hello(self): return f'mixed {self.x}'
class E(Mix, A):
    x = 5
print(E().hello(), E().who())
try:
    class F(A, B): pass
except TypeError as e:
    print(e)
#---- properties static class methods
class Temp:
    count = 0
    def __init__(self, c):
        self._c = c
        Temp.count += 1
    @property
    def f(self):
        return self._c * 9 / 5 + 32
    @f.setter
    def f(self, v):
        if v < -459.67:
            raise ValueError('too cold')
        self._c = (v - 32) * 5 / 9
    @staticmethod
    def freezing():
        return 0
    @classmethod
    def from_f(cls, f):
        return cls((f - 32) * 5 / 9)
    @property
    def ro(self):
        return 1
t = Temp(100)
print(t.f, Temp.freezing(), t.freezing(), Temp.from_f(212)._c, Temp.count)
t.f = 32
print(t._c)
for f in (lambda: setattr(t, 'ro', 2), lambda: setattr(t, 'f', -1000)):
    try:
        f()
    except (AttributeError, ValueError) as e:
        print(e)
#---- operators
class V:
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, o): return V(self.x + o.x, self.y + o.y)
    def __sub__(self, o): return V(self.x - o.x, self.y - o.y)
    def __mul__(self, k): return V(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __neg__(self): return V(-self.x, -self.y)
    def __eq__(self, o): return isinstance(o, V) and (self.x, self.y) == (o.x, o.y)
    def __hash__(self): return hash((self.x, self.y))
    def __lt__(self, o): return (self.x, self.y) < (o.x, o.y)
    def __repr__(self): return f'V({self.x}, {self.y})'
    def __bool__(self): return bool(self.x or self.y)
    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** .5
    def __iadd__(self, o): self.x += o.x; self.y += o.y; return self
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __len__(self): return 2
    def __iter__(self): return iter((self.x, self.y))
    def __contains__(self, v): return v in (self.x, self.y)
    def __call__(self, n): return n * 2
a, b = V(1, 2), V(3, 4)
print(a + b, a - b, a * 3, 3 * a, -a, a == V(1, 2), a != b, a < b, b > a, bool(V(0, 0)), abs(b), a[1], len(a), list(a), 2 in a, a(21))
a += b
x, y = a
print(a, x, y, sorted([V(2, 1), V(1, 5)]), {V(1, 1): 'k'}[V(1, 1)], len({V(1, 1), V(1, 1)}))
try:
    a + 5
except AttributeError as e:
    print(e)
try:
    a / 2
except TypeError as e:
    print(e)
try:
    V(1, 1) <= V(1, 2)
except TypeError as e:
    print(e)
#---- default repr of objects
class Plain: pass
r = repr(Plain())
print(r[:26], r[-1], repr(Plain), Plain.__name__, str(Plain.__class__))
print(repr(print), repr(len))
def fn(): pass
print(repr(fn)[:13])
#---- context managers
class Managed:
    def __init__(self, name): self.name = name
    def __enter__(self):
        print('enter', self.name)
        return self
    def __exit__(self, t, v, tb):
        print('exit', self.name, t.__name__ if t else None, v)
        return self.name == 'swallow'
with Managed('a') as m, Managed('b'):
    print('inside', m.name)
with Managed('swallow'):
    raise ValueError('gone')
try:
    with Managed('pass'):
        1 / 0
except ZeroDivisionError as e:
    print('outside', e)
def f():
    with Managed('ret'):
        return 'value'
print(f())
for i in range(2):
    with Managed(i):
        continue
#---- with errors
try:
    with 5:
        pass
except TypeError as e:
    print(e)
try:
    with open('missing.txt') as f:
        pass
except FileNotFoundError as e:
    print(e)
#---- iterators
class Count:
    def __init__(self, n): self.n, self.i = n, 0
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i
print(list(Count(3)), [x for x in Count(2)], sum(Count(4)), 2 in Count(3))
class Seq:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
    def __len__(self): return 3
print(list(Seq()), 20 in Seq(), list(reversed(Seq())))
class NotIter: pass
try:
    for x in NotIter(): pass
except TypeError as e:
    print(e)
#---- getattr setattr hooks
class Rec:
    def __init__(self):
        self.__dict__['data'] = {}
    def __getattr__(self, n):
        if n in self.data: return self.data[n]
        raise AttributeError(f'no {n}')
    def __setattr__(self, n, v):
        print('set', n)
        self.data[n] = v
    def __getitem__(self, k): return 'item ' + str(k)
    def __setitem__(self, k, v): print('setitem', k, v)
    def __delitem__(self, k): print('delitem', k)
r = Rec()
r.x = 5
print(r.x, r['q'], r[1:2], r[1, 2])
r['k'] = 1
del r['k']
try:
    r.y
except AttributeError as e:
    print(e)
#---- slots and private names
class S:
    __slots__ = ('a',)
    def __init__(self): self.a = 1
s = S()
try:
    s.b = 2
except AttributeError as e:
    print(e)
class Priv:
    def __init__(self): self.__x = 1
    def get(self): return self.__x
p = Priv()
print(p.get(), p._Priv__x, hasattr(p, '__x'))
#---- class attributes and counters
class Client:
    clients = []
    total = 0
    def __init__(self, n):
        self.n = n
        self.clients.append(self)
        Client.total += 1
for i in range(3):
    Client(i)
print(len(Client.clients), Client.total, [c.n for c in Client.clients])
#---- abstract and notimplemented
from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
class Sq(Shape):
    def __init__(self, s): self.s = s
    def area(self): return self.s ** 2
print(Sq(3).area())
try:
    Shape()
except TypeError as e:
    print(e)
class Base:
    def run(self): raise NotImplementedError('subclass must')
try:
    Base().run()
except NotImplementedError as e:
    print(repr(e))
#---- new and type
class One:
    inst = None
    def __new__(cls, *a):
        if cls.inst is None:
            cls.inst = super().__new__(cls)
        return cls.inst
print(One() is One())
T = type('T', (), {'x': 5, 'f': lambda self: self.x * 2})
print(T().f(), T.__name__)
class MyInt(int):
    def double(self): return MyInt(self * 2)
print(MyInt(4).double(), MyInt(4) + 1, type(MyInt(4).double()).__name__)
class MyList(list):
    def first(self): return self[0]
class MyDict(dict):
    def __missing__(self, k): return k * 2
class MyStr(str):
    def shout(self): return self.upper() + '!'
print(MyList([7, 8]).first(), MyDict()['ab'], MyStr('hey').shout(), MyStr('a') + 'b')
#---- init errors
class P:
    def __init__(self, a, b): pass
class Q: pass
for f in (lambda: P(), lambda: P(1), lambda: P(1, 2, 3), lambda: Q(1), lambda: Q().nope, lambda: Q().nope(), lambda: Q.zip, lambda: None.foo, lambda: (5).foo, lambda: [].push(1), lambda: 'x'.foo):
    try:
        f()
    except (TypeError, AttributeError) as e:
        print(e)
#---- del method
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print('del', self.n)
d = D(1)
del d
print('after')
e = D(2)
e = None
print('end')
#---- dataclass
from dataclasses import dataclass, field
@dataclass
class Pt:
    x: int
    y: int = 0
    tags: list = field(default_factory=list)
    def norm(self): return (self.x ** 2 + self.y ** 2) ** 0.5
p = Pt(3, 4)
p.tags.append('a')
print(p, p == Pt(3, 4, ['a']), Pt(1), p.norm(), Pt(x=9, y=8).x)
#---- enum
from enum import Enum, IntEnum
class Color(Enum):
    RED = 1
    GREEN = 2
class Op(IntEnum):
    ADD = 1
    SUB = 2
print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color['GREEN'], list(Color), Color.RED is Color.RED, Color.RED == Color.GREEN)
print(Op.ADD == 1, Op.SUB + 1, int(Op.ADD), Op(2).name, isinstance(Op.ADD, int))
try:
    Color(9)
except ValueError as e:
    print(e)
#---- total bank program
class InsufficientFunds(Exception):
    def __init__(self, need, have):
        super().__init__(f'need {need}, have {have}')
        self.need = need
class Account:
    rate = 0.02
    def __init__(self, owner, balance=0):
        self.owner, self.balance, self.log = owner, balance, []
    def deposit(self, n):
        if n <= 0: raise ValueError('amount must be positive')
        self.balance += n
        self.log.append(('deposit', n))
    def withdraw(self, n):
        if n > self.balance: raise InsufficientFunds(n, self.balance)
        self.balance -= n
        self.log.append(('withdraw', n))
class Savings(Account):
    def interest(self):
        self.deposit(self.balance * self.rate)
acc = Savings('Ann', 100)
acc.deposit(50)
acc.interest()
try:
    acc.withdraw(1000)
except InsufficientFunds as e:
    print('error:', e, e.need, e.args)
try:
    acc.deposit(-1)
except ValueError as e:
    print(e)
print(acc.balance, acc.log)
