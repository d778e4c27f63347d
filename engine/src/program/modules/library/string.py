"""string: kinds of characters, and templates."""

whitespace = ' \t\n\r\v\f'
ascii_lowercase = 'abcdefghijklmnopqrstuvwxyz'
ascii_uppercase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
ascii_letters = ascii_lowercase + ascii_uppercase
digits = '0123456789'
hexdigits = digits + 'abcdef' + 'ABCDEF'
octdigits = '01234567'
punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or ' ').join([word.capitalize() for word in s.split(sep)])


class Template:
    delimiter = '$'

    def __init__(self, template):
        self.template = template

    def _fill(self, values, strict):
        text, out, at = self.template, [], 0
        while True:
            mark = text.find(self.delimiter, at)
            if mark < 0:
                out.append(text[at:])
                return ''.join(out)
            out.append(text[at:mark])
            at = mark + 1
            if text[at:at + 1] == self.delimiter:
                out.append(self.delimiter)
                at += 1
                continue
            braced = text[at:at + 1] == '{'
            begin = at + 1 if braced else at
            end = begin
            while end < len(text) and (text[end] == '_' or text[end].isascii() and (
                    text[end].isalpha() or end > begin and text[end].isdigit())):
                end += 1
            name = text[begin:end]
            if not name or braced and text[end:end + 1] != '}':
                if strict:
                    lines = text[:mark].splitlines(True)
                    line, column = (len(lines), mark - len(''.join(lines[:-1])) + 1) if lines else (1, 1)
                    raise ValueError('Invalid placeholder in string: line %d, col %d' % (line, column))
                out.append(self.delimiter)
                continue
            end += braced
            if name in values or strict:
                out.append(str(values[name]))
            else:
                out.append(text[mark:end])
            at = end

    def substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, True)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, False)


class Formatter:
    def format(self, format_string, /, *args, **kwargs):
        return format_string.format(*args, **kwargs)

    def vformat(self, format_string, args, kwargs):
        return format_string.format(*args, **kwargs)
