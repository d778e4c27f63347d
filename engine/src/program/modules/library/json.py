"""json: text and values, with CPython's errors."""


class JSONDecodeError(ValueError):
    def __init__(self, msg, doc, pos):
        lineno = doc.count('\n', 0, pos) + 1
        colno = pos - doc.rfind('\n', 0, pos)
        ValueError.__init__(self, '%s: line %d column %d (char %d)' % (msg, lineno, colno, pos))
        self.msg = msg
        self.doc = doc
        self.pos = pos
        self.lineno = lineno
        self.colno = colno


JSONDecodeError.__module__ = 'json.decoder'

# Reading

_SPACE = ' \t\n\r'
_ESCAPES = {'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}


class _Reader:
    def __init__(self, text, options):
        self.text = text
        self.end = len(text)
        self.parse_float = options.get('parse_float') or float
        self.parse_int = options.get('parse_int') or int
        self.parse_constant = options.get('parse_constant')
        self.object_hook = options.get('object_hook')
        self.object_pairs_hook = options.get('object_pairs_hook')
        self.strict = options.get('strict', True)

    def space(self, at):
        text, end = self.text, self.end
        while at < end and text[at] in _SPACE:
            at += 1
        return at

    def value(self, at):
        """The value that begins at `at`, and where it ends."""
        text = self.text
        if at >= self.end:
            raise JSONDecodeError('Expecting value', text, at)
        c = text[at]
        if c == '"':
            return self.string(at + 1)
        if c == '{':
            return self.object(at)
        if c == '[':
            return self.array(at)
        if c in '-0123456789':
            found = self.number(at)
            if found is not None:
                return found
        for word, value in (('null', None), ('true', True), ('false', False)):
            if text.startswith(word, at):
                return value, at + len(word)
        for word in ('NaN', 'Infinity', '-Infinity'):
            if text.startswith(word, at):
                value = self.parse_constant(word) if self.parse_constant else float(word)
                return value, at + len(word)
        raise JSONDecodeError('Expecting value', text, at)

    def digits(self, at):
        text, end = self.text, self.end
        while at < end and '0' <= text[at] <= '9':
            at += 1
        return at

    def number(self, at):
        text = self.text
        whole = at + 1 if text[at] == '-' else at
        end = self.digits(whole)
        if end == whole:
            return None
        if text[whole] == '0':
            end = whole + 1
        is_int = True
        if text[end:end + 1] == '.':
            fraction = self.digits(end + 1)
            if fraction > end + 1:
                end, is_int = fraction, False
        if text[end:end + 1] in ('e', 'E'):
            digits = end + 2 if text[end + 1:end + 2] in ('+', '-') else end + 1
            exponent = self.digits(digits)
            if exponent > digits:
                end, is_int = exponent, False
        part = text[at:end]
        return (self.parse_int(part) if is_int else self.parse_float(part)), end

    def string(self, at):
        """The string whose opening quote stands before `at`."""
        text, begin = self.text, at - 1
        parts = []
        while True:
            quote = text.find('"', at)
            slash = text.find('\\', at)
            if quote < 0:
                stop = slash
            elif slash < 0 or quote < slash:
                stop = quote
            else:
                stop = slash
            part = text[at:stop] if stop >= 0 else text[at:]
            if self.strict:
                for i, c in enumerate(part):
                    if c < ' ':
                        raise JSONDecodeError('Invalid control character at', text, at + i)
            if stop < 0:
                raise JSONDecodeError('Unterminated string starting at', text, begin)
            parts.append(part)
            if stop == quote:
                return ''.join(parts), stop + 1
            at = stop + 1
            if at >= self.end:
                raise JSONDecodeError('Unterminated string starting at', text, begin)
            c = text[at]
            if c != 'u':
                if c not in _ESCAPES:
                    raise JSONDecodeError('Invalid \\escape', text, stop)
                parts.append(_ESCAPES[c])
                at += 1
                continue
            code = self.four(at)
            at += 5
            if 0xd800 <= code <= 0xdbff and text[at:at + 2] == '\\u':
                low = self.four(at + 1)
                if 0xdc00 <= low <= 0xdfff:
                    code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00))
                    at += 6
            parts.append(chr(code))

    def four(self, at):
        digits = self.text[at + 1:at + 5]
        if len(digits) == 4 and digits[1] not in 'xX':
            try:
                return int(digits, 16)
            except ValueError:
                pass
        raise JSONDecodeError('Invalid \\uXXXX escape', self.text, at)

    def array(self, at):
        text = self.text
        out = []
        at = self.space(at + 1)
        if text[at:at + 1] == ']':
            return out, at + 1
        while True:
            value, at = self.value(at)
            out.append(value)
            at = self.space(at)
            c = text[at:at + 1]
            if c == ']':
                return out, at + 1
            if c != ',':
                raise JSONDecodeError("Expecting ',' delimiter", text, at)
            at = self.space(at + 1)

    def object(self, at):
        text = self.text
        pairs = []
        at = self.space(at + 1)
        if text[at:at + 1] == '}':
            return self.made(pairs), at + 1
        while True:
            if text[at:at + 1] != '"':
                raise JSONDecodeError('Expecting property name enclosed in double quotes', text, at)
            key, at = self.string(at + 1)
            at = self.space(at)
            if text[at:at + 1] != ':':
                raise JSONDecodeError("Expecting ':' delimiter", text, at)
            value, at = self.value(self.space(at + 1))
            pairs.append((key, value))
            at = self.space(at)
            c = text[at:at + 1]
            if c == '}':
                return self.made(pairs), at + 1
            if c != ',':
                raise JSONDecodeError("Expecting ',' delimiter", text, at)
            at = self.space(at + 1)

    def made(self, pairs):
        if self.object_pairs_hook is not None:
            return self.object_pairs_hook(pairs)
        out = dict(pairs)
        return out if self.object_hook is None else self.object_hook(out)


