"""argparse: the command lines of programs, with CPython 3.11's help and errors."""

import os as _os
import sys as _sys

SUPPRESS = '==SUPPRESS=='
OPTIONAL = '?'
ZERO_OR_MORE = '*'
ONE_OR_MORE = '+'
PARSER = 'A...'
REMAINDER = '...'


class ArgumentError(Exception):
    def __init__(self, argument, message):
        self.argument_name = _name_of(argument)
        self.message = message

    def __str__(self):
        if self.argument_name is None:
            return str(self.message)
        return 'argument %s: %s' % (self.argument_name, self.message)


class ArgumentTypeError(Exception):
    pass


def _name_of(action):
    if action is None:
        return None
    if action.option_strings:
        return '/'.join(action.option_strings)
    if action.metavar not in (None, SUPPRESS):
        return action.metavar
    if action.dest not in (None, SUPPRESS):
        return action.dest
    if action.choices:
        return '{' + ','.join([str(c) for c in action.choices]) + '}'
    return None


class Namespace:
    def __init__(self, **kwargs):
        for name in kwargs:
            setattr(self, name, kwargs[name])

    def __repr__(self):
        shown, others = [], {}
        for name, value in self.__dict__.items():
            if name.isidentifier():
                shown.append('%s=%r' % (name, value))
            else:
                others[name] = value
        if others:
            shown.append('**%r' % (others,))
        return 'Namespace(%s)' % ', '.join(shown)

    def __eq__(self, other):
        if not isinstance(other, Namespace):
            return NotImplemented
        return vars(self) == vars(other)

    def __contains__(self, key):
        return key in self.__dict__


# How text is laid out


def _wrap(text, width):
    words = text.split()
    lines, line = [], ''
    for word in words:
        while True:
            if not line:
                if len(word) <= width:
                    line = word
                    break
                lines.append(word[:width])
                word = word[width:]
            elif len(line) + 1 + len(word) <= width:
                line += ' ' + word
                break
            else:
                # A word may be parted after its hyphens.
                head = _hyphen_head(word, width - len(line) - 1)
                if head:
                    line += ' ' + head
                    word = word[len(head):]
                lines.append(line)
                line = ''
    if line:
        lines.append(line)
    return lines


def _hyphen_head(word, room):
    best = ''
    for i in range(1, len(word) - 1):
        if word[i] == '-' and i + 1 <= room and word[i - 1].isalpha() and word[i + 1].isalpha() and i >= 2:
            best = word[:i + 1]
    return best


