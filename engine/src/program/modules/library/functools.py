"""functools: functions about functions."""

WRAPPER_ASSIGNMENTS = ('__module__', '__name__', '__qualname__', '__doc__', '__annotations__')
WRAPPER_UPDATES = ('__dict__',)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        try:
            value = getattr(wrapped, name)
        except AttributeError:
            continue
        try:
            setattr(wrapper, name, value)
        except (AttributeError, TypeError):
            pass
    for name in updated:
        try:
            getattr(wrapper, name).update(getattr(wrapped, name, {}))
        except AttributeError:
            pass
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)

    return decorate


class partial:
    def __init__(self, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError('the first argument must be callable')
        if isinstance(func, partial):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    def __repr__(self):
        parts = [repr(self.func)]
        parts.extend([repr(x) for x in self.args])
        parts.extend(['%s=%r' % (k, v) for k, v in self.keywords.items()])
        return 'functools.partial(' + ', '.join(parts) + ')'


class partialmethod:
    def __init__(self, func, /, *args, **keywords):
        self.func = func
        self.args = args
        self.keywords = keywords

    def __get__(self, obj, cls=None):
        if obj is None:
            return partial(self.func, *self.args, **self.keywords)
        return partial(self.func, obj, *self.args, **self.keywords)


_MISSING = object()


def reduce(function, iterable, initial=_MISSING, /):
    it = iter(iterable)
    if initial is _MISSING:
        try:
            value = next(it)
        except StopIteration:
            raise TypeError('reduce() of empty iterable with no initial value') from None
    else:
        value = initial
    for item in it:
        value = function(value, item)
    return value


class _CacheInfo(tuple):
    @property
    def hits(self):
        return self[0]

    @property
    def misses(self):
        return self[1]

    @property
    def maxsize(self):
        return self[2]

    @property
    def currsize(self):
        return self[3]

    def __repr__(self):
        return 'CacheInfo(hits=%r, misses=%r, maxsize=%r, currsize=%r)' % tuple(self)


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return _cached(maxsize, 128, typed)

    def decorate(function):
        return _cached(function, maxsize, typed)

    return decorate


def _cached(function, maxsize, typed):
    # The dict is kept in the order of use: what is used moves to the end.
    results = {}
    count = [0, 0]

    def wrapper(*args, **kwargs):
        key = (args, tuple(kwargs.items())) if kwargs else (args,)
        if typed:
            key += tuple([type(a) for a in args])
        if key in results:
            count[0] += 1
            value = results[key]
            if maxsize is not None:
                del results[key]
                results[key] = value
            return value
        count[1] += 1
        value = function(*args, **kwargs)
        results[key] = value
        if maxsize is not None and len(results) > max(maxsize, 0):
            del results[next(iter(results))]
        return value

    def cache_info():
        return _CacheInfo((count[0], count[1], maxsize, len(results)))

    def cache_clear():
        results.clear()
        count[0] = count[1] = 0

    wrapper.cache_info = cache_info
    wrapper.cache_clear = cache_clear
    return update_wrapper(wrapper, function)


def cache(function, /):
    return lru_cache(maxsize=None)(function)


class cached_property:
    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__

    def __set_name__(self, owner, name):
        self.attrname = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        name = self.attrname if self.attrname is not None else self.func.__name__
        value = self.func(instance)
        instance.__dict__[name] = value
        return value


def cmp_to_key(mycmp):
    class K:
        __slots__ = ['obj']

        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return mycmp(self.obj, other.obj) < 0

        def __gt__(self, other):
            return mycmp(self.obj, other.obj) > 0

        def __eq__(self, other):
            return mycmp(self.obj, other.obj) == 0

        def __le__(self, other):
            return mycmp(self.obj, other.obj) <= 0

        def __ge__(self, other):
            return mycmp(self.obj, other.obj) >= 0

    return K


def total_ordering(cls):
    have = [op for op in ('__lt__', '__le__', '__gt__', '__ge__') if op in vars(cls)]
    if not have:
        raise ValueError('must define at least one ordering operation: < > <= >=')
    base = have[0]

    def less(a, b):
        if base == '__lt__':
            return a.__lt__(b)
        if base == '__le__':
            result = a.__le__(b)
            return result if result is NotImplemented else result and a != b
        if base == '__gt__':
            result = a.__gt__(b)
            return result if result is NotImplemented else not result and a != b
        result = a.__ge__(b)
        return result if result is NotImplemented else not result

    def made(op):
        def method(self, other):
            result = less(self, other)
            if result is NotImplemented:
                return result
            if op == '__lt__':
                return result
            if op == '__le__':
                return result or self == other
            if op == '__gt__':
                return not result and self != other
            return not result

        method.__name__ = op
        return method

    for op in ('__lt__', '__le__', '__gt__', '__ge__'):
        if op not in have:
            setattr(cls, op, made(op))
    return cls


def singledispatch(func):
    registry = {object: func}

    def dispatch(cls):
        for base in cls.__mro__:
            if base in registry:
                return registry[base]
        return func

    def register(cls, function=None):
        if function is None:
            return lambda f: register(cls, f)
        registry[cls] = function
        return function

    def wrapper(*args, **kwargs):
        if not args:
            raise TypeError('%s requires at least 1 positional argument' % func.__name__)
        return dispatch(type(args[0]))(*args, **kwargs)

    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    return update_wrapper(wrapper, func)
