"""statistics: means and spreads. Sums are kept as exact fractions, so that results are CPython's to the last digit."""

from math import sqrt as _sqrt


class StatisticsError(ValueError):
    pass


StatisticsError.__module__ = 'statistics'


def _ratio(x):
    if isinstance(x, int):
        return int(x), 1
    try:
        return x.as_integer_ratio()
    except AttributeError:
        raise TypeError("can't convert type '%s' to numerator/denominator" % type(x).__name__) from None


def _add(a, b):
    return a[0] * b[1] + b[0] * a[1], a[1] * b[1]


def _sum(data):
    """Exact sum as numerator and denominator."""
    by_denominator = {}
    for x in data:
        n, d = _ratio(x)
        by_denominator[d] = by_denominator.get(d, 0) + n
    total = (0, 1)
    for d, n in by_denominator.items():
        total = _add(total, (n, d))
    return total


def _value(numerator, denominator, data):
    """As int where the data are ints and it is whole, else as float."""
    if all([isinstance(x, int) for x in data]) and numerator % denominator == 0:
        return numerator // denominator
    return numerator / denominator


def mean(data):
    data = list(data)
    if not data:
        raise StatisticsError('mean requires at least one data point')
    n, d = _sum(data)
    return _value(n, d * len(data), data)


def fmean(data, weights=None):
    data = list(data)
    if not data:
        raise StatisticsError('fmean requires at least one data point')
    if weights is None:
        n, d = _sum([float(x) for x in data])
        return n / d / len(data)
    weights = list(weights)
    return sum([x * w for x, w in zip(data, weights)]) / sum(weights)


def geometric_mean(data):
    from math import exp, log
    return exp(fmean([log(x) for x in data]))


def harmonic_mean(data, weights=None):
    data = list(data)
    if not data:
        raise StatisticsError('harmonic_mean requires at least one data point')
    if min(data) < 0:
        raise StatisticsError('harmonic mean does not support negative values')
    if 0 in data:
        return 0
    return len(data) / sum([1 / x for x in data])


def median(data):
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError('no median for empty data')
    if n % 2:
        return data[n // 2]
    return (data[n // 2 - 1] + data[n // 2]) / 2


def median_low(data):
    data = sorted(data)
    if not data:
        raise StatisticsError('no median for empty data')
    return data[(len(data) - 1) // 2]


def median_high(data):
    data = sorted(data)
    if not data:
        raise StatisticsError('no median for empty data')
    return data[len(data) // 2]


def multimode(data):
    counts = {}
    for x in data:
        counts[x] = counts.get(x, 0) + 1
    most = max(counts.values(), default=0)
    return [x for x in counts if counts[x] == most]


def mode(data):
    found = multimode(data)
    if not found:
        raise StatisticsError('no mode for empty data')
    return found[0]


def _square_sum(data, centre):
    """Sum of squared distances from the mean, exact."""
    n = len(data)
    if centre is None:
        s = _sum(data)
        centre = (s[0], s[1] * n)
    else:
        centre = _ratio(centre)
    total = (0, 1)
    by_denominator = {}
    for x in data:
        a, b = _ratio(x)
        top = a * centre[1] - centre[0] * b
        bottom = (b * centre[1]) ** 2
        by_denominator[bottom] = by_denominator.get(bottom, 0) + top * top
    for bottom, top in by_denominator.items():
        total = _add(total, (top, bottom))
    return total


def variance(data, xbar=None):
    data = list(data)
    if len(data) < 2:
        raise StatisticsError('variance requires at least two data points')
    n, d = _square_sum(data, xbar)
    return _value(n, d * (len(data) - 1), data)


def pvariance(data, mu=None):
    data = list(data)
    if not data:
        raise StatisticsError('pvariance requires at least one data point')
    n, d = _square_sum(data, mu)
    return _value(n, d * len(data), data)


def _root(n, d):
    """The square root of n/d, correctly rounded: through an integer root of 110 bits."""
    from math import isqrt
    if n == 0:
        return 0.0
    shift = max(0, 120 - (n.bit_length() - d.bit_length()))
    shift += shift % 2
    root = isqrt((n << shift) // d)
    # The lowest bit says that there was a rest.
    root |= root * root * d != n << shift
    return root / (1 << shift // 2)


def stdev(data, xbar=None):
    data = list(data)
    if len(data) < 2:
        raise StatisticsError('stdev requires at least two data points')
    n, d = _square_sum(data, xbar)
    return _root(n, d * (len(data) - 1))


def pstdev(data, mu=None):
    data = list(data)
    if not data:
        raise StatisticsError('pstdev requires at least one data point')
    n, d = _square_sum(data, mu)
    return _root(n, d * len(data))


def quantiles(data, *, n=4, method='exclusive'):
    if n < 1:
        raise StatisticsError('n must be at least 1')
    data = sorted(data)
    size = len(data)
    if size < 2:
        raise StatisticsError('must have at least two data points')
    out = []
    for i in range(1, n):
        if method == 'inclusive':
            j, delta = divmod(i * (size - 1), n)
            out.append((data[j] * (n - delta) + data[j + 1] * delta) / n)
        elif method == 'exclusive':
            j = i * (size + 1) // n
            j = 1 if j < 1 else size - 1 if j > size - 1 else j
            delta = i * (size + 1) - j * n
            out.append((data[j - 1] * (n - delta) + data[j] * delta) / n)
        else:
            raise ValueError('Unknown method: %r' % method)
    return out


def correlation(x, y, /):
    n = len(x)
    if len(y) != n:
        raise StatisticsError('correlation requires that both inputs have same number of data points')
    if n < 2:
        raise StatisticsError('correlation requires at least two data points')
    mx, my = sum(x) / n, sum(y) / n
    sxy = sum([(a - mx) * (b - my) for a, b in zip(x, y)])
    return sxy / _sqrt(sum([(a - mx) ** 2 for a in x]) * sum([(b - my) ** 2 for b in y]))
