#---- str methods of the census
s = '  Hello, World!  '
print(s.strip(), s.lower(), s.upper(), s.split(), s.split(','), sep='|')
print('a,b,,c'.split(','), 'a b  c'.split(), 'a b c'.split(' ', 1), 'abc'.partition('b'), 'x=1=2'.rpartition('='))
print('-'.join(['a', 'b']), ''.join(str(i) for i in range(4)), ', '.join({'k': 1}))
print('hello'.replace('l', 'L'), 'hello'.replace('l', 'L', 1), 'hello'.index('l'), 'hello'.find('z'), 'hello'.count('l'))
print('hi'.ljust(5) + '|', 'hi'.rjust(5), 'hi'.center(6, '*'), '7'.zfill(3), '-7'.zfill(4))
print('abc'.startswith('ab'), 'abc'.endswith(('x', 'c')), 'abc'.isalpha(), '12'.isdigit(), ' '.isspace(), 'a1'.isalnum())
print('a\nb\r\nc'.splitlines(), 'a\nb'.splitlines(True), 'ab'.title(), 'hello world'.title(), 'hELLO'.capitalize(), 'aB'.swapcase())
#---- encode and decode
text = 'Grüße €'
data = text.encode()
print(data, len(text), len(data), data.decode(), data.decode('utf-8') == text)
print('abc'.encode('ascii'), 'é'.encode('latin-1'), 'é'.encode('utf-16'), bytes('x', 'utf-8'), str(b'abc', 'utf-8'), str(b'abc'))
print('é'.encode('ascii', 'ignore'), 'é'.encode('ascii', 'replace'), b'\xff\xfea'.decode('utf-8', 'replace'), b'\xff'.decode('utf-8', errors='ignore'))
#---- decode errors
for raw in (b'\xff', b'abc\xe9def', b'\xe2\x82', b'\xc3('):
    try:
        raw.decode()
    except UnicodeDecodeError as e:
        print(e)
        print(e.encoding, e.start, e.end, e.reason, e.object)
#---- encode error
try:
    'naïve €'.encode('ascii')
except UnicodeEncodeError as e:
    print(e, e.start, e.end, e.reason)
try:
    'x'.encode('nope')
except LookupError as e:
    print(type(e).__name__, e)
#---- decode with a number, as one tutorial does
try:
    print(b'abc'.decode(1024))
except TypeError as e:
    print(e)
try:
    'abc'.decode()
except AttributeError as e:
    print(e)
try:
    b'abc'.encode()
except AttributeError as e:
    print(e)
#---- f-strings
name, n, pi = 'Ann', 42, 3.14159
print(f'{name} {n} {pi:.2f} {n:5d}| {n:<5}| {n:^7}| {n:>5} {n:05d} {n:+d} {n:x} {n:#x} {n:b} {n:,}')
print(f'{name!r} {name!s:>6} {name:*^9} {"lit"} {{braces}} {n + 1} {n=} {pi=:.1f} {name.upper()!r}')
width, prec = 10, 3
print(f'{pi:{width}.{prec}f}|{name:<{width}}|{"x" * 2:>{width // 2}}')
print(f'{1000000:,} {1234567.891:,.2f} {0.25:.0%} {1e10:g} {255:08b} {-5:05d}')
print(f"{'nested ' + f'{n}'}", f'''multi
{n}''', f'{[1, 2][0]}', f"{ {'a': 1}['a'] }")
#---- str.format
print('{} {}'.format(1, 'a'), '{1} {0}'.format(1, 2), '{a} {b}'.format(a=1, b=2), '{0[1]} {0}'.format([1, 2]))
print('{:>8}|{:<8}|{:^8}|'.format('r', 'l', 'c'), '{:08.3f}'.format(3.14159), '{:{}}'.format('x', 5) + '|')
print('{0.real} {0!r} {1!s}'.format(5, 'x'), '{:d} {:s}'.format(3, 's'), '{{}}'.format())
print('{:,}'.format(10 ** 9), '{:.3e}'.format(12345.678), '{:%}'.format(0.5), '{:c}'.format(65))
class P:
    x = 1
    def __format__(self, spec):
        return f'<P {spec}>'
print('{:abc} {}'.format(P(), P()), format(P(), 'q'), '{p.x}'.format(p=P()))
#---- str.format errors
for t, a in (('{}', ()), ('{a}', ()), ('{0} {}', (1, 2)), ('{', ()), ('{:d}', ('x',)), ('{:.2f}', ('x',)), ('{:z}', (1,))):
    try:
        t.format(*a)
    except Exception as e:
        print(type(e).__name__, e)
