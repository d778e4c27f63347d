"""io: files of the lab's memory, and streams of text and bytes."""

import _fs
import posixpath as _path

DEFAULT_BUFFER_SIZE = 8192
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
BlockingIOError = BlockingIOError


class UnsupportedOperation(OSError, ValueError):
    pass


UnsupportedOperation.__module__ = 'io'


class IOBase:
    closed = False

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *args):
        self.close()

    def __iter__(self):
        self._check()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def _check(self):
        if self.closed:
            raise ValueError('I/O operation on closed file.')

    def close(self):
        if not self.closed:
            self.flush()
            self.closed = True

    def flush(self):
        self._check()

    def fileno(self):
        raise UnsupportedOperation('fileno')

    def isatty(self):
        self._check()
        return False

    def readable(self):
        return False

    def writable(self):
        return False

    def seekable(self):
        return False

    def seek(self, offset, whence=0):
        raise UnsupportedOperation('seek')

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, size=None):
        raise UnsupportedOperation('truncate')

    def readlines(self, hint=-1):
        if hint is None or hint <= 0:
            return list(self)
        lines, size = [], 0
        for line in self:
            lines.append(line)
            size += len(line)
            if size >= hint:
                break
        return lines

    def writelines(self, lines):
        self._check()
        for line in lines:
            self.write(line)


class RawIOBase(IOBase):
    def read(self, size=-1):
        if size is None or size < 0:
            return self.readall()
        buffer = bytearray(size)
        n = self.readinto(buffer)
        return None if n is None else bytes(buffer[:n])

    def readall(self):
        out = bytearray()
        while True:
            data = self.read(DEFAULT_BUFFER_SIZE)
            if not data:
                return bytes(out)
            out += data


class BufferedIOBase(IOBase):
    def readinto(self, b):
        data = self.read(len(b))
        b[:len(data)] = data
        return len(data)

    readinto1 = readinto

    def read1(self, size=-1):
        return self.read(size)

    def detach(self):
        raise UnsupportedOperation('detach')


class TextIOBase(IOBase):
    encoding = None
    errors = None
    newlines = None


