"""secrets: random values for tokens."""

import base64 as _base64
from os import urandom as _urandom
from random import SystemRandom

_sys_random = SystemRandom()
randbits = _sys_random.getrandbits
choice = _sys_random.choice


def randbelow(exclusive_upper_bound):
    if exclusive_upper_bound <= 0:
        raise ValueError('Upper bound must be positive.')
    return _sys_random._randbelow(exclusive_upper_bound)


def token_bytes(nbytes=None):
    return _urandom(32 if nbytes is None else nbytes)


def token_hex(nbytes=None):
    return token_bytes(nbytes).hex()


def token_urlsafe(nbytes=None):
    return _base64.urlsafe_b64encode(token_bytes(nbytes)).rstrip(b'=').decode('ascii')


def compare_digest(a, b):
    return a == b
