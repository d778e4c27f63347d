"""Makes the cases of the text tests: prints one JSON array a line, [name, arguments, CPython's answer].

A str is a JSON string in which a surrogate is its stand-in (see the engine's text module); bytes are {"b": latin-1}; a float
is {"f": hex}; an int beyond 53 bits is {"i": digits}.
"""

import json
import random
import sys

TOPIC = sys.argv[1]
R = random.Random(int(sys.argv[2]))


def show(x):
    if isinstance(x, str):
        return "".join(chr(ord(c) + 0x100000) if 0xD800 <= ord(c) < 0xE000 else c for c in x)
    if isinstance(x, (bytes, bytearray)):
        return {"b": bytes(x).decode("latin-1")}
    if isinstance(x, bool) or x is None:
        return x
    if isinstance(x, int):
        return {"i": hex(x)}
    if isinstance(x, float):
        return {"f": x.hex()}
    return [show(y) for y in x]


OUT = []


def case(name, args, f):
    try:
        answer = {"ok": show(f())}
    except (ValueError, TypeError, OverflowError, LookupError) as e:
        answer = {"err": f"{type(e).__name__}: {show(str(e))}"}
    OUT.append(json.dumps([name, show(args), answer]))


WORDS = ["", "a", "b", "ab", "A", "B", " ", "\t", "\n", "\r\n", "\r", "x1", "0", "9", "-", "+", "é", "É", "ß", "Σ", "σας", "ΟΔΟΣ",
         "ﬁ", "ǆ", "ǅ", "Ǆ", "😀", "中", "İ", "ı", "\u2028", "\x1c", "\x85", "\xa0", "_", "'", '"', "\\", "\x00", "\x7f",
         "\u0300", "٣", "²", "½", "Ⅷ", ".", ",", "{", "}", "%", "hello", "World", "123", "\u200b", "ა", "Ა", "ꮿ", "Ꮿ",
         "\ud800", "\udcff", "ﬀ", "\U000e0001", "ŉ", "ΐ", "ᾳ", "ᾼ"]


def text(n=8, words=WORDS):
    return "".join(R.choice(words) for _ in range(R.randrange(n)))


def ascii_text(n=10, alphabet="abAB 01-+\t\n\r\x0b.xX_"):
    return "".join(R.choice(alphabet) for _ in range(R.randrange(n)))


def data(n=10):
    return bytes(R.choice(b"abAB 01-+\t\n\r\x0b\x0c.\x00\xff\xe9'\"\\xX\x1c\x85") for _ in range(R.randrange(n)))


def number():
    k = R.randrange(9)
    if k == 0:
        return R.choice([0, 1, -1, 10, 255, -256, 999, 1000, 999999, 1000000])
    if k == 1:
        return R.randrange(-10**30, 10**30)
    if k == 2:
        return R.randrange(-10**400, 10**400)
    return R.randrange(-10**R.randrange(1, 12), 10**R.randrange(1, 12))


def real():
    k = R.randrange(10)
    if k == 0:
        return R.choice([0.0, -0.0, 1.0, -1.0, float("inf"), float("-inf"), float("nan"), 1e16, 1e15, 9999999999999998.0,
                         1e22, 1e23, 5e-324, 1.7976931348623157e308, 0.1, 0.0001, 0.00001, 123456789.0, 1e100])
    if k == 1:
        return R.randrange(-1000, 1000) / R.choice([2, 4, 8, 16, 10, 100])
    if k == 2:
        return float(R.randrange(-10**17, 10**17))
    if k == 3:
        import struct
        return struct.unpack("d", R.randbytes(8))[0]
    return R.uniform(-1, 1) * 10.0 ** R.randrange(-20, 20)


def opt(f):
    return f() if R.random() < 0.5 else None


def spec(types):
    s = ""
    if R.random() < 0.4:
        s += R.choice(["", "*", "0", "é", "<"]) + R.choice("<>^=")
    if R.random() < 0.3:
        s += R.choice("+- ")
    if R.random() < 0.1:
        s += "z"
    if R.random() < 0.2:
        s += "#"
    if R.random() < 0.2:
        s += "0"
    if R.random() < 0.5:
        s += str(R.randrange(0, 30))
    if R.random() < 0.3:
        s += R.choice(",_")
    if R.random() < 0.4:
        s += "." + str(R.randrange(0, 20))
    if R.random() < 0.8:
        s += R.choice(types)
    if R.random() < 0.03:
        s += R.choice(["x", "\t", "é", ".", ",", "_,", "999999999999999999999"])
    return s


