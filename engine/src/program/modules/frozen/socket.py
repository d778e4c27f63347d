# socket: constants and the functions that are Python in CPython too. The class is native (_socket).

import _socket
from _socket import _set_global
from _socket import *
from enum import IntEnum, IntFlag

error = OSError
timeout = TimeoutError
gaierror = _socket._error_class('gaierror')
herror = _socket._error_class('herror')
SocketType = _socket.socket
has_ipv6 = True
has_dualstack_ipv6 = lambda: True


class AddressFamily(IntEnum):
    AF_UNSPEC = 0
    AF_UNIX = 1
    AF_INET = 2
    AF_INET6 = 10
    AF_NETLINK = 16
    AF_PACKET = 17
    AF_BLUETOOTH = 31
    AF_VSOCK = 40


class SocketKind(IntEnum):
    SOCK_STREAM = 1
    SOCK_DGRAM = 2
    SOCK_RAW = 3
    SOCK_RDM = 4
    SOCK_SEQPACKET = 5
    SOCK_NONBLOCK = 2048
    SOCK_CLOEXEC = 524288


class MsgFlag(IntFlag):
    MSG_OOB = 1
    MSG_PEEK = 2
    MSG_DONTROUTE = 4
    MSG_CTRUNC = 8
    MSG_TRUNC = 32
    MSG_DONTWAIT = 64
    MSG_EOR = 128
    MSG_WAITALL = 256
    MSG_NOSIGNAL = 16384
    MSG_MORE = 32768


class AddressInfo(IntFlag):
    AI_PASSIVE = 1
    AI_CANONNAME = 2
    AI_NUMERICHOST = 4
    AI_V4MAPPED = 8
    AI_ALL = 16
    AI_ADDRCONFIG = 32
    AI_NUMERICSERV = 1024


for _kind in (AddressFamily, SocketKind, MsgFlag, AddressInfo):
    for _member in _kind:
        _set_global(_member._name_, _member)

SOL_SOCKET = 1
SOL_IP = 0
SOL_TCP = 6
SOL_UDP = 17
SO_DEBUG = 1
SO_REUSEADDR = 2
SO_TYPE = 3
SO_ERROR = 4
SO_DONTROUTE = 5
SO_BROADCAST = 6
SO_SNDBUF = 7
SO_RCVBUF = 8
SO_KEEPALIVE = 9
SO_OOBINLINE = 10
SO_PRIORITY = 12
SO_LINGER = 13
SO_REUSEPORT = 15
SO_PASSCRED = 16
SO_PEERCRED = 17
SO_RCVLOWAT = 18
SO_SNDLOWAT = 19
SO_RCVTIMEO = 20
SO_SNDTIMEO = 21
SO_BINDTODEVICE = 25
SO_ACCEPTCONN = 30
SO_MARK = 36
SO_PROTOCOL = 38
SO_DOMAIN = 39
SOMAXCONN = 4096
IPPROTO_IP = 0
IPPROTO_ICMP = 1
IPPROTO_IGMP = 2
IPPROTO_TCP = 6
IPPROTO_UDP = 17
IPPROTO_IPV6 = 41
IPPROTO_ICMPV6 = 58
IPPROTO_RAW = 255
IP_TOS = 1
IP_TTL = 2
IP_HDRINCL = 3
IP_OPTIONS = 4
IP_MULTICAST_IF = 32
IP_MULTICAST_TTL = 33
IP_MULTICAST_LOOP = 34
IP_ADD_MEMBERSHIP = 35
IP_DROP_MEMBERSHIP = 36
IPV6_UNICAST_HOPS = 16
IPV6_MULTICAST_IF = 17
IPV6_MULTICAST_HOPS = 18
IPV6_MULTICAST_LOOP = 19
IPV6_JOIN_GROUP = 20
IPV6_LEAVE_GROUP = 21
IPV6_V6ONLY = 26
TCP_NODELAY = 1
TCP_MAXSEG = 2
TCP_CORK = 3
TCP_KEEPIDLE = 4
TCP_KEEPINTVL = 5
TCP_KEEPCNT = 6
TCP_SYNCNT = 7
TCP_LINGER2 = 8
TCP_DEFER_ACCEPT = 9
TCP_WINDOW_CLAMP = 10
TCP_INFO = 11
TCP_QUICKACK = 12
TCP_CONGESTION = 13
TCP_USER_TIMEOUT = 18
TCP_FASTOPEN = 23
SHUT_RD = 0
SHUT_WR = 1
SHUT_RDWR = 2
INADDR_ANY = 0
INADDR_BROADCAST = 0xffffffff
INADDR_LOOPBACK = 0x7f000001
INADDR_NONE = 0xffffffff
INADDR_UNSPEC_GROUP = 0xe0000000
INADDR_ALLHOSTS_GROUP = 0xe0000001
INADDR_MAX_LOCAL_GROUP = 0xe00000ff
IPPORT_RESERVED = 1024
IPPORT_USERRESERVED = 5000
EAI_BADFLAGS = -1
EAI_NONAME = -2
EAI_AGAIN = -3
EAI_FAIL = -4
EAI_NODATA = -5
EAI_FAMILY = -6
EAI_SOCKTYPE = -7
EAI_SERVICE = -8
EAI_ADDRFAMILY = -9
EAI_MEMORY = -10
EAI_SYSTEM = -11
EAI_OVERFLOW = -12
NI_NUMERICHOST = 1
NI_NUMERICSERV = 2
NI_NOFQDN = 4
NI_NAMEREQD = 8
NI_DGRAM = 16


