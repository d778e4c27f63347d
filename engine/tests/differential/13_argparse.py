#---- positional and optional
# args: localhost -p 8080 --verbose
import argparse
p = argparse.ArgumentParser(description='A client')
p.add_argument('host', help='where to connect')
p.add_argument('-p', '--port', type=int, default=1060, help='port number')
p.add_argument('--verbose', action='store_true')
a = p.parse_args()
print(a, a.host, a.port, a.verbose, vars(a))
#---- defaults
import argparse
p = argparse.ArgumentParser()
p.add_argument('--host', default='127.0.0.1')
p.add_argument('--port', '-p', type=int, default=5000)
p.add_argument('--name', dest='nick')
p.add_argument('-v', action='count', default=0)
p.add_argument('-q', '--quiet', action='store_false')
print(p.parse_args())
print(p.parse_args(['-vvv', '-p9', '--host=h', '-q', '--name', 'bob']))
#---- help output
# args: -h
import argparse
p = argparse.ArgumentParser(description='Send and receive over TCP')
choices = ['client', 'server']
p.add_argument('role', choices=choices, help='which role to play')
p.add_argument('host', help='interface the server listens at; host the client sends to')
p.add_argument('-p', metavar='PORT', type=int, default=1060, help='TCP port (default 1060)')
p.parse_args()
#---- help with prog and epilog
# args: --help
import argparse
p = argparse.ArgumentParser(prog='chat', description='Chat over UDP', epilog='Have fun.')
p.add_argument('--server', action='store_true', help='run as the server')
p.add_argument('--long-option-name-here', help='an option with a name so long that its help goes to the next line, and then wraps over several lines')
p.add_argument('files', nargs='*', help='files (default: %(default)s)', default='none')
p.add_argument('--mode', choices=['a', 'b'], default='a', help='mode, default %(default)s')
p.add_argument('-n', type=int, required=True)
p.parse_args()
#---- missing positional
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='prog.py')
p.add_argument('host')
p.add_argument('port', type=int)
p.parse_args()
#---- invalid int
# args: localhost eighty
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='prog.py')
p.add_argument('host')
p.add_argument('port', type=int)
p.parse_args()
#---- invalid choice
# args: neither x
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='prog.py', description='d')
p.add_argument('role', choices=['client', 'server'])
p.add_argument('host')
p.add_argument('-p', metavar='PORT', type=int, default=1060)
p.parse_args()
#---- unrecognized arguments
# args: --nope 5
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='prog.py')
p.add_argument('--port', type=int)
p.parse_args()
#---- expected one argument
# args: --port
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='prog.py')
p.add_argument('--port', type=int)
p.parse_args()
#---- required option
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='prog.py')
p.add_argument('--host', required=True)
p.add_argument('-p', '--port', required=True, type=int)
p.parse_args()
#---- nargs
import argparse
p = argparse.ArgumentParser()
p.add_argument('first')
p.add_argument('rest', nargs='+')
p.add_argument('--pair', nargs=2, type=int)
p.add_argument('--opt', nargs='?', const='C', default='D')
p.add_argument('--many', nargs='*', default=[])
p.add_argument('-a', action='append')
p.add_argument('--const', action='store_const', const=42)
print(p.parse_args(['x', 'y', 'z', '--pair', '1', '2', '--opt', '--many', 'q', 'r', '-a', '1', '-a', '2', '--const']))
print(p.parse_args(['x', 'y', '--opt', 'v']))
#---- optional positional and dashes
import argparse
p = argparse.ArgumentParser()
p.add_argument('msg', nargs='?', default='hello')
p.add_argument('-n', type=float)
print(p.parse_args([]), p.parse_args(['-n', '-1.5']), p.parse_args(['--', '-x']), p.parse_args(['w', '-n=2']))
#---- abbreviations
import argparse
p = argparse.ArgumentParser()
p.add_argument('--verbose', action='store_true')
p.add_argument('--version', action='version', version='%(prog)s 1.0')
print(p.parse_args(['--verb']))
try:
    p.parse_args(['--ver'])
except SystemExit as e:
    print('exit', e.code)
#---- version
# args: --version
import argparse
p = argparse.ArgumentParser(prog='tool')
p.add_argument('--version', action='version', version='%(prog)s 2.1')
p.parse_args()
#---- known args and namespace
import argparse
p = argparse.ArgumentParser()
p.add_argument('--x', type=int, default=1)
ns, rest = p.parse_known_args(['--x', '5', '--y', 'z'])
print(ns, rest, ns.x, 'x' in ns, argparse.Namespace(a=1) == argparse.Namespace(a=1))
#---- parser error method
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='p', usage='p [options] HOST')
p.add_argument('--n')
p.error('something is wrong')
#---- groups and subcommands
# args: serve --port 99
import argparse
p = argparse.ArgumentParser(prog='x')
sub = p.add_subparsers(dest='cmd')
s = sub.add_parser('serve', help='serve files')
s.add_argument('--port', type=int, default=80)
c = sub.add_parser('get')
c.add_argument('url')
print(p.parse_args())
print(p.parse_args(['get', 'http://h/']))
print(p.parse_args([]))
#---- mutually exclusive
# args: --a --b
# stderr: all
import argparse
p = argparse.ArgumentParser(prog='x')
g = p.add_mutually_exclusive_group()
g.add_argument('--a', action='store_true')
g.add_argument('--b', action='store_true')
p.parse_args()
#---- custom type error
# args: --port 70000
# stderr: all
import argparse
def port(text):
    n = int(text)
    if not 0 < n < 65536:
        raise argparse.ArgumentTypeError(f'{n} is no port')
    return n
p = argparse.ArgumentParser(prog='x')
p.add_argument('--port', type=port)
p.parse_args()
#---- defaults are converted if strings
import argparse
p = argparse.ArgumentParser()
p.add_argument('--n', type=int, default='7')
p.add_argument('--s', type=str.upper, default='a')
p.set_defaults(extra=1)
print(p.parse_args([]), p.get_default('n'))
#---- formatter class and usage text
import argparse
p = argparse.ArgumentParser(prog='cmd', formatter_class=argparse.ArgumentDefaultsHelpFormatter, add_help=True)
p.add_argument('--host', default='localhost', help='host name')
p.add_argument('-v', '--verbose', action='store_true', help='talk more')
g = p.add_argument_group('network')
g.add_argument('--port', type=int, default=80, metavar='N', help='port')
p.print_help()
p.print_usage()
print(p.format_usage())
