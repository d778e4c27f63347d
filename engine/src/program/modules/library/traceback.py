"""traceback: exceptions as text, as the interpreter prints them."""

import sys


def format_exception(exc, /, value=None, tb=None, limit=None, chain=True):
    if value is None and not isinstance(exc, type):
        value = exc
    if value is None:
        return ['NoneType: None\n']
    return sys._format_exception(value).splitlines(True)


def format_exception_only(exc, /, value=None):
    if value is None and not isinstance(exc, type):
        value = exc
    if value is None:
        return ['NoneType: None\n']
    cls = type(value)
    name = cls.__qualname__
    if cls.__module__ not in ('__main__', 'builtins'):
        name = cls.__module__ + '.' + name
    text = str(value)
    return ['%s: %s\n' % (name, text) if text else name + '\n']


def format_exc(limit=None, chain=True):
    return ''.join(format_exception(sys.exc_info()[1]))


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exc_info()[1], file=file)


def print_exception(exc, /, value=None, tb=None, limit=None, file=None, chain=True):
    out = ''.join(format_exception(exc, value))
    (sys.stderr if file is None else file).write(out)


def print_last(limit=None, file=None, chain=True):
    print_exception(sys.last_value, file=file)


class FrameSummary:
    def __init__(self, filename, lineno, name, line=''):
        self.filename, self.lineno, self.name, self.line = filename, lineno, name, line

    def __iter__(self):
        return iter((self.filename, self.lineno, self.name, self.line))

    def __getitem__(self, i):
        return (self.filename, self.lineno, self.name, self.line)[i]

    def __repr__(self):
        return '<FrameSummary file %s, line %d in %s>' % (self.filename, self.lineno, self.name)


def extract_tb(tb, limit=None):
    return [FrameSummary(*entry) for entry in sys._stack(tb)]


def format_list(extracted_list):
    out = []
    for filename, lineno, name, line in extracted_list:
        text = '  File "%s", line %d, in %s\n' % (filename, lineno, name)
        if line:
            text += '    %s\n' % line.strip()
        out.append(text)
    return out


def format_tb(tb, limit=None):
    return format_list(extract_tb(tb))


def print_tb(tb, limit=None, file=None):
    for line in format_tb(tb):
        (sys.stderr if file is None else file).write(line)


def print_stack(f=None, limit=None, file=None):
    (sys.stderr if file is None else file).write('  (the stack is shown beside the program)\n')