class HelpFormatter:
    def __init__(self, prog, indent_increment=2, max_help_position=24, width=None):
        if width is None:
            try:
                width = int(_os.environ['COLUMNS'])
            except (KeyError, ValueError):
                width = 80
            width -= 2
        self._prog = prog
        self._width = width
        self._max_help_position = min(max_help_position, max(width - 20, indent_increment * 2))
        self._indent_increment = indent_increment

    # Overridden by the other formatters
    def _fill_text(self, text, width, indent):
        return '\n'.join([indent + line for line in _wrap(text, width - len(indent))])

    def _split_lines(self, text, width):
        return _wrap(text, width)

    def _get_help_string(self, action):
        return action.help

    def _get_default_metavar_for_optional(self, action):
        return action.dest.upper()

    def _get_default_metavar_for_positional(self, action):
        return action.dest

    def _metavar(self, action, count):
        if action.metavar is not None:
            result = action.metavar
        elif action.choices is not None:
            result = '{' + ','.join([str(c) for c in action.choices]) + '}'
        elif action.option_strings:
            result = self._get_default_metavar_for_optional(action)
        else:
            result = self._get_default_metavar_for_positional(action)
        if isinstance(result, tuple):
            return result
        return (result,) * count

    def _format_args(self, action):
        nargs = action.nargs
        if nargs is None:
            return '%s' % self._metavar(action, 1)
        if nargs == OPTIONAL:
            return '[%s]' % self._metavar(action, 1)
        if nargs == ZERO_OR_MORE:
            metavar = self._metavar(action, 1)
            if len(metavar) == 2:
                return '[%s [%s ...]]' % metavar
            return '[%s ...]' % metavar
        if nargs == ONE_OR_MORE:
            return '%s [%s ...]' % self._metavar(action, 2)
        if nargs == REMAINDER:
            return '...'
        if nargs == PARSER:
            return '%s ...' % self._metavar(action, 1)
        if nargs == SUPPRESS:
            return ''
        return ' '.join(self._metavar(action, nargs))

    def _invocation(self, action):
        if not action.option_strings:
            return self._metavar(action, 1)[0]
        if action.nargs == 0:
            return ', '.join(action.option_strings)
        args = self._format_args(action)
        return ', '.join(['%s %s' % (option, args) for option in action.option_strings])

    def _usage_parts(self, actions, groups):
        """Optional and positional parts of the usage line."""
        optionals, positionals = [], []
        done = []
        for action in actions:
            if action.help is SUPPRESS or action in done:
                continue
            group = None
            for g in groups:
                if action in g._group_actions:
                    group = g
            if group is not None:
                members = [a for a in group._group_actions if a.help is not SUPPRESS]
                # A group is shown as one where its members follow each other.
                place = actions.index(action)
                if actions[place:place + len(group._group_actions)] == group._group_actions and members:
                    done.extend(members)
                    parts = []
                    for a in members:
                        part = self._usage_part(a, False)
                        if not a.option_strings and part[:1] == '[' and part[-1:] == ']':
                            part = part[1:-1]
                        parts.append(part)
                    if len(members) > 1:
                        text = ' | '.join(parts)
                        text = '(%s)' % text if group.required else '[%s]' % text
                    else:
                        text = parts[0] if group.required else '[%s]' % parts[0]
                    if action.option_strings:
                        optionals.append(text)
                    else:
                        positionals.append(text)
                    continue
            if action.option_strings:
                optionals.append(self._usage_part(action, not action.required))
            else:
                positionals.append(self._usage_part(action, False))
        return optionals, positionals

    def _usage_part(self, action, brackets):
        if not action.option_strings:
            return self._format_args(action)
        option = action.option_strings[0]
        if action.nargs == 0:
            part = option if not hasattr(action, 'usage_text') else action.usage_text()
        else:
            part = '%s %s' % (option, self._format_args(action))
        return '[%s]' % part if brackets else part

    def _format_usage(self, usage, actions, groups, prefix):
        if prefix is None:
            prefix = 'usage: '
        if usage is not None:
            return prefix + usage % {'prog': self._prog} + '\n\n'
        prog = '%s' % self._prog
        ordered = [a for a in actions if a.option_strings] + [a for a in actions if not a.option_strings]
        optionals, positionals = self._usage_parts(ordered, groups)
        line = ' '.join([prog] + optionals + positionals)
        width = self._width
        if len(prefix) + len(line) > width:
            def get_lines(parts, indent, first=None):
                lines, current = [], []
                length = len(first if first is not None else indent) - 1
                for part in parts:
                    if length + 1 + len(part) > width and current:
                        lines.append(indent + ' '.join(current))
                        current = []
                        length = len(indent) - 1
                    current.append(part)
                    length += len(part) + 1
                if current:
                    lines.append(indent + ' '.join(current))
                if first is not None:
                    lines[0] = lines[0][len(indent):]
                return lines

            if len(prefix) + len(prog) <= 0.75 * width:
                indent = ' ' * (len(prefix) + len(prog) + 1)
                if optionals:
                    lines = get_lines([prog] + optionals, indent, prefix)
                    lines.extend(get_lines(positionals, indent))
                elif positionals:
                    lines = get_lines([prog] + positionals, indent, prefix)
                else:
                    lines = [prog]
            else:
                indent = ' ' * len(prefix)
                lines = get_lines(optionals + positionals, indent)
                if len(lines) > 1:
                    lines = get_lines(optionals, indent) + get_lines(positionals, indent)
                lines = [prog] + lines
            line = '\n'.join(lines)
        return prefix + line + '\n\n'

    def _expand_help(self, action):
        params = dict(vars(action))
        params['prog'] = self._prog
        for name in list(params):
            if params[name] is SUPPRESS:
                del params[name]
        for name in list(params):
            if hasattr(params[name], '__name__'):
                params[name] = params[name].__name__
        if params.get('choices') is not None:
            params['choices'] = ', '.join([str(c) for c in params['choices']])
        return self._get_help_string(action) % params

    def _format_action(self, action, indent, longest):
        help_position = min(longest + 2, self._max_help_position)
        help_width = max(self._width - help_position, 11)
        action_width = help_position - indent - 2
        header = self._invocation(action)
        first = 0
        if not action.help:
            out = ' ' * indent + header + '\n'
        elif len(header) <= action_width:
            out = ' ' * indent + header.ljust(action_width) + '  '
        else:
            out = ' ' * indent + header + '\n'
            first = help_position
        if action.help and action.help.strip():
            text = self._expand_help(action)
            if text:
                lines = self._split_lines(text, help_width)
                out += ' ' * first + lines[0] + '\n'
                for line in lines[1:]:
                    out += ' ' * help_position + line + '\n'
        elif not out.endswith('\n'):
            out += '\n'
        for sub in self._subactions(action):
            out += self._format_action(sub, indent + self._indent_increment, longest)
        return out

    def _subactions(self, action):
        get = getattr(action, '_get_subactions', None)
        return get() if get is not None else []

    def _longest(self, sections):
        longest = 0
        for section in sections:
            for action in section:
                if action.help is not SUPPRESS:
                    longest = max(longest, len(self._invocation(action)) + self._indent_increment)
                    for sub in self._subactions(action):
                        longest = max(longest, len(self._invocation(sub)) + 2 * self._indent_increment)
        return longest

    def _format_text(self, text):
        if '%(prog)' in text:
            text = text % {'prog': self._prog}
        return self._fill_text(text, max(self._width, 11), '') + '\n\n'


