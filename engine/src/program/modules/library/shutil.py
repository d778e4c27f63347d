"""shutil: whole files and directories."""

import os as _os
from io import open as _open


class Error(OSError):
    pass


class SameFileError(Error):
    pass


def copyfileobj(fsrc, fdst, length=0):
    while True:
        data = fsrc.read(length or 65536)
        if not data:
            return
        fdst.write(data)


def copyfile(src, dst, *, follow_symlinks=True):
    if _os.path.abspath(src) == _os.path.abspath(dst):
        raise SameFileError('%r and %r are the same file' % (src, dst))
    with _open(src, 'rb') as a, _open(dst, 'wb') as b:
        copyfileobj(a, b)
    return dst


def copy(src, dst, *, follow_symlinks=True):
    if _os.path.isdir(dst):
        dst = _os.path.join(dst, _os.path.basename(src))
    return copyfile(src, dst)


copy2 = copy


def copytree(src, dst, dirs_exist_ok=False, **kwargs):
    _os.makedirs(dst, exist_ok=dirs_exist_ok)
    for name in _os.listdir(src):
        a, b = _os.path.join(src, name), _os.path.join(dst, name)
        copytree(a, b, dirs_exist_ok) if _os.path.isdir(a) else copyfile(a, b)
    return dst


def rmtree(path, ignore_errors=False, onerror=None):
    try:
        for name in _os.listdir(path):
            full = _os.path.join(path, name)
            rmtree(full) if _os.path.isdir(full) else _os.remove(full)
        _os.rmdir(path)
    except OSError:
        if not ignore_errors:
            raise


def move(src, dst):
    if _os.path.isdir(dst):
        dst = _os.path.join(dst, _os.path.basename(src))
    _os.rename(src, dst)
    return dst


def get_terminal_size(fallback=(80, 24)):
    return _os.terminal_size(fallback)


def which(cmd, mode=1, path=None):
    return None
