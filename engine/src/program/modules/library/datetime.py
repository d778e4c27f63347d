"""datetime: dates, times of day, and spans between them, in the proleptic Gregorian calendar."""

import time as _time

MINYEAR = 1
MAXYEAR = 9999
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = ('January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
           'December')
_WEEKDAYS = ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')


def _leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_days(year, month):
    return 29 if month == 2 and _leap(year) else _DAYS[month - 1]


def _to_ordinal(year, month, day):
    """Days since the year 0; 1 January of year 1 is 1."""
    y = year - 1
    days = y * 365 + y // 4 - y // 100 + y // 400
    for m in range(1, month):
        days += _month_days(year, m)
    return days + day


def _from_ordinal(n):
    n -= 1
    n400, n = divmod(n, 146097)
    n100, n = divmod(n, 36524)
    n4, n = divmod(n, 1461)
    n1, n = divmod(n, 365)
    year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1
    if n1 == 4 or n100 == 4:
        return year - 1, 12, 31
    month = 1
    while n >= _month_days(year, month):
        n -= _month_days(year, month)
        month += 1
    return year, month, n + 1


def _check_int(value):
    if isinstance(value, float):
        raise TypeError("'float' object cannot be interpreted as an integer")
    if not isinstance(value, int):
        raise TypeError("'%s' object cannot be interpreted as an integer" % type(value).__name__)
    return int(value)


def _check_date(year, month, day):
    year, month, day = _check_int(year), _check_int(month), _check_int(day)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError('year %d is out of range' % year)
    if not 1 <= month <= 12:
        raise ValueError('month must be in 1..12')
    if not 1 <= day <= _month_days(year, month):
        raise ValueError('day is out of range for month')
    return year, month, day


def _check_time(hour, minute, second, microsecond):
    if not 0 <= _check_int(hour) <= 23:
        raise ValueError('hour must be in 0..23')
    if not 0 <= _check_int(minute) <= 59:
        raise ValueError('minute must be in 0..59')
    if not 0 <= _check_int(second) <= 59:
        raise ValueError('second must be in 0..59')
    if not 0 <= _check_int(microsecond) <= 999999:
        raise ValueError('microsecond must be in 0..999999')