class RawDescriptionHelpFormatter(HelpFormatter):
    def _fill_text(self, text, width, indent):
        return ''.join([indent + line for line in text.splitlines(keepends=True)])


class RawTextHelpFormatter(RawDescriptionHelpFormatter):
    def _split_lines(self, text, width):
        return text.splitlines()


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    def _get_help_string(self, action):
        text = action.help
        if text is None:
            text = ''
        if '%(default)' not in text and action.default is not SUPPRESS:
            if action.option_strings or action.nargs in (OPTIONAL, ZERO_OR_MORE):
                text += ' (default: %(default)s)'
        return text


class MetavarTypeHelpFormatter(HelpFormatter):
    def _get_default_metavar_for_optional(self, action):
        return action.type.__name__

    def _get_default_metavar_for_positional(self, action):
        return action.type.__name__


# What an argument does when it is met


class Action:
    def __init__(self, option_strings, dest, nargs=None, const=None, default=None, type=None, choices=None,
                 required=False, help=None, metavar=None):
        self.option_strings = option_strings
        self.dest = dest
        self.nargs = nargs
        self.const = const
        self.default = default
        self.type = type
        self.choices = choices
        self.required = required
        self.help = help
        self.metavar = metavar

    def format_usage(self):
        return self.option_strings[0]

    def __call__(self, parser, namespace, values, option_string=None):
        raise NotImplementedError('.__call__() not defined')


class BooleanOptionalAction(Action):
    def __init__(self, option_strings, dest, default=None, type=None, choices=None, required=False, help=None,
                 metavar=None):
        options = []
        for option in option_strings:
            options.append(option)
            if option.startswith('--'):
                options.append('--no-' + option[2:])
        if help is not None and default is not None and default is not SUPPRESS:
            help += ' (default: %(default)s)'
        Action.__init__(self, options, dest, nargs=0, default=default, required=required, help=help)

    def usage_text(self):
        return ' | '.join(self.option_strings)

    def __call__(self, parser, namespace, values, option_string=None):
        if option_string in self.option_strings:
            setattr(namespace, self.dest, not option_string.startswith('--no-'))


class _StoreAction(Action):
    def __init__(self, option_strings, dest, nargs=None, const=None, **kwargs):
        if nargs == 0:
            raise ValueError('nargs for store actions must be != 0; if you have nothing to store, actions such as '
                             'store true or store const may be more appropriate')
        if const is not None and nargs != OPTIONAL:
            raise ValueError('nargs must be %r to supply const' % OPTIONAL)
        Action.__init__(self, option_strings, dest, nargs=nargs, const=const, **kwargs)

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)


class _StoreConstAction(Action):
    def __init__(self, option_strings, dest, const=None, default=None, required=False, help=None, metavar=None):
        Action.__init__(self, option_strings, dest, nargs=0, const=const, default=default, required=required, help=help)

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, self.const)


class _StoreTrueAction(_StoreConstAction):
    def __init__(self, option_strings, dest, default=False, required=False, help=None):
        _StoreConstAction.__init__(self, option_strings, dest, True, default, required, help)


class _StoreFalseAction(_StoreConstAction):
    def __init__(self, option_strings, dest, default=True, required=False, help=None):
        _StoreConstAction.__init__(self, option_strings, dest, False, default, required, help)


class _AppendAction(Action):
    def __call__(self, parser, namespace, values, option_string=None):
        items = getattr(namespace, self.dest, None)
        items = [] if items is None else list(items)
        items.append(values)
        setattr(namespace, self.dest, items)


class _AppendConstAction(Action):
    def __init__(self, option_strings, dest, const=None, default=None, required=False, help=None, metavar=None):
        Action.__init__(self, option_strings, dest, nargs=0, const=const, default=default, required=required, help=help,
                        metavar=metavar)

    def __call__(self, parser, namespace, values, option_string=None):
        items = getattr(namespace, self.dest, None)
        items = [] if items is None else list(items)
        items.append(self.const)
        setattr(namespace, self.dest, items)