def _bytes_of(b):
    if isinstance(b, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    if isinstance(b, (bytes, bytearray)):
        return b
    try:
        return bytes(memoryview(b))
    except TypeError:
        raise TypeError("a bytes-like object is required, not '%s'" % type(b).__name__) from None


def _size_of(size):
    if size is None:
        return -1
    if not isinstance(size, int):
        raise TypeError("argument should be integer or None, not '%s'" % type(size).__name__)
    return size


# Files

_next_fd = 3


class _BinaryFile(BufferedIOBase):
    """A file of bytes. What is written waits in `_pending` until there is enough of it, as with CPython's buffers."""

    def __init__(self, name, full, mode, reading, writing, appending):
        global _next_fd
        self.name = name
        self.mode = mode
        self.closed = False
        self._full = full
        self._reading = reading
        self._writing = writing
        self._appending = appending
        self._pending = bytearray()
        self._at = _fs.size(full) if appending else 0
        self._fd = _next_fd
        _next_fd += 1

    @property
    def raw(self):
        return self

    def readable(self):
        self._check()
        return self._reading

    def writable(self):
        self._check()
        return self._writing

    def seekable(self):
        self._check()
        return True

    def fileno(self):
        self._check()
        return self._fd

    def _for_reading(self):
        self._check()
        if not self._reading:
            raise UnsupportedOperation('read')
        if self._pending:
            self.flush()

    def read(self, size=-1):
        size = _size_of(size)
        self._for_reading()
        data = _fs.read(self._full, self._at, size)
        self._at += len(data)
        return data

    def read1(self, size=-1):
        return self.read(DEFAULT_BUFFER_SIZE if size is None or size < 0 else size)

    def peek(self, size=0):
        self._for_reading()
        return _fs.read(self._full, self._at, DEFAULT_BUFFER_SIZE)

    def readline(self, size=-1):
        size = _size_of(size)
        self._for_reading()
        data = _fs.line(self._full, self._at, size)
        self._at += len(data)
        return data

    def write(self, b):
        self._check()
        if not self._writing:
            raise UnsupportedOperation('write')
        data = _bytes_of(b)
        if self._appending and not self._pending:
            self._at = _fs.size(self._full)
        self._pending += data
        self._at += len(data)
        if len(self._pending) > DEFAULT_BUFFER_SIZE:
            self.flush()
        return len(data)

    def flush(self):
        self._check()
        if self._pending:
            data, self._pending = bytes(self._pending), bytearray()
            if self._appending:
                self._at = _fs.size(self._full) + len(data)
            _fs.write(self._full, self._at - len(data), data)

    def seek(self, offset, whence=0):
        self.flush()
        if whence == 1:
            offset += self._at
        elif whence == 2:
            offset += _fs.size(self._full)
        elif whence != 0:
            raise ValueError('whence value %d unsupported' % whence)
        if offset < 0:
            raise OSError(22, 'Invalid argument')
        self._at = offset
        return offset

    def tell(self):
        self._check()
        return self._at

    def truncate(self, size=None):
        self.flush()
        if not self._writing:
            raise UnsupportedOperation('truncate')
        size = self._at if size is None else size
        _fs.truncate(self._full, size)
        return size

    def __del__(self):
        try:
            self.close()
        except ValueError:
            pass

    def __repr__(self):
        return '<_io.%s name=%r>' % (type(self).__name__, self.name)


class BufferedReader(_BinaryFile):
    pass


class BufferedWriter(_BinaryFile):
    pass


class BufferedRandom(_BinaryFile):
    pass


class FileIO(_BinaryFile):
    pass


for _class in (BufferedReader, BufferedWriter, BufferedRandom, FileIO):
    _class.__module__ = '_io'


class TextIOWrapper(TextIOBase):
    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        if newline not in (None, '', '\n', '\r', '\r\n'):
            raise ValueError('illegal newline value: %s' % (newline,))
        self.buffer = buffer
        self.encoding = 'UTF-8' if encoding is None or encoding == 'locale' else encoding
        self.errors = 'strict' if errors is None else errors
        self.line_buffering = line_buffering
        self.write_through = write_through
        self.closed = False
        self._newline = newline
        self._text = ''
        self._at = 0
        self._raw = b''
        self._held_cr = False
        self._first = True
        # An unknown encoding is found at once.
        'x'.encode(self.encoding)

    @property
    def name(self):
        return self.buffer.name

    @property
    def closed(self):
        return self.buffer.closed if self._own is None else self._own

    @closed.setter
    def closed(self, value):
        self._own = value or None

    def readable(self):
        self._check()
        return self.buffer.readable()

    def writable(self):
        self._check()
        return self.buffer.writable()

    def seekable(self):
        self._check()
        return self.buffer.seekable()

    def fileno(self):
        return self.buffer.fileno()

    def isatty(self):
        self._check()
        return self.buffer.isatty()

    def reconfigure(self, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None):
        if encoding is not None:
            self.encoding = encoding
        if errors is not None:
            self.errors = errors
        if line_buffering is not None:
            self.line_buffering = line_buffering

    def detach(self):
        self.flush()
        return self.buffer

    def write(self, s):
        self._check()
        if not isinstance(s, str):
            raise TypeError('write() argument must be str, not %s' % type(s).__name__)
        if not self.buffer.writable():
            raise UnsupportedOperation('not writable')
        text = s
        if self._newline in ('\r', '\r\n'):
            text = s.replace('\n', self._newline)
        self.buffer.write(text.encode(self.encoding, self.errors))
        self._text, self._at, self._raw = '', 0, b''
        if self.line_buffering and '\n' in s or self.write_through:
            self.flush()
        return len(s)

    def flush(self):
        self._check()
        self.buffer.flush()

    def close(self):
        if not self.closed:
            try:
                self.flush()
            finally:
                self.buffer.close()
                self.closed = True

    def _more(self, all=False):
        """Reads and decodes some more; False at the end."""
        if not self.buffer.readable():
            raise UnsupportedOperation('not readable')
        data = self.buffer.read() if all else self.buffer.read1(DEFAULT_BUFFER_SIZE)
        last = all or not data
        raw = self._raw + (data or b'')
        self._raw = b''
        text = ''
        if raw:
            try:
                text = raw.decode(self.encoding, self.errors)
            except UnicodeDecodeError as e:
                if last or e.end != len(raw) or e.reason not in ('unexpected end of data', 'truncated data'):
                    raise
                # The beginning of a character: the rest of it has not come yet.
                self._raw = raw[e.start:]
                text = raw[:e.start].decode(self.encoding, self.errors)
        if self._newline is None:
            if self._held_cr:
                text = '\r' + text
                self._held_cr = False
            if text.endswith('\r') and not last:
                self._held_cr = True
                text = text[:-1]
            if '\r' in text:
                text = text.replace('\r\n', '\n').replace('\r', '\n')
        self._text = self._text[self._at:] + text
        self._at = 0
        return not last

    def read(self, size=-1):
        self._check()
        size = _size_of(size)
        if size < 0:
            self._more(all=True)
            out = self._text[self._at:]
            self._text, self._at = '', 0
            return out
        while len(self._text) - self._at < size and self._more():
            pass
        out = self._text[self._at:self._at + size]
        self._at += len(out)
        return out

    def readline(self, size=-1):
        self._check()
        size = _size_of(size)
        while True:
            end = self._line_end()
            if end >= 0 or 0 <= size <= len(self._text) - self._at or not self._more():
                break
        if end < 0:
            # At the end of the data a last look: a line end may have been waiting.
            end = self._line_end()
        if end < 0:
            end = len(self._text)
        if 0 <= size < end - self._at:
            end = self._at + size
        out = self._text[self._at:end]
        self._at = end
        return out

    def _line_end(self):
        if self._newline in (None, '\n'):
            found = self._text.find('\n', self._at)
            return found + 1 if found >= 0 else -1
        if self._newline:
            found = self._text.find(self._newline, self._at)
            return found + len(self._newline) if found >= 0 else -1
        feed, cr = self._text.find('\n', self._at), self._text.find('\r', self._at)
        if cr >= 0 and (feed < 0 or cr < feed):
            return cr + 2 if self._text[cr + 1:cr + 2] == '\n' else cr + 1
        return feed + 1 if feed >= 0 else -1

    def tell(self):
        self._check()
        waiting = self._text[self._at:].encode(self.encoding, 'replace')
        return self.buffer.tell() - len(waiting) - len(self._raw)

    def seek(self, offset, whence=0):
        self._check()
        if whence == 1:
            if offset != 0:
                raise UnsupportedOperation("can't do nonzero cur-relative seeks")
            offset, whence = self.tell(), 0
        if whence == 2 and offset != 0:
            raise UnsupportedOperation("can't do nonzero end-relative seeks")
        if whence == 0 and offset < 0:
            raise ValueError('negative seek position %r' % (offset,))
        self._text, self._at, self._raw, self._held_cr = '', 0, b'', False
        return self.buffer.seek(offset, whence)

    def truncate(self, size=None):
        self.flush()
        return self.buffer.truncate(self.tell() if size is None else size)

    def __repr__(self):
        out = '<_io.TextIOWrapper'
        for name in ('name', 'mode'):
            try:
                out += ' %s=%r' % (name, getattr(self, name))
            except AttributeError:
                pass
        return out + ' encoding=%r>' % self.encoding


TextIOWrapper.__module__ = '_io'


def open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    if isinstance(file, int):
        if isinstance(file, bool) or file > 2 or file < 0:
            raise OSError(9, 'Bad file descriptor')
        import sys
        return (sys.stdin, sys.stdout, sys.stderr)[file]
    name = file
    file = _path._text(file)
    if not isinstance(mode, str):
        raise TypeError("open() argument 'mode' must be str, not %s" % type(mode).__name__)
    letters = set(mode)
    if letters - set('axrwb+t') or len(mode) > len(letters):
        raise ValueError('invalid mode: %r' % mode)
    binary, updating = 'b' in letters, '+' in letters
    if 't' in letters and binary:
        raise ValueError("can't have text and binary mode at once")
    if len(letters & set('axrw')) != 1:
        raise ValueError('must have exactly one of create/read/write/append mode'
                         if letters & set('axrw') else
                         'Must have exactly one of create/read/write/append mode and at most one plus')
    for given, word in ((encoding, 'an encoding'), (errors, 'an errors'), (newline, 'a newline')):
        if binary and given is not None:
            raise ValueError("binary mode doesn't take %s argument" % word)
    if buffering == 0 and not binary:
        raise ValueError("can't have unbuffered text I/O")
    if '\0' in file:
        raise ValueError('embedded null byte')
    if not file:
        raise FileNotFoundError(2, 'No such file or directory', name)
    full = _path.abspath(file)
    kind = _fs.kind(full)
    if kind == 'dir':
        raise IsADirectoryError(21, 'Is a directory', name)
    if file.endswith('/'):
        raise NotADirectoryError(20, 'Not a directory', name) if kind else IsADirectoryError(21, 'Is a directory', name)
    parent = _fs.kind(_path.dirname(full))
    if parent == 'file':
        raise NotADirectoryError(20, 'Not a directory', name)
    if kind is None:
        if 'r' in letters or parent is None:
            raise FileNotFoundError(2, 'No such file or directory', name)
        _fs.write(full, 0, b'')
    elif 'x' in letters:
        raise FileExistsError(17, 'File exists', name)
    elif 'w' in letters:
        _fs.truncate(full, 0)
    reading, writing = 'r' in letters or updating, 'r' not in letters or updating
    kind = FileIO if buffering == 0 else BufferedRandom if updating else BufferedReader if reading else BufferedWriter
    if 'x' in letters:
        shown = 'xb'
    elif updating:
        shown = 'ab+' if 'a' in letters else 'rb+'
    else:
        shown = 'ab' if 'a' in letters else 'rb' if reading else 'wb'
    raw = kind(name, full, shown, reading, writing, 'a' in letters)
    if binary:
        return raw
    text = TextIOWrapper(raw, encoding, errors, newline, line_buffering=buffering == 1)
    text.mode = mode
    return text


open_code = open


# Streams in memory


class BytesIO(BufferedIOBase):
    def __init__(self, initial_bytes=b''):
        self._data = bytearray(initial_bytes)
        self._at = 0

    def readable(self):
        self._check()
        return True

    writable = seekable = readable

    def getvalue(self):
        self._check()
        return bytes(self._data)

    def getbuffer(self):
        self._check()
        return memoryview(self._data)

    def read(self, size=-1):
        self._check()
        size = _size_of(size)
        end = len(self._data) if size < 0 else self._at + size
        out = bytes(self._data[self._at:end])
        self._at += len(out)
        return out

    def readline(self, size=-1):
        self._check()
        size = _size_of(size)
        end = self._data.find(b'\n', self._at) + 1 or len(self._data)
        if 0 <= size < end - self._at:
            end = self._at + size
        out = bytes(self._data[self._at:end])
        self._at += len(out)
        return out

    def write(self, b):
        self._check()
        data = _bytes_of(b)
        if self._at > len(self._data):
            self._data += bytes(self._at - len(self._data))
        self._data[self._at:self._at + len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset, whence=0):
        self._check()
        if whence == 0 and offset < 0:
            raise ValueError('negative seek value %r' % (offset,))
        base = (0, self._at, len(self._data))[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self):
        self._check()
        return self._at

    def truncate(self, size=None):
        self._check()
        size = self._at if size is None else size
        if size < 0:
            raise ValueError('negative size value %d' % size)
        del self._data[size:]
        return size


class StringIO(TextIOBase):
    def __init__(self, initial_value='', newline='\n'):
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError('initial_value must be str or None, not %s' % type(initial_value).__name__)
        # Pieces written at the end are joined only when somebody looks.
        self._parts = []
        self._length = 0
        self._at = 0
        self._newline = newline
        if initial_value:
            self.write(initial_value)
            self._at = 0

    def readable(self):
        self._check()
        return True

    writable = seekable = readable

    def _joined(self):
        if len(self._parts) != 1:
            self._parts = [''.join(self._parts)]
        return self._parts[0]

    def getvalue(self):
        self._check()
        return self._joined()

    def read(self, size=-1):
        self._check()
        size = _size_of(size)
        text = self._joined()
        end = len(text) if size < 0 else self._at + size
        out = text[self._at:end]
        self._at += len(out)
        return out

    def readline(self, size=-1):
        self._check()
        size = _size_of(size)
        text = self._joined()
        end = text.find('\n', self._at) + 1 or len(text)
        if 0 <= size < end - self._at:
            end = self._at + size
        out = text[self._at:end]
        self._at += len(out)
        return out

    def write(self, s):
        self._check()
        if not isinstance(s, str):
            raise TypeError("string argument expected, got '%s'" % type(s).__name__)
        text = s
        if self._newline is None:
            text = s.replace('\r\n', '\n').replace('\r', '\n')
        elif self._newline in ('\r', '\r\n'):
            text = s.replace('\n', self._newline)
        if self._at == self._length:
            self._parts.append(text)
            self._length += len(text)
        else:
            old = self._joined().ljust(self._at, '\0')
            self._parts = [old[:self._at] + text + old[self._at + len(text):]]
            self._length = len(self._parts[0])
        self._at += len(text)
        return len(s)

    def seek(self, offset, whence=0):
        self._check()
        if whence == 0 and offset < 0:
            raise ValueError('Negative seek position %r' % (offset,))
        if whence and offset:
            raise OSError("Can't do nonzero cur-relative seeks")
        self._at = (offset, self._at, self._length)[whence]
        return self._at

    def tell(self):
        self._check()
        return self._at

    def truncate(self, size=None):
        self._check()
        size = self._at if size is None else size
        self._parts = [self._joined()[:size]]
        self._length = len(self._parts[0])
        return size


BytesIO.__module__ = StringIO.__module__ = '_io'
