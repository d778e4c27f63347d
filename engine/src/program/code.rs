//! Bytecode: what the compiler makes of a function and what the VM runs.

use protocol_derive::Packed;
use std::cell::Cell;
use std::rc::Rc;

use super::value::{Name, Value};

/// One instruction. Jumps name the instruction to go to.
#[derive(Clone, Copy, Debug, PartialEq, Packed)]
#[allow(missing_docs)]
pub enum Op {
    /// A line begins here: a statement or the test of a loop.
    Line(u32),
    Nop,
    /// At the end of the program: what is left to bury.
    Bury,
    // Loads and stores
    Const(u32),
    None,
    Fast(u32),
    StoreFast(u32),
    DelFast(u32),
    /// Two locals: the commonest pair.
    Fast2(u16, u16),
    Deref(u32),
    StoreDeref(u32),
    DelDeref(u32),
    /// The cell itself, for a closure.
    LoadCell(u32),
    Global {
        name: u32,
        cache: u16,
    },
    StoreGlobal {
        name: u32,
        cache: u16,
    },
    DelGlobal(u32),
    /// In a class body: its names, then globals, then built-ins.
    LoadName(u32),
    StoreName(u32),
    DelName(u32),
    /// In a class body: its names, then the enclosing function's variable.
    ClassDeref {
        name: u16,
        slot: u32,
    },
    Attr {
        name: u32,
        cache: u16,
    },
    StoreAttr {
        name: u32,
        cache: u16,
    },
    DelAttr(u32),
    /// obj -> (function, obj) or (Unbound, attribute).
    LoadMethod {
        name: u32,
        cache: u16,
    },
    Subscr,
    StoreSubscr,
    DelSubscr,
    // Stack
    Pop,
    Dup,
    Dup2,
    Rot2,
    Rot3,
    Rot4,
    // Operators
    Binary(Bin),
    Inplace(Bin),
    Unary(Un),
    Compare(Cmp),
    /// Compare, then jump if false: tests of loops and ifs.
    CompareJump(Cmp, u32),
    Is(bool),
    In(bool),
    // Jumps
    Jump(u32),
    JumpBack(u32),
    JumpIfFalse(u32),
    JumpIfTrue(u32),
    JumpIfFalseOrPop(u32),
    JumpIfTrueOrPop(u32),
    GetIter,
    ForIter(u32),
    // Displays
    Tuple(u32),
    List(u32),
    Set(u32),
    Dict(u32),
    /// A dict whose keys are a constant tuple.
    ConstKeyDict(u32),
    Slice(u32),
    Strings(u32),
    /// conversion: 0, 's', 'r', 'a'; with a spec on the stack or not.
    Format {
        conversion: u8,
        spec: bool,
    },
    ListAppend(u32),
    SetAdd(u32),
    MapAdd(u32),
    ListExtend(u32),
    SetUpdate(u32),
    DictUpdate(u32),
    /// The same for the keywords of a call: repeated ones are a TypeError.
    DictMerge(u32),
    ListToTuple,
    Unpack(u32),
    UnpackEx(u16, u16),
    // Calls
    Call(u32),
    /// argc, and the constant with the tuple of keywords.
    CallKw(u16, u32),
    CallMethod(u32),
    CallMethodKw(u16, u32),
    /// callable, tuple, dict if the flag is set.
    CallEx(bool),
    Function {
        code: u32,
        flags: u8,
    },
    /// body function, name, bases..., keyword values...
    Class {
        argc: u16,
        names: u32,
    },
    Return,
    // Exceptions
    Try(u32),
    EndTry,
    /// The handler is left: its exception is no longer the one being handled.
    EndExcept,
    /// exception type -> bool
    Match,
    /// Raise again what the handler got; no new traceback entry.
    Reraise,
    /// 0: again what is being handled; 1: exception; 2: exception and cause.
    Raise(u8),
    AssertionError,
    /// manager -> exit function, result of __enter__
    With,
    /// exit -> (called with None three times)
    ExitNormal,
    /// exit exception -> exit exception result-of-exit
    ExitExcept,
    // Generators
    Yield,
    YieldFromIter,
    /// iter value -> iter item, or result and jump
    Send(u32),
    // Modules
    Import {
        name: u32,
        from: u32,
        level: u8,
        /// The program has something else to do where the module is missing.
        optional: bool,
    },
    ImportFrom(u32),
    ImportStar,
    /// Prints the value of a statement at the prompt.
    Display,
    /// Refused at run time, with the words of a constant: something that only matters when it is reached.
    Refuse(u32),
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Packed)]
#[allow(missing_docs)]
pub enum Bin {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    Shl,
    Shr,
    And,
    Or,
    Xor,
}

impl Bin {
    /// As written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::FloorDiv => "//",
            Self::Mod => "%",
            Self::Pow => "** or pow()",
            Self::MatMul => "@",
            Self::Shl => "<<",
            Self::Shr => ">>",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }

    /// The special methods: plain, reflected, in place.
    pub const fn methods(self) -> [&'static str; 3] {
        match self {
            Self::Add => ["__add__", "__radd__", "__iadd__"],
            Self::Sub => ["__sub__", "__rsub__", "__isub__"],
            Self::Mul => ["__mul__", "__rmul__", "__imul__"],
            Self::Div => ["__truediv__", "__rtruediv__", "__itruediv__"],
            Self::FloorDiv => ["__floordiv__", "__rfloordiv__", "__ifloordiv__"],
            Self::Mod => ["__mod__", "__rmod__", "__imod__"],
            Self::Pow => ["__pow__", "__rpow__", "__ipow__"],
            Self::MatMul => ["__matmul__", "__rmatmul__", "__imatmul__"],
            Self::Shl => ["__lshift__", "__rlshift__", "__ilshift__"],
            Self::Shr => ["__rshift__", "__rrshift__", "__irshift__"],
            Self::And => ["__and__", "__rand__", "__iand__"],
            Self::Or => ["__or__", "__ror__", "__ior__"],
            Self::Xor => ["__xor__", "__rxor__", "__ixor__"],
        }
    }
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Packed)]
#[allow(missing_docs)]
pub enum Un {
    Neg,
    Pos,
    Invert,
    Not,
}

