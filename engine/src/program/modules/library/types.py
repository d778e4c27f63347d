"""types: the classes of things that have no name of their own."""


def _generator():
    yield


class _Sample:
    def method(self):
        pass


FunctionType = LambdaType = type(lambda: None)
MethodType = type(_Sample().method)
BuiltinFunctionType = BuiltinMethodType = type(len)
GeneratorType = type(_generator())
ModuleType = type(__import__('math'))
NoneType = type(None)
EllipsisType = type(...)
NotImplementedType = type(NotImplemented)
MappingProxyType = dict


class SimpleNamespace:
    def __init__(self, /, **kwargs):
        self.__dict__.update(kwargs)

    def __repr__(self):
        name = 'namespace' if type(self) is SimpleNamespace else type(self).__name__
        return '%s(%s)' % (name, ', '.join(['%s=%r' % pair for pair in self.__dict__.items()]))

    def __eq__(self, other):
        if isinstance(other, SimpleNamespace):
            return self.__dict__ == other.__dict__
        return NotImplemented


def new_class(name, bases=(), kwds=None, exec_body=None):
    body = {}
    if exec_body is not None:
        exec_body(body)
    return type(name, bases, body)
