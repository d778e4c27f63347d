"""os: what a program in a lab may have of its operating system: its files, its number, its names."""

import sys as _sys

import _fs
import posixpath as path
import _random
from posixpath import altsep, curdir, defpath, devnull, extsep, pardir, pathsep, sep

_sys.modules['os.path'] = path

name = 'posix'
linesep = '\n'
error = OSError

F_OK, R_OK, W_OK, X_OK = 0, 4, 2, 1
O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK = 0, 1, 2, 64, 128, 512, 1024, 2048
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
EX_OK, EX_USAGE, EX_DATAERR, EX_SOFTWARE = 0, 64, 65, 70
WNOHANG = 1


def _error(code, *names):
    import errno
    return OSError(code, strerror(code), *names)


def strerror(code):
    return _fs.strerror(code)


def fspath(p):
    if isinstance(p, (str, bytes)):
        return p
    to_path = getattr(type(p), '__fspath__', None)
    if to_path is None:
        raise TypeError('expected str, bytes or os.PathLike object, not ' + type(p).__name__)
    return to_path(p)


def fsencode(filename):
    return filename.encode() if isinstance(filename, str) else filename


def fsdecode(filename):
    return filename.decode() if isinstance(filename, bytes) else filename


class PathLike:
    pass


# Who and where


def getpid():
    return _fs.pid()


def getppid():
    return 1


def getcwd():
    return _fs.cwd()


def getlogin():
    return 'learner'


def getuid():
    return 1000


geteuid = getgid = getegid = getuid


def cpu_count():
    return 1


class uname_result(tuple):
    sysname = property(lambda self: self[0])
    nodename = property(lambda self: self[1])
    release = property(lambda self: self[2])
    version = property(lambda self: self[3])
    machine = property(lambda self: self[4])

    def __repr__(self):
        names = ('sysname', 'nodename', 'release', 'version', 'machine')
        return 'posix.uname_result(%s)' % ', '.join(['%s=%r' % pair for pair in zip(names, self)])


def uname():
    return uname_result(('Linux', 'lab', '6.1', '#1', 'x86_64'))


class terminal_size(tuple):
    columns = property(lambda self: self[0])
    lines = property(lambda self: self[1])


def get_terminal_size(fd=1):
    raise _error(25)


def urandom(size):
    if size < 0:
        raise ValueError('negative argument not allowed')
    return _random.entropy(size)


class _Environ(dict):
    def __setitem__(self, key, value):
        for part in (key, value):
            if not isinstance(part, str):
                raise TypeError('str expected, not %s' % type(part).__name__)
        dict.__setitem__(self, key, value)

    def copy(self):
        return dict(self)

    def __repr__(self):
        return 'environ({%s})' % ', '.join(['%r: %r' % pair for pair in self.items()])


environ = _Environ()
for _key, _value in (('HOME', _fs.cwd()), ('LANG', 'C.UTF-8'), ('PATH', defpath), ('PWD', _fs.cwd()), ('USER', 'learner')):
    environ[_key] = _value


def getenv(key, default=None):
    return environ.get(key, default)


def putenv(key, value):
    environ[key] = value


def unsetenv(key):
    environ.pop(key, None)


# Files


def _checked(p, *, make_name=None):
    """The absolute path; OSError where a part of the way is missing."""
    full = path.abspath(p)
    parent = path.dirname(full)
    kind = _fs.kind(parent)
    if kind is None:
        raise _error(2, p) if make_name is None else _error(2, p, None, make_name)
    if kind != 'dir':
        raise _error(20, p)
    return full


class stat_result(tuple):
    st_mode = property(lambda self: self[0])
    st_ino = property(lambda self: self[1])
    st_dev = property(lambda self: self[2])
    st_nlink = property(lambda self: self[3])
    st_uid = property(lambda self: self[4])
    st_gid = property(lambda self: self[5])
    st_size = property(lambda self: self[6])
    st_atime = property(lambda self: self[7])
    st_mtime = property(lambda self: self[8])
    st_ctime = property(lambda self: self[9])


def stat(p, **kwargs):
    full = path.abspath(p)
    kind = _fs.kind(full)
    if kind is None:
        if path._socket_at(p):
            return stat_result((0o140755, 1, 1, 1, 1000, 1000, 0, 0, 0, 0))
        raise _error(2, p)
    size = 4096 if kind == 'dir' else _fs.size(full)
    mode = 0o40755 if kind == 'dir' else 0o100644
    return stat_result((mode, 1, 1, 1, 1000, 1000, size, 0, 0, 0))


lstat = stat


def access(p, mode):
    return path.exists(p)


def chmod(p, mode):
    stat(p)


