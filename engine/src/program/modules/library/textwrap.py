"""textwrap: paragraphs of a given width."""


def _chunks(text, width):
    """Words and the spaces between them."""
    out, at = [], 0
    while at < len(text):
        end = at
        space = text[at].isspace()
        while end < len(text) and text[end].isspace() == space:
            end += 1
        out.append(text[at:end])
        at = end
    return out


def wrap(text, width=70, *, initial_indent='', subsequent_indent='', expand_tabs=True, replace_whitespace=True,
         drop_whitespace=True, break_long_words=True, break_on_hyphens=True, tabsize=8, max_lines=None,
         placeholder=' [...]', fix_sentence_endings=False):
    if width <= 0:
        raise ValueError('invalid width %r (must be > 0)' % width)
    if expand_tabs:
        text = text.expandtabs(tabsize)
    if replace_whitespace:
        text = ''.join([' ' if c in '\t\n\x0b\x0c\r' else c for c in text])
    pieces = []
    for chunk in _chunks(text, width):
        if break_on_hyphens and not chunk.isspace():
            begin = 0
            for i in range(1, len(chunk) - 1):
                if chunk[i] == '-' and chunk[i - 1].isalpha() and chunk[i + 1].isalpha() and i - begin >= 2:
                    pieces.append(chunk[begin:i + 1])
                    begin = i + 1
            pieces.append(chunk[begin:])
        else:
            pieces.append(chunk)
    pieces.reverse()
    lines = []
    while pieces:
        indent = subsequent_indent if lines else initial_indent
        room = width - len(indent)
        if drop_whitespace and lines and pieces[-1].isspace():
            pieces.pop()
        line, length = [], 0
        while pieces and length + len(pieces[-1]) <= room:
            length += len(pieces[-1])
            line.append(pieces.pop())
        if pieces and len(pieces[-1]) > room:
            free = room - length if room >= 1 else 1
            if break_long_words and free > 0:
                line.append(pieces[-1][:free])
                pieces[-1] = pieces[-1][free:]
            elif not line:
                line.append(pieces.pop())
        if drop_whitespace and line and line[-1].isspace():
            line.pop()
        if line:
            if max_lines is not None and len(lines) + 1 == max_lines and pieces and not (
                    drop_whitespace and len(pieces) == 1 and pieces[0].isspace()):
                while line and len(''.join(line)) + len(placeholder) > room:
                    line.pop()
                lines.append(indent + ''.join(line).rstrip() + placeholder)
                return lines
            lines.append(indent + ''.join(line))
    return lines


def fill(text, width=70, **kwargs):
    return '\n'.join(wrap(text, width, **kwargs))


def shorten(text, width, **kwargs):
    kwargs.setdefault('max_lines', 1)
    return fill(' '.join(text.strip().split()), width, **kwargs)


def dedent(text):
    lines = text.split('\n')
    margin = None
    for i, line in enumerate(lines):
        if not line.strip(' \t'):
            lines[i] = ''
            continue
        indent = line[:len(line) - len(line.lstrip(' \t'))]
        if margin is None:
            margin = indent
        else:
            n = 0
            while n < min(len(margin), len(indent)) and margin[n] == indent[n]:
                n += 1
            margin = margin[:n]
    if margin:
        lines = [line[len(margin):] if line else line for line in lines]
    return '\n'.join(lines)


def indent(text, prefix, predicate=None):
    out = []
    for line in text.splitlines(True):
        wanted = line.strip() if predicate is None else predicate(line)
        out.append(prefix + line if wanted else line)
    return ''.join(out)
