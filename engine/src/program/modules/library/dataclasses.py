"""dataclasses: classes made of their fields."""


class _MISSING_TYPE:
    def __repr__(self):
        return '<dataclasses._MISSING_TYPE object>'


MISSING = _MISSING_TYPE()
KW_ONLY = object()


class FrozenInstanceError(AttributeError):
    pass


class Field:
    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = {} if metadata is None else metadata
        self.kw_only = kw_only

    def __repr__(self):
        return 'Field(name=%r,type=%r,default=%r)' % (self.name, self.type, self.default)


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None,
          kw_only=MISSING):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError('cannot specify both default and default_factory')
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def _words(names):
    quoted = [repr(n) for n in names]
    if len(quoted) < 3:
        return ' and '.join(quoted)
    return ', '.join(quoted[:-1]) + ', and ' + quoted[-1]


def _collect(cls):
    fields = {}
    for base in cls.__mro__[-1:0:-1]:
        inherited = base.__dict__.get('__dataclass_fields__')
        if inherited:
            fields.update(inherited)
    keyword_only = False
    annotations = cls.__dict__.get('__annotations__', {})
    for name, kind in annotations.items():
        if kind is KW_ONLY or kind == 'KW_ONLY':
            keyword_only = True
            continue
        if 'ClassVar' in str(kind):
            continue
        value = cls.__dict__.get(name, MISSING)
        if isinstance(value, Field):
            f = value
            if f.default is MISSING:
                if name in cls.__dict__:
                    delattr(cls, name)
            else:
                setattr(cls, name, f.default)
        else:
            f = field(default=value)
        if isinstance(f.default, (list, dict, set)):
            raise ValueError('mutable default %s for field %s is not allowed: use default_factory' % (
                type(f.default), name))
        f.name = name
        f.type = kind
        if f.kw_only is MISSING:
            f.kw_only = keyword_only
        fields[name] = f
    return fields


def _make_init(cls, fields, frozen):
    positional = [f for f in fields.values() if f.init and not f.kw_only]
    names = [f.name for f in fields.values() if f.init]
    seen_default = False
    for f in positional:
        if f.default is not MISSING or f.default_factory is not MISSING:
            seen_default = True
        elif seen_default:
            raise TypeError('non-default argument %r follows default argument' % f.name)
    qualname = cls.__qualname__

    def __init__(self, /, *args, **kwargs):
        if len(args) > len(positional):
            required = len([f for f in positional if f.default is MISSING and f.default_factory is MISSING])
            most = len(positional) + 1
            count = str(most) if required == len(positional) else 'from %d to %d' % (required + 1, most)
            raise TypeError('%s.__init__() takes %s positional argument%s but %d %s given' % (
                qualname, count, '' if most == 1 else 's', len(args) + 1, 'was' if len(args) == 0 else 'were'))
        given = {}
        for f, value in zip(positional, args):
            given[f.name] = value
        for name, value in kwargs.items():
            if name in given:
                raise TypeError("%s.__init__() got multiple values for argument '%s'" % (qualname, name))
            if name not in names:
                raise TypeError("%s.__init__() got an unexpected keyword argument '%s'" % (qualname, name))
            given[name] = value
        missing = []
        for f in positional:
            if f.name not in given and f.default is MISSING and f.default_factory is MISSING:
                missing.append(f.name)
        if missing:
            raise TypeError('%s.__init__() missing %d required positional argument%s: %s' % (
                qualname, len(missing), '' if len(missing) == 1 else 's', _words(missing)))
        for f in fields.values():
            if f.name in given:
                value = given[f.name]
            elif f.default_factory is not MISSING:
                value = f.default_factory()
            elif f.default is not MISSING:
                value = f.default
            elif f.init:
                raise TypeError("%s.__init__() missing 1 required keyword-only argument: '%s'" % (qualname, f.name))
            else:
                continue
            if frozen:
                object.__setattr__(self, f.name, value)
            else:
                setattr(self, f.name, value)
        post = getattr(self, '__post_init__', None)
        if post is not None:
            post()

    return __init__


def _process(cls, init, repr_, eq, order, unsafe_hash, frozen):
    fields = _collect(cls)
    cls.__dataclass_fields__ = fields
    compared = [f.name for f in fields.values() if f.compare]
    shown = [f.name for f in fields.values() if f.repr]

    def key(obj):
        return tuple([getattr(obj, name) for name in compared])

    if init:
        cls.__init__ = _make_init(cls, fields, frozen)
    if repr_ and '__repr__' not in cls.__dict__:
        def __repr__(self):
            parts = ['%s=%r' % (name, getattr(self, name)) for name in shown]
            return '%s(%s)' % (type(self).__qualname__, ', '.join(parts))

        cls.__repr__ = __repr__
    own_hash = '__hash__' in cls.__dict__
    if eq and '__eq__' not in cls.__dict__:
        def __eq__(self, other):
            if other.__class__ is self.__class__:
                return key(self) == key(other)
            return NotImplemented

        cls.__eq__ = __eq__
        if not own_hash:
            cls.__hash__ = None
    if frozen or unsafe_hash:
        if not own_hash and (eq or unsafe_hash):
            def __hash__(self):
                return hash(key(self))

            cls.__hash__ = __hash__
    if order:
        def __lt__(self, other):
            return key(self) < key(other) if other.__class__ is self.__class__ else NotImplemented

        def __le__(self, other):
            return key(self) <= key(other) if other.__class__ is self.__class__ else NotImplemented

        def __gt__(self, other):
            return key(self) > key(other) if other.__class__ is self.__class__ else NotImplemented

        def __ge__(self, other):
            return key(self) >= key(other) if other.__class__ is self.__class__ else NotImplemented

        cls.__lt__, cls.__le__, cls.__gt__, cls.__ge__ = __lt__, __le__, __gt__, __ge__
    if frozen:
        def __setattr__(self, name, value):
            raise FrozenInstanceError('cannot assign to field %r' % name)

        def __delattr__(self, name):
            raise FrozenInstanceError('cannot delete field %r' % name)

        cls.__setattr__, cls.__delattr__ = __setattr__, __delattr__
    cls.__match_args__ = tuple([f.name for f in fields.values() if f.init])
    return cls


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
              match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def decorate(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen)

    return decorate if cls is None else decorate(cls)


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), '__dataclass_fields__')


def fields(class_or_instance):
    try:
        found = class_or_instance.__dataclass_fields__
    except AttributeError:
        raise TypeError('must be called with a dataclass type or instance') from None
    return tuple(found.values())


def _plain(value, factory):
    if is_dataclass(value) and not isinstance(value, type):
        return factory([(f.name, _plain(getattr(value, f.name), factory)) for f in fields(value)])
    if isinstance(value, (list, tuple)):
        return type(value)([_plain(v, factory) for v in value])
    if isinstance(value, dict):
        return {k: _plain(v, factory) for k, v in value.items()}
    return value


def asdict(obj, *, dict_factory=dict):
    if not is_dataclass(obj) or isinstance(obj, type):
        raise TypeError('asdict() should be called on dataclass instances')
    return _plain(obj, dict_factory)


def astuple(obj, *, tuple_factory=tuple):
    return tuple_factory([_plain(getattr(obj, f.name), dict) for f in fields(obj)])


def replace(obj, /, **changes):
    for f in fields(obj):
        if f.init and f.name not in changes:
            changes[f.name] = getattr(obj, f.name)
    return type(obj)(**changes)
