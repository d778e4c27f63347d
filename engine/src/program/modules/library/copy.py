"""copy: copies of one level, or of all."""


class Error(Exception):
    pass


error = Error
_PLAIN = (type(None), int, float, bool, str, bytes, tuple, frozenset, type, range, slice, type(len), type(lambda: 0),
          type(...), type(NotImplemented), property)


def copy(x):
    cls = type(x)
    if cls in (list, dict, set, bytearray):
        return x.copy()
    if cls in _PLAIN or isinstance(x, type):
        return x
    own = getattr(cls, '__copy__', None)
    if own is not None:
        return own(x)
    return _rebuilt(x, lambda v: v)


def deepcopy(x, memo=None):
    memo = {} if memo is None else memo
    known = memo.get(id(x), memo)
    if known is not memo:
        return known
    cls = type(x)
    if cls is list:
        out = memo[id(x)] = []
        for item in x:
            out.append(deepcopy(item, memo))
    elif cls is dict:
        out = memo[id(x)] = {}
        for key, value in x.items():
            out[deepcopy(key, memo)] = deepcopy(value, memo)
    elif cls is tuple:
        out = tuple([deepcopy(item, memo) for item in x])
        if all([a is b for a, b in zip(x, out)]):
            out = x
    elif cls is set:
        out = {deepcopy(item, memo) for item in x}
    elif cls is bytearray:
        out = bytearray(x)
    elif cls in _PLAIN or isinstance(x, type):
        return x
    else:
        own = getattr(cls, '__deepcopy__', None)
        if own is not None:
            out = own(x, memo)
        else:
            out = _rebuilt(x, lambda v: deepcopy(v, memo), memo)
    memo[id(x)] = out
    # The original must live as long as its number is used.
    memo.setdefault(id(memo), []).append(x)
    return out


def _rebuilt(x, each, memo=None):
    cls = type(x)
    name = cls.__name__
    if not hasattr(x, '__dict__') and not hasattr(cls, '__slots__') or name in ('lock', 'socket', 'generator', 'module'):
        raise TypeError("cannot pickle '%s' object" % name)
    if isinstance(x, BaseException):
        out = cls.__new__(cls, *[each(a) for a in x.args])
        out.args = tuple([each(a) for a in x.args])
    elif isinstance(x, tuple):
        out = tuple.__new__(cls, [each(item) for item in x])
    elif isinstance(x, (int, float, str, bytes, frozenset)):
        for base in (int, float, str, bytes, frozenset):
            if isinstance(x, base):
                out = base.__new__(cls, x)
                break
    else:
        out = cls.__new__(cls)
    if memo is not None:
        memo[id(x)] = out
    if isinstance(x, dict):
        for key, value in x.items():
            dict.__setitem__(out, each(key), each(value))
    elif isinstance(x, list):
        for item in x:
            list.append(out, each(item))
    elif isinstance(x, set):
        for item in x:
            set.add(out, each(item))
    for key, value in getattr(x, '__dict__', {}).items():
        out.__dict__[key] = each(value)
    for slot in getattr(cls, '__slots__', ()):
        if hasattr(x, slot):
            object.__setattr__(out, slot, each(getattr(x, slot)))
    return out