class _CountAction(Action):
    def __init__(self, option_strings, dest, default=None, required=False, help=None):
        Action.__init__(self, option_strings, dest, nargs=0, default=default, required=required, help=help)

    def __call__(self, parser, namespace, values, option_string=None):
        count = getattr(namespace, self.dest, None)
        setattr(namespace, self.dest, (0 if count is None else count) + 1)


class _ExtendAction(_AppendAction):
    def __call__(self, parser, namespace, values, option_string=None):
        items = getattr(namespace, self.dest, None)
        items = [] if items is None else list(items)
        items.extend(values)
        setattr(namespace, self.dest, items)


class _HelpAction(Action):
    def __init__(self, option_strings, dest=SUPPRESS, default=SUPPRESS, help=None):
        Action.__init__(self, option_strings, dest, nargs=0, default=default, help=help)

    def __call__(self, parser, namespace, values, option_string=None):
        parser.print_help()
        parser.exit()


class _VersionAction(Action):
    def __init__(self, option_strings, version=None, dest=SUPPRESS, default=SUPPRESS,
                 help="show program's version number and exit"):
        Action.__init__(self, option_strings, dest, nargs=0, default=default, help=help)
        self.version = version

    def __call__(self, parser, namespace, values, option_string=None):
        version = self.version
        if version is None:
            version = parser.version
        formatter = parser._get_formatter()
        parser._print_message(formatter._format_text(version).strip('\n') + '\n', _sys.stdout)
        parser.exit()


class _ChoicesPseudoAction(Action):
    def __init__(self, name, aliases, help):
        metavar = name
        if aliases:
            metavar += ' (%s)' % ', '.join(aliases)
        Action.__init__(self, [], name, help=help, metavar=metavar)


class _SubParsersAction(Action):
    def __init__(self, option_strings, prog, parser_class, dest=SUPPRESS, required=False, help=None, metavar=None):
        self._prog_prefix = prog
        self._parser_class = parser_class
        self._name_parser_map = {}
        self._choices_actions = []
        Action.__init__(self, option_strings, dest, nargs=PARSER, choices=self._name_parser_map, required=required,
                        help=help, metavar=metavar)

    def add_parser(self, name, **kwargs):
        if kwargs.get('prog') is None:
            kwargs['prog'] = '%s %s' % (self._prog_prefix, name)
        aliases = kwargs.pop('aliases', ())
        if 'help' in kwargs:
            self._choices_actions.append(_ChoicesPseudoAction(name, aliases, kwargs.pop('help')))
        parser = self._parser_class(**kwargs)
        self._name_parser_map[name] = parser
        for alias in aliases:
            self._name_parser_map[alias] = parser
        return parser

    def _get_subactions(self):
        return self._choices_actions

    def __call__(self, parser, namespace, values, option_string=None):
        name, args = values[0], values[1:]
        if self.dest is not SUPPRESS:
            setattr(namespace, self.dest, name)
        sub, extras = self._name_parser_map[name].parse_known_args(args, None)
        for key, value in vars(sub).items():
            setattr(namespace, key, value)
        if extras:
            vars(namespace).setdefault('_unrecognized_args', [])
            getattr(namespace, '_unrecognized_args').extend(extras)


class FileType:
    def __init__(self, mode='r', bufsize=-1, encoding=None, errors=None):
        self._mode = mode
        self._encoding = encoding
        self._errors = errors

    def __call__(self, string):
        if string == '-':
            return _sys.stdin if 'r' in self._mode else _sys.stdout
        try:
            return open(string, self._mode, encoding=self._encoding, errors=self._errors)
        except OSError as e:
            raise ArgumentTypeError("can't open '%s': %s" % (string, e))


# Arguments come together


_ACTIONS = {
    None: _StoreAction,
    'store': _StoreAction,
    'store_const': _StoreConstAction,
    'store_true': _StoreTrueAction,
    'store_false': _StoreFalseAction,
    'append': _AppendAction,
    'append_const': _AppendConstAction,
    'count': _CountAction,
    'help': _HelpAction,
    'version': _VersionAction,
    'extend': _ExtendAction,
}


