"""base64: bytes as printable text."""

import binascii


def _bytes(s):
    if isinstance(s, (bytes, bytearray)):
        return s
    if isinstance(s, str):
        try:
            return s.encode('ascii')
        except UnicodeEncodeError:
            raise ValueError('string argument should contain only ASCII characters') from None
    try:
        return bytes(memoryview(s))
    except TypeError:
        raise TypeError('argument should be a bytes-like object or ASCII string, not %r' % type(s).__name__) from None


def b64encode(s, altchars=None):
    encoded = binascii.b2a_base64(s, newline=False)
    if altchars is not None:
        return encoded.translate(bytes.maketrans(b'+/', altchars))
    return encoded


def b64decode(s, altchars=None, validate=False):
    s = _bytes(s)
    if altchars is not None:
        s = bytes(s).translate(bytes.maketrans(_bytes(altchars), b'+/'))
    return binascii.a2b_base64(s, strict_mode=validate)


standard_b64encode = b64encode


def standard_b64decode(s):
    return b64decode(s)


def urlsafe_b64encode(s):
    return b64encode(s, b'-_')


def urlsafe_b64decode(s):
    return b64decode(s, b'-_')


def b16encode(s):
    return binascii.hexlify(s).upper()


def b16decode(s, casefold=False):
    s = _bytes(s)
    if casefold:
        s = s.upper()
    for b in s:
        if b not in b'0123456789ABCDEF':
            raise binascii.Error('Non-base16 digit found')
    return binascii.unhexlify(s)


_B32 = b'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'


def b32encode(s):
    if not isinstance(s, (bytes, bytearray)):
        s = memoryview(s).tobytes()
    left = len(s) % 5
    padded = bytes(s) + bytes(-left % 5)
    out = bytearray()
    for i in range(0, len(padded), 5):
        n = int.from_bytes(padded[i:i + 5], 'big')
        out += bytes([_B32[n >> shift & 31] for shift in range(35, -1, -5)])
    if left:
        cut = {1: 6, 2: 4, 3: 3, 4: 1}[left]
        out[-cut:] = b'=' * cut
    return bytes(out)


def b32decode(s, casefold=False, map01=None):
    s = _bytes(s)
    if len(s) % 8:
        raise binascii.Error('Incorrect padding')
    if casefold:
        s = s.upper()
    body = s.rstrip(b'=')
    cut = len(s) - len(body)
    out = bytearray()
    for i in range(0, len(s), 8):
        n = 0
        for c in s[i:i + 8].replace(b'=', b'A'):
            if c not in _B32:
                raise binascii.Error('Non-base32 digit found')
            n = n << 5 | _B32.index(c)
        out += n.to_bytes(5, 'big')
    if cut not in (0, 1, 3, 4, 6):
        raise binascii.Error('Incorrect padding')
    if cut:
        del out[len(out) - (43 - 5 * (8 - cut)) // 8:]
    return bytes(out)


def encodebytes(s):
    out = []
    for i in range(0, len(s), 57):
        out.append(binascii.b2a_base64(s[i:i + 57]))
    return b''.join(out)


def decodebytes(s):
    return binascii.a2b_base64(s)