def _as_family(n):
    return AddressFamily._value2member_map_.get(n, n)


def _as_kind(n):
    return SocketKind._value2member_map_.get(n, n)


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    return [(_as_family(f), _as_kind(k), p, name, addr)
            for f, k, p, name, addr in _socket.getaddrinfo(host, port, family, type, proto, flags)]


def getfqdn(name=''):
    name = name.strip()
    if not name or name == '0.0.0.0':
        name = gethostname()
    return name


def gethostbyname_ex(name):
    return (name, [], [gethostbyname(name)])


def gethostbyaddr(name):
    return (_socket._name_of(gethostbyname(name)), [], [gethostbyname(name)])


def getnameinfo(address, flags):
    host, port = address[:2]
    if flags & NI_NUMERICHOST:
        name = host
    else:
        name = _socket._name_of(host)
    return (name, str(port))


_SERVICES = {'ftp-data': 20, 'ftp': 21, 'ssh': 22, 'telnet': 23, 'smtp': 25, 'domain': 53, 'tftp': 69, 'http': 80,
             'pop3': 110, 'ntp': 123, 'imap2': 143, 'snmp': 161, 'https': 443, 'imaps': 993, 'pop3s': 995}


def getservbyname(name, protocol=None):
    if name not in _SERVICES:
        raise OSError('service/proto not found')
    return _SERVICES[name]


def getservbyport(port, protocol=None):
    for name, n in _SERVICES.items():
        if n == port:
            return name
    raise OSError('port/proto not found')


def getprotobyname(name):
    known = {'ip': 0, 'icmp': 1, 'igmp': 2, 'tcp': 6, 'udp': 17, 'ipv6': 41, 'ipv6-icmp': 58}
    if name not in known:
        raise OSError('protocol not found')
    return known[name]


def create_connection(address, timeout=None, source_address=None, *, all_errors=False):
    host, port = address
    last = None
    for family, kind, proto, name, addr in _socket.getaddrinfo(host, port, 0, SOCK_STREAM):
        sock = None
        try:
            sock = socket(family, kind, proto)
            if timeout is not None:
                sock.settimeout(timeout)
            if source_address:
                sock.bind(source_address)
            sock.connect(addr)
            return sock
        except OSError as e:
            last = e
            if sock is not None:
                sock.close()
    if last is not None:
        try:
            raise last
        finally:
            last = None
    raise OSError('getaddrinfo returns an empty list')


