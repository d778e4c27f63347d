#---- missing colon
# stderr: all
if True
    print('x')
#---- unclosed paren
print('start'
x = 1
#---- bad indent
# stderr: all
def f():
print('x')
#---- unexpected indent
# stderr: all
x = 1
    y = 2
#---- unindent mismatch
if True:
        x = 1
    y = 2
#---- python 2 print
# stderr: all
print 'hello'
#---- assignment to literal
# stderr: all
5 = x
#---- unterminated string
# stderr: all
print('hello)
#---- unmatched bracket
# stderr: all
x = [1, 2)
#---- stray bracket
# stderr: all
x = 5)
#---- return outside function
# stderr: all
x = 1
return x
#---- break outside loop
# stderr: all
break
#---- continue outside loop
# stderr: all
if True:
    continue
#---- keyword as name
class = 5
#---- invalid character
# stderr: all
print(“hello”)
#---- assignment in condition
# stderr: all
x = 1
if x = 2:
    pass
#---- missing comma
# stderr: all
x = [1 2]
#---- double star misuse
f(**a, *b)
#---- unterminated triple
x = '''abc
def
#---- nonlocal at module
# stderr: all
nonlocal x
#---- duplicate argument
# stderr: all
def f(a, a):
    pass
#---- default before plain
# stderr: all
def f(a=1, b):
    pass
#---- yield outside
# stderr: all
yield 5
#---- await outside
# stderr: all
def f():
    await g()
#---- empty block at the end
def f():
#---- else without if
else:
    pass
#---- try without except
try:
    x = 1
y = 2
#---- bad decimal literal
# stderr: all
x = 12abc
#---- leading zeros
# stderr: all
x = 0123
#---- exec print in python 2 style except
try:
    pass
except ValueError, e:
    pass
#---- tabs and spaces
if True:
	x = 1
        y = 2
#---- nothing printed before a syntax error
print('first')
print('second'
#---- global after use
# stderr: all
def f():
    x = 1
    global x
#---- import star in function
# stderr: all
def f():
    from os import *
#---- delete literal
# stderr: all
del 5
#---- f-string empty
x = f'{}'
#---- call keyword repeated
f(a=1, a=2)
#---- positional after keyword
# stderr: all
f(a=1, 2)
#---- indent: return
# stderr: all
def f():
return 1
#---- indent: if
# stderr: all
if True:
print(1)
#---- indent: method
# stderr: all
class A:
def f(self): pass
#---- positional between
# stderr: all
f(a=1, 2, b=3)
#---- positional after **
# stderr: all
f(**k, 2)
#---- three numbers
# stderr: all
x = [1 2 3]
#---- call without comma
# stderr: all
print(1 2)
#---- string then name
# stderr: all
x = 1
print("a" x)
#---- condition with and
# stderr: all
x = y = 1
if x = 2 and y:
    pass
#---- assign to attribute in condition
# stderr: all
while x.y = 3:
    pass
#---- underscore literal
# stderr: all
x = 1_000abc
#---- hex literal
# stderr: all
x = 0x1g
#---- 007
# stderr: all
x = 007
#---- mismatch in call
# stderr: all
print((1]
#---- f-string spec
# stderr: all
x = f"{a"
#---- two globals
# stderr: all
def f():
    x = 1
    global x, y
#---- print with percent
# stderr: all
print "a" % b
#---- two values
# stderr: all
x = 5 5
#---- two names
# stderr: all
foo bar
#---- two imports
# stderr: all
import os sys
#---- double equals apart
# stderr: all
x = = 5
#---- for without colon
# stderr: all
for i in range(5)
    pass
#---- elif alone
# stderr: all
elif x:
    pass
#---- paren over lines
# stderr: all
x = (1,
y = 2
#---- return at top
# stderr: all
return
#---- open string
# stderr: all
x = "abc
#---- augmented tuple
# stderr: all
a, b += 1, 2
#---- assign to call
# stderr: all
f() = 1
#---- assign to sum
# stderr: all
x + 1 = 2
#---- assign to None
# stderr: all
None = 1
#---- def number
# stderr: all
def 5(): pass
#---- with without colon
# stderr: all
with open("x") as f
    pass
#---- while without colon
# stderr: all
while True print(1)
#---- then
# stderr: all
x = 1
if x == 1 then:
    pass
#---- else if
# stderr: all
if 1:
    pass
else if x:
    pass
#---- plus plus
# stderr: all
x = 1
x++
#---- and and
# stderr: all
if a && b:
    pass
#---- bang
# stderr: all
x = !y
#---- print two words
# stderr: all
print(hello world)
#---- quote in string
# stderr: all
s = 'it's'
#---- assign to number
# stderr: all
1 = x
#---- assign to string
# stderr: all
'a' = 5
#---- missing value
# stderr: all
x =
#---- missing operand
# stderr: all
x = 5 +
#---- missing name after dot
# stderr: all
x = a.
#---- comma at the end of call
# stderr: all
print(1,,2)
#---- keyword value missing
# stderr: all
f(a=)
#---- unclosed list
# stderr: all
x = [1, 2
print(x)
#---- unclosed dict
# stderr: all
d = {'a': 1
print(d)
#---- try alone
# stderr: all
try:
    x = 1
x = 2
#---- except alone
# stderr: all
except ValueError:
    pass
#---- import nothing
# stderr: all
import
#---- from nothing
# stderr: all
from os import
#---- class number
# stderr: all
class 1A:
    pass
#---- dict colon missing
# stderr: all
d = {'a' 1}
#---- walrus in statement
# stderr: all
x := 5
#---- del call
# stderr: all
del f()
#---- for target call
# stderr: all
for f() in x:
    pass
#---- star alone
# stderr: all
def f(*): pass
#---- unindent
# stderr: all
def f():
        x = 1
    y = 2
#---- semicolon colon
# stderr: all
if True: x = 1; else: y = 2
#---- python 2 exec
# stderr: all
exec 'x = 1'
#---- python 2 raise
# stderr: all
raise ValueError, 'bad'
#---- backtick
# stderr: all
x = `5`
#---- diamond
# stderr: all
if 1 <> 2: pass