class timedelta:
    def __init__(self, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        # Whole numbers are exact; fractions are rounded to a microsecond, half to even, as CPython does at the end.
        total = 0
        fraction = 0.0
        for value, unit in ((days, 86400000000), (seconds, 1000000), (microseconds, 1), (milliseconds, 1000),
                            (minutes, 60000000), (hours, 3600000000), (weeks, 604800000000)):
            if isinstance(value, int):
                total += value * unit
            elif isinstance(value, float):
                whole = int(value)
                total += whole * unit
                part = (value - whole) * unit
                total += int(part)
                fraction += part - int(part)
            else:
                raise TypeError('unsupported type for timedelta %s component: %s' % (
                    'days', type(value).__name__))
        total += round(fraction)
        self._set(total)

    def _set(self, total):
        rest, self._microseconds = divmod(total, 1000000)
        self._days, self._seconds = divmod(rest, 86400)
        if abs(self._days) > 999999999:
            raise OverflowError('days=%d; must have magnitude <= 999999999' % self._days)

    @classmethod
    def _of(cls, total):
        self = object.__new__(timedelta)
        self._set(total)
        return self

    @property
    def days(self):
        return self._days

    @property
    def seconds(self):
        return self._seconds

    @property
    def microseconds(self):
        return self._microseconds

    def _total(self):
        return (self._days * 86400 + self._seconds) * 1000000 + self._microseconds

    def total_seconds(self):
        return self._total() / 10 ** 6

    def __add__(self, other):
        if isinstance(other, timedelta):
            return timedelta._of(self._total() + other._total())
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return timedelta._of(self._total() - other._total())
        return NotImplemented

    def __rsub__(self, other):
        if isinstance(other, timedelta):
            return other - self
        return NotImplemented

    def __neg__(self):
        return timedelta._of(-self._total())

    def __pos__(self):
        return self

    def __abs__(self):
        return timedelta._of(abs(self._total()))

    def __mul__(self, other):
        if isinstance(other, int):
            return timedelta._of(self._total() * other)
        if isinstance(other, float):
            n, d = other.as_integer_ratio()
            return timedelta._of(_round_div(self._total() * n, d))
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other):
        if isinstance(other, timedelta):
            return self._total() // other._total()
        if isinstance(other, int):
            return timedelta._of(self._total() // other)
        return NotImplemented

    def __truediv__(self, other):
        if isinstance(other, timedelta):
            return self._total() / other._total()
        if isinstance(other, int):
            return timedelta._of(_round_div(self._total(), other))
        if isinstance(other, float):
            n, d = other.as_integer_ratio()
            return timedelta._of(_round_div(self._total() * d, n))
        return NotImplemented

    def __mod__(self, other):
        if isinstance(other, timedelta):
            return timedelta._of(self._total() % other._total())
        return NotImplemented

    def __divmod__(self, other):
        return self // other, self % other

    def __eq__(self, other):
        return self._total() == other._total() if isinstance(other, timedelta) else NotImplemented

    def __lt__(self, other):
        return self._total() < other._total() if isinstance(other, timedelta) else NotImplemented

    def __le__(self, other):
        return self._total() <= other._total() if isinstance(other, timedelta) else NotImplemented

    def __gt__(self, other):
        return self._total() > other._total() if isinstance(other, timedelta) else NotImplemented

    def __ge__(self, other):
        return self._total() >= other._total() if isinstance(other, timedelta) else NotImplemented

    def __hash__(self):
        return hash(self._total())

    def __bool__(self):
        return self._total() != 0

    def __repr__(self):
        parts = []
        for name in ('days', 'seconds', 'microseconds'):
            if getattr(self, name):
                parts.append('%s=%d' % (name, getattr(self, name)))
        return 'datetime.timedelta(%s)' % (', '.join(parts) or '0')

    def __str__(self):
        minutes, seconds = divmod(self._seconds, 60)
        hours, minutes = divmod(minutes, 60)
        s = '%d:%02d:%02d' % (hours, minutes, seconds)
        if self._days:
            s = '%d day%s, %s' % (self._days, '' if abs(self._days) == 1 else 's', s)
        if self._microseconds:
            s += '.%06d' % self._microseconds
        return s


def _round_div(a, b):
    """a / b to the nearest int, half to even."""
    q, r = divmod(a, b)
    r *= 2
    if (r > b if b > 0 else r < b) or r == b and q % 2 == 1:
        q += 1
    return q


timedelta.min = timedelta(-999999999)
timedelta.max = timedelta._of(999999999 * 86400000000 + 86399999999)
timedelta.resolution = timedelta(microseconds=1)


class tzinfo:
    def utcoffset(self, dt):
        raise NotImplementedError('tzinfo subclass must override utcoffset()')

    def dst(self, dt):
        raise NotImplementedError('tzinfo subclass must override dst()')

    def tzname(self, dt):
        raise NotImplementedError('tzinfo subclass must override tzname()')


def _offset_text(offset, colon=':'):
    if offset is None:
        return ''
    sign = '-' if offset.days < 0 else '+'
    minutes, seconds = divmod(abs(offset)._total() // 1000000, 60)
    hours, minutes = divmod(minutes, 60)
    text = '%s%02d%s%02d' % (sign, hours, colon, minutes)
    return text + '%s%02d' % (colon, seconds) if seconds else text


class timezone(tzinfo):
    def __init__(self, offset, name=None):
        if not isinstance(offset, timedelta):
            raise TypeError('timezone() argument 1 must be datetime.timedelta, not %s' % type(offset).__name__)
        if not -86400000000 < offset._total() < 86400000000:
            raise ValueError('offset must be a timedelta strictly between -timedelta(hours=24) and '
                             'timedelta(hours=24), not %r.' % offset)
        self._offset, self._name = offset, name

    def utcoffset(self, dt):
        return self._offset

    def dst(self, dt):
        return None

    def tzname(self, dt):
        if self._name is not None:
            return self._name
        return 'UTC' + _offset_text(self._offset) if self._offset else 'UTC'

    def __eq__(self, other):
        return self._offset == other._offset if isinstance(other, timezone) else NotImplemented

    def __hash__(self):
        return hash(self._offset)

    def __str__(self):
        return self.tzname(None)

    def __repr__(self):
        if self is timezone.utc:
            return 'datetime.timezone.utc'
        if self._name is None:
            return 'datetime.timezone(%r)' % self._offset
        return 'datetime.timezone(%r, %r)' % (self._offset, self._name)


timezone.utc = timezone(timedelta(0))
UTC = timezone.utc


def _format(fmt, moment):
    """strftime for a datetime; date and time make one of themselves first."""
    out, at = [], 0
    while at < len(fmt):
        c = fmt[at]
        at += 1
        if c != '%' or at >= len(fmt):
            out.append(c)
            continue
        c = fmt[at]
        at += 1
        if c == '-' and at < len(fmt):
            # The C library's way to leave out the zero.
            out.append(_directive(fmt[at], moment).lstrip('0') or '0')
            at += 1
        else:
            out.append(_directive(c, moment))
    return ''.join(out)


def _directive(c, d):
    hour12 = d.hour % 12 or 12
    weekday = (_to_ordinal(d.year, d.month, d.day) + 6) % 7
    day_of_year = _to_ordinal(d.year, d.month, d.day) - _to_ordinal(d.year, 1, 1) + 1
    if c == 'Y':
        return str(d.year)
    if c == 'm':
        return '%02d' % d.month
    if c == 'd':
        return '%02d' % d.day
    if c == 'H':
        return '%02d' % d.hour
    if c == 'I':
        return '%02d' % hour12
    if c == 'M':
        return '%02d' % d.minute
    if c == 'S':
        return '%02d' % d.second
    if c == 'f':
        return '%06d' % d.microsecond
    if c == 'y':
        return '%02d' % (d.year % 100)
    if c == 'p':
        return 'AM' if d.hour < 12 else 'PM'
    if c == 'a':
        return _WEEKDAYS[weekday][:3]
    if c == 'A':
        return _WEEKDAYS[weekday]
    if c in 'bh':
        return _MONTHS[d.month - 1][:3]
    if c == 'B':
        return _MONTHS[d.month - 1]
    if c == 'j':
        return '%03d' % day_of_year
    if c == 'w':
        return str((weekday + 1) % 7)
    if c == 'u':
        return str(weekday + 1)
    if c == 'U':
        return '%02d' % ((day_of_year + 6 - (weekday + 1) % 7) // 7)
    if c == 'W':
        return '%02d' % ((day_of_year + 6 - weekday) // 7)
    if c == 'c':
        return _format('%a %b ', d) + '%2d' % d.day + _format(' %H:%M:%S %Y', d)
    if c == 'x':
        return _format('%m/%d/%y', d)
    if c in 'XT':
        return _format('%H:%M:%S', d)
    if c == 'D':
        return _format('%m/%d/%y', d)
    if c == 'F':
        return _format('%Y-%m-%d', d)
    if c == 'R':
        return _format('%H:%M', d)
    if c == 'r':
        return _format('%I:%M:%S %p', d)
    if c == 'e':
        return '%2d' % d.day
    if c == 'G':
        return str(d.isocalendar()[0])
    if c == 'V':
        return '%02d' % d.isocalendar()[1]
    if c == 's':
        return str(int(d.timestamp()))
    if c == 'z':
        return _offset_text(d.utcoffset(), '')
    if c == 'Z':
        return d.tzname() or ''
    if c == 'n':
        return '\n'
    if c == 't':
        return '\t'
    if c == '%':
        return '%'
    return '%' + c


class date:
    def __init__(self, year, month, day):
        self._year, self._month, self._day = _check_date(year, month, day)

    year = property(lambda self: self._year)
    month = property(lambda self: self._month)
    day = property(lambda self: self._day)

    @classmethod
    def fromtimestamp(cls, t):
        return cls(*_time.localtime(t)[:3])

    @classmethod
    def today(cls):
        return cls.fromtimestamp(_time.time())

    @classmethod
    def fromordinal(cls, n):
        return cls(*_from_ordinal(n))

    @classmethod
    def fromisoformat(cls, date_string):
        if not isinstance(date_string, str):
            raise TypeError('fromisoformat: argument must be str')
        try:
            return cls(*_parse_iso_date(date_string))
        except (ValueError, IndexError):
            raise ValueError('Invalid isoformat string: %r' % date_string) from None

    def toordinal(self):
        return _to_ordinal(self._year, self._month, self._day)

    def weekday(self):
        return (self.toordinal() + 6) % 7

    def isoweekday(self):
        return self.weekday() + 1

    def isocalendar(self):
        # The week belongs to the year of its Thursday.
        thursday = self.toordinal() - self.weekday() + 3
        year = _from_ordinal(thursday)[0]
        return year, (thursday - _to_ordinal(year, 1, 1)) // 7 + 1, self.weekday() + 1

    def timetuple(self):
        return _time.struct_time((self._year, self._month, self._day, 0, 0, 0, self.weekday(),
                                  self.toordinal() - _to_ordinal(self._year, 1, 1) + 1, -1))

    def replace(self, year=None, month=None, day=None):
        return type(self)(self._year if year is None else year, self._month if month is None else month,
                          self._day if day is None else day)

    def isoformat(self):
        return '%04d-%02d-%02d' % (self._year, self._month, self._day)

    __str__ = isoformat

    def ctime(self):
        return self.strftime('%c')

    def strftime(self, fmt):
        return _format(fmt, datetime(self._year, self._month, self._day))

    def __format__(self, fmt):
        return self.strftime(fmt) if fmt else str(self)

    def __repr__(self):
        return 'datetime.date(%d, %d, %d)' % (self._year, self._month, self._day)

    def __add__(self, other):
        if isinstance(other, timedelta):
            return type(self).fromordinal(_in_range(self.toordinal() + other.days))
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return type(self).fromordinal(_in_range(self.toordinal() - other.days))
        if isinstance(other, date):
            return timedelta(self.toordinal() - other.toordinal())
        return NotImplemented

    def _key(self):
        return self._year, self._month, self._day

    def _comparable(self, other):
        return isinstance(other, date) and not isinstance(other, datetime)

    def __eq__(self, other):
        return self._key() == other._key() if self._comparable(other) else NotImplemented

    def __lt__(self, other):
        return self._key() < other._key() if self._comparable(other) else NotImplemented

    def __le__(self, other):
        return self._key() <= other._key() if self._comparable(other) else NotImplemented

    def __gt__(self, other):
        return self._key() > other._key() if self._comparable(other) else NotImplemented

    def __ge__(self, other):
        return self._key() >= other._key() if self._comparable(other) else NotImplemented

    def __hash__(self):
        return hash(self._key())


def _in_range(ordinal):
    if not 1 <= ordinal <= 3652059:
        raise OverflowError('date value out of range')
    return ordinal


def _parse_iso_date(s):
    if len(s) == 10 and s[4] == s[7] == '-':
        return int(s[:4]), int(s[5:7]), int(s[8:])
    if len(s) == 8 and s.isdigit():
        return int(s[:4]), int(s[4:6]), int(s[6:])
    raise ValueError(s)


def _parse_iso_time(s):
    zone = None
    for mark in ('Z', '+', '-'):
        at = s.find(mark)
        if at >= 0:
            s, rest = s[:at], s[at:]
            if rest == 'Z':
                zone = timezone.utc
            else:
                sign = -1 if rest[0] == '-' else 1
                digits = rest[1:].replace(':', '')
                offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0), seconds=int(digits[4:6] or 0))
                zone = timezone.utc if not offset else timezone(sign * offset)
            break
    s, _, fraction = s.replace(',', '.').partition('.')
    parts = s.split(':') if ':' in s else [s[i:i + 2] for i in range(0, len(s), 2)]
    if any([len(p) != 2 or not p.isdigit() for p in parts]) or not 1 <= len(parts) <= 3 or fraction and len(parts) < 3:
        raise ValueError(s)
    numbers = [int(p) for p in parts] + [0] * (3 - len(parts))
    return numbers + [int((fraction + '000000')[:6]) if fraction else 0, zone]


class time:
    def __init__(self, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        _check_time(hour, minute, second, microsecond)
        self._hour, self._minute, self._second, self._microsecond = hour, minute, second, microsecond
        self._tzinfo, self._fold = tzinfo, fold

    hour = property(lambda self: self._hour)
    minute = property(lambda self: self._minute)
    second = property(lambda self: self._second)
    microsecond = property(lambda self: self._microsecond)
    tzinfo = property(lambda self: self._tzinfo)
    fold = property(lambda self: self._fold)

    @classmethod
    def fromisoformat(cls, time_string):
        try:
            return cls(*_parse_iso_time(time_string[1:] if time_string[:1] == 'T' else time_string))
        except (ValueError, IndexError):
            raise ValueError('Invalid isoformat string: %r' % time_string) from None

    def utcoffset(self):
        return None if self._tzinfo is None else self._tzinfo.utcoffset(None)

    def tzname(self):
        return None if self._tzinfo is None else self._tzinfo.tzname(None)

    def dst(self):
        return None if self._tzinfo is None else self._tzinfo.dst(None)

    def replace(self, hour=None, minute=None, second=None, microsecond=None, tzinfo=True):
        return type(self)(self._hour if hour is None else hour, self._minute if minute is None else minute,
                          self._second if second is None else second,
                          self._microsecond if microsecond is None else microsecond,
                          self._tzinfo if tzinfo is True else tzinfo)

    def isoformat(self, timespec='auto'):
        return _iso_time(self, timespec) + _offset_text(self.utcoffset())

    def __str__(self):
        return self.isoformat()

    def strftime(self, fmt):
        return _format(fmt, datetime(1900, 1, 1, self._hour, self._minute, self._second, self._microsecond, self._tzinfo))

    def __format__(self, fmt):
        return self.strftime(fmt) if fmt else str(self)

    def __repr__(self):
        s = 'datetime.time(%d, %d' % (self._hour, self._minute)
        if self._second or self._microsecond:
            s += ', %d' % self._second
        if self._microsecond:
            s += ', %d' % self._microsecond
        return s + (', tzinfo=%r)' % self._tzinfo if self._tzinfo is not None else ')')

    def _key(self):
        return self._hour, self._minute, self._second, self._microsecond

    def __eq__(self, other):
        return self._key() == other._key() if isinstance(other, time) else NotImplemented

    def __lt__(self, other):
        return self._key() < other._key() if isinstance(other, time) else NotImplemented

    def __le__(self, other):
        return self._key() <= other._key() if isinstance(other, time) else NotImplemented

    def __gt__(self, other):
        return self._key() > other._key() if isinstance(other, time) else NotImplemented

    def __ge__(self, other):
        return self._key() >= other._key() if isinstance(other, time) else NotImplemented

    def __hash__(self):
        return hash(self._key())


def _iso_time(t, timespec):
    if timespec == 'auto':
        timespec = 'microseconds' if t.microsecond else 'seconds'
    s = '%02d' % t.hour
    if timespec == 'hours':
        return s
    s += ':%02d' % t.minute
    if timespec == 'minutes':
        return s
    s += ':%02d' % t.second
    if timespec == 'seconds':
        return s
    if timespec == 'milliseconds':
        return s + '.%03d' % (t.microsecond // 1000)
    if timespec == 'microseconds':
        return s + '.%06d' % t.microsecond
    raise ValueError('Unknown timespec value')


class datetime(date):
    def __init__(self, year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        date.__init__(self, year, month, day)
        _check_time(hour, minute, second, microsecond)
        self._hour, self._minute, self._second, self._microsecond = hour, minute, second, microsecond
        self._tzinfo, self._fold = tzinfo, fold

    hour = property(lambda self: self._hour)
    minute = property(lambda self: self._minute)
    second = property(lambda self: self._second)
    microsecond = property(lambda self: self._microsecond)
    tzinfo = property(lambda self: self._tzinfo)
    fold = property(lambda self: self._fold)

    @classmethod
    def fromtimestamp(cls, timestamp, tz=None):
        total = _round_div(*_scaled(timestamp))
        seconds, micro = divmod(total, 1000000)
        parts = _time.gmtime(seconds) if tz is not None else _time.localtime(seconds)
        made = cls(*parts[:6], micro)
        if tz is not None:
            made = (made + tz.utcoffset(made)).replace(tzinfo=tz)
        return made

    @classmethod
    def utcfromtimestamp(cls, timestamp):
        return cls.fromtimestamp(timestamp, timezone.utc).replace(tzinfo=None)

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_time.time(), tz)

    @classmethod
    def today(cls):
        return cls.now()

    @classmethod
    def utcnow(cls):
        return cls.utcfromtimestamp(_time.time())

    @classmethod
    def combine(cls, date, time, tzinfo=True):
        return cls(date.year, date.month, date.day, time.hour, time.minute, time.second, time.microsecond,
                   time.tzinfo if tzinfo is True else tzinfo)

    @classmethod
    def fromisoformat(cls, date_string):
        if not isinstance(date_string, str):
            raise TypeError('fromisoformat: argument must be str')
        try:
            end = 10 if date_string[4:5] == '-' else 8
            numbers = list(_parse_iso_date(date_string[:end]))
            if len(date_string) > end:
                numbers += _parse_iso_time(date_string[end + 1:])
            return cls(*numbers)
        except (ValueError, IndexError):
            raise ValueError('Invalid isoformat string: %r' % date_string) from None

    @classmethod
    def strptime(cls, date_string, format):
        return cls(*_parse(date_string, format))

    @classmethod
    def fromordinal(cls, n):
        return cls(*_from_ordinal(n))

    def date(self):
        return date(self._year, self._month, self._day)

    def time(self):
        return time(self._hour, self._minute, self._second, self._microsecond)

    def timetz(self):
        return time(self._hour, self._minute, self._second, self._microsecond, self._tzinfo)

    def timetuple(self):
        return _time.struct_time((self._year, self._month, self._day, self._hour, self._minute, self._second,
                                  self.weekday(), self.toordinal() - _to_ordinal(self._year, 1, 1) + 1, -1))

    utctimetuple = timetuple

    def utcoffset(self):
        return None if self._tzinfo is None else self._tzinfo.utcoffset(self)

    def tzname(self):
        return None if self._tzinfo is None else self._tzinfo.tzname(self)

    def dst(self):
        return None if self._tzinfo is None else self._tzinfo.dst(self)

    def astimezone(self, tz=None):
        tz = timezone.utc if tz is None else tz
        offset = self.utcoffset() or timedelta(0)
        utc = (self.replace(tzinfo=None) - offset)
        return (utc + tz.utcoffset(utc)).replace(tzinfo=tz)

    def _micros(self):
        """Microseconds since year 0, as the clock on the wall shows."""
        seconds = (self.toordinal() * 24 + self._hour) * 3600 + self._minute * 60 + self._second
        return seconds * 1000000 + self._microsecond

    def timestamp(self):
        total = self._micros() - _to_ordinal(1970, 1, 1) * 86400000000
        offset = self.utcoffset()
        if offset is not None:
            return (total - offset._total()) / 10 ** 6
        # The lab's clocks show UTC, so local time is that.
        return total / 10 ** 6

    def replace(self, year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None,
                tzinfo=True, *, fold=None):
        return type(self)(
            self._year if year is None else year, self._month if month is None else month,
            self._day if day is None else day, self._hour if hour is None else hour,
            self._minute if minute is None else minute, self._second if second is None else second,
            self._microsecond if microsecond is None else microsecond, self._tzinfo if tzinfo is True else tzinfo)

    def isoformat(self, sep='T', timespec='auto'):
        return date.isoformat(self) + sep + _iso_time(self, timespec) + _offset_text(self.utcoffset())

    def __str__(self):
        return self.isoformat(' ')

    def strftime(self, fmt):
        return _format(fmt, self)

    def __repr__(self):
        parts = [self._year, self._month, self._day, self._hour, self._minute, self._second, self._microsecond]
        if not parts[-1]:
            parts.pop()
            if not parts[-1]:
                parts.pop()
        s = ', '.join([str(p) for p in parts])
        if self._tzinfo is not None:
            s += ', tzinfo=%r' % self._tzinfo
        return 'datetime.datetime(%s)' % s

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        days, micro = divmod(self._micros() + other._total(), 86400000000)
        seconds, micro = divmod(micro, 1000000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return type(self)(*_from_ordinal(_in_range(days)), hour, minute, second, micro, self._tzinfo)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return self + -other
        if not isinstance(other, datetime):
            return NotImplemented
        if (self._tzinfo is None) != (other._tzinfo is None):
            raise TypeError("can't subtract offset-naive and offset-aware datetimes")
        return timedelta._of(self._moment() - other._moment())

    def _moment(self):
        offset = self.utcoffset()
        return self._micros() if offset is None else self._micros() - offset._total()

    def _order(self, other):
        if (self._tzinfo is None) != (other._tzinfo is None):
            raise TypeError("can't compare offset-naive and offset-aware datetimes")
        return self._moment() - other._moment()

    def __eq__(self, other):
        if not isinstance(other, datetime):
            return NotImplemented
        if (self._tzinfo is None) != (other._tzinfo is None):
            return False
        return self._moment() == other._moment()

    def __lt__(self, other):
        return self._order(other) < 0 if isinstance(other, datetime) else NotImplemented

    def __le__(self, other):
        return self._order(other) <= 0 if isinstance(other, datetime) else NotImplemented

    def __gt__(self, other):
        return self._order(other) > 0 if isinstance(other, datetime) else NotImplemented

    def __ge__(self, other):
        return self._order(other) >= 0 if isinstance(other, datetime) else NotImplemented

    def __hash__(self):
        return hash(self._moment())


def _scaled(x):
    """A number of seconds as an exact fraction of microseconds."""
    if isinstance(x, int):
        return x * 1000000, 1
    n, d = x.as_integer_ratio()
    return n * 1000000, d


date.min = date(1, 1, 1)
date.max = date(9999, 12, 31)
date.resolution = timedelta(1)
time.min = time()
time.max = time(23, 59, 59, 999999)
time.resolution = timedelta(microseconds=1)
datetime.min = datetime(1, 1, 1)
datetime.max = datetime(9999, 12, 31, 23, 59, 59, 999999)
datetime.resolution = timedelta(microseconds=1)

_EXPANDED = {'T': '%H:%M:%S', 'D': '%m/%d/%y', 'F': '%Y-%m-%d', 'R': '%H:%M', 'X': '%H:%M:%S', 'x': '%m/%d/%y',
             'c': '%a %b %d %H:%M:%S %Y', 'r': '%I:%M:%S %p'}
_WIDTHS = {'Y': 4, 'm': 2, 'd': 2, 'H': 2, 'I': 2, 'M': 2, 'S': 2, 'f': 6, 'y': 2, 'j': 3, 'w': 1, 'U': 2, 'W': 2}


def _parse(text, fmt):
    """strptime: the arguments of datetime()."""
    if not isinstance(text, str):
        raise TypeError('strptime() argument 1 must be str, not %s' % type(text).__name__)
    for letter, long in _EXPANDED.items():
        fmt = fmt.replace('%' + letter, long)
    found, at, i = {}, 0, 0
    wrong = ValueError('time data %r does not match format %r' % (text, fmt))
    while i < len(fmt):
        c = fmt[i]
        i += 1
        if c.isspace():
            while at < len(text) and text[at].isspace():
                at += 1
            continue
        if c != '%':
            if text[at:at + 1].lower() != c.lower():
                raise wrong
            at += 1
            continue
        if i >= len(fmt):
            raise ValueError("stray %% in format '%s'" % fmt)
        c = fmt[i]
        i += 1
        if c == '%':
            if text[at:at + 1] != '%':
                raise wrong
            at += 1
        elif c in _WIDTHS:
            end = at
            while end < len(text) and end - at < _WIDTHS[c] and '0' <= text[end] <= '9':
                end += 1
            if end == at or c == 'Y' and end - at != 4:
                raise wrong
            found[c] = int(text[at:end]) if c != 'f' else int((text[at:end] + '00000')[:6])
            at = end
        elif c in 'aAbB':
            names = _WEEKDAYS if c in 'aA' else _MONTHS
            for n, name in enumerate(names):
                name = name if c in 'AB' else name[:3]
                if text[at:at + len(name)].lower() == name.lower():
                    found[c.lower()] = n
                    at += len(name)
                    break
            else:
                raise wrong
        elif c == 'p':
            half = text[at:at + 2].upper()
            if half not in ('AM', 'PM'):
                raise wrong
            found['p'] = half
            at += 2
        elif c == 'z':
            if text[at:at + 1] == 'Z':
                found['z'] = timezone.utc
                at += 1
            else:
                end = at + 1
                while end < len(text) and (text[end].isdigit() or text[end] == ':'):
                    end += 1
                digits = text[at + 1:end].replace(':', '')
                if text[at:at + 1] not in ('+', '-') or len(digits) not in (4, 6):
                    raise wrong
                offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:] or 0))
                found['z'] = timezone(-offset if text[at] == '-' else offset)
                at = end
        elif c == 'Z':
            for name in ('UTC', 'GMT'):
                if text[at:at + 3].upper() == name:
                    at += 3
                    break
        else:
            raise ValueError("'%s' is a bad directive in format '%s'" % (c, fmt))
    if at != len(text):
        raise ValueError('unconverted data remains: %s' % text[at:])
    year = found.get('Y', 1900)
    if 'y' in found:
        year = found['y'] + (1900 if found['y'] >= 69 else 2000)
    month = found['b'] + 1 if 'b' in found else found.get('m', 1)
    day = found.get('d', 1)
    if 'j' in found and 'd' not in found:
        year, month, day = _from_ordinal(_to_ordinal(year, 1, 1) + found['j'] - 1)
    hour = found.get('H', 0)
    if 'I' in found:
        hour = found['I'] % 12 + (12 if found.get('p') == 'PM' else 0)
    for name, value, low, high in (('m', month, 1, 12), ('d', day, 1, 31), ('H', hour, 0, 23), ('M', found.get('M', 0), 0, 59),
                                   ('S', found.get('S', 0), 0, 61)):
        if not low <= value <= high:
            raise wrong
    return year, month, day, hour, found.get('M', 0), found.get('S', 0), found.get('f', 0), found.get('z')