def topic_spec():
    for _ in range(5000):
        s = spec("bcdoxXneEfFgG%sqr\té")
        n = number() if R.random() < 0.8 else R.randrange(0, 0x110000)
        case("format_int", [n, s], lambda: format(n, s))
        x = real()
        s = spec("eEfFgGn%dsr")
        case("format_float", [x, s], lambda: format(x, s))
        t = text()
        s = spec("ssssd")
        case("format_str", [t, s], lambda: format(t, s))
        b = R.random() < 0.5
        s = spec("dxcs")
        if s:
            case("format_bool", [int(b), s], lambda: format(b, s))


def topic_number():
    for _ in range(8000):
        x = real()
        case("float_repr", [x], lambda: repr(x))
        d = R.randrange(-25, 25) if R.random() < 0.9 else R.randrange(-400, 400)
        case("round_float", [x, d], lambda: round(x, d))
        case("round", [x], lambda: round(x))
        case("float_to_int", [x], lambda: int(x))
        n = number()
        d = R.randrange(-12, 3)
        case("round_int", [n, d], lambda: round(n, d))
        base = R.choice([0, 2, 8, 10, 10, 10, 16, 36, 37, 7])
        t = R.choice(["", " ", "\n"]) + R.choice(["", "+", "-", "--"]) + R.choice(["", "", "0x", "0b", "0o", "0X", "0x_", "0"])
        t += "".join(R.choice("0123456789_abfzZ٣ \x1c") if R.random() < 0.4 else R.choice("01") for _ in range(R.randrange(8)))
        t += R.choice(["", " ", "\u3000", "x", "\x00"])
        case("parse_int", [t, base], lambda: int(t, base))
        b = t.encode("utf-8")
        case("parse_int_bytes", [b, base], lambda: int(b, base))
        t = R.choice(["", " ", "\t"]) + R.choice(["", "+", "-"]) + R.choice(
            [repr(real()), str(number())[:50], "inf", "Infinity", "nan", "1_0.0_1", "1__0", "_1", "1_", ".", "1.", ".5", "1e", "1e5",
             "1e+5_0", "1.5e-3", "e5", "1e400", "0x10", "٣.٥", "1 2", "infinit", "1_e5", "1._5", "in f"]) + R.choice(["", "\n", "x"])
        case("parse_float", [t], lambda: float(t))
        b = t.encode("utf-8")
        case("parse_float_bytes", [b], lambda: float(b))
        raw = data(12)
        little, signed = R.random() < 0.5, R.random() < 0.5
        order = "little" if little else "big"
        case("from_bytes", [raw, little, signed], lambda: int.from_bytes(raw, order, signed=signed))
        length = R.randrange(0, 15)
        case("to_bytes", [n, length, little, signed], lambda: n.to_bytes(length, order, signed=signed))
    for n in (4299, 4300, 4301, 5000):
        for sign in (1, -1):
            big = sign * (10**n - 1)
            case("int_to_str", [big], lambda: str(big))
            digits = ("-" if sign < 0 else "") + "9" * n
            case("parse_int", [digits, 10], lambda: int(digits))


def topic_quote():
    for _ in range(8000):
        t = text()
        case("repr", [t], lambda: repr(t))
        case("ascii", [t], lambda: ascii(t))
        b = data()
        case("bytes_repr", [b], lambda: repr(b))


CODECS = ["utf-8", "utf8", "UTF-8", "U8", "ascii", "latin-1", "ISO-8859-1", "utf-16", "utf-16-le", "utf_16_be", "utf-32", "utf-32-le",
          "utf-32-be", "cp1252", "windows-1252", "cp437", "cp850", "iso8859-15", "latin9", "cp1251", "utf-8-sig", "us-ascii", "nope"]
HANDLERS = ["strict", "strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "xmlcharrefreplace",
            "nope"]


def topic_codec():
    for _ in range(8000):
        c, h = R.choice(CODECS), R.choice(HANDLERS)
        t = text()
        case("encode", [t, c, h], lambda: t.encode(c, h))
        k = R.randrange(4)
        if k == 0:
            b = R.randbytes(R.randrange(9))
        else:
            b = text(5).encode(c if c != "nope" else "utf-8", "surrogatepass" if "utf" in c else "replace")
            if b and k > 1:
                i = R.randrange(len(b))
                b = b[:i] + R.choice([b"", R.randbytes(1), b"\xff", b"\xe4", b"\xed\xa0\x80", b"\xf4\x90", b"\xc0"]) + b[i + R.randrange(2):]
        case("decode", [b, c, h], lambda: b.decode(c, h))
    for _ in range(2000):
        host = ".".join(text(4, ["a", "b", "bü", "ÉT", "中文", "ß", "x" * 20, "", "-", "é"]) for _ in range(R.randrange(1, 4)))
        case("encode", [host, "idna", "strict"], lambda: host.encode("idna"))
        for wire in (host.encode("punycode"),):
            if b"--" not in wire and R.random() < 0.5:
                full = b"xn--" + wire.lower()
                try:
                    full.decode("idna").encode("idna")
                except UnicodeError:
                    continue


