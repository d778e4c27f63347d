//! Exceptions: the hierarchy of CPython 3.11, and how the engine raises them.

use std::cell::RefCell;
use std::rc::Rc;

use super::types::types;
use super::value::object::ExcData;
use super::value::{Class, Instance, NameMap, Payload, Value};
use super::vm::{Ctl, Res};

/// Class and base, bases first.
pub const HIERARCHY: &[(&str, &str)] = &[
    ("BaseException", "object"),
    ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("Exception", "BaseException"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("ArithmeticError", "Exception"),
    ("FloatingPointError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
    ("ConnectionError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("InterruptedError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("SyntaxError", "Exception"),
    ("IndentationError", "SyntaxError"),
    ("TabError", "IndentationError"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
    ("Warning", "Exception"),
    ("BytesWarning", "Warning"),
    ("DeprecationWarning", "Warning"),
    ("EncodingWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
    ("UserWarning", "Warning"),
];

/// The subclass of OSError that CPython chooses for an errno.
pub fn class_of_errno(errno: i64) -> &'static str {
    match errno {
        1 | 13 => "PermissionError",
        2 => "FileNotFoundError",
        3 => "ProcessLookupError",
        4 => "InterruptedError",
        10 => "ChildProcessError",
        11 | 114 | 115 => "BlockingIOError",
        17 => "FileExistsError",
        20 => "NotADirectoryError",
        21 => "IsADirectoryError",
        32 | 108 => "BrokenPipeError",
        103 => "ConnectionAbortedError",
        104 => "ConnectionResetError",
        110 => "TimeoutError",
        111 => "ConnectionRefusedError",
        _ => "OSError",
    }
}

/// A built-in exception of this class.
pub fn new(class: &str, args: Vec<Value>) -> Value {
    of_class(types().exception(class), args)
}

/// An exception of any class.
pub fn of_class(class: &Rc<Class>, args: Vec<Value>) -> Value {
    Value::Obj(Rc::new(Instance {
        class: class.clone(),
        attrs: RefCell::new(NameMap::new()),
        id: 0,
        payload: Payload::Exc(Box::new(RefCell::new(ExcData {
            args,
            ..ExcData::default()
        }))),
        graveyard: None,
    }))
}

/// A built-in exception with these words, to be returned as `Err`. Empty words: no argument.
pub fn raise(class: &str, words: impl Into<String>) -> Box<Ctl> {
    let words = words.into();
    let args = if words.is_empty() {
        Vec::new()
    } else {
        vec![Value::str(words)]
    };
    Box::new(Ctl::Raise(new(class, args)))
}

/// An exception value, to be returned as `Err`.
pub fn throw(value: Value) -> Box<Ctl> {
    Box::new(Ctl::Raise(value))
}

/// TypeError.
pub fn type_error<T>(words: impl Into<String>) -> Res<T> {
    Err(raise("TypeError", words))
}

/// ValueError.
pub fn value_error<T>(words: impl Into<String>) -> Res<T> {
    Err(raise("ValueError", words))
}

/// OSError, or its subclass for this errno, with glibc's words.
pub fn os_error(errno: i32) -> Value {
    let args = vec![Value::from(errno), Value::str(protocol::errno::strerror(errno))];
    new(class_of_errno(i64::from(errno)), args)
}

/// The same for a file.
pub fn os_error_at(errno: i32, file: &str) -> Value {
    let value = os_error(errno);
    if let Value::Obj(o) = &value {
        o.attrs.borrow_mut().put("filename", Value::str(file));
    }
    value
}

/// KeyError: its argument is the key itself.
pub fn key_error(key: &Value) -> Box<Ctl> {
    throw(new("KeyError", vec![key.clone()]))
}

/// StopIteration with the value of a generator.
pub fn stop_iteration(value: Value) -> Box<Ctl> {
    let args = if value.is_none() { Vec::new() } else { vec![value] };
    throw(new("StopIteration", args))
}

/// Is the value an exception of this built-in class, or of one that inherits from it?
pub fn is_a(value: &Value, class: &str) -> bool {
    matches!(value, Value::Obj(o) if o.class.is_subclass(types().exception(class)))
}

/// A SyntaxError as eval(), exec() and import raise it.
pub fn syntax_error(e: &super::compile::CompileError, source: &super::code::Source) -> Value {
    let (line, column) = e.position(source);
    let text = Value::str(format!("{}\n", source.line_text(line)));
    let file = Value::str(&*source.file);
    let place = Value::tuple(vec![file.clone(), line.into(), column.into(), text.clone()]);
    let value = new(e.kind, vec![Value::str(e.message.as_str()), place]);
    if let Value::Obj(o) = &value {
        let mut attrs = o.attrs.borrow_mut();
        attrs.put("msg", Value::str(e.message.as_str()));
        attrs.put("filename", file);
        attrs.put("lineno", line.into());
        attrs.put("offset", column.into());
        attrs.put("text", text);
        attrs.put("report", Value::str(e.report(source)));
    }
    value
}
