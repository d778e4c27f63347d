"""ipaddress: addresses and networks as numbers and text."""


class AddressValueError(ValueError):
    pass


class NetmaskValueError(ValueError):
    pass


def _parse4(text):
    parts = text.split('.')
    if len(parts) != 4:
        raise AddressValueError('Expected 4 octets in %r' % text)
    n = 0
    for part in parts:
        if not part:
            raise AddressValueError('Empty octet not permitted in %r' % text)
        if not (part.isascii() and part.isdigit()):
            raise AddressValueError('Only decimal digits permitted in %r in %r' % (part, text))
        if len(part) > 3:
            raise AddressValueError('At most 3 characters permitted in %r in %r' % (part, text))
        if part != '0' and part[0] == '0':
            raise AddressValueError('Leading zeros are not permitted in %r in %r' % (part, text))
        if int(part) > 255:
            raise AddressValueError('Octet %d (> 255) not permitted in %r' % (int(part), text))
        n = n << 8 | int(part)
    return n


def _parse6(text):
    body = text
    if '.' in body:
        head, _, tail = body.rpartition(':')
        v4 = _parse4(tail)
        body = '%s:%x:%x' % (head, v4 >> 16, v4 & 0xffff)
    if body.count('::') > 1 or ':::' in body:
        raise AddressValueError("At most one '::' permitted in %r" % text)
    if '::' in body:
        left, right = body.split('::')
        left, right = left.split(':') if left else [], right.split(':') if right else []
        if len(left) + len(right) > 7:
            raise AddressValueError('Expected at most 7 other parts with \'::\' in %r' % text)
        groups = left + ['0'] * (8 - len(left) - len(right)) + right
    else:
        groups = body.split(':')
        if len(groups) < 3:
            raise AddressValueError('At least 3 parts expected in %r' % text)
        if len(groups) != 8:
            raise AddressValueError("Exactly 8 parts expected without '::' in %r" % text)
    n = 0
    for group in groups:
        if not group or len(group) > 4 or any([c not in '0123456789abcdefABCDEF' for c in group]):
            raise AddressValueError('Only hex digits permitted in %r in %r' % (group, text))
        n = n << 16 | int(group, 16)
    return n


def _text4(n):
    return '.'.join([str(n >> shift & 255) for shift in (24, 16, 8, 0)])


def _text6(n):
    groups = ['%x' % (n >> shift & 0xffff) for shift in range(112, -1, -16)]
    best, best_length, at = -1, 1, 0
    while at < 8:
        end = at
        while end < 8 and groups[end] == '0':
            end += 1
        if end - at > best_length:
            best, best_length = at, end - at
        at = max(end, at + 1)
    if best < 0:
        return ':'.join(groups)
    return ':'.join(groups[:best]) + '::' + ':'.join(groups[best + best_length:])