def topic_unicode():
    for i in range(0x110000):
        if 0xD800 <= i < 0xE000 or 0x10D800 <= i < 0x10E000:
            continue
        c = chr(i)
        bits = [c.isspace(), c.isprintable(), c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.isalnum(), c.isupper(),
                c.islower(), c.istitle(), len(("a" + c + "b").splitlines()) > 1, c.isidentifier(), ("a" + c).isidentifier()]
        flags = "".join("01"[b] for b in bits)
        OUT.append(json.dumps([i, flags, c.upper(), c.lower(), c.title(), c.casefold(), c.swapcase()]))


def bound():
    return opt(lambda: R.randrange(-8, 12))


STR_PLAIN = ["upper", "lower", "title", "capitalize", "swapcase", "casefold", "isspace", "isalpha", "isalnum", "isdecimal", "isdigit",
             "isnumeric", "isprintable", "isidentifier", "isupper", "islower", "istitle"]
BYTES_PLAIN = ["upper", "lower", "title", "capitalize", "swapcase", "isspace", "isalpha", "isalnum", "isdigit", "isupper", "islower",
               "istitle"]


def methods(kind, make, plain):
    for _ in range(2500):
        t = make()
        for name in plain:
            case(f"{kind}.{name}", [t], lambda: getattr(t, name)())
        sub = t[R.randrange(len(t) + 1):][:R.randrange(3)] if R.random() < 0.7 else make()[:2]
        other = make()[:3]
        start, end = bound(), bound()
        for name in ("find", "rfind", "index", "rindex", "count"):
            case(f"{kind}.{name}", [t, sub, start, end], lambda: getattr(t, name)(sub, start, end))
        for name in ("startswith", "endswith"):
            case(f"{kind}.{name}", [t, [sub, other], start, end], lambda: getattr(t, name)((sub, other), start, end))
        limit = R.choice([-1, -1, 0, 1, 2, 3])
        sep = opt(lambda: sub)
        for name in ("split", "rsplit"):
            case(f"{kind}.{name}", [t, sep, limit], lambda: getattr(t, name)(sep, limit))
        keep = R.random() < 0.5
        case(f"{kind}.splitlines", [t, keep], lambda: t.splitlines(keep))
        for name in ("partition", "rpartition"):
            case(f"{kind}.{name}", [t, sub], lambda: getattr(t, name)(sub))
        for name in ("strip", "lstrip", "rstrip"):
            chars = opt(lambda: sub + other)
            case(f"{kind}.{name}", [t, chars], lambda: getattr(t, name)(chars))
        case(f"{kind}.replace", [t, sub, other, limit], lambda: t.replace(sub, other, limit))
        for name in ("removeprefix", "removesuffix"):
            case(f"{kind}.{name}", [t, sub], lambda: getattr(t, name)(sub))
        width = R.randrange(-2, 14)
        fill = "*" if kind == "str" else b"*"
        for name in ("center", "ljust", "rjust"):
            case(f"{kind}.{name}", [t, width], lambda: getattr(t, name)(width, fill))
        case(f"{kind}.zfill", [t, width], lambda: t.zfill(width))
        size = R.randrange(-1, 9)
        case(f"{kind}.expandtabs", [t, size], lambda: t.expandtabs(size))
        parts = [make() for _ in range(R.randrange(4))]
        case(f"{kind}.join", [sub, parts], lambda: sub.join(parts))
        step = R.choice([None, 1, 1, 2, -1, -2, 3, 0, -5])
        case(f"{kind}.slice", [t, start, end, step], lambda: t[start:end:step])
        n = R.randrange(-1, 4)
        case(f"{kind}.repeat", [t, n], lambda: t * n)
        if kind == "str":
            i = R.randrange(-9, 9)
            case("str.at", [t, i], lambda: t[i] if -len(t) <= i < len(t) else None)
            table = str.maketrans("abé", "xyz", "A😀")
            case("str.translate", [t], lambda: t.translate(table))
            case("str.maketrans", [sub, other, "q"], lambda: [list(p) for p in str.maketrans(sub, other, "q").items()]
                 if len(set(sub)) == len(sub) and "q" not in sub or len(sub) != len(other) and str.maketrans(sub, other) else [])
        else:
            group = R.randrange(-5, 6)
            case("bytes.hex", [t, group], lambda: t.hex(":", group))
            h = t.hex(" ", 2)
            h = h[:R.randrange(len(h) + 1)] + R.choice(["", "g", " ", "é", "\n"]) + h[R.randrange(len(h) + 1):]
            case("bytes.fromhex", [h], lambda: bytes.fromhex(h))
            table = opt(lambda: bytes.maketrans(b"ab\xff", b"xyz"))
            case("bytes.translate", [t, table, sub], lambda: t.translate(table, sub))
            case("bytes.maketrans", [sub, other], lambda: bytes.maketrans(sub, other))