class _ActionsContainer:
    def __init__(self, description, argument_default):
        self.description = description
        self.argument_default = argument_default
        self._actions = []
        self._option_string_actions = {}
        self._defaults = {}
        self._action_groups = []
        self._mutually_exclusive_groups = []
        self._has_negative_number_optionals = []

    def set_defaults(self, **kwargs):
        self._defaults.update(kwargs)
        for action in self._actions:
            if action.dest in kwargs:
                action.default = kwargs[action.dest]

    def get_default(self, dest):
        for action in self._actions:
            if action.dest == dest and action.default is not None:
                return action.default
        return self._defaults.get(dest, None)

    def add_argument(self, *args, **kwargs):
        if not args or len(args) == 1 and args[0][:1] != '-':
            if args and 'dest' in kwargs:
                raise ValueError('dest supplied twice for positional argument')
            kwargs = self._positional(*args, **kwargs)
        else:
            kwargs = self._optional(*args, **kwargs)
        if 'default' not in kwargs:
            dest = kwargs['dest']
            if dest in self._defaults:
                kwargs['default'] = self._defaults[dest]
            elif self.argument_default is not None:
                kwargs['default'] = self.argument_default
        kind = kwargs.pop('action', None)
        action_class = kind if callable(kind) else _ACTIONS.get(kind, kind)
        if not callable(action_class):
            raise ValueError('unknown action "%s"' % (action_class,))
        action = action_class(**kwargs)
        if action.type is not None and not callable(action.type):
            raise ValueError('%r is not callable' % (action.type,))
        return self._add_action(action)

    def _positional(self, dest, **kwargs):
        if 'required' in kwargs:
            raise TypeError("'required' is an invalid argument for positionals")
        if kwargs.get('nargs') not in [OPTIONAL, ZERO_OR_MORE]:
            kwargs['required'] = True
        if kwargs.get('nargs') == ZERO_OR_MORE and 'default' not in kwargs:
            kwargs['required'] = True
        return dict(kwargs, dest=dest, option_strings=[])

    def _optional(self, *args, **kwargs):
        options, long_options = [], []
        for option in args:
            if option[:1] != '-':
                raise ValueError("invalid option string %r: must start with a character '-'" % option)
            options.append(option)
            if len(option) > 1 and option[1] == '-':
                long_options.append(option)
        dest = kwargs.pop('dest', None)
        if dest is None:
            dest = (long_options[0] if long_options else options[0]).lstrip('-')
            if not dest:
                raise ValueError('dest= is required for options like %r' % options[0])
            dest = dest.replace('-', '_')
        return dict(kwargs, dest=dest, option_strings=options)

    def _add_action(self, action):
        for option in action.option_strings:
            if option in self._option_string_actions:
                clash = [o for o in action.option_strings if o in self._option_string_actions]
                word = 'conflicting option string: %s' if len(clash) == 1 else 'conflicting option strings: %s'
                raise ArgumentError(action, word % ', '.join(clash))
        self._actions.append(action)
        action.container = self
        for option in action.option_strings:
            self._option_string_actions[option] = action
            if option[1:].isdigit() and not self._has_negative_number_optionals:
                self._has_negative_number_optionals.append(True)
        return action

    def add_argument_group(self, *args, **kwargs):
        group = _ArgumentGroup(self, *args, **kwargs)
        self._action_groups.append(group)
        return group

    def add_mutually_exclusive_group(self, **kwargs):
        group = _MutuallyExclusiveGroup(self, **kwargs)
        self._mutually_exclusive_groups.append(group)
        return group


class _ArgumentGroup(_ActionsContainer):
    def __init__(self, container, title=None, description=None):
        _ActionsContainer.__init__(self, description, container.argument_default)
        self.title = title
        self._group_actions = []
        self._container = container
        self._actions = container._actions
        self._option_string_actions = container._option_string_actions
        self._defaults = container._defaults
        self._has_negative_number_optionals = container._has_negative_number_optionals
        self._mutually_exclusive_groups = container._mutually_exclusive_groups

    def _add_action(self, action):
        action = _ActionsContainer._add_action(self, action)
        self._group_actions.append(action)
        return action


class _MutuallyExclusiveGroup(_ArgumentGroup):
    def __init__(self, container, required=False):
        _ArgumentGroup.__init__(self, container)
        self.required = required

    def _add_action(self, action):
        if action.required:
            raise ValueError('mutually exclusive arguments must be optional')
        action = self._container._add_action(action)
        self._group_actions.append(action)
        return action


def _is_negative_number(text):
    body = text[1:]
    if text[:1] != '-' or not body:
        return False
    whole, dot, fraction = body.partition('.')
    if not dot:
        return whole.isdigit()
    return (whole == '' or whole.isdigit()) and fraction.isdigit()


