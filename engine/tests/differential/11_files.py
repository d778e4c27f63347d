#---- write and read a file
f = open('a.txt', 'w')
print(f.write('one\ntwo\n'))
f.write('three')
f.close()
print(f.closed, f.name, f.mode)
f = open('a.txt')
print(f.read())
f.close()
with open('a.txt') as f:
    for line in f:
        print(repr(line))
with open('a.txt') as f:
    print(f.readline(), f.readlines(), repr(f.read()), repr(f.readline()))
#---- append and writelines
with open('log.txt', 'a') as f:
    f.write('first\n')
with open('log.txt', 'a') as f:
    f.writelines(['second\n', 'third\n'])
    print('fourth', file=f)
print(open('log.txt').read())
#---- binary files in chunks
with open('d.bin', 'wb') as f:
    f.write(bytes(range(256)) * 5)
size = 0
with open('d.bin', 'rb') as f:
    while True:
        chunk = f.read(512)
        if not chunk:
            break
        size += len(chunk)
        print(len(chunk), chunk[0])
print(size)
with open('d.bin', 'rb') as f:
    f.seek(250)
    print(f.read(8), f.tell())
    f.seek(-3, 2)
    print(f.read(), f.tell())
    f.seek(0)
    print(f.read(2), f.tell())
#---- copy a file
with open('src.bin', 'wb') as f:
    f.write(b'\x00\xff' * 1000)
with open('src.bin', 'rb') as a, open('dst.bin', 'wb') as b:
    data = a.read(1024)
    while data:
        b.write(data)
        data = a.read(1024)
print(open('src.bin', 'rb').read() == open('dst.bin', 'rb').read())
#---- file errors
for args in (('nope.txt',), ('nope.txt', 'rb'), ('x.txt', 'q'), ('x.txt', 'rw'), ('x.txt', 'rbt'), ('',), ('no/dir/x', 'w')):
    try:
        open(*args)
    except (OSError, ValueError) as e:
        print(type(e).__name__, e)
f = open('w.txt', 'w')
try:
    f.read()
except Exception as e:
    print(type(e).__name__, e)
try:
    f.write(b'bytes')
except TypeError as e:
    print(e)
f.close()
try:
    f.write('x')
except ValueError as e:
    print(e)
g = open('w.txt', 'rb')
try:
    g.write(b'x')
except Exception as e:
    print(type(e).__name__, e)
g.close()
h = open('w.txt', 'wb')
try:
    h.write('str')
except TypeError as e:
    print(e)
#---- encodings
with open('u.txt', 'w', encoding='utf-8') as f:
    f.write('Grüße\n中文\n')
print(open('u.txt', 'rb').read())
print(open('u.txt', encoding='utf-8').read().split())
try:
    open('u.txt', encoding='ascii').read()
except UnicodeDecodeError as e:
    print(e)
print(open('u.txt', encoding='latin-1').readline())
print(open('u.txt', encoding='ascii', errors='ignore').read())
#---- newline translation
with open('n.txt', 'wb') as f:
    f.write(b'a\r\nb\rc\n')
print(repr(open('n.txt').read()), repr(open('n.txt', newline='').read()), open('n.txt').readlines())
with open('n2.txt', 'w', newline='\r\n') as f:
    f.write('x\ny\n')
print(open('n2.txt', 'rb').read())
#---- given files
# file data.csv: name,age\nAnn,30\nBob,25\n
with open('data.csv') as f:
    header = f.readline().strip().split(',')
    rows = [dict(zip(header, line.strip().split(','))) for line in f]
print(rows, sum(int(r['age']) for r in rows))
#---- with exceptions inside
try:
    with open('t.txt', 'w') as f:
        f.write('partial')
        raise ValueError('stop')
except ValueError:
    print(f.closed, open('t.txt').read())
#---- os and paths
import os
open('one.txt', 'w').close()
with open('two.txt', 'w') as f: f.write('12345')
print(os.path.exists('one.txt'), os.path.exists('zzz'), os.path.isfile('one.txt'), os.path.isdir('.'), os.path.getsize('two.txt'))
print(os.path.join('a', 'b', 'c.txt'), os.path.basename('/x/y.txt'), os.path.dirname('/x/y.txt'), os.path.splitext('f.tar.gz'), os.path.split('/a/b'), os.path.join('a', '/b'), os.path.normpath('a/../b//c'), os.path.isabs('/x'))
os.makedirs('dir/sub', exist_ok=True)
os.mkdir('d2')
open('dir/x.txt', 'w').close()
print(sorted(os.listdir('dir')), os.path.isdir('dir/sub'), 'one.txt' in os.listdir('.'))
os.rename('one.txt', 'uno.txt')
os.remove('two.txt')
print(sorted(n for n in os.listdir() if n.endswith('.txt')))
for f in (lambda: os.remove('gone'), lambda: os.mkdir('d2'), lambda: os.listdir('nodir'), lambda: os.makedirs('dir/sub'), lambda: open('dir'), lambda: os.rmdir('dir'), lambda: os.path.getsize('gone')):
    try: f()
    except OSError as e: print(type(e).__name__, e)
os.rmdir('d2')
print(os.path.exists('d2'), os.sep, os.linesep == '\n', os.name, os.getcwd() == os.path.abspath('.'))
#---- read write plus and truncate
with open('p.txt', 'w+') as f:
    f.write('hello world')
    f.seek(0)
    print(f.read(5))
    f.seek(0, 2)
    f.write('!')
    f.seek(0)
    print(f.read())
with open('p.txt', 'r+') as f:
    f.write('J')
    f.seek(0)
    print(f.read(), f.tell())
try:
    open('p.txt', 'x')
except FileExistsError as e:
    print(e)
with open('p.txt', 'w') as f: pass
print(os.path.getsize('p.txt') if 'os' in globals() else len(open('p.txt').read()))
#---- file attributes and print to file
f = open('q.txt', 'w')
print('a', 1, file=f, sep='-')
print(f.readable(), f.writable(), f.fileno() > 2, f.isatty())
f.flush()
print(open('q.txt').read(), end='')
f.close()
print(sum(1 for _ in open('q.txt')), len(open('q.txt').read()), open('q.txt').read().splitlines())
#---- json files
import json
with open('c.json', 'w') as f:
    json.dump({'host': 'localhost', 'port': 8080, 'tags': [1, None, True]}, f, indent=2)
print(open('c.json').read())
with open('c.json') as f:
    print(json.load(f)['port'])
#---- io objects
import io
s = io.StringIO('a\nb\n')
print(s.readline(), s.read(), s.getvalue())
b = io.BytesIO()
b.write(b'abc'); b.write(b'def')
b.seek(2)
print(b.read(2), b.getvalue(), b.tell())
out = io.StringIO()
print('to string', file=out)
print(repr(out.getvalue()), list(io.StringIO('x\ny')), isinstance(out, io.StringIO))
