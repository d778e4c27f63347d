#---- import forms
import math as m, sys
from math import pi, sqrt as root
import os.path
from os import path
print(m.floor(1.5), pi, root(9), os.path is path, m.__name__, type(m))
#---- unused imports succeed
import asyncio, concurrent.futures, http.server, http.client, email, html, urllib.request, urllib.parse, ssl, subprocess, tempfile, shutil, glob, pathlib, re, hashlib, hmac, uuid, csv, pickle, copy, heapq, bisect, operator, platform, getpass, ctypes, multiprocessing, inspect, types, typing, warnings, weakref, zlib, gzip, calendar, locale, decimal, fractions, textwrap, pprint, unittest, secrets, sqlite3, xml.etree.ElementTree, configparser, codecs, curses, fcntl, termios, tty, readline, ipaddress, ftplib, smtplib, telnetlib, poplib, imaplib, select, selectors, socketserver, signal, resource, pwd, grp, mimetypes, http.cookies, webbrowser, string
print('all imported')
#---- try import of a missing module
try:
    import tkinterx
except ImportError as e:
    print(type(e).__name__, e, e.name)
try:
    from socket import nothing_like_this
except ImportError as e:
    print(str(e).split(' (')[0])
#---- a way without a module
try:
    import ssl
except ImportError as e:
    print(type(e).__name__, e.name, e)
try:
    from tkinter import ttk, messagebox
except (ModuleNotFoundError, OSError) as e:
    print(e.name)
try:
    import sqlite3
except:
    sqlite3 = None
print(sqlite3)
#---- a way that is not needed
try:
    import json, os.path
    from collections import deque
except ImportError:
    print('never')
else:
    print(json.dumps([1]), deque([2]))
try:
    import ssl, curses
    print('imported and not used')
except Exception as e:
    print(e)
def later():
    import ssl
    return 'never used'
try:
    print(later())
except ImportError:
    print('a function has its own reasons')
#---- sys
import sys
print(sys.argv, len(sys.argv), sys.version_info[0], sys.version_info >= (3, 6), sys.platform, sys.byteorder, sys.maxsize)
sys.stdout.write('written\n')
sys.stdout.flush()
print(sys.getrecursionlimit(), sys.getdefaultencoding(), type(sys.path).__name__, 'sys' in sys.modules, sys.stdout.encoding.lower(), sys.version.split('.')[0], sys.executable is not None)
#---- argv
# args: localhost 8080 --verbose
import sys
print(sys.argv[1:], len(sys.argv), sys.argv[0].endswith('program.py'))
host, port = sys.argv[1], int(sys.argv[2])
print(host, port + 1)
#---- argv usage error
import sys
if len(sys.argv) != 3:
    print('usage:', 'program.py', '<host> <port>', file=sys.stderr)
    sys.exit(1)
#---- json
import json
print(json.dumps({'a': 1, 'b': [1.5, None, True, 'é"\n'], 'c': {}}), json.dumps([1, (2, 3)]), json.dumps('中'), json.dumps('中', ensure_ascii=False), json.dumps(3.0), json.dumps({1: 2, None: 3, True: 4}))
print(json.loads('{"x": [1, 2.5, "s", null, false], "y": {"z": -1e3}}'), json.loads('"\\u00e9\\n\\ud83d\\ude00"'), json.loads(' [ ] '), json.loads('12345678901234567890'))
print(json.dumps({'b': 1, 'a': [1, {'k': 2}], 'e': [], 'd': {}}, indent=4, sort_keys=True))
print(json.dumps([1, 2], separators=(',', ':')), json.dumps({'a': 1}, separators=(', ', '=')), json.loads(b'{"k": "v"}'), json.dumps(float('inf')))
#---- json errors
import json
for bad in ('', '{', '{"a" 1}', '[1,]', "{'a': 1}", 'nul', '{"a": 1} x', '"abc', '[1 2]', '{"a":}', '{"a":1,}', '"\x01"', '"\\q"'):
    try:
        json.loads(bad)
    except json.JSONDecodeError as e:
        print(repr(bad), '->', e, e.pos)
for bad in ({1, 2}, b'x', object, {(1, 2): 3}):
    try:
        json.dumps(bad)
    except TypeError as e:
        print(e)
try:
    json.loads(5)
except TypeError as e:
    print(e)