def topic_strings():
    methods("str", text, STR_PLAIN)


def topic_ascii():
    methods("str", ascii_text, STR_PLAIN)


def topic_bytes():
    methods("bytes", data, BYTES_PLAIN)


def topic_percent():
    for _ in range(8000):
        flags = "".join(R.choice("-+ #0") for _ in range(R.randrange(3)))
        width = R.choice(["", "", str(R.randrange(20)), "*"])
        prec = R.choice(["", "", ".", f".{R.randrange(12)}", ".*"])
        stars = [R.randrange(-12, 12) for _ in range((width == "*") + (prec == ".*"))]
        kind = R.choice("diuoxXeEfFgGsracyb%")
        fmt = R.choice(["", "a%%", "é"]) + "%" + flags + width + prec + R.choice(["", "", "l"]) + kind + R.choice(["", "!", "%"])
        value = {"s": text, "r": text, "a": text, "b": text, "y": text, "c": lambda: R.choice(["a", "é", "😀"])}.get(
            kind, real if kind in "eEfFgG" else number)()
        args = (*stars, value)
        case("percent", [fmt, stars, value], lambda: fmt % args)
        bfmt = fmt.encode("utf-8")
        bvalue = {"s": data, "b": data, "c": lambda: b"x", "y": data}.get(kind, lambda: value)()
        bargs = (*stars, bvalue)
        if kind not in "ra":
            case("percent_bytes", [bfmt, stars, bvalue], lambda: bfmt % bargs)
    for fmt in ["%(a)s", "%(a", "%(a(b))s", "%", "%5", "%l", "%99999999999999999999d", "%.9999999999d", "%(a)%", "%%", "%(é)s", "%%", "a%%b%(a)s"]:
        case("percent_key", [fmt], lambda: fmt % {"a": "A", "a(b)": "AB", "é": "É"})


class Box:
    """Shows what a template asks of its arguments."""

    def __init__(self, path):
        self.path = path

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Box(f"{self.path}.{name}")

    def __getitem__(self, key):
        return Box(f"{self.path}[{key!r}]")

    def __format__(self, spec):
        return f"<{self.path}|{spec}>"

    def __repr__(self):
        return f"R({self.path})"

    def __str__(self):
        return f"S({self.path})"


class Names(dict):
    def __missing__(self, key):
        return Box(key)


class Places(tuple):
    def __getitem__(self, i):
        return Box(str(i))

    def __len__(self):
        return 1 << 40


def topic_template():
    import _string
    import string

    class F(string.Formatter):
        pass

    pieces = ["{", "}", "{{", "}}", "{}", "{0}", "{1}", "{a}", "{a.b}", "{a[0]}", "{a[b]c}", "{a[}", "{.x}", "{[3]}", "{a..b}", "{!r}",
              "{a!s:>5}", "{a!z}", "{a!é}", "{a!rx}", "{:{}}", "{a:{b}{c!r}}", "{a:{b:{c}}}", "x", "é", "{a:>", "{a!", "{a[b]}", "{:>5}",
              "{a[99999999999999999999]}", "{ a }", "{-1}", "{a:{{}}}", "{a[]}", "{a.}", "{0:{a}}", "{a b}", "{:{0}}", "{٣}"]
    args = [Box(str(i)) for i in range(40)]
    for _ in range(8000):
        t = "".join(R.choice(pieces) for _ in range(R.randrange(5)))
        case("template", [t], lambda: t.format(*args, **{"a": Box("a"), "b": Box("b"), "c": Box("c"), " a ": Box(" a "), "-1": Box("-1"),
                                                       "a b": Box("a b"), "a[": Box("a[")}))


globals()[f"topic_{TOPIC}"]()
sys.stdout.reconfigure(encoding="utf-8", newline="\n")
print("\n".join(OUT))
