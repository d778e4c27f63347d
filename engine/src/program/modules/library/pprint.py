"""pprint: values over several lines."""

import sys as _sys


def _lines(value, indent, room, width, sort):
    flat = _flat(value, sort)
    if len(flat) <= room or not isinstance(value, (dict, list, tuple, set, frozenset)) or not value:
        return flat
    pad = ' ' * (indent + 1)
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda kv: _key(kv[0])) if sort else list(value.items())
        parts = []
        for k, v in items:
            head = repr(k) + ': '
            parts.append(head + _lines(v, indent + 1 + len(head), width - indent - 1 - len(head) - 1, width, sort))
        return '{' + (',\n' + pad).join(parts) + '}'
    items = sorted(value, key=_key) if isinstance(value, (set, frozenset)) else list(value)
    opening, closing = ('[', ']') if isinstance(value, list) else ('(', ')') if isinstance(value, tuple) else ('{', '}')
    parts = [_lines(v, indent + 1, width - indent - 2, width, sort) for v in items]
    text = opening + (',\n' + pad).join(parts)
    return text + (',' if isinstance(value, tuple) and len(value) == 1 else '') + closing


def _key(x):
    return (type(x).__name__ if not isinstance(x, (int, float)) else '', x if isinstance(x, (int, float, str, bytes)) else repr(x))


def _flat(value, sort):
    if type(value) is dict:
        items = sorted(value.items(), key=lambda kv: _key(kv[0])) if sort else value.items()
        return '{' + ', '.join([repr(k) + ': ' + _flat(v, sort) for k, v in items]) + '}'
    if type(value) is list:
        return '[' + ', '.join([_flat(v, sort) for v in value]) + ']'
    if type(value) is tuple:
        return '(' + ', '.join([_flat(v, sort) for v in value]) + (',)' if len(value) == 1 else ')')
    if type(value) is set and value:
        return '{' + ', '.join([_flat(v, sort) for v in sorted(value, key=_key)]) + '}'
    return repr(value)


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    return _lines(object, 0, width, width, sort_dicts)


def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    (_sys.stdout if stream is None else stream).write(pformat(object, width=width, sort_dicts=sort_dicts) + '\n')


def pp(object, *args, sort_dicts=False, **kwargs):
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


class PrettyPrinter:
    def __init__(self, indent=1, width=80, depth=None, stream=None, *, sort_dicts=True, **kwargs):
        self._width, self._stream, self._sort = width, stream, sort_dicts

    def pformat(self, object):
        return pformat(object, width=self._width, sort_dicts=self._sort)

    def pprint(self, object):
        pprint(object, self._stream, width=self._width, sort_dicts=self._sort)