def create_server(address, *, family=AF_INET, backlog=None, reuse_port=False, dualstack_ipv6=False):
    if reuse_port and not SO_REUSEPORT:
        raise ValueError('SO_REUSEPORT not supported on this platform')
    if dualstack_ipv6 and family != AF_INET6:
        raise ValueError('dualstack_ipv6 requires AF_INET6 family')
    sock = socket(family, SOCK_STREAM)
    try:
        sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        if reuse_port:
            sock.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)
        if family == AF_INET6:
            sock.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0 if dualstack_ipv6 else 1)
        try:
            sock.bind(address)
        except OSError as e:
            words = '%s (while attempting to bind on address %r)' % (e.strerror, address)
            raise OSError(e.errno, words) from None
        if backlog is None:
            sock.listen()
        else:
            sock.listen(backlog)
        return sock
    except OSError:
        sock.close()
        raise


def socketpair(family=None, type=SOCK_STREAM, proto=0):
    return _socket.socketpair(family, type, proto)


def _makefile(sock, mode='r', buffering=None, *, encoding=None, errors=None, newline=None):
    for c in mode:
        if c not in 'rwb':
            raise ValueError('invalid mode %r (only r, w, b allowed)' % (mode,))
    sock._file_opened()
    return SocketFile(sock, mode, encoding or 'utf-8', errors or 'strict', newline)


def _sendfile(sock, file, offset=0, count=None):
    if offset:
        file.seek(offset)
    total = 0
    while count is None or total < count:
        data = file.read(8192 if count is None else min(8192, count - total))
        if not data:
            break
        sock.sendall(data)
        total += len(data)
    return total


class SocketFile:
    """What makefile() gives."""

    def __init__(self, sock, mode, encoding, errors, newline):
        self._sock = sock
        self.mode = mode
        self.name = sock.fileno()
        self.encoding = encoding
        self.errors = errors
        self._binary = 'b' in mode
        self._newline = newline
        self._buffer = b''
        self._out = b''
        self._ended = False
        self.closed = False

    def _check(self, how):
        if self.closed:
            raise ValueError('I/O operation on closed file.')
        if how not in self.mode and not (how == 'w' and 'w' in self.mode):
            import io
            raise io.UnsupportedOperation('not readable' if how == 'r' else 'not writable')

    def _fill(self):
        if self._ended:
            return False
        data = self._sock.recv(8192)
        if not data:
            self._ended = True
            return False
        self._buffer += data
        return True

    def _give(self, data):
        if self._binary:
            return data
        text = data.decode(self.encoding, self.errors)
        if self._newline is None:
            text = text.replace('\r\n', '\n').replace('\r', '\n')
        return text

    def _take(self, n):
        data = self._buffer[:n]
        self._buffer = self._buffer[n:]
        return data

    def read(self, size=-1):
        self._check('r')
        if size is None or size < 0:
            while self._fill():
                pass
            return self._give(self._take(len(self._buffer)))
        while len(self._buffer) < size and self._fill():
            pass
        return self._give(self._take(size))

    def readline(self, limit=-1):
        self._check('r')
        start = 0
        while True:
            at = self._buffer.find(b'\n', start)
            if at >= 0:
                n = at + 1
                break
            start = len(self._buffer)
            if limit >= 0 and start >= limit or not self._fill():
                n = len(self._buffer)
                break
        if limit >= 0:
            n = min(n, limit)
        return self._give(self._take(n))

    def readlines(self, hint=-1):
        return list(self)

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def write(self, data):
        self._check('w')
        n = len(data)
        if not self._binary:
            if not isinstance(data, str):
                raise TypeError('write() argument must be str, not ' + type(data).__name__)
            data = data.encode(self.encoding, self.errors)
        elif isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        self._out += bytes(data)
        if len(self._out) > 8192:
            self.flush()
        return n

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        if self._out:
            data = self._out
            self._out = b''
            self._sock.sendall(data)

    def close(self):
        if not self.closed:
            try:
                self.flush()
            finally:
                self.closed = True
                self._sock._file_closed()
                self._sock = None

    def fileno(self):
        return self._sock.fileno()

    def readable(self):
        return 'r' in self.mode

    def writable(self):
        return 'w' in self.mode

    def seekable(self):
        return False

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def __del__(self):
        if not self.closed:
            self.close()
