#---- try except else finally
def f(x):
    try:
        r = 10 / x
    except ZeroDivisionError as e:
        print('zero:', e)
    except TypeError as e:
        print('type:', e)
    else:
        print('ok', r)
    finally:
        print('always')
f(2); f(0); f('a')
#---- exception groups of types and bare except
for x in (1, 0, 'a', None):
    try:
        print(int('5') / x)
    except (TypeError, ZeroDivisionError) as e:
        print(type(e).__name__, e)
try:
    raise KeyError('k')
except:
    import sys
    print('bare', sys.exc_info()[0].__name__, sys.exc_info()[1])
#---- custom exceptions
class AppError(Exception): pass
class NetError(AppError):
    def __init__(self, msg, code):
        super().__init__(msg)
        self.code = code
class Odd(Exception):
    def __str__(self): return 'odd one'
for e in (AppError('a'), AppError(), AppError('a', 2), NetError('m', 5), Odd('x')):
    try:
        raise e
    except AppError as x:
        print('app', type(x).__name__, x, x.args, repr(x), getattr(x, 'code', None))
    except Exception as x:
        print('exc', x, repr(x))
#---- raise forms
for f in (lambda: (_ for _ in ()).throw(ValueError('gen')),):
    try: f()
    except ValueError as e: print(e)
try:
    raise ValueError
except ValueError as e:
    print(repr(e), e.args)
try:
    raise 'text'
except TypeError as e:
    print(e)
try:
    raise 5
except TypeError as e:
    print(e)
try:
    raise
except RuntimeError as e:
    print(e)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise
except ZeroDivisionError as e:
    print('re', e)
#---- chaining
try:
    try:
        {}['x']
    except KeyError as e:
        raise RuntimeError('wrapped') from e
except RuntimeError as e:
    print(e, repr(e.__cause__), e.__suppress_context__)
try:
    try:
        {}['x']
    except KeyError:
        raise ValueError('during')
except ValueError as e:
    print(e, repr(e.__context__), e.__cause__)
try:
    raise ValueError('none') from None
except ValueError as e:
    print(e.__cause__, e.__suppress_context__)
#---- the name goes away
try:
    1 / 0
except ZeroDivisionError as err:
    pass
try:
    err
except NameError as e:
    print(e)
#---- hierarchy
print(issubclass(ConnectionRefusedError, ConnectionError), issubclass(ConnectionError, OSError), IOError is OSError, issubclass(KeyboardInterrupt, Exception), issubclass(FileNotFoundError, OSError), issubclass(TimeoutError, OSError), EnvironmentError is OSError)
print(issubclass(IndexError, LookupError), issubclass(UnicodeDecodeError, ValueError), issubclass(ZeroDivisionError, ArithmeticError), issubclass(NotImplementedError, RuntimeError), issubclass(BrokenPipeError, ConnectionError), issubclass(SystemExit, BaseException), issubclass(ModuleNotFoundError, ImportError))
#---- OSError with errno
e = OSError(111, 'Connection refused')
print(type(e).__name__, e.errno, e.strerror, e, e.args, repr(e))
e = OSError(2, 'No such file or directory', 'x.txt')
print(type(e).__name__, e, e.filename, repr(e), e.args)
print(type(OSError(98, 'x')).__name__, type(OSError(104, 'r')).__name__, type(OSError(32, 'p')).__name__, type(OSError(11, 'a')).__name__, type(OSError(110, 't')).__name__, type(OSError(13, 'd')).__name__)
print(OSError('just text'), OSError().errno, str(OSError()), repr(OSError('a')))
try:
    raise ConnectionResetError(104, 'Connection reset by peer')
except OSError as e:
    print(e, e.errno, isinstance(e, ConnectionError))
#---- socket error names
import socket
print(socket.error is OSError, socket.timeout is TimeoutError, issubclass(socket.gaierror, OSError), socket.error, socket.timeout)
try:
    raise socket.timeout('timed out')
except socket.timeout as e:
    print(e, repr(e), isinstance(e, OSError))
