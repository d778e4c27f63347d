"""pickle: objects as bytes, in protocol 4 as CPython writes it; all usual opcodes are read."""

import io as _io
import struct as _struct
import sys as _sys

HIGHEST_PROTOCOL = 5
DEFAULT_PROTOCOL = 4


class PickleError(Exception):
    pass


class PicklingError(PickleError):
    pass


class UnpicklingError(PickleError):
    pass


PickleError.__module__ = PicklingError.__module__ = UnpicklingError.__module__ = '_pickle'


class Pickler:
    def __init__(self, file, protocol=None, *, fix_imports=True, buffer_callback=None):
        self._file = file
        self._protocol = DEFAULT_PROTOCOL if protocol is None else HIGHEST_PROTOCOL if protocol < 0 else protocol
        if self._protocol > HIGHEST_PROTOCOL:
            raise ValueError('pickle protocol must be <= %d' % HIGHEST_PROTOCOL)
        # Older protocols are written in the newest form that they share with 4.
        self._memo = {}
        self._keep = []
        self._out = bytearray()

    def dump(self, obj):
        self._out = bytearray()
        self._save(obj)
        self._out += b'.'
        body = bytes(self._out)
        head = b'\x80' + bytes([max(self._protocol, 4)])
        if len(body) >= 4:
            head += b'\x95' + len(body).to_bytes(8, 'little')
        self._file.write(head + body)

    def _memoize(self, obj):
        self._memo[id(obj)] = len(self._memo)
        self._keep.append(obj)
        self._out += b'\x94'

    def _get(self, obj):
        i = self._memo.get(id(obj))
        if i is None:
            return False
        self._out += b'h' + bytes([i]) if i < 256 else b'j' + i.to_bytes(4, 'little')
        return True

    def _save(self, obj):
        out = self._out
        kind = type(obj)
        if obj is None:
            out += b'N'
        elif kind is bool:
            out += b'\x88' if obj else b'\x89'
        elif kind is int:
            self._save_int(obj)
        elif kind is float:
            out += b'G' + _struct.pack('>d', obj)
        elif self._get(obj):
            pass
        elif kind is str:
            data = obj.encode('utf-8', 'surrogatepass')
            if len(data) < 256:
                out += b'\x8c' + bytes([len(data)]) + data
            elif len(data) < 1 << 32:
                out += b'X' + len(data).to_bytes(4, 'little') + data
            self._memoize(obj)
        elif kind is bytes:
            if len(obj) < 256:
                out += b'C' + bytes([len(obj)]) + obj
            else:
                out += b'B' + len(obj).to_bytes(4, 'little') + obj
            self._memoize(obj)
        elif kind is tuple:
            self._save_tuple(obj)
        elif kind is list:
            out += b']'
            self._memoize(obj)
            self._save_items(obj)
        elif kind is dict:
            out += b'}'
            self._memoize(obj)
            self._save_pairs(obj)
        elif kind is set:
            out += b'\x8f'
            self._memoize(obj)
            items = list(obj)
            for i in range(0, len(items), 1000):
                out += b'('
                for item in items[i:i + 1000]:
                    self._save(item)
                out += b'\x90'
        elif kind is frozenset:
            out += b'('
            for item in obj:
                self._save(item)
            out += b'\x91'
            self._memoize(obj)
        elif kind is bytearray:
            self._save_global(bytearray, 'builtins', 'bytearray')
            self._save_tuple((bytes(obj),))
            out += b'R'
            self._memoize(obj)
        elif isinstance(obj, type) or kind in _FUNCTIONS:
            self._save_global(obj, obj.__module__, obj.__qualname__)
        else:
            self._save_object(obj)

    def _save_int(self, n):
        if 0 <= n < 256:
            self._out += b'K' + bytes([n])
        elif 0 <= n < 65536:
            self._out += b'M' + n.to_bytes(2, 'little')
        elif -1 << 31 <= n < 1 << 31:
            self._out += b'J' + n.to_bytes(4, 'little', signed=True)
        else:
            data = n.to_bytes(n.bit_length() // 8 + 1, 'little', signed=True)
            if len(data) > 1 and data[-1] == 255 and data[-2] & 128:
                data = data[:-1]
            if len(data) < 256:
                self._out += b'\x8a' + bytes([len(data)]) + data
            else:
                self._out += b'\x8b' + len(data).to_bytes(4, 'little') + data

    def _save_tuple(self, obj):
        if not obj:
            self._out += b')'
            return
        if len(obj) > 3:
            self._out += b'('
        for item in obj:
            self._save(item)
        if self._get_tuple(obj):
            return
        self._out += {1: b'\x85', 2: b'\x86', 3: b'\x87'}.get(len(obj), b't')
        self._memoize(obj)

    def _get_tuple(self, obj):
        # A tuple that holds itself was written while its items were.
        if id(obj) not in self._memo:
            return False
        self._out += b'0' * len(obj) if len(obj) <= 3 else b'1'
        return self._get(obj)

    def _save_items(self, items):
        items = list(items)
        for i in range(0, len(items), 1000):
            part = items[i:i + 1000]
            if len(part) > 1:
                self._out += b'('
            for item in part:
                self._save(item)
            self._out += b'e' if len(part) > 1 else b'a'

    def _save_pairs(self, d):
        pairs = list(d.items())
        for i in range(0, len(pairs), 1000):
            part = pairs[i:i + 1000]
            if len(part) > 1:
                self._out += b'('
            for key, value in part:
                self._save(key)
                self._save(value)
            self._out += b'u' if len(part) > 1 else b's'

    def _save_global(self, obj, module, name):
        if self._get(obj):
            return
        try:
            found = _find(module, name)
        except (ImportError, AttributeError, KeyError):
            found = None
        if found is not obj:
            if '<locals>' in name:
                raise AttributeError("Can't pickle local object %r" % name)
            raise PicklingError("Can't pickle %r: attribute lookup %s on %s failed" % (obj, name, module))
        self._save(module)
        self._save(name)
        self._out += b'\x93'
        self._memoize(obj)

    def _save_object(self, obj):
        cls = type(obj)
        if cls.__name__ in ('lock', 'RLock', 'socket', 'generator', 'module', 'TextIOWrapper', 'Thread', 'Random', 'iterator'):
            raise TypeError("cannot pickle %r object" % cls.__name__)
        reduce = getattr(cls, '__reduce__', None)
        if reduce is not None and reduce is not getattr(object, '__reduce__', None):
            made = reduce(obj)
            self._save(made[0])
            self._save(made[1])
            self._out += b'R'
            self._memoize(obj)
            if len(made) > 2 and made[2] is not None:
                self._save(made[2])
                self._out += b'b'
            return
        args = ()
        get_args = getattr(obj, '__getnewargs__', None)
        if isinstance(obj, BaseException):
            self._save(cls)
            self._save(obj.args)
            self._out += b'R'
        else:
            if get_args is not None:
                args = (tuple(obj),) if isinstance(obj, tuple) and not hasattr(obj, '_fields') else get_args()
            else:
                for base in (int, float, str, bytes, tuple):
                    if isinstance(obj, base):
                        args = (base(obj),)
            if hasattr(obj, '_value_') and hasattr(cls, '_member_map_'):
                # A member of an enum is found again by its value.
                self._save(cls)
                self._save((obj._value_,))
                self._out += b'R'
                self._memoize(obj)
                return
            self._save(cls)
            self._save(args)
            self._out += b'\x81'
        self._memoize(obj)
        if isinstance(obj, list):
            self._save_items(list(obj))
        if isinstance(obj, dict):
            self._save_pairs(obj)
        get_state = getattr(obj, '__getstate__', None)
        state = get_state() if get_state is not None else getattr(obj, '__dict__', None) or None
        slots = {name: getattr(obj, name) for name in getattr(cls, '__slots__', ()) if hasattr(obj, name)}
        if slots and get_state is None:
            state = (state, slots)
        if state is not None:
            self._save(state)
            self._out += b'b'


_FUNCTIONS = (type(lambda: 0), type(len))


def _find(module, name):
    __import__(module)
    found = _sys.modules[module]
    for part in name.split('.'):
        found = getattr(found, part)
    return found


class Unpickler:
    def __init__(self, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=None):
        self._file = file

    def find_class(self, module, name):
        return _find({'__builtin__': 'builtins', 'copy_reg': 'copyreg'}.get(module, module), name)

    def _take(self, n):
        data = self._file.read(n)
        if len(data) < n:
            raise (EOFError('Ran out of input') if not data and not self._started else
                   UnpicklingError('pickle data was truncated'))
        return data

    def _line(self):
        line = self._file.readline()
        if not line.endswith(b'\n'):
            raise UnpicklingError('pickle data was truncated')
        return line[:-1]

    def load(self):
        stack, marks, memo = [], [], {}
        take, number = self._take, lambda n: int.from_bytes(self._take(n), 'little')
        self._started = False

        def since_mark():
            at = marks.pop()
            items = stack[at:]
            del stack[at:]
            return items

        while True:
            op = take(1)
            self._started = True
            if op == b'.':
                return stack.pop()
            elif op == b'\x80':
                n = number(1)
                if n > HIGHEST_PROTOCOL:
                    raise ValueError('unsupported pickle protocol: %d' % n)
            elif op == b'\x95':
                number(8)
            elif op == b'(':
                marks.append(len(stack))
            elif op == b'N':
                stack.append(None)
            elif op == b'\x88':
                stack.append(True)
            elif op == b'\x89':
                stack.append(False)
            elif op == b'K':
                stack.append(number(1))
            elif op == b'M':
                stack.append(number(2))
            elif op == b'J':
                stack.append(int.from_bytes(take(4), 'little', signed=True))
            elif op == b'\x8a':
                stack.append(int.from_bytes(take(number(1)), 'little', signed=True))
            elif op == b'\x8b':
                stack.append(int.from_bytes(take(number(4)), 'little', signed=True))
            elif op in (b'I', b'L'):
                text = self._line().rstrip(b'L')
                stack.append({b'00': False, b'01': True}.get(text) if op == b'I' and text in (b'00', b'01') else int(text))
            elif op == b'F':
                stack.append(float(self._line()))
            elif op == b'G':
                stack.append(_struct.unpack('>d', take(8))[0])
            elif op in (b'\x8c', b'X', b'\x8d'):
                size = number({b'\x8c': 1, b'X': 4, b'\x8d': 8}[op])
                stack.append(take(size).decode('utf-8', 'surrogatepass'))
            elif op == b'V':
                stack.append(self._line().decode('raw_unicode_escape'))
            elif op == b'S':
                stack.append(self._line()[1:-1].decode('ascii'))
            elif op in (b'C', b'B', b'\x8e'):
                stack.append(take(number({b'C': 1, b'B': 4, b'\x8e': 8}[op])))
            elif op in (b'U', b'T'):
                stack.append(take(number(1 if op == b'U' else 4)).decode('ascii'))
            elif op == b'\x96':
                stack.append(bytearray(take(number(8))))
            elif op == b')':
                stack.append(())
            elif op in (b'\x85', b'\x86', b'\x87'):
                n = op[0] - 0x84
                items = tuple(stack[-n:])
                del stack[-n:]
                stack.append(items)
            elif op == b't':
                stack.append(tuple(since_mark()))
            elif op == b']':
                stack.append([])
            elif op == b'l':
                stack.append(since_mark())
            elif op == b'a':
                item = stack.pop()
                stack[-1].append(item)
            elif op == b'e':
                items = since_mark()
                stack[-1].extend(items)
            elif op == b'}':
                stack.append({})
            elif op == b'd':
                items = since_mark()
                stack.append({items[i]: items[i + 1] for i in range(0, len(items), 2)})
            elif op == b's':
                value, key = stack.pop(), stack.pop()
                stack[-1][key] = value
            elif op == b'u':
                items = since_mark()
                for i in range(0, len(items), 2):
                    stack[-1][items[i]] = items[i + 1]
            elif op == b'\x8f':
                stack.append(set())
            elif op == b'\x90':
                items = since_mark()
                stack[-1].update(items)
            elif op == b'\x91':
                stack.append(frozenset(since_mark()))
            elif op == b'\x94':
                memo[len(memo)] = stack[-1]
            elif op == b'q':
                memo[number(1)] = stack[-1]
            elif op == b'r':
                memo[number(4)] = stack[-1]
            elif op == b'p':
                memo[int(self._line())] = stack[-1]
            elif op in (b'h', b'j', b'g'):
                i = int(self._line()) if op == b'g' else number(1 if op == b'h' else 4)
                if i not in memo:
                    raise UnpicklingError('Memo value not found at index %d' % i)
                stack.append(memo[i])
            elif op == b'0':
                stack.pop()
            elif op == b'1':
                since_mark()
            elif op == b'2':
                stack.append(stack[-1])
            elif op == b'c':
                module, name = self._line().decode(), self._line().decode()
                stack.append(self.find_class(module, name))
            elif op == b'\x93':
                name, module = stack.pop(), stack.pop()
                stack.append(self.find_class(module, name))
            elif op == b'R':
                args, callee = stack.pop(), stack.pop()
                stack.append(callee(*args))
            elif op == b'\x81':
                args, cls = stack.pop(), stack.pop()
                stack.append(cls.__new__(cls, *args))
            elif op == b'\x92':
                kwargs, args, cls = stack.pop(), stack.pop(), stack.pop()
                stack.append(cls.__new__(cls, *args, **kwargs))
            elif op == b'b':
                state = stack.pop()
                self._build(stack[-1], state)
            else:
                raise UnpicklingError("invalid load key, '%s'." % (
                    chr(op[0]) if 32 <= op[0] < 127 else '\\x%02x' % op[0]))

    def _build(self, obj, state):
        set_state = getattr(obj, '__setstate__', None)
        if set_state is not None:
            set_state(state)
            return
        slots = None
        if isinstance(state, tuple) and len(state) == 2:
            state, slots = state
        if state:
            obj.__dict__.update(state)
        if slots:
            for name, value in slots.items():
                setattr(obj, name, value)


def dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None):
    Pickler(file, protocol).dump(obj)


def dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None):
    out = _io.BytesIO()
    Pickler(out, protocol).dump(obj)
    return out.getvalue()


def load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=None):
    return Unpickler(file).load()


def loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=None):
    if isinstance(data, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    return Unpickler(_io.BytesIO(data)).load()