class ArgumentParser(_ActionsContainer):
    def __init__(self, prog=None, usage=None, description=None, epilog=None, parents=[], formatter_class=HelpFormatter,
                 prefix_chars='-', fromfile_prefix_chars=None, argument_default=None, conflict_handler='error',
                 add_help=True, allow_abbrev=True, exit_on_error=True):
        _ActionsContainer.__init__(self, description, argument_default)
        if prog is None:
            prog = _os.path.basename(_sys.argv[0])
        self.prog = prog
        self.usage = usage
        self.epilog = epilog
        self.formatter_class = formatter_class
        self.add_help = add_help
        self.allow_abbrev = allow_abbrev
        self.exit_on_error = exit_on_error
        self._subparsers = None
        self._positionals = self.add_argument_group('positional arguments')
        self._optionals = self.add_argument_group('options')
        if add_help:
            self.add_argument('-h', '--help', action='help', default=SUPPRESS, help='show this help message and exit')
        for parent in parents:
            for action in parent._actions:
                self._add_action(action)
            self._defaults.update(parent._defaults)

    def __repr__(self):
        shown = [(n, getattr(self, n)) for n in ('prog', 'usage', 'description')]
        shown.append(('formatter_class', self.formatter_class))
        shown.append(('conflict_handler', 'error'))
        shown.append(('add_help', self.add_help))
        return 'ArgumentParser(%s)' % ', '.join(['%s=%r' % pair for pair in shown])

    def _add_action(self, action):
        group = self._optionals if action.option_strings else self._positionals
        return group._add_action(action)

    def add_subparsers(self, **kwargs):
        if self._subparsers is not None:
            self.error('cannot have multiple subparser arguments')
        kwargs.setdefault('parser_class', type(self))
        if 'title' in kwargs or 'description' in kwargs:
            title = kwargs.pop('title', 'subcommands')
            self._subparsers = self.add_argument_group(title, kwargs.pop('description', None))
        else:
            self._subparsers = self._positionals
        kwargs.pop('action', None)
        if kwargs.get('prog') is None:
            formatter = self._get_formatter()
            positionals = [a for a in self._actions if not a.option_strings]
            kwargs['prog'] = formatter._format_usage(self.usage, positionals, [], '').strip()
        action = _SubParsersAction(option_strings=[], **kwargs)
        self._subparsers._add_action(action)
        return action

    # Parsing

    def parse_args(self, args=None, namespace=None):
        args, rest = self.parse_known_args(args, namespace)
        if rest:
            self.error('unrecognized arguments: %s' % ' '.join(rest))
        return args

    def parse_known_args(self, args=None, namespace=None):
        args = list(_sys.argv[1:]) if args is None else list(args)
        if namespace is None:
            namespace = Namespace()
        for action in self._actions:
            if action.dest is not SUPPRESS and not hasattr(namespace, action.dest):
                if action.default is not SUPPRESS:
                    setattr(namespace, action.dest, action.default)
        for dest in self._defaults:
            if not hasattr(namespace, dest):
                setattr(namespace, dest, self._defaults[dest])
        if self.exit_on_error:
            try:
                namespace, extras = self._parse(args, namespace)
            except ArgumentError as e:
                self.error(str(e))
        else:
            namespace, extras = self._parse(args, namespace)
        if hasattr(namespace, '_unrecognized_args'):
            extras.extend(namespace._unrecognized_args)
            delattr(namespace, '_unrecognized_args')
        return namespace, extras

    def _parse(self, strings, namespace):
        conflicts = {}
        for group in self._mutually_exclusive_groups:
            for action in group._group_actions:
                others = [a for a in group._group_actions if a is not action]
                conflicts.setdefault(id(action), []).extend(others)
        # What each string is: O an option, A an argument, - the mark after which all are arguments
        options, pattern = {}, ''
        for i, text in enumerate(strings):
            if pattern and '-' in pattern:
                pattern += 'A'
            elif text == '--':
                pattern += '-'
            else:
                option = self._parse_optional(text)
                if option is not None:
                    options[i] = option
                    pattern += 'O'
                else:
                    pattern += 'A'
        seen, seen_non_default, extras = [], [], []
        positionals = [a for a in self._actions if not a.option_strings]

        def take(action, arguments, option_string=None):
            seen.append(action)
            values = self._get_values(action, arguments)
            if values is not action.default:
                seen_non_default.append(action)
                for other in conflicts.get(id(action), []):
                    if other in seen_non_default:
                        raise ArgumentError(action, 'not allowed with argument %s' % _name_of(other))
            if values is not SUPPRESS:
                action(self, namespace, values, option_string)

        def take_optional(start):
            action, option_string, explicit = options[start]
            found = []
            while True:
                if action is None:
                    extras.append(strings[start])
                    return start + 1
                if explicit is not None:
                    count = self._match(action, 'A')
                    if count == 0 and option_string[1] != '-' and explicit != '':
                        found.append((action, [], option_string))
                        option_string = option_string[0] + explicit[0]
                        rest = explicit[1:] or None
                        if option_string not in self._option_string_actions:
                            raise ArgumentError(action, 'ignored explicit argument %r' % explicit)
                        action = self._option_string_actions[option_string]
                        explicit = rest
                    elif count == 1:
                        found.append((action, [explicit], option_string))
                        stop = start + 1
                        break
                    else:
                        raise ArgumentError(action, 'ignored explicit argument %r' % explicit)
                else:
                    count = self._match(action, pattern[start + 1:])
                    stop = start + 1 + count
                    found.append((action, strings[start + 1:stop], option_string))
                    break
            for action, arguments, option_string in found:
                take(action, arguments, option_string)
            return stop

        def take_positionals(start):
            counts = self._match_partial(positionals, pattern[start:])
            for action, count in zip(list(positionals), counts):
                arguments = strings[start:start + count]
                start += count
                take(action, arguments)
            del positionals[:len(counts)]
            return start

        start = 0
        last = max(options) if options else -1
        while start <= last:
            upcoming = min([i for i in options if i >= start])
            if start != upcoming:
                end = take_positionals(start)
                if end > start:
                    start = end
                    continue
            if start not in options:
                extras.extend(strings[start:upcoming])
                start = upcoming
            start = take_optional(start)
        stop = take_positionals(start)
        extras.extend(strings[stop:])

        required = []
        for action in self._actions:
            if action not in seen:
                if action.required:
                    required.append(_name_of(action))
                elif (action.default is not None and isinstance(action.default, str)
                      and hasattr(namespace, action.dest) and action.default is getattr(namespace, action.dest)):
                    setattr(namespace, action.dest, self._get_value(action, action.default))
        if required:
            self.error('the following arguments are required: %s' % ', '.join(required))
        for group in self._mutually_exclusive_groups:
            if group.required:
                for action in group._group_actions:
                    if action in seen_non_default:
                        break
                else:
                    names = [_name_of(a) for a in group._group_actions if a.help is not SUPPRESS]
                    self.error('one of the arguments %s is required' % ' '.join(names))
        return namespace, extras

    def _parse_optional(self, text):
        if not text or text[0] != '-':
            return None
        if text in self._option_string_actions:
            return self._option_string_actions[text], text, None
        if len(text) == 1:
            return None
        if '=' in text:
            option, _, explicit = text.partition('=')
            if option in self._option_string_actions:
                return self._option_string_actions[option], option, explicit
        matches = self._abbreviations(text)
        if len(matches) > 1:
            names = ', '.join([option for _, option, _ in matches])
            self.error('ambiguous option: %s could match %s' % (text, names))
        if matches:
            return matches[0]
        if _is_negative_number(text) and not self._has_negative_number_optionals:
            return None
        if ' ' in text:
            return None
        return None, text, None

    def _abbreviations(self, text):
        out = []
        if text[1] == '-':
            if self.allow_abbrev:
                prefix, mark, explicit = text.partition('=')
                for option in self._option_string_actions:
                    if option.startswith(prefix):
                        out.append((self._option_string_actions[option], option, explicit if mark else None))
        else:
            for option in self._option_string_actions:
                if option == text[:2]:
                    out.append((self._option_string_actions[option], option, text[2:]))
                elif option.startswith(text):
                    out.append((self._option_string_actions[option], option, None))
        return out

    def _bounds(self, action):
        """Fewest and most strings; None for no bound."""
        nargs = action.nargs
        if nargs is None:
            return 1, 1
        if nargs == OPTIONAL:
            return 0, 1
        if nargs in (ZERO_OR_MORE, REMAINDER):
            return 0, None
        if nargs in (ONE_OR_MORE, PARSER):
            return 1, None
        if nargs == SUPPRESS:
            return 0, 0
        return nargs, nargs

    def _match(self, action, pattern):
        low, high = self._bounds(action)
        if action.nargs == REMAINDER:
            return len(pattern)
        run = len(pattern) - len(pattern.lstrip('A'))
        if run < low:
            if action.nargs is None:
                raise ArgumentError(action, 'expected one argument')
            if action.nargs == ONE_OR_MORE:
                raise ArgumentError(action, 'expected at least one argument')
            raise ArgumentError(action, 'expected %s argument%s' % (action.nargs, '' if action.nargs == 1 else 's'))
        return run if high is None else min(run, high)

    def _match_partial(self, actions, pattern):
        """How many strings each of the next positionals takes, as greedy as it goes from left to right."""
        # The mark -- belongs to the positional that it stands before.
        for count in range(len(actions), 0, -1):
            counts, at = [], 0
            least = [self._bounds(a)[0] for a in actions[:count]]
            ok = True
            for i, action in enumerate(actions[:count]):
                low, high = self._bounds(action)
                later = sum(least[i + 1:])
                open_ended = action.nargs in (PARSER, REMAINDER)
                free = 0
                while at + free < len(pattern) and (pattern[at + free] in 'A-' or open_ended and (
                        free > 0 or action.nargs == REMAINDER)):
                    free += 1
                marks = pattern[at:at + free].count('-')
                room = free - marks - later
                if room < low:
                    ok = False
                    break
                taken = room if high is None else min(room, high)
                end, left = at, taken
                while left > 0 or (end < at + free and pattern[end] == '-' and (taken > 0 or i == count - 1)):
                    if pattern[end] != '-':
                        left -= 1
                    end += 1
                if open_ended:
                    end = at + free
                counts.append(end - at)
                at = end
            if ok:
                return counts
        return []

    def _get_values(self, action, strings):
        if action.nargs not in (PARSER, REMAINDER) and '--' in strings:
            strings = list(strings)
            strings.remove('--')
        if not strings and action.nargs == OPTIONAL:
            value = action.const if action.option_strings else action.default
            if isinstance(value, str):
                value = self._get_value(action, value)
                self._check_value(action, value)
        elif not strings and action.nargs == ZERO_OR_MORE and not action.option_strings:
            if action.default is not None:
                value = action.default
                self._check_value(action, value)
            else:
                value = strings
        elif len(strings) == 1 and action.nargs in (None, OPTIONAL):
            value = self._get_value(action, strings[0])
            self._check_value(action, value)
        elif action.nargs == REMAINDER:
            value = [self._get_value(action, v) for v in strings]
        elif action.nargs == PARSER:
            value = [self._get_value(action, v) for v in strings]
            self._check_value(action, value[0])
        elif action.nargs == SUPPRESS:
            value = SUPPRESS
        else:
            value = [self._get_value(action, v) for v in strings]
            for v in value:
                self._check_value(action, v)
        return value

    def _get_value(self, action, text):
        if action.type is None:
            return text
        try:
            return action.type(text)
        except ArgumentTypeError as e:
            raise ArgumentError(action, str(e))
        except (TypeError, ValueError):
            name = getattr(action.type, '__name__', repr(action.type))
            raise ArgumentError(action, 'invalid %s value: %r' % (name, text))

    def _check_value(self, action, value):
        if action.choices is not None and value not in action.choices:
            names = ', '.join([repr(c) for c in action.choices])
            raise ArgumentError(action, 'invalid choice: %r (choose from %s)' % (value, names))

    # Printing

    def _get_formatter(self):
        return self.formatter_class(prog=self.prog)

    def format_usage(self):
        formatter = self._get_formatter()
        return formatter._format_usage(self.usage, self._actions, self._mutually_exclusive_groups, None).strip('\n') + '\n'

    def format_help(self):
        formatter = self._get_formatter()
        out = formatter._format_usage(self.usage, self._actions, self._mutually_exclusive_groups, None)
        if self.description:
            out += formatter._format_text(self.description)
        longest = formatter._longest([group._group_actions for group in self._action_groups])
        for group in self._action_groups:
            items = ''
            if group.description:
                width = max(formatter._width - 2, 11)
                items += formatter._fill_text(group.description, width, '  ') + '\n\n'
            for action in group._group_actions:
                if action.help is not SUPPRESS:
                    items += formatter._format_action(action, 2, longest)
            if items:
                heading = '%s:\n' % group.title if group.title is not None else ''
                out += heading + items + '\n'
        if self.epilog:
            out += formatter._format_text(self.epilog)
        while '\n\n\n' in out:
            out = out.replace('\n\n\n', '\n\n')
        return out.strip('\n') + '\n'

    def print_usage(self, file=None):
        self._print_message(self.format_usage(), _sys.stdout if file is None else file)

    def print_help(self, file=None):
        self._print_message(self.format_help(), _sys.stdout if file is None else file)

    def _print_message(self, message, file=None):
        if message:
            file = _sys.stderr if file is None else file
            file.write(message)

    def exit(self, status=0, message=None):
        if message:
            self._print_message(message, _sys.stderr)
        _sys.exit(status)

    def error(self, message):
        self.print_usage(_sys.stderr)
        self.exit(2, '%s: error: %s\n' % (self.prog, message))
