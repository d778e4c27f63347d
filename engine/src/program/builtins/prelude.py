# The built-ins that call the program's code, in Python, so that the code may stop and block. Names that begin with an
# underscore come from builtins/functions.rs.

def collect(iterable):
    out = []
    for item in iterable:
        out.append(item)
    return out

def iter_by_index(obj):
    i = 0
    try:
        while True:
            yield obj[i]
            i += 1
    except IndexError:
        return

def iter_sentinel(f, sentinel):
    while True:
        value = f()
        if value == sentinel:
            return
        yield value

def next_or(it, default):
    try:
        return it.__next__()
    except StopIteration:
        return default

def close_generator(g):
    g.close()

def close_socket(sock, fd):
    _close_socket(sock, fd)

def import_module(name):
    return _import_module(name)

def enumerate(iterable, n):
    for item in iterable:
        yield (n, item)
        n += 1

def zip(iterables, strict):
    its = [iter(i) for i in iterables]
    if not its:
        return
    while True:
        row = []
        n = 0
        for it in its:
            try:
                row.append(next(it))
            except StopIteration:
                if strict:
                    words = 'argument 1' if n == 1 else 'arguments 1-%d' % n
                    if n:
                        raise ValueError('zip() argument %d is shorter than %s' % (n + 1, words)) from None
                    n = 0
                    for other in its[1:]:
                        n += 1
                        try:
                            next(other)
                        except StopIteration:
                            continue
                        words = 'argument 1' if n == 1 else 'arguments 1-%d' % n
                        raise ValueError('zip() argument %d is longer than %s' % (n + 1, words)) from None
                return
            n += 1
        yield tuple(row)

def reversed(obj):
    i = len(obj)
    while i > 0:
        i -= 1
        yield obj[i]

def map(f, *iterables):
    if len(iterables) == 1:
        for item in iterables[0]:
            yield f(item)
    else:
        for row in _zip(*iterables):
            yield f(*row)

def filter(f, iterable):
    if f is None:
        for item in iterable:
            if item:
                yield item
    else:
        for item in iterable:
            if f(item):
                yield item

def sum(iterable, total):
    for item in iterable:
        total = total + item
    return total

def any(iterable):
    for item in iterable:
        if item:
            return True
    return False

def all(iterable):
    for item in iterable:
        if not item:
            return False
    return True

def best(items, key, default, greatest, name):
    found = False
    for item in items:
        k = item if key is None else key(item)
        if not found:
            found = True
            best_item = item
            best_key = k
        elif (k > best_key) if greatest else (k < best_key):
            best_item = item
            best_key = k
    if found:
        return best_item
    if default:
        return default[0]
    raise ValueError(name + '() arg is an empty sequence')

def sort_by_key(items, key, reverse):
    work = _take(items)
    try:
        keys = [key(item) for item in work]
        _sort_with_keys(work, keys, reverse)
    finally:
        items[:] = work

def sorted(iterable, key, reverse):
    items = collect(iterable)
    if key is None:
        items.sort(reverse=reverse)
    else:
        items.sort(key=key, reverse=reverse)
    return items

def repr(obj, above=()):
    kind = type(obj)
    if kind is list or kind is tuple or kind is dict or kind is set or kind is frozenset:
        if len(above) > 200:
            raise RecursionError('maximum recursion depth exceeded while getting the repr of an object')
        for other in above:
            if other is obj:
                return '[...]' if kind is list else '(...)' if kind is tuple else '{...}'
        above = above + (obj,)
        if kind is dict:
            return '{' + ', '.join([repr(k, above) + ': ' + repr(v, above) for k, v in obj.items()]) + '}'
        parts = ', '.join([repr(item, above) for item in obj])
        if kind is list:
            return '[' + parts + ']'
        if kind is tuple:
            return '(' + parts + (',)' if len(obj) == 1 else ')')
        if kind is set:
            return '{' + parts + '}' if obj else 'set()'
        return 'frozenset({' + parts + '})' if obj else 'frozenset()'
    if _is_view(obj):
        name = _type_name(obj)
        return name + '([' + ', '.join([repr(item, above) for item in obj]) + '])'
    text = _own_repr(kind, obj)
    if not isinstance(text, str):
        raise TypeError('__repr__ returned non-string (type ' + type(text).__name__ + ')')
    return text

def repr_exception(name, args):
    if len(args) == 1:
        return name + '(' + repr(args[0]) + ')'
    return name + repr(args)

def print(values, sep, end, file, flush):
    if file is None:
        import sys
        file = sys.stdout
        if file is None:
            return
    sep = ' ' if sep is None else sep
    end = '\n' if end is None else end
    text = sep.join([str(v) for v in values]) + end
    file.write(text)
    if flush:
        file.flush()

def format_template(template, args, kw, state=None):
    if state is None:
        state = [0]
    out = []
    for piece in template:
        if isinstance(piece, str):
            out.append(piece)
            continue
        if len(piece) == 1:
            raise ValueError(piece[0])
        first, steps, conversion, spec, fault = piece
        if first is None:
            first = state[0]
            if first < 0:
                raise ValueError('cannot switch from manual field specification to automatic field numbering')
            state[0] += 1
        elif isinstance(first, int):
            if state[0] > 0:
                raise ValueError('cannot switch from automatic field numbering to manual field specification')
            state[0] = -1
        if isinstance(first, int):
            if first >= len(args):
                raise IndexError('Replacement index %d out of range for positional args tuple' % first)
            value = args[first]
        else:
            value = kw[first]
        for is_attribute, name in steps:
            value = getattr(value, name) if is_attribute else value[name]
        if fault is not None:
            raise ValueError(fault)
        if conversion == 'r':
            value = _repr(value)
        elif conversion == 's':
            value = str(value)
        elif conversion == 'a':
            value = ascii(value)
        elif conversion:
            raise ValueError('Unknown conversion specifier ' + conversion)
        if not isinstance(spec, str):
            spec = format_template(spec, args, kw, state)
        out.append(format(value, spec))
    return ''.join(out)

def format_map(text, mapping):
    return format_template(_parse_template(text), (), mapping)

def input(prompt):
    _write_prompt(str(prompt))
    return _input()

def round_with(obj, args):
    return type(obj).__round__(obj, *args)

def open(*args, **options):
    import io
    return io.open(*args, **options)

def run_raw_thread(f, args, kw):
    try:
        f(*args, **kw)
    except SystemExit:
        pass
    except BaseException as e:
        _report_thread(f, e)