class _Address:
    def __init__(self, address):
        if isinstance(address, int):
            if address < 0:
                raise AddressValueError('%d (< 0) is not permitted as an IPv%d address' % (address, self.version))
            if address >= 1 << self.max_prefixlen:
                raise AddressValueError('%d (>= 2**%d) is not permitted as an IPv%d address' % (
                    address, self.max_prefixlen, self.version))
            self._ip = address
        elif isinstance(address, bytes):
            if len(address) * 8 != self.max_prefixlen:
                raise AddressValueError('%r (len %d != %d) is not permitted as an IPv%d address' % (
                    address, len(address), self.max_prefixlen // 8, self.version))
            self._ip = int.from_bytes(address, 'big')
        else:
            text = str(address)
            if '/' in text:
                raise AddressValueError("Unexpected '/' in %r" % text)
            self._ip = self._parse(text)

    def __str__(self):
        return self._text(self._ip)

    def __repr__(self):
        return '%s(%r)' % (type(self).__name__, str(self))

    def __int__(self):
        return self._ip

    def __eq__(self, other):
        return type(self) is type(other) and self._ip == other._ip

    def __hash__(self):
        return hash((self.version, self._ip))

    def __lt__(self, other):
        if self.version != other.version:
            raise TypeError('%s and %s are not of the same version' % (self, other))
        return self._ip < other._ip

    def __le__(self, other):
        return not other < self

    def __gt__(self, other):
        return other < self

    def __ge__(self, other):
        return not self < other

    def __add__(self, n):
        return type(self)(self._ip + n)

    def __sub__(self, n):
        return type(self)(self._ip - n)

    @property
    def packed(self):
        return self._ip.to_bytes(self.max_prefixlen // 8, 'big')

    @property
    def compressed(self):
        return str(self)

    @property
    def exploded(self):
        if self.version == 4:
            return str(self)
        return ':'.join(['%04x' % (self._ip >> shift & 0xffff) for shift in range(112, -1, -16)])

    @property
    def reverse_pointer(self):
        if self.version == 4:
            return '.'.join(reversed(str(self).split('.'))) + '.in-addr.arpa'
        return '.'.join(reversed(self.exploded.replace(':', ''))) + '.ip6.arpa'

    def _in(self, networks):
        return any([self in ip_network(n) for n in networks])

    @property
    def is_unspecified(self):
        return self._ip == 0


class IPv4Address(_Address):
    version = 4
    max_prefixlen = 32
    _parse = staticmethod(_parse4)
    _text = staticmethod(_text4)

    is_loopback = property(lambda self: self._in(['127.0.0.0/8']))
    is_multicast = property(lambda self: self._in(['224.0.0.0/4']))
    is_link_local = property(lambda self: self._in(['169.254.0.0/16']))
    is_reserved = property(lambda self: self._in(['240.0.0.0/4']))
    is_private = property(lambda self: self._in([
        '0.0.0.0/8', '10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/29', '192.0.0.170/31',
        '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4',
        '255.255.255.255/32']))
    is_global = property(lambda self: not self.is_private and not self._in(['100.64.0.0/10']))


class IPv6Address(_Address):
    version = 6
    max_prefixlen = 128
    _parse = staticmethod(_parse6)
    _text = staticmethod(_text6)

    is_loopback = property(lambda self: self._ip == 1)
    is_multicast = property(lambda self: self._in(['ff00::/8']))
    is_link_local = property(lambda self: self._in(['fe80::/10']))
    is_private = property(lambda self: self._in(['::1/128', '::/128', '::ffff:0:0/96', '100::/64', '2001::/23', '2001:2::/48',
                                                 '2001:db8::/32', '2001:10::/28', 'fc00::/7', 'fe80::/10']))
    is_global = property(lambda self: not self.is_private)

    @property
    def ipv4_mapped(self):
        return IPv4Address(self._ip & 0xffffffff) if self._ip >> 32 == 0xffff else None


class _Network:
    def __init__(self, address, strict=True):
        if isinstance(address, tuple):
            address = '%s/%s' % address
        text, slash, mask = str(address).partition('/')
        bits = self._kind.max_prefixlen
        self.network_address = self._kind(int(text) if isinstance(address, int) else text)
        if not slash:
            self.prefixlen = bits
        elif mask.isdigit() and int(mask) <= bits:
            self.prefixlen = int(mask)
        else:
            try:
                n = self._kind._parse(mask)
            except AddressValueError:
                raise NetmaskValueError('%r is not a valid netmask' % mask) from None
            inverse = n ^ (1 << bits) - 1
            if inverse & inverse + 1:
                raise NetmaskValueError('%r is not a valid netmask' % mask)
            self.prefixlen = bits - inverse.bit_length()
        self.netmask = self._kind((1 << bits) - (1 << bits - self.prefixlen))
        base = int(self.network_address) & int(self.netmask)
        if base != int(self.network_address):
            if strict:
                raise ValueError('%s has host bits set' % address)
            self.network_address = self._kind(base)
        self.hostmask = self._kind((1 << bits - self.prefixlen) - 1)
        self.broadcast_address = self._kind(base | int(self.hostmask))
        self.version = self._kind.version
        self.max_prefixlen = bits

    @property
    def num_addresses(self):
        return 1 << self.max_prefixlen - self.prefixlen

    @property
    def with_prefixlen(self):
        return str(self)

    @property
    def with_netmask(self):
        return '%s/%s' % (self.network_address, self.netmask)

    def __str__(self):
        return '%s/%d' % (self.network_address, self.prefixlen)

    def __repr__(self):
        return '%s(%r)' % (type(self).__name__, str(self))

    def __contains__(self, other):
        if isinstance(other, _Network) or other.version != self.version:
            return False
        return int(other) & int(self.netmask) == int(self.network_address)

    def __eq__(self, other):
        return type(self) is type(other) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    def __len__(self):
        return self.num_addresses

    def __iter__(self):
        for n in range(int(self.network_address), int(self.broadcast_address) + 1):
            yield self._kind(n)

    def __getitem__(self, i):
        n = int(self.network_address if i >= 0 else self.broadcast_address) + (i if i >= 0 else i + 1)
        if not int(self.network_address) <= n <= int(self.broadcast_address):
            raise IndexError('address out of range')
        return self._kind(n)

    def hosts(self):
        first, last = int(self.network_address), int(self.broadcast_address)
        if self.prefixlen < self.max_prefixlen - 1:
            first += 1
            if self.version == 4:
                last -= 1
        return (self._kind(n) for n in range(first, last + 1))

    def subnets(self, prefixlen_diff=1, new_prefix=None):
        prefix = self.prefixlen + prefixlen_diff if new_prefix is None else new_prefix
        if prefix > self.max_prefixlen or prefix < self.prefixlen:
            raise ValueError('prefix length diff %d is invalid for netblock %s' % (prefix - self.prefixlen, self))
        step = 1 << self.max_prefixlen - prefix
        for n in range(int(self.network_address), int(self.broadcast_address) + 1, step):
            yield type(self)('%s/%d' % (self._kind(n), prefix))

    def overlaps(self, other):
        return self.network_address in other or other.network_address in self

    def subnet_of(self, other):
        return self.network_address in other and self.prefixlen >= other.prefixlen

    def supernet(self, prefixlen_diff=1, new_prefix=None):
        prefix = self.prefixlen - prefixlen_diff if new_prefix is None else new_prefix
        return type(self)('%s/%d' % (self.network_address, prefix), strict=False)

    is_private = property(lambda self: self.network_address.is_private and self.broadcast_address.is_private)


class IPv4Network(_Network):
    _kind = IPv4Address


class IPv6Network(_Network):
    _kind = IPv6Address


def ip_address(address):
    for kind in (IPv4Address, IPv6Address):
        try:
            return kind(address)
        except (AddressValueError, NetmaskValueError):
            pass
    raise ValueError('%r does not appear to be an IPv4 or IPv6 address' % (address,))


def ip_network(address, strict=True):
    for kind in (IPv4Network, IPv6Network):
        try:
            return kind(address, strict)
        except (AddressValueError, NetmaskValueError):
            pass
    raise ValueError('%r does not appear to be an IPv4 or IPv6 network' % (address,))


def ip_interface(address):
    return ip_network(address, strict=False)
