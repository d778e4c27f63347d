# enum: written for Wirelab; the parts that programs use.

class auto:
    _next = 0

    def __init__(self):
        auto._next += 1
        self._order = auto._next


class EnumMeta(type):
    def __new__(meta, name, bases, space, **kw):
        members = []
        plain = {}
        ignored = space.get('_ignore_', ())
        last = None
        count = 0
        base = None
        for b in bases:
            if isinstance(b, EnumMeta):
                base = b
        for key, value in space.items():
            hidden = key.startswith('_') or key in ignored
            kind = type(value)
            method = hasattr(kind, '__get__') or kind in (staticmethod, classmethod, property) or callable(value) and kind is not auto
            if base is None or hidden or method:
                plain[key] = value
            else:
                if kind is auto:
                    make = space.get('_generate_next_value_')
                    if make is not None:
                        make = getattr(make, '__func__', make)
                        value = make(key, 1, count, [v for k, v in members])
                    elif base is not None and issubclass(base, Flag):
                        value = 1
                        for k, v in members:
                            while value <= v:
                                value *= 2
                    elif base is not None and issubclass(base, str):
                        value = key.lower()
                    else:
                        value = 1
                        for k, v in members:
                            if isinstance(v, int) and v >= value:
                                value = v + 1
                members.append((key, value))
                count += 1
        cls = type.__new__(meta, name, bases, plain)
        cls._member_map_ = {}
        cls._value2member_map_ = {}
        cls._member_names_ = []
        cls._hidden_ = []
        for key, value in members:
            known = None
            for other in cls._member_map_.values():
                if other._value_ == value and type(other._value_) is type(value):
                    known = other
                    break
            if known is not None:
                cls._member_map_[key] = known
                type.__setattr__(cls, key, known)
                continue
            member = _make(cls, value)
            member._name_ = key
            if not hasattr(member, '_value_'):
                member._value_ = value
            cls._member_map_[key] = member
            cls._member_names_.append(key)
            try:
                cls._value2member_map_[value] = member
            except TypeError:
                cls._hidden_.append(member)
            type.__setattr__(cls, key, member)
        return cls

    def __call__(cls, value, names=None, **kw):
        if names is not None:
            if isinstance(names, str):
                names = names.replace(',', ' ').split()
            space = {}
            n = kw.get('start', 1)
            for item in names:
                if isinstance(item, (tuple, list)):
                    space[item[0]] = item[1]
                else:
                    space[item] = n
                    n += 1
            return EnumMeta.__new__(EnumMeta, value, (cls,), space)
        return cls._lookup(value)

    def _lookup(cls, value):
        if type(value) is cls:
            return value
        try:
            member = cls._value2member_map_.get(value)
        except TypeError:
            member = None
        if member is None:
            for other in cls._hidden_:
                if other._value_ == value:
                    return other
            member = cls._missing_(value)
            if member is None:
                raise ValueError('%r is not a valid %s' % (value, cls.__qualname__))
        return member

    def __iter__(cls):
        for name in cls._member_names_:
            yield cls._member_map_[name]

    def __reversed__(cls):
        for name in reversed(cls._member_names_):
            yield cls._member_map_[name]

    def __len__(cls):
        return len(cls._member_names_)

    def __bool__(cls):
        return True

    def __contains__(cls, member):
        if isinstance(member, cls):
            return True
        raise TypeError("unsupported operand type(s) for 'in': '%s' and '%s'" % (type(member).__qualname__, type(cls).__qualname__))

    def __getitem__(cls, name):
        return cls._member_map_[name]

    @property
    def __members__(cls):
        return dict(cls._member_map_)

    def __repr__(cls):
        if issubclass(cls, Flag):
            return "<flag %r>" % cls.__name__
        return "<enum %r>" % cls.__name__

    def __setattr__(cls, name, value):
        if name in getattr(cls, '_member_map_', ()):
            raise AttributeError('cannot reassign member %r' % name)
        type.__setattr__(cls, name, value)


