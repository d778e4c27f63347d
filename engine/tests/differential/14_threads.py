#---- thread and join
import threading
def work(n, out):
    for i in range(n):
        out.append(i)
out = []
t = threading.Thread(target=work, args=(3, out))
t.start()
t.join()
print(out, t.is_alive(), t.name.startswith('Thread-1'), t.daemon)
#---- several threads in turn
import threading
results = {}
def square(k):
    results[k] = k * k
ts = [threading.Thread(target=square, args=(i,), name=f'w{i}') for i in range(5)]
for t in ts: t.start()
for t in ts: t.join()
print(sorted(results.items()), [t.name for t in ts])
#---- lock
import threading
lock = threading.Lock()
total = 0
def add():
    global total
    for _ in range(200):
        with lock:
            total += 1
ts = [threading.Thread(target=add) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(total, lock.locked(), lock.acquire(), lock.locked(), lock.acquire(blocking=False))
lock.release()
try:
    lock.release()
except RuntimeError as e:
    print(e)
#---- event
import threading, time
ev = threading.Event()
log = []
def waiter():
    log.append('waiting')
    ev.wait()
    log.append('released')
t = threading.Thread(target=waiter)
t.start()
time.sleep(0.05)
log.append('setting')
ev.set()
t.join()
print(log, ev.is_set(), ev.wait(0.01))
ev.clear()
print(ev.wait(timeout=0.01))
#---- producer and consumer
import threading, queue
q = queue.Queue()
got = []
def consumer():
    while True:
        x = q.get()
        if x is None:
            break
        got.append(x * 10)
        q.task_done()
t = threading.Thread(target=consumer)
t.start()
for i in range(5): q.put(i)
q.put(None)
t.join()
print(got)
#---- subclass of Thread
import threading
class Worker(threading.Thread):
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.result = None
    def run(self):
        self.result = sum(range(self.n))
w = Worker(10)
w.start()
w.join()
print(w.result, w.is_alive())
class Old(threading.Thread):
    def __init__(self, x):
        threading.Thread.__init__(self, name='old', daemon=True)
        self.x = x
    def run(self):
        print('in', threading.current_thread().name, self.x)
o = Old(5); o.start(); o.join()
#---- exception in a thread
import threading
def bad():
    raise ValueError('in the thread')
t = threading.Thread(target=bad, name='Worker')
t.start()
t.join()
print('main goes on')
#---- daemon threads do not hold the program
import threading, time
def forever():
    while True:
        time.sleep(0.01)
t = threading.Thread(target=forever, daemon=True)
t.start()
print('main ends', t.daemon)
#---- sleeping threads interleave
import threading, time
def say(what, delay):
    for i in range(2):
        time.sleep(delay)
        print(what, i)
a = threading.Thread(target=say, args=('slow', 0.25))
b = threading.Thread(target=say, args=('fast', 0.1))
a.start(); b.start()
a.join(); b.join()
print('end')
#---- thread errors
import threading
t = threading.Thread(target=lambda: None)
t.start(); t.join()
try:
    t.start()
except RuntimeError as e:
    print(e)
try:
    threading.Thread(target=print).join()
except RuntimeError as e:
    print(e)
try:
    threading.Thread(print)
except AssertionError as e:
    print(e)
#---- semaphore condition rlock timer local
import threading, time
s = threading.Semaphore(2)
print(s.acquire(), s.acquire(), s.acquire(blocking=False))
s.release()
r = threading.RLock()
with r:
    with r:
        print('re-entered')
c = threading.Condition()
ready = []
def wait():
    with c:
        while not ready:
            c.wait()
        print('notified', ready)
t = threading.Thread(target=wait); t.start()
time.sleep(0.02)
with c:
    ready.append(1)
    c.notify()
t.join()
tm = threading.Timer(0.02, print, args=('timer',))
tm.start(); tm.join()
loc = threading.local()
loc.x = 1
print(loc.x, hasattr(loc, 'y'))
b = threading.Barrier(2)
t = threading.Thread(target=b.wait); t.start(); b.wait(); t.join(); print('barrier')
#---- join with timeout and enumerate
import threading, time
t = threading.Thread(target=time.sleep, args=(0.3,))
t.start()
t.join(0.01)
print(t.is_alive(), threading.active_count(), len(threading.enumerate()))
t.join()
print(t.is_alive(), threading.active_count(), threading.activeCount())
#---- _thread
import _thread, time
done = []
def f(a, b=2):
    done.append(a + b)
_thread.start_new_thread(f, (1,))
_thread.start_new_thread(f, (1,), {'b': 5})
time.sleep(0.1)
print(sorted(done))
l = _thread.allocate_lock()
print(l.acquire(), l.locked())
#---- futures
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(max_workers=2) as ex:
    f = ex.submit(pow, 2, 5)
    print(f.result(), list(ex.map(lambda x: x + 1, [1, 2, 3])), f.done())
    g = ex.submit(int, 'x')
    print(repr(g.exception()))
#---- input in a thread
# stdin: from the thread\nsecond
import threading
lines = []
def reader():
    lines.append(input('prompt> '))
t = threading.Thread(target=reader)
t.start()
t.join()
print(lines, input())
#---- deadline of a lock
import threading
l = threading.Lock()
l.acquire()
print(l.acquire(timeout=0.02))
#---- thread closure over loop
import threading
names = []
for n in ['a', 'b', 'c']:
    t = threading.Thread(target=lambda n=n: names.append(n))
    t.start()
    t.join()
print(names)
