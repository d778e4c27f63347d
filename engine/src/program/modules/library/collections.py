"""collections: containers beyond list, dict and tuple."""

from heapq import nlargest as _nlargest


class deque:
    """Kept in a list whose used part begins at `_head`, so that both ends are quick."""

    def __init__(self, iterable=(), maxlen=None):
        if maxlen is not None and maxlen < 0:
            raise ValueError('maxlen must be non-negative')
        self._items = []
        self._head = 0
        self._maxlen = maxlen
        self.extend(iterable)

    @property
    def maxlen(self):
        return self._maxlen

    def __len__(self):
        return len(self._items) - self._head

    def __iter__(self):
        size = len(self)
        for i in range(size):
            if len(self) != size:
                raise RuntimeError('deque mutated during iteration')
            yield self._items[self._head + i]

    def __reversed__(self):
        for i in range(len(self) - 1, -1, -1):
            yield self._items[self._head + i]

    def __bool__(self):
        return len(self._items) > self._head

    def append(self, x):
        self._items.append(x)
        if self._maxlen is not None and len(self) > self._maxlen:
            self.popleft()

    def appendleft(self, x):
        if self._head == 0:
            # Room at the front for as many again.
            room = len(self._items) + 8
            self._items[:0] = [None] * room
            self._head = room
        self._head -= 1
        self._items[self._head] = x
        if self._maxlen is not None and len(self) > self._maxlen:
            self.pop()

    def extend(self, iterable):
        if iterable is self:
            iterable = list(iterable)
        for x in iterable:
            self.append(x)

    def extendleft(self, iterable):
        if iterable is self:
            iterable = list(iterable)
        for x in iterable:
            self.appendleft(x)

    def pop(self):
        if len(self._items) == self._head:
            raise IndexError('pop from an empty deque')
        return self._items.pop()

    def popleft(self):
        head = self._head
        if len(self._items) == head:
            raise IndexError('pop from an empty deque')
        value = self._items[head]
        self._items[head] = None
        self._head = head + 1
        if self._head > 32 and self._head * 2 > len(self._items):
            del self._items[:self._head]
            self._head = 0
        return value

    def clear(self):
        self._items = []
        self._head = 0

    def copy(self):
        return type(self)(self, self._maxlen)

    __copy__ = copy

    def _place(self, i, message='deque index out of range'):
        size = len(self)
        if not isinstance(i, int):
            raise TypeError("sequence index must be integer, not '%s'" % type(i).__name__)
        if i < 0:
            i += size
        if not 0 <= i < size:
            raise IndexError(message)
        return self._head + i

    def __getitem__(self, i):
        return self._items[self._place(i)]

    def __setitem__(self, i, x):
        self._items[self._place(i)] = x

    def __delitem__(self, i):
        del self._items[self._place(i)]

    def __contains__(self, x):
        for item in self:
            if item is x or item == x:
                return True
        return False

    def count(self, x):
        return list(self).count(x)

    def index(self, x, *args):
        try:
            return list(self).index(x, *args)
        except ValueError:
            raise ValueError('%r is not in deque' % (x,)) from None

    def insert(self, i, x):
        if self._maxlen is not None and len(self) >= self._maxlen:
            raise IndexError('deque already at its maximum size')
        items = list(self)
        items.insert(i, x)
        self._items, self._head = items, 0

    def remove(self, x):
        for i, item in enumerate(self):
            if item is x or item == x:
                del self[i]
                return
        raise ValueError('deque.remove(x): x not in deque')

    def reverse(self):
        self._items, self._head = list(self)[::-1], 0

    def rotate(self, n=1):
        items = list(self)
        if items:
            n %= len(items)
            self._items, self._head = items[-n:] + items[:-n] if n else items, 0

    def _other(self, other):
        return list(other) if isinstance(other, deque) else None

    def __eq__(self, other):
        return list(self) == list(other) if isinstance(other, deque) else NotImplemented

    def __lt__(self, other):
        return list(self) < list(other) if isinstance(other, deque) else NotImplemented

    def __le__(self, other):
        return list(self) <= list(other) if isinstance(other, deque) else NotImplemented

    def __gt__(self, other):
        return list(self) > list(other) if isinstance(other, deque) else NotImplemented

    def __ge__(self, other):
        return list(self) >= list(other) if isinstance(other, deque) else NotImplemented

    __hash__ = None

    def __add__(self, other):
        if not isinstance(other, deque):
            raise TypeError('can only concatenate deque (not "%s") to deque' % type(other).__name__)
        return type(self)(list(self) + list(other), self._maxlen)

    def __iadd__(self, other):
        self.extend(other)
        return self

    def __mul__(self, n):
        return type(self)(list(self) * n, self._maxlen)

    __rmul__ = __mul__

    def __repr__(self):
        items = repr(list(self))
        if self._maxlen is None:
            return '%s(%s)' % (type(self).__name__, items)
        return '%s(%s, maxlen=%d)' % (type(self).__name__, items, self._maxlen)


