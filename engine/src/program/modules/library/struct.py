"""struct: values as packed bytes."""

import _struct


class error(Exception):
    pass


error.__module__ = 'struct'
_known = {}


def _layout(format):
    found = _known.get(format)
    if found is None:
        try:
            found = _struct.layout(format)
        except ValueError as e:
            raise error(str(e)) from None
        if len(_known) > 100:
            _known.clear()
        _known[format] = found
    return found


def calcsize(format, /):
    return _layout(format)[0]


def pack(format, /, *values):
    size, count = _layout(format)
    if len(values) != count:
        raise error('pack expected %d items for packing (got %d)' % (count, len(values)))
    try:
        return _struct.pack(format, values)
    except ValueError as e:
        raise error(str(e)) from None


def pack_into(format, buffer, offset, /, *values):
    size, count = _layout(format)
    if len(values) != count:
        raise error('pack_into expected %d items for packing (got %d)' % (count, len(values)))
    if offset < 0:
        if offset + len(buffer) < 0:
            raise error('offset %d out of range for %d-byte buffer' % (offset, len(buffer)))
        offset += len(buffer)
    if len(buffer) - offset < size:
        raise error('pack_into requires a buffer of at least %d bytes for packing %d bytes at offset %d '
                    '(actual buffer size is %d)' % (size + offset, size, offset, len(buffer)))
    buffer[offset:offset + size] = pack(format, *values)


def _bytes_like(data):
    if isinstance(data, (bytes, bytearray)):
        return data
    try:
        return bytes(memoryview(data))
    except TypeError:
        raise TypeError("a bytes-like object is required, not '%s'" % type(data).__name__) from None


def unpack(format, buffer, /):
    size = _layout(format)[0]
    buffer = _bytes_like(buffer)
    if len(buffer) != size:
        raise error('unpack requires a buffer of %d bytes' % size)
    return _struct.unpack(format, buffer, 0)


def unpack_from(format, /, buffer, offset=0):
    size = _layout(format)[0]
    buffer = _bytes_like(buffer)
    if offset < 0:
        if offset + size > 0:
            raise error('not enough data to unpack %d bytes' % size)
        if offset + len(buffer) < 0:
            raise error('offset %d out of range for %d-byte buffer' % (offset, len(buffer)))
        offset += len(buffer)
    if len(buffer) - offset < size:
        raise error('unpack_from requires a buffer of at least %d bytes for unpacking %d bytes at offset %d '
                    '(actual buffer size is %d)' % (size + offset, size, offset, len(buffer)))
    return _struct.unpack(format, buffer, offset)


def iter_unpack(format, buffer, /):
    size = _layout(format)[0]
    if size == 0:
        raise error('cannot iteratively unpack with a struct of length 0')
    buffer = _bytes_like(buffer)
    if len(buffer) % size:
        raise error('iterative unpacking requires a buffer of a multiple of %d bytes' % size)
    return iter([_struct.unpack(format, buffer, at) for at in range(0, len(buffer), size)])


class Struct:
    def __init__(self, format):
        self.size = calcsize(format)
        self.format = format if isinstance(format, str) else format.decode('ascii')

    def pack(self, *values):
        return pack(self.format, *values)

    def pack_into(self, buffer, offset, *values):
        return pack_into(self.format, buffer, offset, *values)

    def unpack(self, buffer):
        return unpack(self.format, buffer)

    def unpack_from(self, buffer, offset=0):
        return unpack_from(self.format, buffer, offset)

    def iter_unpack(self, buffer):
        return iter_unpack(self.format, buffer)