#---- percent formatting
print('%s %d %5d|%-5d|%05d %x %X %o %c %% %r' % ('a', 1, 2, 3, 4, 255, 255, 8, 'z', 'q'))
print('%.2f %8.3f|%-8.1f|%+d %e %g' % (3.14159, 2.5, 1.25, 5, 12345.678, 0.0001))
print('%(name)s is %(age)d' % {'name': 'Bob', 'age': 30}, '%s' % [1, 2], '%s %s' % ('a', None), '%s' % (1,))
print('%10s|%-10s|%.3s|%*d' % ('right', 'left', 'truncate', 6, 42), '%d%%' % 50, '%i' % 3.99)
print('time: %s' % 1.5, 'a' 'b%s' % 'c')
#---- percent errors
for t, a in (('%d', 'x'), ('%s %s', (1,)), ('%s', (1, 2)), ('%q', 1), ('%(a)s', {}), ('%d', None), ('%c', 'ab'), ('%f', 'x'), ('%x', 1.5)):
    try:
        t % a
    except Exception as e:
        print(type(e).__name__, e)
#---- repr of strings
for s in ('a', "it's", 'say "hi"', '''both ' and "''', 'tab\t', 'nl\n', '\\', '\x00\x7f', 'é', '\u200b', '😀', chr(0xd800)):
    print(repr(s))
print([u'x', "y'"], {'k': 'v\n'})
#---- indexing errors
s = 'abc'
print(s[0], s[-1])
for bad in (3, -4):
    try:
        s[bad]
    except IndexError as e:
        print(e)
try:
    s[0] = 'x'
except TypeError as e:
    print(e)
try:
    s['a']
except TypeError as e:
    print(e)
try:
    'abc' + 1
except TypeError as e:
    print(e)
try:
    1 + 'abc'
except TypeError as e:
    print(e)
try:
    'a' * 'b'
except TypeError as e:
    print(e)
#---- str conversions
print(str(1), str(1.0), str(True), str(None), str([1, 'a']), str(b'x'), repr('a'), str(Exception('boom')), str({'a': (1,)}))
print(int('42'), int(' 7 '), int('ff', 16), int('0b11', 0), int('-0x1f', 16), float('1e3'), float('  2.5\n'), int(3.9), int(-3.9), float('inf'), float('nan'))
print(float(b'36.6'), int(b'12'), int('1_000'))
#---- int() errors
for bad in ('abc', '', '1.5', ' ', '0x10', None, [], '１２'):
    try:
        print(int(bad))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
#---- float() errors
for bad in ('abc', '', '1,5', None, [1]):
    try:
        print(float(bad))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
#---- string comparison and iteration
print('apple' < 'banana', 'Z' < 'a', max('hello'), sorted('hello'), list('abc'), tuple('ab'), sorted(set('aab')))
for i, c in enumerate('héy'):
    print(i, c, ord(c))
#---- strip with characters
print('xxhixx'.strip('x'), 'www.example.com'.lstrip('w.'), 'abc\r\n'.rstrip('\r\n'), 'mississippi'.rstrip('ip'), '\t a \n'.strip())
#---- expandtabs translate maketrans
print('a\tb\tc'.expandtabs(4), 'hello'.translate(str.maketrans('el', 'ip')), 'hello'.translate({ord('l'): None, 104: 'J'}))
print('test'.removeprefix('te'), 'test'.removesuffix('st'), 'ß'.upper(), 'ß'.casefold(), 'İ'.lower(), len('İ'.lower()))
#---- multiline text handling
text = """GET / HTTP/1.1
Host: example.com
Accept: */*

body"""
head, _, body = text.partition('\n\n')
lines = head.split('\n')
method, path, version = lines[0].split()
headers = dict(line.split(': ', 1) for line in lines[1:])
print(method, path, version, headers, body)
#---- caesar cipher
def shift(text, key):
    out = ''
    for c in text:
        if c.isupper():
            out += chr((ord(c) - 65 + key) % 26 + 65)
        elif c.islower():
            out += chr((ord(c) - 97 + key) % 26 + 97)
        else:
            out += c
    return out
secret = shift('Hello, World!', 3)
print(secret, shift(secret, -3))
#---- palindrome and word count
def is_palindrome(s):
    s = ''.join(c for c in s.lower() if c.isalnum())
    return s == s[::-1]
print(is_palindrome('A man, a plan, a canal: Panama'), is_palindrome('socket'))
counts = {}
for word in 'the cat the dog the end'.split():
    counts[word] = counts.get(word, 0) + 1
print(counts, max(counts, key=counts.get))
#---- string module
import string
print(string.ascii_lowercase, string.digits, string.punctuation, string.hexdigits, len(string.printable), string.ascii_uppercase[:3], repr(string.whitespace))
print(string.capwords('hello big world'))
#---- textual table
rows = [('name', 'port'), ('http', 80), ('https', 443)]
for a, b in rows:
    print('%-8s%6s' % (a, b))
    print('{:<8}{:>6}'.format(a, b))
    print(f'{a:<8}{b:>6}')
#---- join type error
try:
    ','.join([1, 2])
except TypeError as e:
    print(e)
try:
    ','.join(5)
except TypeError as e:
    print(e)
try:
    b','.join(['a'])
except TypeError as e:
    print(e)
try:
    'a,b'.split('')
except ValueError as e:
    print(e)
try:
    'abc'.index('z')
except ValueError as e:
    print(e)
try:
    'a'.startswith(1)
except TypeError as e:
    print(e)
