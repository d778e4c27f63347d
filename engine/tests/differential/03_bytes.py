#---- bytes basics
b = b'hello'
print(b, len(b), b[0], b[-1], b[1:3], list(b), b == b'hello', b + b'!', b * 2, 104 in b, b'ell' in b)
print(bytes(3), bytes([65, 66]), bytes(range(3)), bytes('é', 'utf-8'), bytes(b'x'), bytes(), b'\x00\xff\n\t\\\'"')
print(b.upper(), b.split(b'l'), b.replace(b'l', b'L'), b.find(b'l'), b.startswith(b'he'), b.decode(), b.hex(), bytes.fromhex('68 69'))
print(b' x \r\n'.strip(), b'a,b'.split(b','), b''.join([b'a', b'b']), b'a\nb'.splitlines(), b.count(b'l'), b.index(b'o'), b'%d-%s' % (5, b'x'))
#---- bytes are immutable
b = b'abc'
try:
    b[0] = 65
except TypeError as e:
    print(e)
try:
    b + 'x'
except TypeError as e:
    print(e)
try:
    'x' + b
except TypeError as e:
    print(e)
try:
    bytes('abc')
except TypeError as e:
    print(e)
try:
    bytes([256])
except ValueError as e:
    print(e)
try:
    b.split(',')
except TypeError as e:
    print(e)
try:
    b.find('a')
except TypeError as e:
    print(e)
try:
    b'a'.join('b')
except TypeError as e:
    print(e)
#---- comparing bytes with str
print(b'abc' == 'abc', b'' == '', b'a' != 'a')
try:
    print('a' in b'abc')
except TypeError as e:
    print(e)
try:
    b'a' < 'a'
except TypeError as e:
    print(e)
#---- bytearray
ba = bytearray(b'abc')
ba.append(100)
ba.extend(b'ef')
ba += b'g'
ba[0] = 65
print(ba, len(ba), bytes(ba), ba.decode(), ba[1:3], ba.pop(), ba)
ba.insert(0, 33)
del ba[1]
ba.reverse()
print(ba, ba.find(b'c'), ba.hex())
ba[0:2] = b'XYZ'
ba.clear()
print(ba, bytearray(2), bytearray([1, 2]) == b'\x01\x02')
#---- int and bytes
print((1024).to_bytes(2, 'big'), (1024).to_bytes(4, 'little'), (-1).to_bytes(2, 'big', signed=True), int.from_bytes(b'\x04\x00', 'big'), int.from_bytes(b'\xff\xff', 'little', signed=True))
print((255).to_bytes(length=2, byteorder='big'), (5).bit_length(), int.from_bytes(b'', 'big'))
try:
    (300).to_bytes(1, 'big')
except OverflowError as e:
    print(e)
try:
    (-1).to_bytes(1, 'big')
except OverflowError as e:
    print(e)
#---- framing with a length prefix
def frame(text):
    data = text.encode('utf-8')
    return len(data).to_bytes(4, 'big') + data
def unframe(buf):
    out = []
    while len(buf) >= 4:
        n = int.from_bytes(buf[:4], 'big')
        if len(buf) < 4 + n:
            break
        out.append(buf[4:4 + n].decode('utf-8'))
        buf = buf[4 + n:]
    return out, buf
stream = frame('hello') + frame('wörld') + frame('cut')[:5]
print(stream)
print(unframe(stream))
#---- header of fixed width
HEADER = 10
msg = 'Welcome to the server!'
msg = f'{len(msg):<{HEADER}}' + msg
print(repr(msg), int(msg[:HEADER]), msg[HEADER:])
print(bytes(f'{len("abc"):<{HEADER}}', 'utf-8') + b'abc')
#---- xor and checksum
data = bytes([1, 2, 3, 250])
key = 0x5a
enc = bytes(x ^ key for x in data)
print(enc, bytes(x ^ key for x in enc) == data, sum(data) & 0xff, hex(sum(data)))
def checksum(data):
    s = 0
    if len(data) % 2:
        data += b'\x00'
    for i in range(0, len(data), 2):
        s += (data[i] << 8) + data[i + 1]
    s = (s >> 16) + (s & 0xffff)
    s += s >> 16
    return ~s & 0xffff
print(hex(checksum(b'hello world')))
#---- memoryview
m = memoryview(b'hello')
print(m[0], bytes(m[1:3]), len(m), m[1:3].tobytes(), m.tobytes(), list(m[:2]))
buf = bytearray(5)
v = memoryview(buf)
v[0:2] = b'ab'
v[4] = 99
print(buf, bytes(v))
#---- iterating bytes
for x in b'ab':
    print(x, chr(x))
print([hex(x) for x in b'\x0f\xf0'], ' '.join(f'{x:02x}' for x in b'hi'), ''.join('%02X' % x for x in b'\xde\xad'))
#---- bytes repr in containers
print([b'a', 'b'], {b'k': b'v'}, (b'x',), f'{b"q"}', '%s' % b'x', str(b'y'), '{}'.format(b'z'))
