# What `match` asks of a value: its parts as a list, or None if it has not that shape. Called by compiled code only.

_ITSELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


def sequence(subject, count, star):
    if not isinstance(subject, (list, tuple, range)):
        kind = type(subject)
        if kind.__name__ != 'deque' or isinstance(subject, (str, bytes, bytearray)):
            return None
    have = len(subject)
    if star is None:
        return list(subject) if have == count else None
    if have < count - 1:
        return None
    parts = list(subject)
    after = have - (count - 1 - star)
    return parts[:star] + [parts[star:after]] + parts[after:]


def mapping(subject, keys, rest):
    if not isinstance(subject, dict):
        return None
    parts = []
    for key in keys:
        if key not in subject:
            return None
        parts.append(subject[key])
    if rest:
        parts.append({k: v for k, v in subject.items() if k not in keys})
    return parts


def instance(subject, kind, count, names):
    if not isinstance(kind, type):
        raise TypeError('called match pattern must be a class')
    if not isinstance(subject, kind):
        return None
    parts = []
    if count:
        places = getattr(kind, '__match_args__', None)
        if places is None and issubclass(kind, _ITSELF):
            if count > 1:
                raise TypeError('{}() accepts 1 positional sub-pattern ({} given)'.format(kind.__name__, count))
            parts.append(subject)
        else:
            places = () if places is None else places
            if not isinstance(places, tuple):
                raise TypeError('{}.__match_args__ must be a tuple (got {})'.format(kind.__name__, type(places).__name__))
            if count > len(places):
                s = '' if len(places) == 1 else 's'
                raise TypeError('{}() accepts {} positional sub-pattern{} ({} given)'.format(
                    kind.__name__, len(places), s, count))
            names = places[:count] + names
    for name in names:
        try:
            parts.append(getattr(subject, name))
        except AttributeError:
            return None
    return parts
