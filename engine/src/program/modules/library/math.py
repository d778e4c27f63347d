"""math: functions of numbers."""

from _math import *

pi = 3.141592653589793
e = 2.718281828459045
tau = 6.283185307179586
inf = float('inf')
nan = float('nan')


def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError('tolerances must be non-negative')
    if a == b:
        return True
    if isinf(a) or isinf(b):
        return False
    difference = abs(b - a)
    return difference <= abs(rel_tol * b) or difference <= abs(rel_tol * a) or difference <= abs_tol


def fsum(seq):
    # Shewchuk's partial sums: no digit is lost until the end.
    partials = []
    for x in seq:
        x = float(x)
        kept = 0
        for y in partials:
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low:
                partials[kept] = low
                kept += 1
            x = high
        partials[kept:] = [x]
    total = 0.0
    while partials:
        x = partials.pop()
        high = total + x
        low = x - (high - total)
        total = high
        if low:
            # Half-way cases are decided by what is left.
            if partials and (low < 0.0) == (partials[-1] < 0.0):
                twice = low * 2.0
                x = total + twice
                if twice == x - total:
                    total = x
            break
    return total


def prod(iterable, /, *, start=1):
    for x in iterable:
        start = start * x
    return start


def dist(p, q):
    if len(p) != len(q):
        raise ValueError('both points must have the same number of dimensions')
    return hypot(*[a - b for a, b in zip(p, q)])


def remainder(x, y):
    if isnan(x) or isnan(y):
        return nan
    if isinf(x) or y == 0:
        raise ValueError('math domain error')
    if isinf(y):
        return float(x)
    y = fabs(y)
    r = fmod(fabs(x), y)
    if r * 2 > y or r * 2 == y and fmod(fabs(x) - r, 2 * y) >= y:
        r -= y
    return copysign(1.0, x) * r


def gamma(x):
    if x == int(x) and x < 171:
        if x <= 0:
            raise ValueError('math domain error')
        return float(factorial(int(x) - 1))
    if x < 0.5:
        return pi / (sin(pi * x) * gamma(1 - x))
    return exp(lgamma(x))


# Lanczos, g = 7, nine terms
_LANCZOS = (0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
            12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7)


def lgamma(x):
    if x <= 0 and x == floor(x):
        raise ValueError('math domain error')
    if x in (1, 2):
        return 0.0
    if x < 0.5:
        return log(pi / abs(sin(pi * x))) - lgamma(1 - x)
    x -= 1
    a = _LANCZOS[0]
    for i in range(1, 9):
        a += _LANCZOS[i] / (x + i)
    t = x + 7.5
    return 0.5 * log(2 * pi) + (x + 0.5) * log(t) - t + log(a)


def erf(x):
    if isinf(x):
        return copysign(1.0, x)
    # A series near 0, a continued fraction far from it.
    if abs(x) < 3:
        term = total = x
        n = 0
        while abs(term) > 1e-18 * abs(total):
            n += 1
            term *= -x * x / n
            total += term / (2 * n + 1)
        return 2 / sqrt(pi) * total
    return copysign(1.0, x) * (1.0 - erfc(abs(x)))


def erfc(x):
    if x < 3:
        return 1.0 - erf(x)
    if x > 30:
        return 0.0
    f = 0.0
    for n in range(60, 0, -1):
        f = n / 2 / (x + f)
    return exp(-x * x) / sqrt(pi) / (x + f)