print(issubclass(json.JSONDecodeError, ValueError))
#---- struct
import struct
print(struct.pack('!I', 1), struct.pack('<HH', 1, 2), struct.pack('>hB?', -2, 255, True), struct.pack('!d', 1.5), struct.pack('f', 0.5), struct.pack('4s', b'ab'), struct.pack('!I5s', 7, b'hello'), struct.pack('q', -1), struct.pack('c', b'x'), struct.pack('3B', 1, 2, 3))
print(struct.unpack('!I', b'\x00\x00\x01\x00'), struct.unpack('<hh', b'\xff\xff\x01\x00'), struct.unpack('!d', struct.pack('!d', 3.25)), struct.unpack('4s', b'ab\x00\x00'), struct.unpack('!BHI', bytes(7)), struct.unpack_from('!H', b'abcd', 1))
print(struct.calcsize('i'), struct.calcsize('l'), struct.calcsize('q'), struct.calcsize('bi'), struct.calcsize('=bi'), struct.calcsize('!IHB'), struct.calcsize('ib'), struct.calcsize('P'), struct.calcsize('@hxl'), struct.calcsize('10s'), struct.calcsize('>ql'), struct.calcsize('n'))
s = struct.Struct('!HH')
print(s.size, s.pack(1, 2), s.unpack(b'\x00\x01\x00\x02'), list(struct.iter_unpack('!H', b'\0\1\0\2')))
buf = bytearray(6)
struct.pack_into('!H', buf, 2, 513)
print(buf, struct.pack('5p', b'ab'), struct.pack('2x'), struct.unpack('?', b'\x02'))
for f in (lambda: struct.unpack('!I', b'abc'), lambda: struct.pack('!I', -1), lambda: struct.pack('!I', 'a'), lambda: struct.pack('B', 300), lambda: struct.pack('II', 1), lambda: struct.pack('z', 1), lambda: struct.pack('4s', 'ab'), lambda: struct.pack('h', 40000), lambda: struct.unpack('!H', 'ab'), lambda: struct.pack('f', 'x'), lambda: struct.pack('c', 'a')):
    try: f()
    except (struct.error, TypeError) as e: print(type(e).__name__, e)
#---- base64 and binascii
import base64, binascii
print(base64.b64encode(b'hello world'), base64.b64decode('aGVsbG8='), base64.b64encode(bytes(range(6))), base64.urlsafe_b64encode(b'\xfb\xff'), base64.b32encode(b'hi'), base64.b16encode(b'hi'))
print(binascii.hexlify(b'\xde\xad'), binascii.unhexlify('beef'), binascii.crc32(b'hello'), binascii.b2a_hex(b'z'), base64.b64decode(b'YQ=='), base64.b64encode('é'.encode()).decode())
for f in (lambda: base64.b64decode('abc'), lambda: base64.b64encode('str'), lambda: binascii.unhexlify('abc'), lambda: binascii.unhexlify('zz')):
    try: f()
    except (binascii.Error, TypeError, ValueError) as e: print(type(e).__name__, e)
#---- itertools
import itertools
print(list(itertools.chain([1], 'ab')), list(itertools.islice(itertools.count(5, 2), 3)), list(zip(itertools.cycle('ab'), range(3))), list(itertools.repeat('x', 2)))
print(list(itertools.product([1, 2], 'ab')), list(itertools.permutations('abc', 2)), list(itertools.combinations('abc', 2)), list(itertools.accumulate([1, 2, 3])), list(itertools.takewhile(lambda x: x < 3, [1, 2, 5, 1])), list(itertools.dropwhile(lambda x: x < 3, [1, 5, 1])))
print([(k, list(g)) for k, g in itertools.groupby('aabc')], list(itertools.zip_longest('ab', 'c', fillvalue='-')), list(itertools.starmap(pow, [(2, 3)])), list(itertools.chain.from_iterable([[1], [2]])), list(itertools.compress('abc', [1, 0, 1])), list(itertools.filterfalse(None, [0, 1])), list(itertools.pairwise('abc')), [list(x) for x in itertools.tee([1, 2])], list(itertools.combinations_with_replacement('ab', 2)))
#---- functools
import functools
add = functools.partial(int, base=2)
print(add('101'), functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.reduce(lambda a, b: a + b, [], 'start'))
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(60), sorted(['b', 'A'], key=functools.cmp_to_key(lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower()))))
class C:
    @functools.cached_property
    def big(self):
        print('computing')
        return 42
