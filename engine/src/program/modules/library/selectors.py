"""selectors: which of many sockets is ready, on top of select."""

import select as _select
from collections import namedtuple

EVENT_READ = 1
EVENT_WRITE = 2
SelectorKey = namedtuple('SelectorKey', ['fileobj', 'fd', 'events', 'data'])


def _fd_of(fileobj):
    if isinstance(fileobj, int):
        fd = fileobj
    else:
        try:
            fd = int(fileobj.fileno())
        except (AttributeError, TypeError, ValueError):
            raise ValueError('Invalid file object: {!r}'.format(fileobj)) from None
    if fd < 0:
        raise ValueError('Invalid file descriptor: {}'.format(fd))
    return fd


class BaseSelector:
    pass


class SelectSelector(BaseSelector):
    def __init__(self):
        self._keys = {}

    def _find(self, fileobj):
        try:
            return _fd_of(fileobj)
        except ValueError:
            # A closed file is still found by itself.
            for key in self._keys.values():
                if key.fileobj is fileobj:
                    return key.fd
            raise

    def register(self, fileobj, events, data=None):
        if not events or events & ~(EVENT_READ | EVENT_WRITE):
            raise ValueError('Invalid events: {!r}'.format(events))
        key = SelectorKey(fileobj, self._find(fileobj), events, data)
        if key.fd in self._keys:
            raise KeyError('{!r} (FD {}) is already registered'.format(fileobj, key.fd))
        self._keys[key.fd] = key
        return key

    def unregister(self, fileobj):
        try:
            return self._keys.pop(self._find(fileobj))
        except KeyError:
            raise KeyError('{!r} is not registered'.format(fileobj)) from None

    def modify(self, fileobj, events, data=None):
        try:
            key = self._keys[self._find(fileobj)]
        except KeyError:
            raise KeyError('{!r} is not registered'.format(fileobj)) from None
        if events != key.events or data != key.data:
            key = SelectorKey(key.fileobj, key.fd, events, data)
            self._keys[key.fd] = key
        return key

    def select(self, timeout=None):
        timeout = None if timeout is None else max(timeout, 0)
        readers = [key.fileobj for key in self._keys.values() if key.events & EVENT_READ]
        writers = [key.fileobj for key in self._keys.values() if key.events & EVENT_WRITE]
        try:
            can_read, can_write, _ = _select.select(readers, writers, [], timeout)
        except InterruptedError:
            return []
        read = [_fd_of(f) for f in can_read]
        write = [_fd_of(f) for f in can_write]
        ready = []
        for fd, key in self._keys.items():
            events = 0
            if fd in read:
                events |= EVENT_READ
            if fd in write:
                events |= EVENT_WRITE
            if events & key.events:
                ready.append((key, events & key.events))
        return ready

    def close(self):
        self._keys.clear()

    def get_key(self, fileobj):
        try:
            return self._keys[self._find(fileobj)]
        except KeyError:
            raise KeyError('{!r} is not registered'.format(fileobj)) from None

    def get_map(self):
        return {key.fileobj: key for key in self._keys.values()}

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


DefaultSelector = PollSelector = EpollSelector = SelectSelector