def listdir(p='.'):
    full = path.abspath(p)
    kind = _fs.kind(full)
    if kind is None:
        raise _error(2, p)
    if kind != 'dir':
        raise _error(20, p)
    return _fs.list(full)


class DirEntry:
    def __init__(self, directory, name):
        self.name = name
        self.path = path.join(directory, name)

    def is_file(self):
        return path.isfile(self.path)

    def is_dir(self):
        return path.isdir(self.path)

    def stat(self):
        return stat(self.path)

    def __repr__(self):
        return '<DirEntry %r>' % self.name


class _Scan:
    def __init__(self, entries):
        self._it = iter(entries)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._it)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def close(self):
        pass


def scandir(p='.'):
    return _Scan([DirEntry(p, name) for name in listdir(p)])


def walk(top, topdown=True, onerror=None, followlinks=False):
    try:
        names = listdir(top)
    except OSError as e:
        if onerror is not None:
            onerror(e)
        return
    dirs = [n for n in names if path.isdir(path.join(top, n))]
    files = [n for n in names if n not in dirs]
    if topdown:
        yield top, dirs, files
    for n in dirs:
        yield from walk(path.join(top, n), topdown, onerror, followlinks)
    if not topdown:
        yield top, dirs, files


def mkdir(p, mode=0o777):
    full = _checked(p)
    if _fs.kind(full) is not None:
        raise _error(17, p)
    _fs.mkdir(full)


def makedirs(name, mode=0o777, exist_ok=False):
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        makedirs(head, exist_ok=exist_ok)
    try:
        mkdir(name, mode)
    except OSError:
        if not exist_ok or not path.isdir(name):
            raise


def rmdir(p):
    full = path.abspath(p)
    kind = _fs.kind(full)
    if kind is None:
        raise _error(2, p)
    if kind != 'dir':
        raise _error(20, p)
    if _fs.list(full):
        raise _error(39, p)
    _fs.drop(full)


def removedirs(name):
    rmdir(name)
    head = path.dirname(name)
    while head:
        try:
            rmdir(head)
        except OSError:
            break
        head = path.dirname(head)


def remove(p, *, dir_fd=None):
    full = path.abspath(p)
    kind = _fs.kind(full)
    if kind is None:
        # The path of a socket, perhaps: that is the network's.
        network = _fs.network()
        code = 2 if network is None else network._unlink(fspath(p))
        if code:
            raise _error(code, p)
        return
    if kind == 'dir':
        raise _error(21, p)
    _fs.drop(full)


unlink = remove


def rename(src, dst):
    a, b = path.abspath(src), path.abspath(dst)
    kind = _fs.kind(a)
    if kind is None or _fs.kind(path.dirname(b)) != 'dir':
        raise _error(2, src, None, dst)
    if _fs.kind(b) == 'dir' and kind != 'dir':
        raise _error(21, src, None, dst)
    _fs.rename(a, b)


def replace(src, dst):
    rename(src, dst)


def renames(old, new):
    head = path.dirname(new)
    if head and not path.exists(head):
        makedirs(head)
    rename(old, new)


def chdir(p):
    full = path.abspath(p)
    kind = _fs.kind(full)
    if kind is None:
        raise _error(2, p)
    if kind != 'dir':
        raise _error(20, p)
    _fs.chdir(full)


def isatty(fd):
    return False


def close(fd):
    raise _error(9)


def write(fd, data):
    if fd == 1:
        _sys.stdout.buffer.write(data)
    elif fd == 2:
        _sys.stderr.buffer.write(data)
    else:
        raise _error(9)
    return len(data)


def _exit(status):
    # Without clean-up; the engine has none that programs could see.
    raise SystemExit(status)


def abort():
    raise SystemExit(134)


# A program in a lab is alone: it cannot make another process, nor ask a shell.


def _refused(what):
    def refuse(*args, **kwargs):
        raise NotImplementedError('os.%s() is not possible here: a program in a lab cannot start another process' % what)

    refuse.__name__ = what
    return refuse


fork = _refused('fork')
forkpty = _refused('forkpty')
system = _refused('system')
popen = _refused('popen')
execv = _refused('execv')
execve = _refused('execve')
execl = _refused('execl')
execlp = _refused('execlp')
execvp = _refused('execvp')
spawnv = _refused('spawnv')
spawnl = _refused('spawnl')
posix_spawn = _refused('posix_spawn')
startfile = _refused('startfile')
wait = _refused('wait')
waitpid = _refused('waitpid')
kill = _refused('kill')
killpg = _refused('killpg')
setsid = _refused('setsid')
pipe = _refused('pipe')
