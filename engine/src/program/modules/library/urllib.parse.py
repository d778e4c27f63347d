"""urllib.parse: addresses of the web, taken apart and put together."""

_SAFE = frozenset(b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~')
_SCHEMES = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.'
uses_relative = ['', 'ftp', 'http', 'https', 'file', 'ws', 'wss', 'rtsp', 'sftp']
uses_netloc = uses_relative + ['telnet', 'ssh', 'git']


class _Result(tuple):
    _fields = ()

    def __new__(cls, *args):
        return tuple.__new__(cls, args)

    def _replace(self, **kwargs):
        return type(self)(*[kwargs.pop(name, value) for name, value in zip(self._fields, self)])

    def _asdict(self):
        return dict(zip(self._fields, self))

    def __repr__(self):
        return '%s(%s)' % (type(self).__name__, ', '.join(['%s=%r' % pair for pair in zip(self._fields, self)]))

    scheme = property(lambda self: self[0])
    netloc = property(lambda self: self[1])
    path = property(lambda self: self[2])

    def _host(self):
        host = self[1].rpartition('@')[2]
        if host.startswith('['):
            name, _, rest = host[1:].partition(']')
            return name, rest[1:] if rest.startswith(':') else None
        name, colon, port = host.partition(':')
        return name, port if colon else None

    @property
    def hostname(self):
        name = self._host()[0]
        return name.lower() if name else None

    @property
    def port(self):
        port = self._host()[1]
        if not port:
            return None
        if not (port.isdigit() and port.isascii()):
            raise ValueError('Port could not be cast to integer value as %r' % port)
        if int(port) > 65535:
            raise ValueError('Port out of range 0-65535')
        return int(port)

    def _user(self):
        info, at, _ = self[1].rpartition('@')
        if not at:
            return None, None
        name, colon, password = info.partition(':')
        return name, password if colon else None

    @property
    def username(self):
        return self._user()[0]

    @property
    def password(self):
        return self._user()[1]


class ParseResult(_Result):
    _fields = ('scheme', 'netloc', 'path', 'params', 'query', 'fragment')
    params = property(lambda self: self[3])
    query = property(lambda self: self[4])
    fragment = property(lambda self: self[5])

    def geturl(self):
        return urlunparse(self)


class SplitResult(_Result):
    _fields = ('scheme', 'netloc', 'path', 'query', 'fragment')
    query = property(lambda self: self[3])
    fragment = property(lambda self: self[4])

    def geturl(self):
        return urlunsplit(self)


def urlsplit(url, scheme='', allow_fragments=True):
    url = url.lstrip(''.join([chr(i) for i in range(33)]))
    for c in '\t\r\n':
        url = url.replace(c, '')
    netloc = query = fragment = ''
    i = url.find(':')
    if i > 0 and url[0].isalpha() and url[0].isascii() and all([c in _SCHEMES for c in url[:i]]):
        scheme, url = url[:i].lower(), url[i + 1:]
    if url[:2] == '//':
        end = min([at for at in [url.find(c, 2) for c in '/?#'] + [len(url)] if at >= 0])
        netloc, url = url[2:end], url[end:]
        if ('[' in netloc) != (']' in netloc):
            raise ValueError('Invalid IPv6 URL')
    if allow_fragments and '#' in url:
        url, fragment = url.split('#', 1)
    if '?' in url:
        url, query = url.split('?', 1)
    return SplitResult(scheme, netloc, url, query, fragment)


def urlparse(url, scheme='', allow_fragments=True):
    scheme, netloc, path, query, fragment = urlsplit(url, scheme, allow_fragments)
    params = ''
    last = path.rfind('/')
    if ';' in path[last + 1:]:
        at = path.find(';', last + 1)
        path, params = path[:at], path[at + 1:]
    return ParseResult(scheme, netloc, path, params, query, fragment)


def urlunsplit(components):
    scheme, netloc, url, query, fragment = components
    if netloc or scheme and scheme in uses_netloc and url[:2] != '//':
        if url and url[:1] != '/':
            url = '/' + url
        url = '//' + netloc + url
    if scheme:
        url = scheme + ':' + url
    if query:
        url += '?' + query
    if fragment:
        url += '#' + fragment
    return url


def urlunparse(components):
    scheme, netloc, url, params, query, fragment = components
    if params:
        url = '%s;%s' % (url, params)
    return urlunsplit((scheme, netloc, url, query, fragment))


def urljoin(base, url, allow_fragments=True):
    if not base:
        return url
    if not url:
        return base
    b = urlparse(base, '', allow_fragments)
    u = urlparse(url, b.scheme, allow_fragments)
    if u.scheme != b.scheme or u.scheme not in uses_relative:
        return url
    if u.netloc:
        return urlunparse(u)
    if not u.path and not u.params:
        return urlunparse((u.scheme, b.netloc, b.path, b.params, u.query or b.query, u.fragment))
    if u.path.startswith('/'):
        segments = u.path.split('/')
    else:
        segments = b.path.split('/')[:-1] + u.path.split('/')
        segments = segments[:1] + [s for s in segments[1:-1] if s] + segments[-1:]
    out = []
    for s in segments:
        if s == '..':
            if len(out) > 1:
                out.pop()
        elif s != '.':
            out.append(s)
    if segments[-1] in ('.', '..'):
        out.append('')
    return urlunparse((u.scheme, b.netloc, '/'.join(out) or '/', u.params, u.query, u.fragment))


def urldefrag(url):
    s = urlsplit(url)
    return urlunsplit((s.scheme, s.netloc, s.path, s.query, '')), s.fragment


def quote_from_bytes(bs, safe='/'):
    kept = _SAFE | set(safe.encode('ascii', 'ignore') if isinstance(safe, str) else safe)
    return ''.join([chr(b) if b in kept else '%%%02X' % b for b in bs])


def quote(string, safe='/', encoding=None, errors=None):
    if isinstance(string, str):
        string = string.encode(encoding or 'utf-8', errors or 'strict')
    elif not isinstance(string, (bytes, bytearray)):
        raise TypeError('quote_from_bytes() expected bytes')
    return quote_from_bytes(string, safe)


def quote_plus(string, safe='', encoding=None, errors=None):
    return quote(string, safe + ' ', encoding, errors).replace(' ', '+')


def unquote_to_bytes(string):
    if isinstance(string, str):
        string = string.encode('utf-8')
    out, parts = bytearray(), bytes(string).split(b'%')
    out += parts[0]
    for part in parts[1:]:
        try:
            out += bytes.fromhex(part[:2].decode('ascii'))
            out += part[2:]
        except (ValueError, UnicodeDecodeError):
            out += b'%' + part
    return bytes(out)


def unquote(string, encoding='utf-8', errors='replace'):
    if isinstance(string, bytes):
        return unquote_to_bytes(string).decode(encoding, errors)
    if '%' not in string:
        return string
    return unquote_to_bytes(string).decode(encoding or 'utf-8', errors or 'replace')


def unquote_plus(string, encoding='utf-8', errors='replace'):
    return unquote(string.replace('+', ' '), encoding, errors)


def urlencode(query, doseq=False, safe='', encoding=None, errors=None, quote_via=quote_plus):
    if hasattr(query, 'items'):
        query = query.items()
    out = []
    for key, value in query:
        key = quote_via(key if isinstance(key, bytes) else str(key), safe)
        if doseq and not isinstance(value, (str, bytes)) and hasattr(value, '__len__'):
            for item in value:
                out.append(key + '=' + quote_via(item if isinstance(item, bytes) else str(item), safe))
        else:
            out.append(key + '=' + quote_via(value if isinstance(value, bytes) else str(value), safe))
    return '&'.join(out)


def parse_qsl(qs, keep_blank_values=False, strict_parsing=False, encoding='utf-8', errors='replace', max_num_fields=None,
              separator='&'):
    out = []
    for pair in qs.split(separator):
        if not pair and not strict_parsing:
            continue
        name, equals, value = pair.partition('=')
        if not equals:
            if strict_parsing:
                raise ValueError('bad query field: %r' % (pair,))
            if not keep_blank_values:
                continue
        if value or keep_blank_values:
            out.append((unquote_plus(name, encoding, errors), unquote_plus(value, encoding, errors)))
    return out


def parse_qs(qs, keep_blank_values=False, **kwargs):
    out = {}
    for name, value in parse_qsl(qs, keep_blank_values, **kwargs):
        out.setdefault(name, []).append(value)
    return out