class defaultdict(dict):
    def __init__(self, default_factory=None, /, *args, **kwargs):
        if default_factory is not None and not callable(default_factory):
            raise TypeError('first argument must be callable or None')
        dict.__init__(self, *args, **kwargs)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self.default_factory()
        self[key] = value
        return value

    def copy(self):
        return type(self)(self.default_factory, self)

    __copy__ = copy

    def __repr__(self):
        return '%s(%r, %s)' % (type(self).__name__, self.default_factory, dict.__repr__(self))


class OrderedDict(dict):
    def move_to_end(self, key, last=True):
        value = self[key]
        del self[key]
        if last:
            self[key] = value
        else:
            rest = list(self.items())
            self.clear()
            self[key] = value
            for k, v in rest:
                self[k] = v

    def popitem(self, last=True):
        if not self:
            raise KeyError('dictionary is empty')
        key = next(reversed(self)) if last else next(iter(self))
        return key, self.pop(key)

    def copy(self):
        return type(self)(self)

    def __eq__(self, other):
        if isinstance(other, OrderedDict):
            return list(self.items()) == list(other.items())
        return dict.__eq__(self, other)

    def __repr__(self):
        if not self:
            return '%s()' % type(self).__name__
        return '%s(%r)' % (type(self).__name__, list(self.items()))


