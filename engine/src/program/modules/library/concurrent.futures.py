"""concurrent.futures: results that come later, from threads."""

import threading
from queue import Queue as _Queue

FIRST_COMPLETED = 'FIRST_COMPLETED'
FIRST_EXCEPTION = 'FIRST_EXCEPTION'
ALL_COMPLETED = 'ALL_COMPLETED'


class Error(Exception):
    pass


class CancelledError(Error):
    pass


class InvalidStateError(Error):
    pass


class BrokenExecutor(RuntimeError):
    pass


TimeoutError = TimeoutError


class Future:
    def __init__(self):
        self._condition = threading.Condition()
        self._state = 'PENDING'
        self._result = None
        self._exception = None
        self._callbacks = []

    def cancel(self):
        with self._condition:
            if self._state in ('RUNNING', 'FINISHED'):
                return False
            self._state = 'CANCELLED'
            self._condition.notify_all()
        self._call_back()
        return True

    def cancelled(self):
        return self._state == 'CANCELLED'

    def running(self):
        return self._state == 'RUNNING'

    def done(self):
        return self._state in ('CANCELLED', 'FINISHED')

    def _wait(self, timeout):
        with self._condition:
            if not self._condition.wait_for(self.done, timeout):
                raise TimeoutError()
        if self._state == 'CANCELLED':
            raise CancelledError()

    def result(self, timeout=None):
        self._wait(timeout)
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self, timeout=None):
        self._wait(timeout)
        return self._exception

    def add_done_callback(self, fn):
        if self.done():
            fn(self)
        else:
            self._callbacks.append(fn)

    def _call_back(self):
        for fn in self._callbacks:
            fn(self)

    def set_running_or_notify_cancel(self):
        if self._state == 'CANCELLED':
            return False
        self._state = 'RUNNING'
        return True

    def set_result(self, result):
        self._end(result, None)

    def set_exception(self, exception):
        self._end(None, exception)

    def _end(self, result, exception):
        with self._condition:
            self._result, self._exception = result, exception
            self._state = 'FINISHED'
            self._condition.notify_all()
        self._call_back()

    def __repr__(self):
        if self._state == 'FINISHED':
            what = 'raised %s' % type(self._exception).__name__ if self._exception else \
                'returned %s' % type(self._result).__name__
            return '<Future at %#x state=finished %s>' % (id(self), what)
        return '<Future at %#x state=%s>' % (id(self), self._state.lower())


class Executor:
    def submit(self, fn, /, *args, **kwargs):
        raise NotImplementedError()

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        futures = [self.submit(fn, *args) for args in zip(*iterables)]

        def results():
            for future in futures:
                yield future.result(timeout)

        return results()

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.shutdown(wait=True)
        return False


class ThreadPoolExecutor(Executor):
    _count = 0

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None, initargs=()):
        if max_workers is None:
            max_workers = 5
        if max_workers <= 0:
            raise ValueError('max_workers must be greater than 0')
        self._max_workers = max_workers
        self._queue = _Queue()
        self._threads = []
        self._idle = 0
        self._shut = False
        self._initializer, self._initargs = initializer, initargs
        self._prefix = thread_name_prefix or 'ThreadPoolExecutor-%d' % ThreadPoolExecutor._count
        ThreadPoolExecutor._count += 1

    def submit(self, fn, /, *args, **kwargs):
        if self._shut:
            raise RuntimeError('cannot schedule new futures after shutdown')
        future = Future()
        self._queue.put((future, fn, args, kwargs))
        if self._idle > 0:
            self._idle -= 1
        elif len(self._threads) < self._max_workers:
            thread = threading.Thread(target=self._work, name='%s_%d' % (self._prefix, len(self._threads)))
            self._threads.append(thread)
            thread.start()
        return future

    def _work(self):
        if self._initializer is not None:
            self._initializer(*self._initargs)
        while True:
            item = self._queue.get()
            if item is None:
                # The others must end too.
                self._queue.put(None)
                return
            future, fn, args, kwargs = item
            if future.set_running_or_notify_cancel():
                try:
                    result = fn(*args, **kwargs)
                except BaseException as e:
                    future.set_exception(e)
                else:
                    future.set_result(result)
            self._idle += 1

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._shut = True
        if cancel_futures:
            while not self._queue.empty():
                item = self._queue.get()
                if item is not None:
                    item[0].cancel()
        self._queue.put(None)
        if wait:
            for thread in self._threads:
                thread.join()


class ProcessPoolExecutor(Executor):
    def __init__(self, max_workers=None, **kwargs):
        raise NotImplementedError('a program in a lab cannot start another process; use ThreadPoolExecutor')


def as_completed(fs, timeout=None):
    fs = list(fs)
    done = _Queue()
    for f in fs:
        f.add_done_callback(done.put)
    for _ in fs:
        yield done.get(timeout=timeout)


class DoneAndNotDoneFutures(tuple):
    done = property(lambda self: self[0])
    not_done = property(lambda self: self[1])


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    from time import monotonic
    fs = set(fs)
    end = None if timeout is None else monotonic() + timeout
    for f in fs:
        if return_when == FIRST_COMPLETED and any([g.done() for g in fs]):
            break
        try:
            f.exception(None if end is None else max(0, end - monotonic()))
        except (TimeoutError, CancelledError):
            pass
    done = {f for f in fs if f.done()}
    return DoneAndNotDoneFutures((done, fs - done))
