#---- float repr
print(0.1, 1.0, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 0.1 + 0.2, 1/3, 2/3, 1e100, -0.0, 100.0, 3.0e8, 5e-324)
print(float('inf'), -float('inf'), float('nan'), 1e308 * 10, float('inf') - float('inf'))
#---- float methods and rounding
print((2.5).is_integer(), (3.0).is_integer(), (0.75).as_integer_ratio(), round(0.5), round(1.5), round(2.675, 2), round(1e20), round(123.456, -1), int(1e20))
print(3.7 // 1, -3.7 // 1, 3.7 % 1 > 0.69, 1e3 == 1000, 0.1 + 0.2 == 0.3, abs(0.1 + 0.2 - 0.3) < 1e-9, 5 // 0.3)
#---- celsius
for c in (-40, 0, 36.6, 100):
    print(c, 'C =', c * 1.8 + 32, 'F', round(c * 9 / 5 + 32, 1), '%.1f' % (c * 1.8 + 32), f'{c * 1.8 + 32:.2f}')
data = '25'
print(float(data) * 1.8 + 32, str(float(data) * 1.8 + 32).encode('utf-8'))
#---- format floats
for x in (3.14159265, 2.0, 1e-7, 123456789.123, 0.5, -1.5):
    print(f'{x:.2f} {x:10.3f}| {x:<10.1f}| {x:e} {x:g} {x:.3g} {x:+.1f} {x:08.2f} {x:,.2f} {x:.0f} {x}')
#---- int formats
for n in (0, 7, -42, 255, 10 ** 12):
    print(f'{n} {n:d} {n:5d} {n:<5d}| {n:^9d}| {n:+} {n:08d} {n:x} {n:X} {n:#o} {n:b} {n:,} {n:_} {n:e} {n:.1f}')
#---- math module
import math
print(math.pi, math.e, math.sqrt(2), math.floor(2.7), math.ceil(2.1), math.floor(-2.5), math.trunc(-2.7), math.pow(2, 3), math.fabs(-3))
print(math.sin(1), math.cos(1), math.tan(1), math.atan2(1, 2), math.degrees(math.pi), math.radians(180), math.hypot(3, 4))
print(math.log(10), math.log2(8), math.log10(1000), math.log(8, 2), math.exp(1), math.factorial(10), math.gcd(12, 18), math.isqrt(17), math.lcm(4, 6))
print(math.inf, math.isnan(math.nan), math.isinf(math.inf), math.isclose(0.1 + 0.2, 0.3), math.fsum([0.1] * 10), math.prod([1, 2, 3, 4]), math.comb(5, 2), math.perm(5, 2), math.fmod(-7, 3), math.modf(2.5), math.copysign(1, -0.0))
for f in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.factorial(-1), lambda: math.sqrt('a'), lambda: math.floor(math.inf), lambda: math.exp(1000)):
    try: f()
    except (ValueError, TypeError, OverflowError) as e: print(type(e).__name__, e)
#---- number bases round trip
for n in (0, 5, 255, 1 << 40):
    assert int(bin(n), 2) == int(hex(n), 16) == int(oct(n), 8) == n
    print(bin(n), oct(n), hex(n), format(n, '032b'), n.bit_length(), bin(n).count('1'))
#---- int methods
print((10).bit_count() if hasattr(int, 'bit_count') else 2, (5).conjugate(), (5).real, (5).imag, (7).numerator, int.__name__, int('-5').__abs__())
print((3).__add__(4), (3).__eq__(3), (3).__lt__(4), 'a'.__len__(), [1].__contains__(1), (1).__str__())
#---- ip address arithmetic
def ip_to_int(ip):
    n = 0
    for part in ip.split('.'):
        n = n * 256 + int(part)
    return n
def int_to_ip(n):
    return '.'.join(str(n >> s & 255) for s in (24, 16, 8, 0))
n = ip_to_int('192.168.1.10')
mask = (0xffffffff << (32 - 24)) & 0xffffffff
print(n, hex(n), int_to_ip(n), int_to_ip(n & mask), int_to_ip(n | ~mask & 0xffffffff))
#---- accumulate statistics
times = [0.012, 0.015, 0.011, 0.090, 0.013]
print(f'min {min(times) * 1000:.3f} ms avg {sum(times) / len(times) * 1000:.3f} ms max {max(times) * 1000:.3f} ms')
print(sorted(times)[len(times) // 2], sum((t - sum(times) / 5) ** 2 for t in times) / 5)
import statistics
print(statistics.mean([1, 2, 3, 4]), statistics.median([3, 1, 2]), statistics.stdev([1, 2, 3, 4]), statistics.mode([1, 1, 2]), statistics.mean([0.5, 1.5]), statistics.pstdev([1, 2, 3, 4]), statistics.median([1, 2, 3, 4]), statistics.variance([2, 4, 6]))
#---- random seeded
import random
random.seed(42)
print(random.random(), random.randint(1, 6), random.randrange(10), random.choice('abc'), random.uniform(1, 2))
print([random.randint(0, 100) for _ in range(10)], random.sample(range(100), 5), random.choices([1, 2, 3], k=5))
l = list(range(10))
random.shuffle(l)
print(l, random.gauss(0, 1), random.getrandbits(16), random.randrange(5, 50, 5), random.choices('ab', weights=[1, 9], k=8))
random.seed('text')
print(random.random(), random.randint(1, 10 ** 20))
r = random.Random(7)
print(r.random(), r.randint(1, 2), r.sample(['a', 'b', 'c'], 2), r.normalvariate(0, 1), r.expovariate(2), r.betavariate(1, 2) > 0, r.triangular(), r.randbytes(4))
random.seed(2.5)
print(random.random(), random.randint(-5, 5))
try:
    random.choice([])
except IndexError as e:
    print(e)
try:
    random.randint(5, 1)
except ValueError as e:
    print(e)
try:
    random.sample([1], 2)
except ValueError as e:
    print(e)
#---- unseeded random stays in range
import random
print(all(1 <= random.randint(1, 6) <= 6 for _ in range(50)), 0 <= random.random() < 1, random.choice([5]) == 5)
#---- guess the number logic
import random
random.seed(1)
target = random.randint(1, 100)
lo, hi, steps = 1, 100, 0
while True:
    guess = (lo + hi) // 2
    steps += 1
    if guess < target: lo = guess + 1
    elif guess > target: hi = guess - 1
    else: break
print(target, steps)