c = C()
print(c.big, c.big)
#---- operator
import operator
print(operator.add(1, 2), operator.itemgetter(1)([5, 6]), operator.attrgetter('real')(5), sorted([(1, 'b'), (2, 'a')], key=operator.itemgetter(1)), operator.mul(3, 4))
#---- datetime
import datetime
from datetime import timedelta
d = datetime.datetime(2024, 2, 29, 13, 5, 9)
print(d, repr(d), d.strftime('%Y-%m-%d %H:%M:%S %a %A %b %B %d/%m/%y %I:%M %p %j'), d.isoformat(), d.date(), d.time(), d.year, d.weekday(), d.timestamp() is not None)
print(d + timedelta(days=1, hours=2), d - datetime.datetime(2024, 1, 1), timedelta(seconds=3661), timedelta(days=2, seconds=5).total_seconds(), repr(timedelta(1, 2)), d < d + timedelta(1), datetime.date(2024, 1, 31), datetime.time(1, 2), d.replace(year=2020))
print(datetime.datetime.strptime('2023-12-25 10:30', '%Y-%m-%d %H:%M'), datetime.date(2024, 3, 1) - datetime.date(2024, 2, 1), f'{d:%H:%M}', datetime.datetime.fromisoformat('2024-01-02T03:04:05'))
#---- now is a datetime
import datetime
from datetime import datetime as dt
n = dt.now()
print(type(n).__name__, len(str(n)) >= 19, n.year > 2000, isinstance(datetime.date.today(), datetime.date))
#---- time
import time
a = time.time()
b = time.perf_counter()
time.sleep(0.01)
print(time.time() >= a, time.perf_counter() >= b, type(time.time()).__name__, type(time.time_ns()).__name__, time.monotonic() > 0, len(time.ctime()), len(time.strftime('%H:%M:%S')))
print(time.gmtime(0)[:6], time.strftime('%Y-%m-%d', time.gmtime(86400)), time.gmtime(0).tm_year, time.asctime(time.gmtime(0)))
try:
    time.sleep(-1)
except ValueError as e:
    print(e)
try:
    time.sleep('a')
except TypeError as e:
    print(e)
#---- queue
import queue
q = queue.Queue(maxsize=2)
q.put(1); q.put(2)
print(q.full(), q.qsize(), q.get(), q.get_nowait(), q.empty())
try:
    q.get(block=False)
except queue.Empty as e:
    print(type(e).__name__, repr(e))
try:
    q.put(1); q.put(2); q.put_nowait(3)
except queue.Full as e:
    print(repr(e))
l = queue.LifoQueue(); l.put('a'); l.put('b'); print(l.get())
p = queue.PriorityQueue(); p.put((2, 'b')); p.put((1, 'a')); print(p.get())
try:
    queue.Queue().get(timeout=0.01)
except queue.Empty:
    print('timed out')
#---- copy
import copy
a = [[1], {'k': [2]}]
b, c = copy.copy(a), copy.deepcopy(a)
a[0].append(9); a[1]['k'].append(8)
print(b, c)
#---- heapq bisect
import heapq, bisect
h = []
for x in (5, 1, 4): heapq.heappush(h, x)
print(heapq.heappop(h), h[0], heapq.nsmallest(2, [3, 1, 2]), heapq.nlargest(1, [3, 1, 2]))
l = [1, 3, 5]
bisect.insort(l, 4)
print(l, bisect.bisect_left(l, 3), bisect.bisect(l, 3))
#---- re
import re
print(re.match(r'(\w+)@(\w+)\.com', 'user@example.com').groups(), re.findall(r'\d+', 'a1b22'), re.sub(r'\s+', ' ', 'a  b \n c'), re.split(r'[,;]', 'a,b;c'), bool(re.search('x', 'abc')))
m = re.search(r'(?P<h>\d+):(?P<m>\d+)', 'at 12:34')
print(m.group('h'), m.group(0), m.start(), m.groupdict(), re.compile('^GET (.*) HTTP', re.I).match('get /x HTTP/1.1').group(1))
#---- logging
# stderr: all
import logging
logging.basicConfig(level=logging.INFO, format='%(levelname)s:%(name)s:%(message)s')
logging.debug('hidden')
logging.info('server on %s:%d', 'localhost', 8080)
logging.warning('careful')
log = logging.getLogger('app')
log.error('failed: %s', ValueError('x'))
log.setLevel(logging.ERROR)
log.info('quiet')
try:
    1 / 0
except ZeroDivisionError:
    log.exception('while dividing')
#---- logging default
# stderr: all
import logging
logging.info('hidden')
logging.warning('shown')
logging.getLogger('x').critical('also %d', 5)
#---- logging to a stream and a file
import logging, sys
logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format='[%(levelname)-8s] %(threadName)s %(message)s')
logging.debug('a')
h = logging.FileHandler('x.log')
h.setFormatter(logging.Formatter('%(message)s'))
lg = logging.getLogger('f'); lg.addHandler(h); lg.propagate = False
lg.warning('to the file')
h.close()
print(open('x.log').read())
#---- signal
import signal
def handler(sig, frame):
    print('got', sig)
old = signal.signal(signal.SIGINT, handler)
print(signal.SIGINT, int(signal.SIGTERM), signal.getsignal(signal.SIGINT) is handler)
signal.signal(signal.SIGINT, signal.SIG_DFL)
#---- contextlib
import contextlib
@contextlib.contextmanager
def tag(name):
    print('<', name)
    try:
        yield name.upper()
    finally:
        print('>', name)