class JSONDecoder:
    def __init__(self, **options):
        self._options = options

    def decode(self, s):
        value, end = self.raw_decode(s, len(s) - len(s.lstrip(_SPACE)))
        end += len(s[end:]) - len(s[end:].lstrip(_SPACE))
        if end != len(s):
            raise JSONDecodeError('Extra data', s, end)
        return value

    def raw_decode(self, s, idx=0):
        return _Reader(s, self._options).value(idx)


def loads(s, *, cls=None, **options):
    if isinstance(s, str):
        if s.startswith('\ufeff'):
            raise JSONDecodeError('Unexpected UTF-8 BOM (decode using utf-8-sig)', s, 0)
    elif isinstance(s, (bytes, bytearray)):
        s = s.decode(_detect(s), 'surrogatepass')
    else:
        raise TypeError('the JSON object must be str, bytes or bytearray, not %s' % type(s).__name__)
    return (JSONDecoder if cls is None else cls)(**options).decode(s)


def _detect(b):
    if b[:4] in (b'\xff\xfe\0\0', b'\0\0\xfe\xff'):
        return 'utf-32'
    if b[:2] in (b'\xff\xfe', b'\xfe\xff'):
        return 'utf-16'
    if b[:3] == b'\xef\xbb\xbf':
        return 'utf-8-sig'
    if len(b) >= 4:
        if not b[0]:
            return 'utf-16-be' if b[1] else 'utf-32-be'
        if not b[1]:
            return 'utf-16-le' if b[2] or b[3] else 'utf-32-le'
    elif len(b) == 2:
        if not b[0]:
            return 'utf-16-be'
        if not b[1]:
            return 'utf-16-le'
    return 'utf-8'


def load(fp, **options):
    return loads(fp.read(), **options)


# Writing

_SHORT = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f', '\b': '\\b'}


