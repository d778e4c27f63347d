"""itertools: iterators made of iterators."""


class chain:
    def __init__(self, *iterables):
        self._it = _chained(iterables)

    @classmethod
    def from_iterable(cls, iterables):
        self = cls()
        self._it = _chained(iterables)
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._it)


def _chained(iterables):
    for it in iterables:
        yield from it


class count:
    def __init__(self, start=0, step=1):
        self._next = start
        self._step = step

    def __iter__(self):
        return self

    def __next__(self):
        value = self._next
        self._next = value + self._step
        return value

    def __repr__(self):
        if self._step == 1:
            return 'count(%r)' % (self._next,)
        return 'count(%r, %r)' % (self._next, self._step)


def cycle(iterable):
    saved = []
    for item in iterable:
        yield item
        saved.append(item)
    while saved:
        yield from saved


class repeat:
    def __init__(self, object, times=None):
        self._object = object
        self._times = times if times is None else max(times, 0)

    def __iter__(self):
        return self

    def __next__(self):
        if self._times is not None:
            if self._times == 0:
                raise StopIteration
            self._times -= 1
        return self._object

    def __repr__(self):
        if self._times is None:
            return 'repeat(%r)' % (self._object,)
        return 'repeat(%r, %r)' % (self._object, self._times)


def accumulate(iterable, func=None, *, initial=None):
    it = iter(iterable)
    total = initial
    if initial is None:
        for total in it:
            break
        else:
            return
    yield total
    for item in it:
        total = total + item if func is None else func(total, item)
        yield total


def compress(data, selectors):
    for item, keep in zip(data, selectors):
        if keep:
            yield item


def dropwhile(predicate, iterable):
    it = iter(iterable)
    for item in it:
        if not predicate(item):
            yield item
            break
    yield from it


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            break
        yield item


def filterfalse(predicate, iterable):
    for item in iterable:
        if not (item if predicate is None else predicate(item)):
            yield item


def groupby(iterable, key=None):
    # Groups share the iterator: a group ends when the next one is asked for.
    it = iter(iterable)
    state = {}

    def step():
        try:
            state['item'] = next(it)
        except StopIteration:
            state['done'] = True
            return
        state['key'] = state['item'] if key is None else key(state['item'])

    def group(k, number):
        while 'done' not in state and state['group'] == number and state['key'] == k:
            yield state['item']
            step()

    step()
    state['group'] = 0
    while 'done' not in state:
        k = state['key']
        state['group'] += 1
        yield k, group(k, state['group'])
        while 'done' not in state and state['key'] == k:
            step()


def islice(iterable, *args):
    s = slice(*args)
    for name, value in (('start', s.start), ('stop', s.stop), ('step', s.step)):
        if value is not None and (not isinstance(value, int) or value < 0 or name == 'step' and value == 0):
            if name == 'step':
                raise ValueError('Step for islice() must be a positive integer or None.')
            if len(args) == 1:
                raise ValueError('Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.')
            raise ValueError('Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.')
    return _islice(iter(iterable), s.start or 0, s.stop, s.step or 1)


def _islice(it, start, stop, step):
    at = 0
    wanted = start
    while stop is None or wanted < stop:
        for item in it:
            at += 1
            if at > wanted:
                break
        else:
            return
        yield item
        wanted += step
    while at < stop:
        for item in it:
            at += 1
            break
        else:
            return


def pairwise(iterable):
    it = iter(iterable)
    for a in it:
        for b in it:
            yield a, b
            a = b


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def tee(iterable, n=2):
    it = iter(iterable)
    waiting = [[] for _ in range(n)]

    def one(mine):
        while True:
            if not mine:
                try:
                    item = next(it)
                except StopIteration:
                    return
                for other in waiting:
                    other.append(item)
            yield mine.pop(0)

    return tuple([one(mine) for mine in waiting])


def zip_longest(*iterables, fillvalue=None):
    its = [iter(it) for it in iterables]
    alive = len(its)
    while its:
        row = []
        for i, it in enumerate(its):
            if it is None:
                row.append(fillvalue)
                continue
            try:
                row.append(next(it))
            except StopIteration:
                alive -= 1
                if not alive:
                    return
                its[i] = None
                row.append(fillvalue)
        yield tuple(row)


def product(*iterables, repeat=1):
    pools = [tuple(pool) for pool in iterables] * repeat
    if any([not pool for pool in pools]):
        return
    places = [0] * len(pools)
    while True:
        yield tuple([pool[i] for pool, i in zip(pools, places)])
        for k in range(len(pools) - 1, -1, -1):
            places[k] += 1
            if places[k] < len(pools[k]):
                break
            places[k] = 0
        else:
            return


def permutations(iterable, r=None):
    pool = tuple(iterable)
    n = len(pool)
    r = n if r is None else r
    if r > n:
        return
    indices, cycles = list(range(n)), list(range(n, n - r, -1))
    yield tuple([pool[i] for i in indices[:r]])
    while n:
        for i in range(r - 1, -1, -1):
            cycles[i] -= 1
            if cycles[i] == 0:
                indices[i:] = indices[i + 1:] + indices[i:i + 1]
                cycles[i] = n - i
            else:
                j = cycles[i]
                indices[i], indices[-j] = indices[-j], indices[i]
                yield tuple([pool[k] for k in indices[:r]])
                break
        else:
            return


def combinations(iterable, r):
    pool = tuple(iterable)
    n = len(pool)
    if r > n:
        return
    indices = list(range(r))
    while True:
        yield tuple([pool[i] for i in indices])
        for i in range(r - 1, -1, -1):
            if indices[i] != i + n - r:
                break
        else:
            return
        indices[i] += 1
        for j in range(i + 1, r):
            indices[j] = indices[j - 1] + 1


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    n = len(pool)
    if not n and r:
        return
    indices = [0] * r
    while True:
        yield tuple([pool[i] for i in indices])
        for i in range(r - 1, -1, -1):
            if indices[i] != n - 1:
                break
        else:
            return
        indices[i:] = [indices[i] + 1] * (r - i)
