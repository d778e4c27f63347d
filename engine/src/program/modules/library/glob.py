"""glob: the names of files that fit a pattern."""

import fnmatch as _fnmatch
import os as _os


def glob(pathname, *, root_dir=None, recursive=False, include_hidden=False):
    return list(iglob(pathname, recursive=recursive))


def iglob(pathname, *, root_dir=None, recursive=False, include_hidden=False):
    head, tail = _os.path.split(pathname)
    if not has_magic(pathname):
        if _os.path.exists(pathname):
            yield pathname
        return
    for directory in iglob(head, recursive=recursive) if has_magic(head) else [head]:
        if tail == '**' and recursive:
            for top, _, files in _os.walk(directory or '.'):
                for name in files:
                    yield _os.path.normpath(_os.path.join(top, name))
            continue
        try:
            names = _os.listdir(directory or '.')
        except OSError:
            continue
        for name in names:
            if (tail.startswith('.') or not name.startswith('.')) and _fnmatch.fnmatchcase(name, tail):
                yield _os.path.join(directory, name)


def has_magic(s):
    return any([c in s for c in '*?['])


def escape(pathname):
    return ''.join(['[%s]' % c if c in '*?[' else c for c in pathname])
