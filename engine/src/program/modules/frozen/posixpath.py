"""os.path: paths as text, and questions about the program's files."""

import _fs

sep = '/'
curdir = '.'
pardir = '..'
extsep = '.'
altsep = None
pathsep = ':'
devnull = '/dev/null'
defpath = '/bin:/usr/bin'


def _socket_at(path):
    """Is a socket bound to the path, by this program or another one of the lab? Only the network knows."""
    network = _fs.network()
    return network is not None and network._stat(_text(path)) == 0


def _text(path):
    if isinstance(path, (str, bytes)):
        return path if isinstance(path, str) else path.decode()
    to_path = getattr(path, '__fspath__', None)
    if to_path is not None:
        return to_path()
    raise TypeError('expected str, bytes or os.PathLike object, not %s' % type(path).__name__)


def isabs(s):
    return _text(s).startswith('/')


def join(a, *p):
    path = _text(a)
    for part in p:
        part = _text(part)
        if part.startswith('/'):
            path = part
        elif not path or path.endswith('/'):
            path += part
        else:
            path += '/' + part
    return path


def split(p):
    p = _text(p)
    i = p.rfind('/') + 1
    head, tail = p[:i], p[i:]
    if head and head != '/' * len(head):
        head = head.rstrip('/')
    return head, tail


def basename(p):
    return split(p)[1]


def dirname(p):
    return split(p)[0]


def splitext(p):
    p = _text(p)
    slash, dot = p.rfind('/'), p.rfind('.')
    # Dots at the beginning of the name belong to it.
    if dot > slash and p[slash + 1:dot].strip('.'):
        return p[:dot], p[dot:]
    return p, ''


def splitdrive(p):
    return '', p


def normcase(s):
    return _text(s)


def normpath(path):
    path = _text(path)
    if not path:
        return '.'
    lead = 0
    if path.startswith('/'):
        lead = 2 if path.startswith('//') and not path.startswith('///') else 1
    parts = []
    for part in path.split('/'):
        if part in ('', '.'):
            continue
        if part != '..' or not lead and not parts or parts and parts[-1] == '..':
            parts.append(part)
        elif parts:
            parts.pop()
    return '/' * lead + '/'.join(parts) or '.'


def abspath(path):
    path = _text(path)
    if not path.startswith('/'):
        path = join(_fs.cwd(), path)
    return normpath(path)


def realpath(path, *, strict=False):
    return abspath(path)


def relpath(path, start='.'):
    if not path:
        raise ValueError('no path specified')
    here = [x for x in abspath(start).split('/') if x]
    there = [x for x in abspath(path).split('/') if x]
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return '/'.join(['..'] * (len(here) - common) + there[common:]) or '.'


def commonprefix(m):
    if not m:
        return ''
    low, high = min(m), max(m)
    for i, c in enumerate(low):
        if c != high[i]:
            return low[:i]
    return low


def expanduser(path):
    path = _text(path)
    if path == '~' or path.startswith('~/'):
        return _fs.cwd() + path[1:]
    return path


def expandvars(path):
    return _text(path)


def exists(path):
    try:
        return _fs.kind(abspath(path)) is not None or _socket_at(path)
    except ValueError:
        return False


lexists = exists


def isfile(path):
    return _fs.kind(abspath(path)) == 'file'


def isdir(s):
    return _fs.kind(abspath(s)) == 'dir'


def islink(path):
    return False


def ismount(path):
    return abspath(path) == '/'


def getsize(filename):
    import os
    return os.stat(filename).st_size


def getmtime(filename):
    import os
    return os.stat(filename).st_mtime


getctime = getatime = getmtime


def samefile(a, b):
    return abspath(a) == abspath(b)
