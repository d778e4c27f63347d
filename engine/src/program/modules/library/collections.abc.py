"""collections.abc: what a container must be able to do."""

from abc import ABCMeta as _ABCMeta


class _Meta(_ABCMeta):
    def __subclasscheck__(cls, subclass):
        asked = cls.__dict__.get('_asked')
        if asked is None:
            return cls in subclass.__mro__
        return cls in subclass.__mro__ or subclass in cls.__dict__.get('_known', ()) or all(
            [getattr(subclass, name, None) is not None for name in asked])


class Container(metaclass=_Meta):
    _asked = ('__contains__',)


class Hashable(metaclass=_Meta):
    _asked = ('__hash__',)


class Iterable(metaclass=_Meta):
    _asked = ('__iter__',)


class Iterator(Iterable):
    _asked = ('__iter__', '__next__')

    def __iter__(self):
        return self


class Generator(Iterator):
    _asked = ('__iter__', '__next__', 'send', 'throw', 'close')


class Sized(metaclass=_Meta):
    _asked = ('__len__',)


class Callable(metaclass=_Meta):
    _asked = ('__call__',)


class Collection(Sized, Iterable, Container):
    _asked = ('__len__', '__iter__', '__contains__')


class Sequence(Collection):
    _known = (list, tuple, str, range, bytes, bytearray)

    def __iter__(self):
        i = 0
        try:
            while True:
                yield self[i]
                i += 1
        except IndexError:
            return

    def __contains__(self, value):
        return any([v is value or v == value for v in self])

    def __reversed__(self):
        for i in reversed(range(len(self))):
            yield self[i]

    def index(self, value, start=0, stop=None):
        for i in range(start, len(self) if stop is None else stop):
            if self[i] == value:
                return i
        raise ValueError

    def count(self, value):
        return sum([1 for v in self if v is value or v == value])


class MutableSequence(Sequence):
    _known = (list, bytearray)

    def append(self, value):
        self.insert(len(self), value)

    def extend(self, values):
        for v in values:
            self.append(v)

    def pop(self, index=-1):
        v = self[index]
        del self[index]
        return v

    def remove(self, value):
        del self[self.index(value)]


class Set(Collection):
    _known = (set, frozenset)


class MutableSet(Set):
    _known = (set,)


class Mapping(Collection):
    _known = (dict,)

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        return True

    def keys(self):
        return list(self)

    def values(self):
        return [self[k] for k in self]

    def items(self):
        return [(k, self[k]) for k in self]

    def __eq__(self, other):
        return dict(self.items()) == dict(other.items())


class MutableMapping(Mapping):
    _known = (dict,)

    def pop(self, key, *default):
        try:
            value = self[key]
        except KeyError:
            if default:
                return default[0]
            raise
        del self[key]
        return value

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other=(), /, **kwds):
        for key, value in (other.items() if hasattr(other, 'items') else other):
            self[key] = value
        for key, value in kwds.items():
            self[key] = value

    def clear(self):
        for key in list(self):
            del self[key]


for _cls in (Sequence, MutableSequence, Set, MutableSet, Mapping, MutableMapping):
    _cls._asked = ('__never__',)
ByteString = Sequence
