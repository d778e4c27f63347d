"""fnmatch: names against patterns with * ? and [...]."""


def fnmatch(name, pat):
    return fnmatchcase(name, pat)


def fnmatchcase(name, pat):
    if not pat:
        return not name
    c = pat[0]
    if c == '*':
        rest = pat.lstrip('*')
        return any([fnmatchcase(name[i:], rest) for i in range(len(name) + 1)])
    if not name:
        return False
    if c == '?':
        return fnmatchcase(name[1:], pat[1:])
    if c == '[':
        end = pat.find(']', 3 if pat[1:2] == '!' else 2)
        if end > 0:
            inside = pat[1:end]
            negated = inside.startswith('!')
            inside = inside[1:] if negated else inside
            found, i = False, 0
            while i < len(inside):
                if inside[i + 1:i + 2] == '-' and i + 2 < len(inside):
                    found = found or inside[i] <= name[0] <= inside[i + 2]
                    i += 3
                else:
                    found = found or inside[i] == name[0]
                    i += 1
            return found != negated and fnmatchcase(name[1:], pat[end + 1:])
    return c == name[0] and fnmatchcase(name[1:], pat[1:])


def filter(names, pat):
    return [name for name in names if fnmatchcase(name, pat)]
