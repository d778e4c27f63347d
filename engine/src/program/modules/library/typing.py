"""typing: names for annotations, which nothing checks."""

TYPE_CHECKING = False


class _Form:
    def __init__(self, name, args=None):
        self._name = name
        self._args = args
        self.__args__ = args or ()

    def __getitem__(self, args):
        return _Form(self._name, args if isinstance(args, tuple) else (args,))

    def __call__(self, *args, **kwargs):
        real = _REAL.get(self._name)
        if real is None:
            raise TypeError('Cannot instantiate typing.%s' % self._name)
        return real(*args, **kwargs)

    def __or__(self, other):
        return _Form('Union', (self, other))

    __ror__ = __or__

    def __eq__(self, other):
        return isinstance(other, _Form) and (self._name, self._args) == (other._name, other._args)

    def __hash__(self):
        return hash(self._name)

    def __repr__(self):
        if self._args is None:
            return 'typing.' + self._name
        return 'typing.%s[%s]' % (self._name, ', '.join([_shown(a) for a in self._args]))


def _shown(arg):
    if isinstance(arg, type):
        return arg.__qualname__ if arg.__module__ == 'builtins' else arg.__module__ + '.' + arg.__qualname__
    if arg is None:
        return 'None'
    return '...' if arg is ... else repr(arg)


_REAL = {'List': list, 'Dict': dict, 'Set': set, 'Tuple': tuple, 'FrozenSet': frozenset}

Any = _Form('Any')
Union = _Form('Union')
Optional = _Form('Optional')
Callable = _Form('Callable')
List = _Form('List')
Dict = _Form('Dict')
Set = _Form('Set')
FrozenSet = _Form('FrozenSet')
Tuple = _Form('Tuple')
Type = _Form('Type')
Deque = _Form('Deque')
DefaultDict = _Form('DefaultDict')
OrderedDict = _Form('OrderedDict')
Counter = _Form('Counter')
Iterable = _Form('Iterable')
Iterator = _Form('Iterator')
Generator = _Form('Generator')
Sequence = _Form('Sequence')
MutableSequence = _Form('MutableSequence')
Mapping = _Form('Mapping')
MutableMapping = _Form('MutableMapping')
Collection = _Form('Collection')
Awaitable = _Form('Awaitable')
Coroutine = _Form('Coroutine')
AsyncIterator = _Form('AsyncIterator')
AsyncGenerator = _Form('AsyncGenerator')
ContextManager = _Form('ContextManager')
Literal = _Form('Literal')
Final = _Form('Final')
ClassVar = _Form('ClassVar')
NoReturn = _Form('NoReturn')
Never = _Form('Never')
Self = _Form('Self')
IO = _Form('IO')
TextIO = _Form('TextIO')
BinaryIO = _Form('BinaryIO')
Pattern = _Form('Pattern')
Match = _Form('Match')
Hashable = _Form('Hashable')
Annotated = _Form('Annotated')
ByteString = _Form('ByteString')
SupportsInt = _Form('SupportsInt')
Text = str
AnyStr = _Form('AnyStr')


class Generic:
    def __class_getitem__(cls, args):
        return cls


class Protocol:
    def __class_getitem__(cls, args):
        return cls


class TypeVar:
    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        self.__name__ = name

    def __repr__(self):
        return '~' + self.__name__


ParamSpec = TypeVar


def NewType(name, tp):
    return lambda x: x


def NamedTuple(typename, fields=(), /, **kwargs):
    from collections import namedtuple
    return namedtuple(typename, [name for name, _ in list(fields) + list(kwargs.items())])


class TypedDict(dict):
    def __init_subclass__(cls, total=True, **kwargs):
        pass


def cast(typ, val):
    return val


def overload(func):
    return func


def final(f):
    return f


def no_type_check(arg):
    return arg


def runtime_checkable(cls):
    return cls


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    return dict(getattr(obj, '__annotations__', {}))


def get_origin(tp):
    return _REAL.get(tp._name) if isinstance(tp, _Form) else None


def get_args(tp):
    return getattr(tp, '__args__', ())