def _quoted(s, ensure_ascii):
    if s.isascii() and s.isprintable() and '"' not in s and '\\' not in s:
        return '"' + s + '"'
    out = []
    for c in s:
        if c in _SHORT:
            out.append(_SHORT[c])
        elif c < ' ' or ensure_ascii and c > '~':
            n = ord(c)
            if n < 0x10000:
                out.append('\\u%04x' % n)
            else:
                n -= 0x10000
                out.append('\\u%04x\\u%04x' % (0xd800 | n >> 10, 0xdc00 | n & 0x3ff))
        else:
            out.append(c)
    return '"' + ''.join(out) + '"'


class JSONEncoder:
    item_separator = ', '
    key_separator = ': '

    def __init__(self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, sort_keys=False,
                 indent=None, separators=None, default=None):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = ' ' * indent if isinstance(indent, int) else indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ','
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError('Object of type %s is not JSON serializable' % type(o).__name__)

    def encode(self, o):
        out = []
        self._write(o, out, '\n', [])
        return ''.join(out)

    def iterencode(self, o):
        return iter([self.encode(o)])

    def _float(self, x):
        if x != x:
            text = 'NaN'
        elif x == float('inf'):
            text = 'Infinity'
        elif x == float('-inf'):
            text = '-Infinity'
        else:
            return float.__repr__(x)
        if not self.allow_nan:
            raise ValueError('Out of range float values are not JSON compliant')
        return text

    def _write(self, o, out, newline, parents):
        if isinstance(o, str):
            out.append(_quoted(o, self.ensure_ascii))
        elif o is None:
            out.append('null')
        elif o is True:
            out.append('true')
        elif o is False:
            out.append('false')
        elif isinstance(o, int):
            out.append(int.__repr__(o))
        elif isinstance(o, float):
            out.append(self._float(o))
        else:
            for parent in parents:
                if parent is o:
                    raise ValueError('Circular reference detected')
            parents.append(o)
            if isinstance(o, (list, tuple)):
                self._write_list(o, out, newline, parents)
            elif isinstance(o, dict):
                self._write_dict(o, out, newline, parents)
            else:
                self._write(self.default(o), out, newline, parents)
            parents.pop()

    def _write_list(self, items, out, newline, parents):
        if not items:
            out.append('[]')
            return
        inner, separator = newline, self.item_separator
        out.append('[')
        if self.indent is not None:
            inner = newline + self.indent
            separator += inner
            out.append(inner)
        first = True
        for item in items:
            if not first:
                out.append(separator)
            first = False
            self._write(item, out, inner, parents)
        if self.indent is not None:
            out.append(newline)
        out.append(']')

    def _write_dict(self, o, out, newline, parents):
        if not o:
            out.append('{}')
            return
        inner, separator = newline, self.item_separator
        out.append('{')
        if self.indent is not None:
            inner = newline + self.indent
            separator += inner
            out.append(inner)
        first = True
        for key, value in sorted(o.items()) if self.sort_keys else o.items():
            if isinstance(key, str):
                pass
            elif isinstance(key, float):
                key = self._float(key)
            elif key is True:
                key = 'true'
            elif key is False:
                key = 'false'
            elif key is None:
                key = 'null'
            elif isinstance(key, int):
                key = int.__repr__(key)
            elif self.skipkeys:
                continue
            else:
                raise TypeError('keys must be str, int, float, bool or None, not %s' % type(key).__name__)
            if not first:
                out.append(separator)
            first = False
            out.append(_quoted(key, self.ensure_ascii))
            out.append(self.key_separator)
            self._write(value, out, inner, parents)
        if self.indent is not None:
            out.append(newline)
        out.append('}')


def dumps(obj, *, cls=None, **options):
    return (JSONEncoder if cls is None else cls)(**options).encode(obj)


def dump(obj, fp, **options):
    fp.write(dumps(obj, **options))
