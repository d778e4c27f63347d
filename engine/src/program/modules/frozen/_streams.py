# The standard streams.

class TextIOWrapper:
    def __init__(self, name, fd, mode):
        self.name = name
        self.mode = mode
        self.encoding = 'utf-8'
        self.errors = 'strict'
        self.closed = False
        self.newlines = None
        self.line_buffering = False
        self._fd = fd
        if fd:
            self.buffer = BufferedWriter(fd, name)
        else:
            self.buffer = BufferedReader(self)

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError('write() argument must be str, not ' + type(text).__name__)
        if not self._fd:
            import io
            raise io.UnsupportedOperation('not writable')
        return _write(self._fd, text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def close(self):
        self.closed = True

    def reconfigure(self, **options):
        pass

    def readable(self):
        return self._fd == 0

    def writable(self):
        return self._fd != 0

    def seekable(self):
        return False

    def readline(self, size=-1):
        return _readline()

    def read(self, size=-1):
        out = []
        while True:
            line = _readline()
            if not line:
                return ''.join(out)
            out.append(line)

    def readlines(self, hint=-1):
        out = []
        while True:
            line = _readline()
            if not line:
                return out
            out.append(line)

    def __iter__(self):
        return self

    def __next__(self):
        line = _readline()
        if not line:
            raise StopIteration
        return line

    def fileno(self):
        return self._fd

    def isatty(self):
        return False

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def __repr__(self):
        return "<_io.TextIOWrapper name='%s' mode='%s' encoding='utf-8'>" % (self.name, self.mode)


class BufferedWriter:
    def __init__(self, fd, name):
        self._fd = fd
        self.name = name

    def write(self, data):
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return _write(self._fd, data)

    def flush(self):
        pass

    def fileno(self):
        return self._fd

    def __repr__(self):
        return "<_io.BufferedWriter name='%s'>" % self.name


class BufferedReader:
    def __init__(self, text):
        self._text = text
        self.name = '<stdin>'

    def readline(self, size=-1):
        return self._text.readline().encode()

    def read(self, size=-1):
        return self._text.read().encode()

    def __iter__(self):
        while True:
            line = self.readline()
            if not line:
                return
            yield line

    def fileno(self):
        return 0


class VersionInfo(tuple):
    major = property(lambda self: self[0])
    minor = property(lambda self: self[1])
    micro = property(lambda self: self[2])
    releaselevel = property(lambda self: self[3])
    serial = property(lambda self: self[4])

    def __repr__(self):
        return "sys.version_info(major=%d, minor=%d, micro=%d, releaselevel='%s', serial=%d)" % tuple(self)


stdin = TextIOWrapper('<stdin>', 0, 'r')
stdout = TextIOWrapper('<stdout>', 1, 'w')
stderr = TextIOWrapper('<stderr>', 2, 'w')
version_info = VersionInfo((3, 11, 0, 'final', 0))
