"""csv: tables as lines of text."""

QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE = 0, 1, 2, 3


class Error(Exception):
    pass


class Dialect:
    delimiter = ','
    quotechar = '"'
    escapechar = None
    doublequote = True
    skipinitialspace = False
    lineterminator = '\r\n'
    quoting = QUOTE_MINIMAL
    strict = False


class excel(Dialect):
    pass


class excel_tab(excel):
    delimiter = '\t'


class unix_dialect(Dialect):
    lineterminator = '\n'
    quoting = QUOTE_ALL


_dialects = {'excel': excel, 'excel-tab': excel_tab, 'unix': unix_dialect}


def register_dialect(name, dialect=None, **options):
    _dialects[name] = _made(dialect, options)


def list_dialects():
    return list(_dialects)


def _made(dialect, options):
    if isinstance(dialect, str):
        if dialect not in _dialects:
            raise Error('unknown dialect')
        dialect = _dialects[dialect]
    out = Dialect()
    for name in ('delimiter', 'quotechar', 'escapechar', 'doublequote', 'skipinitialspace', 'lineterminator', 'quoting', 'strict'):
        if dialect is not None:
            setattr(out, name, getattr(dialect, name))
    for name, value in options.items():
        if not hasattr(Dialect, name):
            raise TypeError("'%s' is an invalid keyword argument for this function" % name)
        setattr(out, name, value)
    if not isinstance(out.delimiter, str) or len(out.delimiter) != 1:
        raise TypeError('"delimiter" must be a 1-character string')
    return out


class _Reader:
    def __init__(self, lines, dialect, options):
        self._lines = iter(lines)
        self.dialect = _made(dialect, options)
        self.line_num = 0

    def __iter__(self):
        return self

    def __next__(self):
        d = self.dialect
        line = next(self._lines)
        self.line_num += 1
        row, field, quoted, was_quoted, begun = [], [], False, False, False
        while True:
            i = 0
            while i < len(line):
                c = line[i]
                i += 1
                if c == d.escapechar and i < len(line):
                    field.append(line[i])
                    begun = True
                    i += 1
                elif quoted:
                    if c == d.quotechar:
                        if d.doublequote and line[i:i + 1] == d.quotechar:
                            field.append(c)
                            i += 1
                        else:
                            quoted = False
                    else:
                        field.append(c)
                elif c == d.quotechar and not begun and d.quoting != QUOTE_NONE:
                    quoted = was_quoted = begun = True
                elif c == d.delimiter:
                    row.append(self._value(field, was_quoted))
                    field, was_quoted, begun = [], False, False
                elif c in '\r\n':
                    pass
                elif c == ' ' and d.skipinitialspace and not begun:
                    pass
                else:
                    field.append(c)
                    begun = True
            if not quoted:
                break
            try:
                line = next(self._lines)
            except StopIteration:
                break
            self.line_num += 1
        if row or begun or field:
            row.append(self._value(field, was_quoted))
        return row

    def _value(self, field, was_quoted):
        text = ''.join(field)
        if self.dialect.quoting == QUOTE_NONNUMERIC and not was_quoted:
            return float(text)
        return text


def reader(csvfile, dialect='excel', **fmtparams):
    return _Reader(csvfile, dialect, fmtparams)


class _Writer:
    def __init__(self, file, dialect, options):
        self._file = file
        self.dialect = _made(dialect, options)

    def writerow(self, row):
        d = self.dialect
        out = []
        for value in row:
            number = isinstance(value, (int, float))
            text = '' if value is None else value if isinstance(value, str) else str(value)
            special = any([c in text for c in (d.delimiter, d.quotechar, '\r', '\n')])
            quote = d.quoting == QUOTE_ALL or d.quoting == QUOTE_NONNUMERIC and not number or \
                d.quoting == QUOTE_MINIMAL and (special or text == '' and len(row) == 1)
            if quote:
                text = d.quotechar + text.replace(d.quotechar, d.quotechar * 2) + d.quotechar
            elif special and d.quoting == QUOTE_NONE:
                if d.escapechar is None:
                    raise Error('need to escape, but no escapechar set')
                text = ''.join([d.escapechar + c if c in (d.delimiter, d.quotechar, d.escapechar) else c for c in text])
            out.append(text)
        return self._file.write(d.delimiter.join(out) + d.lineterminator)

    def writerows(self, rows):
        for row in rows:
            self.writerow(row)


def writer(csvfile, dialect='excel', **fmtparams):
    return _Writer(csvfile, dialect, fmtparams)


class DictReader:
    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect='excel', *args, **kwds):
        self._fieldnames = fieldnames
        self.restkey, self.restval = restkey, restval
        self.reader = reader(f, dialect, *args, **kwds)

    @property
    def fieldnames(self):
        if self._fieldnames is None:
            try:
                self._fieldnames = next(self.reader)
            except StopIteration:
                pass
        return self._fieldnames

    @property
    def line_num(self):
        return self.reader.line_num

    def __iter__(self):
        return self

    def __next__(self):
        names = self.fieldnames
        row = next(self.reader)
        while row == []:
            row = next(self.reader)
        out = dict(zip(names, row))
        if len(row) > len(names):
            out[self.restkey] = row[len(names):]
        for name in names[len(row):]:
            out[name] = self.restval
        return out


class DictWriter:
    def __init__(self, f, fieldnames, restval='', extrasaction='raise', dialect='excel', *args, **kwds):
        self.fieldnames, self.restval, self.extrasaction = fieldnames, restval, extrasaction
        self.writer = writer(f, dialect, *args, **kwds)

    def writeheader(self):
        return self.writer.writerow(self.fieldnames)

    def writerow(self, rowdict):
        if self.extrasaction == 'raise':
            wrong = [name for name in rowdict if name not in self.fieldnames]
            if wrong:
                raise ValueError('dict contains fields not in fieldnames: ' + ', '.join([repr(x) for x in wrong]))
        return self.writer.writerow([rowdict.get(name, self.restval) for name in self.fieldnames])

    def writerows(self, rowdicts):
        for row in rowdicts:
            self.writerow(row)