#---- errno names
import errno, os
print(errno.ECONNREFUSED, errno.EADDRINUSE, errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR, errno.errorcode[111], os.strerror(98), os.strerror(111))
#---- common error words
tests = ['1/0', '1//0', '1%0', '1.0/0', '[][0]', '{}["k"]', 'int("x")', 'undefined', 'None.x', '"a"+1', '[1]+"a"', 'len(5)', '"x".foo', '(1,2)[5]', 'int([])', '5["a"]', 'abs("a")', 'sum(["a"])', 'max([])', 'min()', 'chr(99999999)', '[1,2,3].index(7)', '-"a"', 'not_defined()', '1<"a"', 'range("a")', 'range(1.5)', 'list(5)', 'dict(5)', 'set(5)', 'ord(5)', 'round("a")', 'float([])', 'str(b"a","nope")', '{}[[]]', 'next(5)', 'iter(5)', '[1,2]["a"]', '"abc"[1.5]', '1 in 5', 'print(sepp=1)', 'isinstance(1, 1)', '"a"-"b"', '[]-[]', '{}+{}', 'None+1', 'True.x', 'open(5.5)', 'int("12a", 10)', 'divmod(1,0)', 'pow(0,-1)', '2**"a"', '~1.5', '1<<-1', '1.5 & 1', '"%d" % "a"', 'bytes(-1)', 'sorted(5)', 'enumerate(5)', 'zip(5)', 'map(5)', 'input(1,2)', 'import_me', '(lambda x: x)()', '"a".join(1)', '[].append()', '[].append(1,2)', '{}.get()', '"".split(1)', '"a".replace("a")', 'hash([])', 'hash({})', 'type()', 'super()', 'getattr(5,"x")', 'float("1.2.3")', 'int(float("inf"))', 'int(float("nan"))', '10**400*1.0', 'math']
for t in tests:
    try:
        print(t, '->', eval(t))
    except Exception as e:
        print(t, '->', type(e).__name__, e)
#---- finally order
def f():
    try:
        print('a')
        raise ValueError('v')
    except ValueError:
        print('b')
        return 'ret'
    finally:
        print('c')
print(f())
def g():
    try:
        try:
            raise KeyError('inner')
        finally:
            print('inner finally')
    except KeyError as e:
        print('outer', e)
g()
#---- nested handlers with loops
attempts = 0
while True:
    try:
        attempts += 1
        if attempts < 3:
            raise ConnectionError('try again')
        print('connected after', attempts)
        break
    except ConnectionError as e:
        print(attempts, e)
        continue
    finally:
        print('tick')
#---- traceback module
import traceback
def bad():
    return 1 / 0
try:
    bad()
except ZeroDivisionError:
    t = traceback.format_exc()
    print(t.splitlines()[0], t.splitlines()[-1])
try:
    raise ValueError('x')
except ValueError as e:
    print(traceback.format_exception_only(type(e), e))
#---- print_exc goes to stderr
# stderr: all
import traceback
def f():
    g()
def g():
    raise RuntimeError('inside g')
try:
    f()
except RuntimeError:
    traceback.print_exc()
print('goes on')
#---- warnings of exceptions in del of loop
class E(Exception):
    pass
def gen():
    try:
        yield 1
        yield 2
    except GeneratorExit:
        print('closing')
        raise
for x in gen():
    print(x)
    break
print('after loop')
#---- exception attributes and notes
try:
    raise ValueError('a', 1)
except ValueError as e:
    print(e.args, str(e), e)
    e.extra = 5
    print(e.extra, e.with_traceback(None) is e)
try:
    int('z')
except ValueError as e:
    saved = e
print(saved, type(saved))
#---- stop iteration in a generator
def g():
    yield 1
    raise StopIteration
try:
    list(g())
except RuntimeError as e:
    print(e)
#---- keyboard interrupt is not Exception
try:
    try:
        raise KeyboardInterrupt
    except Exception:
        print('no')
except KeyboardInterrupt as e:
    print('yes', repr(e))
#---- system exit can be caught
import sys
try:
    sys.exit(5)
except SystemExit as e:
    print('code', e.code, e)
try:
    exit()
except SystemExit as e:
    print(e.code)
try:
    quit('bye')
except SystemExit as e:
    print(e.code)
print('still here')