class Counter(dict):
    def __init__(self, iterable=None, /, **kwds):
        dict.__init__(self)
        self.update(iterable, **kwds)

    def __missing__(self, key):
        return 0

    def total(self):
        return sum(self.values())

    def most_common(self, n=None):
        if n is None:
            return sorted(self.items(), key=lambda pair: pair[1], reverse=True)
        return _nlargest(n, self.items(), key=lambda pair: pair[1])

    def elements(self):
        for key, n in self.items():
            for _ in range(n):
                yield key

    @classmethod
    def fromkeys(cls, iterable, v=None):
        raise NotImplementedError('Counter.fromkeys() is undefined.  Use Counter(iterable) instead.')

    def update(self, iterable=None, /, **kwds):
        if iterable is not None:
            if isinstance(iterable, dict):
                for key, n in iterable.items():
                    self[key] = self.get(key, 0) + n
            else:
                for key in iterable:
                    self[key] = self.get(key, 0) + 1
        if kwds:
            self.update(kwds)

    def subtract(self, iterable=None, /, **kwds):
        if iterable is not None:
            if isinstance(iterable, dict):
                for key, n in iterable.items():
                    self[key] = self.get(key, 0) - n
            else:
                for key in iterable:
                    self[key] = self.get(key, 0) - 1
        if kwds:
            self.subtract(kwds)

    def copy(self):
        return type(self)(self)

    def __delitem__(self, key):
        if key in self:
            dict.__delitem__(self, key)

    def _kept(self, pairs):
        out = type(self)()
        for key, n in pairs:
            if n > 0:
                out[key] = n
        return out

    def _keys(self, other):
        return list(self) + [k for k in other if k not in self]

    def __add__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return self._kept([(k, self[k] + other[k]) for k in self._keys(other)])

    def __sub__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return self._kept([(k, self[k] - other[k]) for k in self._keys(other)])

    def __or__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return self._kept([(k, max(self[k], other[k])) for k in self._keys(other)])

    def __and__(self, other):
        if not isinstance(other, Counter):
            return NotImplemented
        return self._kept([(k, min(self[k], other[k])) for k in self])

    def __pos__(self):
        return self._kept(self.items())

    def __repr__(self):
        if not self:
            return '%s()' % type(self).__name__
        try:
            pairs = dict(self.most_common())
        except TypeError:
            pairs = dict(self)
        return '%s(%r)' % (type(self).__name__, pairs)


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(',', ' ').split()
    field_names = [str(name) for name in field_names]
    if rename:
        seen = set()
        for i, name in enumerate(field_names):
            if not name.isidentifier() or name in _KEYWORDS or name.startswith('_') or name in seen:
                field_names[i] = '_%d' % i
            seen.add(name)
    for name in [typename] + field_names:
        if not name.isidentifier():
            raise ValueError('Type names and field names must be valid identifiers: %r' % name)
        if name in _KEYWORDS:
            raise ValueError('Type names and field names cannot be a keyword: %r' % name)
    seen = set()
    for name in field_names:
        if name.startswith('_') and not rename:
            raise ValueError('Field names cannot start with an underscore: %r' % name)
        if name in seen:
            raise ValueError('Encountered duplicate field name: %r' % name)
        seen.add(name)
    fields = tuple(field_names)
    field_defaults = {}
    if defaults is not None:
        defaults = tuple(defaults)
        if len(defaults) > len(fields):
            raise TypeError('Got more default values than field names')
        for name, value in zip(fields[len(fields) - len(defaults):], defaults):
            field_defaults[name] = value

    def new(cls, /, *args, **kwargs):
        if len(args) > len(fields):
            raise TypeError('%s.__new__() takes %d positional argument%s but %d were given' % (
                typename, len(fields) + 1, '' if len(fields) == 0 else 's', len(args) + 1))
        values = list(args)
        missing = []
        for name in fields[:len(args)]:
            if name in kwargs:
                raise TypeError("%s.__new__() got multiple values for argument '%s'" % (typename, name))
        for name in fields[len(args):]:
            if name in kwargs:
                values.append(kwargs.pop(name))
            elif name in field_defaults:
                values.append(field_defaults[name])
            else:
                missing.append(name)
        for name in kwargs:
            raise TypeError("%s.__new__() got an unexpected keyword argument '%s'" % (typename, name))
        if missing:
            words = [repr(name) for name in missing]
            if len(words) == 1:
                shown = words[0]
            elif len(words) == 2:
                shown = ' and '.join(words)
            else:
                shown = ', '.join(words[:-1]) + ', and ' + words[-1]
            raise TypeError('%s.__new__() missing %d required positional argument%s: %s' % (
                typename, len(missing), '' if len(missing) == 1 else 's', shown))
        return tuple.__new__(cls, values)

    def make(cls, iterable):
        values = tuple(iterable)
        if len(values) != len(fields):
            raise TypeError('Expected %d arguments, got %d' % (len(fields), len(values)))
        return tuple.__new__(cls, values)

    def replace(self, /, **kwargs):
        values = [kwargs.pop(name, value) for name, value in zip(fields, self)]
        if kwargs:
            raise ValueError('Got unexpected field names: %r' % list(kwargs))
        return self._make(values)

    def shown(self):
        parts = ['%s=%r' % pair for pair in zip(fields, self)]
        return type(self).__name__ + '(' + ', '.join(parts) + ')'

    def asdict(self):
        return dict(zip(fields, self))

    def getnewargs(self):
        return tuple(self)

    body = {
        '__doc__': '%s(%s)' % (typename, ', '.join(fields)),
        '__slots__': (),
        '_fields': fields,
        '_field_defaults': field_defaults,
        '__new__': new,
        '_make': classmethod(make),
        '_replace': replace,
        '__repr__': shown,
        '_asdict': asdict,
        '__getnewargs__': getnewargs,
        '__match_args__': fields,
    }
    for i, name in enumerate(fields):
        body[name] = _field(i)
    if module is not None:
        body['__module__'] = module
    return type(typename, (tuple,), body)


def _field(i):
    return property(lambda self: tuple.__getitem__(self, i))


_KEYWORDS = frozenset([
    'False', 'None', 'True', 'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif',
    'else', 'except', 'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or',
    'pass', 'raise', 'return', 'try', 'while', 'with', 'yield'])


class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for m in self.maps:
            if key in m:
                return m[key]
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __contains__(self, key):
        return any([key in m for m in self.maps])

    def __iter__(self):
        merged = {}
        for m in reversed(self.maps):
            merged.update(m)
        return iter(merged)

    def __len__(self):
        return len(list(iter(self)))

    def keys(self):
        return list(self)

    def values(self):
        return [self[k] for k in self]

    def items(self):
        return [(k, self[k]) for k in self]

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __delitem__(self, key):
        del self.maps[0][key]

    def new_child(self, m=None):
        return ChainMap({} if m is None else m, *self.maps)

    @property
    def parents(self):
        return ChainMap(*self.maps[1:])

    def __repr__(self):
        return 'ChainMap(%s)' % ', '.join([repr(m) for m in self.maps])


class UserDict(dict):
    @property
    def data(self):
        return self


class UserList(list):
    @property
    def data(self):
        return self