/// Comparisons that a type may define.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Packed)]
#[allow(missing_docs)]
pub enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Cmp {
    /// As written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// The special method.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Eq => "__eq__",
            Self::Ne => "__ne__",
            Self::Lt => "__lt__",
            Self::Le => "__le__",
            Self::Gt => "__gt__",
            Self::Ge => "__ge__",
        }
    }

    /// a OP b is b OP' a.
    pub const fn reflected(self) -> Self {
        match self {
            Self::Eq => Self::Eq,
            Self::Ne => Self::Ne,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
        }
    }

    /// Does it hold for two values that compare so?
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

/// Flags of [`Op::Function`]: what lies on the stack under it.
pub mod make {
    /// A tuple of defaults.
    pub const DEFAULTS: u8 = 1;
    /// A dict of keyword-only defaults.
    pub const KW_DEFAULTS: u8 = 2;
    /// A tuple of cells.
    pub const CLOSURE: u8 = 4;
}

/// What an instruction remembers of its last run; see `vm/attribute.rs`. Versions are never reused, so code shared by
/// copies of a VM is safe.
#[derive(Clone, Copy, Default, Debug)]
pub struct Cache {
    /// The class's version or the globals' shape.
    pub version: u64,
    /// What was found.
    pub kind: u8,
    /// Where along the resolution order.
    pub mro: u16,
    /// Place in that map.
    pub place: u32,
}

/// The source that code comes from.
pub struct Source {
    /// The file's name as tracebacks show it.
    pub file: Rc<str>,
    /// The text.
    pub text: Rc<str>,
    /// Byte offset of each line's beginning.
    pub lines: Vec<u32>,
    /// One of the engine's own modules: no line stops, not in tracebacks.
    pub frozen: bool,
    /// Added to line numbers.
    pub first_line: u32,
}

impl Source {
    /// Splits the text into lines.
    pub fn new(file: &str, text: &str, frozen: bool) -> Self {
        let mut lines = vec![0];
        lines.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(i, _)| i as u32 + 1),
        );
        Self {
            file: file.into(),
            text: text.into(),
            lines,
            frozen,
            first_line: 1,
        }
    }

    /// Line (from 1) of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.lines.partition_point(|l| *l <= offset) as u32
    }

    /// A line (from 1) without its newline.
    pub fn line_text(&self, line: u32) -> &str {
        let Some(start) = self.lines.get((line as usize).wrapping_sub(1)) else {
            return "";
        };
        let end = self
            .lines
            .get(line as usize)
            .map_or(self.text.len(), |e| *e as usize);
        self.text[*start as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// Byte offset within its line.
    pub fn column(&self, offset: u32) -> usize {
        let line = self.line(offset);
        (offset - self.lines[line as usize - 1]) as usize
    }
}

/// Within the bytes of source `.0`, the operator or the brackets are at `.1`.
pub type Anchor = ((u32, u32), (u32, u32));

/// The code of a function, class body, module or comprehension.
pub struct Code {
    /// `__name__`: `<module>`, `<lambda>`, `<listcomp>`, ...
    pub name: Name,
    /// `__qualname__`
    pub qualname: Rc<str>,
    /// Where it comes from.
    pub source: Rc<Source>,
    /// The instructions.
    pub ops: Box<[Op]>,
    /// For each instruction the bytes of source that it stands for.
    pub spans: Box<[(u32, u32)]>,
    /// Spans of binary operations and subscripts: what a traceback marks in them with `^`, from the span's beginning.
    pub anchors: Box<[Anchor]>,
    /// Constants.
    pub consts: Box<[Value]>,
    /// Names of globals and attributes.
    pub names: Box<[Name]>,
    /// The instructions' memory.
    pub caches: Box<[Cell<Cache>]>,
    /// Names of the locals: parameters first, then others, then cells and free variables.
    pub locals: Box<[Name]>,
    /// How many parameters: positional-only ones, all positional ones, keyword-only ones.
    pub posonly: u32,
    /// All positional ones.
    pub argc: u32,
    /// Keyword-only ones.
    pub kwonly: u32,
    /// `*args` stands after them.
    pub varargs: bool,
    /// `**kwargs` stands after that.
    pub varkw: bool,
    /// Slots whose variable inner functions share.
    pub cells: Box<[u32]>,
    /// Slots for the closure's cells.
    pub free: Box<[u32]>,
    /// A generator function.
    pub generator: bool,
    /// A class body.
    pub class_body: bool,
    /// First line.
    pub line: u32,
    /// `__doc__`
    pub doc: Option<Value>,
    /// The deepest operand stack, about.
    pub stack: u32,
}

impl Code {
    /// The line (from 1) of an instruction.
    pub fn line_of(&self, ip: u32) -> u32 {
        self.spans
            .get(ip as usize)
            .map_or(self.line, |s| self.source.line(s.0))
    }
}
