"""signal: handlers can be set and asked for; the only signal that comes is a KeyboardInterrupt."""

from enum import IntEnum as _IntEnum
import threading as _threading


class Signals(_IntEnum):
    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGABRT = 6
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGWINCH = 28


class Handlers(_IntEnum):
    SIG_DFL = 0
    SIG_IGN = 1


for _s in Signals:
    globals()[_s.name] = _s
SIG_DFL = Handlers.SIG_DFL
SIG_IGN = Handlers.SIG_IGN
NSIG = 65


def default_int_handler(signum, frame):
    raise KeyboardInterrupt


_handlers = {SIGINT: default_int_handler, SIGPIPE: SIG_IGN}


def signal(signalnum, handler):
    if not callable(handler) and handler not in (SIG_DFL, SIG_IGN):
        raise TypeError('signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object')
    if _threading.current_thread() is not _threading.main_thread():
        raise ValueError('signal only works in main thread of the main interpreter')
    if not 1 <= signalnum < NSIG:
        raise ValueError('signal number out of range')
    if signalnum in (9, 19):
        raise OSError(22, 'Invalid argument')
    old = getsignal(signalnum)
    _handlers[int(signalnum)] = handler
    return old


def getsignal(signalnum):
    return _handlers.get(int(signalnum), SIG_DFL)


def strsignal(signalnum):
    return {1: 'Hangup', 2: 'Interrupt', 9: 'Killed', 13: 'Broken pipe', 14: 'Alarm clock', 15: 'Terminated'}.get(signalnum)


def siginterrupt(signalnum, flag):
    pass


def alarm(seconds):
    raise NotImplementedError('signal.alarm() is not possible here; use threading.Timer')


def pause():
    import time
    while True:
        time.sleep(3600)
