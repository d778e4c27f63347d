//! What loops of learners' programs are made of: the benches run them natively, in a browser, and under python3.

/// Each defines `work()`, which a round calls once: (name, source).
pub const LOOPS: &[(&str, &str)] = &[
    (
        "numbers",
        "def work():\n    total = 0\n    i = 0\n    while i < 60000:\n        if i % 3 == 0:\n            total += i * 2\n        else:\n            total -= 1\n        i += 1\n    return total\n",
    ),
    (
        "texts",
        "def work():\n    seen = {}\n    words = 'the quick brown fox jumps over the lazy dog'.split()\n    for n in range(4000):\n        for word in words:\n            key = word.upper() + str(n % 7)\n            seen[key] = seen.get(key, 0) + 1\n    return len(seen)\n",
    ),
    (
        "calls",
        "class Counter:\n    def __init__(self):\n        self.n = 0\n    def add(self, k):\n        self.n += k\n        return self.n\n\ndef double(x):\n    return x * 2\n\ndef work():\n    c = Counter()\n    for i in range(20000):\n        c.add(double(i))\n    return c.n\n",
    ),
    (
        "bytes",
        "def work():\n    lines = []\n    for i in range(8000):\n        data = ('line %d of many\\r\\n' % i).encode()\n        text = data.decode().strip()\n        head, _, tail = text.partition(' ')\n        lines.append((head, len(tail)))\n    return len(lines)\n",
    ),
];