with tag('a') as t:
    print(t)
with contextlib.suppress(ZeroDivisionError):
    1 / 0
class R:
    def close(self): print('closed')
with contextlib.closing(R()) as r:
    pass
with contextlib.ExitStack() as st:
    st.enter_context(tag('x'))
    st.callback(print, 'cb')
import io
buf = io.StringIO()
with contextlib.redirect_stdout(buf):
    print('captured')
print(repr(buf.getvalue()))
#---- types and simple namespace
import types
ns = types.SimpleNamespace(a=1, b='x')
ns.c = 3
print(ns, ns.a)
#---- pickle
import pickle
obj = {'a': [1, 2.5, 'x', None, True, (1, 2)], 'b': {3, 4}, 'big': 10 ** 20, 'by': b'raw'}
data = pickle.dumps(obj)
print(type(data).__name__, pickle.loads(data) == obj)
class P:
    def __init__(self, x): self.x = x
    def __eq__(self, o): return self.x == o.x
print(pickle.loads(pickle.dumps(P(5))).x, pickle.loads(b'\x80\x04K\x05.'))
#---- urllib parse
from urllib.parse import urlparse, quote, unquote, urlencode, parse_qs, urljoin
u = urlparse('http://example.com:8080/a/b?x=1&y=2#frag')
print(u.scheme, u.netloc, u.hostname, u.port, u.path, u.query, u.fragment)
print(quote('a b&c/é'), unquote('a%20b'), urlencode({'q': 'a b', 'n': 1}), parse_qs('a=1&a=2&b=3'))
print(u)
#---- ipaddress
import ipaddress
print(ipaddress.ip_address('192.168.0.1'), ipaddress.ip_address('::1').version, ipaddress.ip_address('10.0.0.1').is_private, ipaddress.ip_network('10.0.0.0/30').num_addresses)
try:
    ipaddress.ip_address('999.1.1.1')
except ValueError as e:
    print(e)
#---- hashlib
import hashlib
print(hashlib.md5(b'hello').hexdigest(), hashlib.sha256(b'hello').hexdigest(), hashlib.sha1(b'').hexdigest())
#---- csv
# file in.csv: id,name\n1,"Smith, J"\n2,Bob\n
import csv
with open('in.csv', newline='') as f:
    for row in csv.reader(f): print(row)
with open('in.csv', newline='') as f:
    for row in csv.DictReader(f): print(row['name'])
with open('out.csv', 'w', newline='') as f:
    w = csv.writer(f); w.writerow(['a', 'b,c', 'd"e']); w.writerows([[1, 2.5, None]])
print(repr(open('out.csv', newline='').read()))
#---- os environment and ids
import os
print(type(os.getpid()).__name__, os.getenv('NO_SUCH_VAR'), os.getenv('NO_SUCH_VAR', 'dflt'), os.environ.get('NOPE', 1), len(os.urandom(8)), type(os.environ).__name__)
try:
    os.environ['MISSING_ONE']
except KeyError as e:
    print(e)
#---- uuid and secrets exist
import uuid, secrets
print(len(str(uuid.uuid4())), len(secrets.token_hex(4)))
#---- threading names
import threading
print(threading.current_thread().name, threading.active_count(), threading.main_thread() is threading.current_thread())
#---- pprint textwrap
import textwrap, pprint
print(textwrap.dedent('  a\n  b'), textwrap.fill('the quick brown fox jumps', 10))
pprint.pprint({'b': 1, 'a': [1, 2]})
#---- module attribute errors
import math, socket, time
for f in (lambda: math.nope, lambda: socket.nope, lambda: time.clock()):
    try: f()
    except AttributeError as e: print(e)
#---- socket constants and helpers
import socket
print(socket.AF_INET, socket.SOCK_STREAM, int(socket.AF_INET), repr(socket.SOCK_DGRAM), socket.SOL_SOCKET, socket.SO_REUSEADDR, socket.htons(80), socket.ntohs(20480), socket.htonl(1), socket.inet_aton('127.0.0.1'), socket.inet_ntoa(b'\x7f\0\0\1'), socket.IPPROTO_TCP, socket.TCP_NODELAY, socket.SHUT_WR, socket.INADDR_ANY)
for f in (lambda: socket.inet_aton('x'), lambda: socket.inet_ntoa(b'1'), lambda: socket.inet_pton(socket.AF_INET, 'zz'), lambda: socket.getservbyname('nosuchservice')):
    try: f()
    except (OSError, ValueError) as e: print(type(e).__name__, e)
print(socket.inet_pton(socket.AF_INET6, '::1'), socket.inet_ntop(socket.AF_INET, bytes(4)), socket.getservbyname('http'), socket.getservbyport(443), socket.has_ipv6, socket.getdefaulttimeout())
