"""binascii: bytes as text and back."""

from _codecs import crc32


class Error(ValueError):
    pass


class Incomplete(Exception):
    pass


Error.__module__ = 'binascii'
_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
_CODES = _ALPHABET.encode()
_VALUES = {ord(c): i for i, c in enumerate(_ALPHABET)}


def _data(s):
    if isinstance(s, str):
        try:
            return s.encode('ascii')
        except UnicodeEncodeError:
            raise ValueError('string argument should contain only ASCII characters') from None
    if isinstance(s, (bytes, bytearray)):
        return bytes(s)
    try:
        return bytes(memoryview(s))
    except TypeError:
        raise TypeError("argument should be bytes, buffer or ASCII string, not '%s'" % type(s).__name__) from None


def _binary(s):
    if isinstance(s, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    try:
        return bytes(s) if isinstance(s, (bytes, bytearray)) else bytes(memoryview(s))
    except TypeError:
        raise TypeError("a bytes-like object is required, not '%s'" % type(s).__name__) from None


def hexlify(data, sep=None, bytes_per_sep=1):
    data = _binary(data)
    if sep is None:
        return data.hex().encode()
    return data.hex(sep, bytes_per_sep).encode()


b2a_hex = hexlify


def unhexlify(hexstr):
    data = _data(hexstr)
    if len(data) % 2:
        raise Error('Odd-length string')
    for b in data:
        if b not in b'0123456789abcdefABCDEF':
            raise Error('Non-hexadecimal digit found')
    return bytes.fromhex(data.decode())


a2b_hex = unhexlify


def b2a_base64(data, *, newline=True):
    data = _binary(data)
    out = bytearray()
    for i in range(0, len(data) - 2, 3):
        n = data[i] << 16 | data[i + 1] << 8 | data[i + 2]
        out += bytes((_CODES[n >> 18], _CODES[n >> 12 & 63], _CODES[n >> 6 & 63], _CODES[n & 63]))
    left = len(data) % 3
    if left == 1:
        n = data[-1] << 4
        out += bytes((_CODES[n >> 6], _CODES[n & 63])) + b'=='
    elif left == 2:
        n = data[-2] << 10 | data[-1] << 2
        out += bytes((_CODES[n >> 12], _CODES[n >> 6 & 63], _CODES[n & 63])) + b'='
    if newline:
        out += b'\n'
    return bytes(out)


def a2b_base64(string, /, *, strict_mode=False):
    out = bytearray()
    bits = count = padding = 0
    for c in _data(string):
        if c == 61:
            if count >= 2:
                padding += 1
                if count + padding >= 4:
                    # A whole quantum: what follows is not looked at.
                    bits = count = 0
                    return bytes(out)
            continue
        value = _VALUES.get(c)
        if value is None:
            if strict_mode:
                raise Error('Only base64 data is allowed')
            continue
        padding = 0
        bits = bits << 6 | value
        count += 1
        if count > 1:
            shift = 6 - 2 * (count - 1)
            out.append(bits >> shift & 255)
        if count == 4:
            bits = count = 0
    if count == 1:
        raise Error('Invalid base64-encoded string: number of data characters (%d) cannot be 1 more than a multiple of 4'
                    % (len(out) // 3 * 4 + 1))
    if count:
        raise Error('Incorrect padding')
    return bytes(out)


def crc_hqx(data, value):
    crc = value & 0xffff
    for b in _binary(data):
        crc ^= b << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    return crc
