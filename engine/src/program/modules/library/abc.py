"""abc: classes that ask their subclasses for methods."""


def abstractmethod(funcobj):
    funcobj.__isabstractmethod__ = True
    return funcobj


class abstractproperty(property):
    __isabstractmethod__ = True


def _is_abstract(value):
    if isinstance(value, property):
        return any([getattr(f, '__isabstractmethod__', False) for f in (value.fget, value.fset, value.fdel)])
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    return getattr(value, '__isabstractmethod__', False)


class ABCMeta(type):
    def __new__(metacls, name, bases, namespace, /, **kwargs):
        cls = type.__new__(metacls, name, bases, namespace, **kwargs)
        names = [n for n, value in namespace.items() if _is_abstract(value)]
        for base in bases:
            for n in getattr(base, '__abstractmethods__', ()):
                if n not in names and _is_abstract(getattr(cls, n, None)):
                    names.append(n)
        cls.__abstractmethods__ = frozenset(names)
        cls._abc_registry = []
        return cls

    def register(cls, subclass):
        cls._abc_registry.append(subclass)
        return subclass

    def __call__(cls, *args, **kwargs):
        missing = cls.__abstractmethods__
        if missing:
            names = ', '.join(sorted(missing))
            raise TypeError("Can't instantiate abstract class %s with abstract method%s %s" % (
                cls.__name__, '' if len(missing) == 1 else 's', names))
        return type.__call__(cls, *args, **kwargs)

    def __instancecheck__(cls, instance):
        return cls.__subclasscheck__(type(instance))

    def __subclasscheck__(cls, subclass):
        if cls in subclass.__mro__:
            return True
        return any([issubclass(subclass, other) for other in cls._abc_registry])


class ABC(metaclass=ABCMeta):
    __slots__ = ()