def _make(cls, value):
    args = value if isinstance(value, tuple) else (value,)
    for base in cls.__mro__:
        new = base.__dict__.get('__new__')
        if base is not object and new is not None and not isinstance(base, EnumMeta):
            member = base.__new__(cls, *args)
            break
        if isinstance(base, EnumMeta) and '__new__' in base.__dict__ and base.__name__ not in ('Enum', 'IntEnum', 'Flag', 'IntFlag', 'StrEnum'):
            member = base.__new__(cls, *args)
            break
    else:
        member = object.__new__(cls)
    init = getattr(cls, '__init__', None)
    if init is not object.__init__:
        try:
            member._value_
        except AttributeError:
            member._value_ = value
        init(member, *args)
    return member


class Enum(metaclass=EnumMeta):
    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    @classmethod
    def _missing_(cls, value):
        return None

    def __repr__(self):
        return '<%s.%s: %r>' % (type(self).__name__, self._name_, self._value_)

    def __str__(self):
        return '%s.%s' % (type(self).__name__, self._name_)

    def __format__(self, spec):
        return format(str(self), spec)

    def __hash__(self):
        return hash(self._name_)

    def __eq__(self, other):
        return self is other

    def __reduce_ex__(self, proto):
        return (type(self), (self._value_,))


class IntEnum(int, Enum):
    __repr__ = Enum.__repr__

    def __str__(self):
        return int.__repr__(self._value_)

    def __format__(self, spec):
        return format(self._value_, spec)

    def __hash__(self):
        return hash(self._value_)

    def __eq__(self, other):
        if isinstance(other, IntEnum):
            other = other._value_
        return self._value_ == other

    def __ne__(self, other):
        return not self == other


class StrEnum(str, Enum):
    __repr__ = Enum.__repr__

    def __str__(self):
        return self._value_

    def __format__(self, spec):
        return format(self._value_, spec)

    def __hash__(self):
        return hash(self._value_)

    def __eq__(self, other):
        if isinstance(other, StrEnum):
            other = other._value_
        return self._value_ == other


class Flag(Enum):
    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            return None
        member = _make(cls, value)
        member._value_ = value
        names = [m._name_ for m in cls if m._value_ and m._value_ & value == m._value_]
        member._name_ = '|'.join(names) if names else None
        cls._value2member_map_[value] = member
        return member

    def __or__(self, other):
        return type(self)(self._value_ | _flag_value(other))

    def __and__(self, other):
        return type(self)(self._value_ & _flag_value(other))

    def __xor__(self, other):
        return type(self)(self._value_ ^ _flag_value(other))

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __invert__(self):
        total = 0
        for m in type(self):
            total |= m._value_
        return type(self)(total & ~self._value_)

    def __contains__(self, other):
        return other._value_ & self._value_ == other._value_

    def __bool__(self):
        return bool(self._value_)

    def __repr__(self):
        if self._name_ is None:
            return '<%s: %r>' % (type(self).__name__, self._value_)
        return '<%s.%s: %r>' % (type(self).__name__, self._name_, self._value_)

    def __str__(self):
        if self._name_ is None:
            return '%s(%r)' % (type(self).__name__, self._value_)
        return '%s.%s' % (type(self).__name__, self._name_)


class IntFlag(int, Flag):
    __repr__ = Flag.__repr__
    __or__ = Flag.__or__
    __and__ = Flag.__and__
    __xor__ = Flag.__xor__
    __ror__ = Flag.__or__
    __rand__ = Flag.__and__
    __rxor__ = Flag.__xor__
    __invert__ = Flag.__invert__

    def __str__(self):
        return int.__repr__(self._value_)

    def __format__(self, spec):
        return format(self._value_, spec)

    def __hash__(self):
        return hash(self._value_)

    def __eq__(self, other):
        return self._value_ == _flag_value(other)


def _flag_value(v):
    return v._value_ if isinstance(v, Flag) else v


def unique(cls):
    aliases = [n + ' -> ' + m._name_ for n, m in cls._member_map_.items() if n != m._name_]
    if aliases:
        raise ValueError('duplicate values found in %r: %s' % (cls, ', '.join(aliases)))
    return cls


EnumType = EnumMeta
