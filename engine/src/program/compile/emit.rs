//! The compiler's state: one unit for each function being compiled, and the small moves that all parts share.

use ruff_python_ast::{ExprBinOp, ExprSubscript};
use ruff_text_size::{Ranged, TextRange};
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::code::{Anchor, Cache, Code, Op, Source};
use super::super::value::{Name, Value};
use super::blocks::Block;
use super::scope::{Kind, Place, Scopes, mangle, span};
use super::{CompileError, Mode};

pub(super) type Res = Result<(), CompileError>;

/// A place to jump to that is not known yet.
pub(super) type Patch = usize;

/// A function being compiled.
pub(super) struct Unit<'a> {
    pub name: Name,
    pub qualname: String,
    pub scope: usize,
    pub ops: Vec<Op>,
    pub spans: Vec<(u32, u32)>,
    anchors: Vec<Anchor>,
    pub consts: Vec<Value>,
    const_index: HashMap<String, u32>,
    pub names: Vec<Name>,
    name_index: HashMap<String, u32>,
    pub caches: u32,
    pub locals: Vec<Name>,
    slots: HashMap<String, u32>,
    pub blocks: Vec<Block<'a>>,
    pub here: (u32, u32),
    pub line: u32,
    pub posonly: u32,
    pub argc: u32,
    pub kwonly: u32,
    pub varargs: bool,
    pub varkw: bool,
    pub doc: Option<Value>,
    pub private: Option<String>,
    /// How many `try` statements around this place are for imports that fail.
    pub optional: u32,
}

/// The compiler of one source.
pub(super) struct Compiler<'a> {
    pub source: Rc<Source>,
    pub mode: Mode,
    pub scopes: Scopes,
    pub units: Vec<Unit<'a>>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(source: Rc<Source>, mode: Mode, scopes: Scopes) -> Self {
        Self {
            source,
            mode,
            scopes,
            units: Vec::new(),
        }
    }

    pub(super) fn enter_module(&mut self) {
        self.enter("<module>", 0, 1, None);
    }

    /// Begins a unit.
    pub(super) fn enter(&mut self, name: &str, scope: usize, line: u32, private: Option<String>) {
        let qualname = match self.units.last() {
            None => name.to_owned(),
            Some(outer) if outer.qualname == "<module>" => name.to_owned(),
            Some(outer) => {
                let declared_global = self.scopes.all[outer.scope].places.get(name) == Some(&Place::Global);
                if declared_global {
                    name.to_owned()
                } else if self.scopes.all[outer.scope].kind == Kind::Class {
                    format!("{}.{name}", outer.qualname)
                } else {
                    format!("{}.<locals>.{name}", outer.qualname)
                }
            }
        };
        let private = private.or_else(|| self.units.last().and_then(|u| u.private.clone()));
        self.units.push(Unit {
            name: Name::new(name),
            qualname,
            scope,
            ops: Vec::new(),
            spans: Vec::new(),
            anchors: Vec::new(),
            consts: Vec::new(),
            const_index: HashMap::new(),
            names: Vec::new(),
            name_index: HashMap::new(),
            caches: 0,
            locals: Vec::new(),
            slots: HashMap::new(),
            blocks: Vec::new(),
            here: (0, 0),
            line,
            posonly: 0,
            argc: 0,
            kwonly: 0,
            varargs: false,
            varkw: false,
            doc: None,
            private,
            optional: 0,
        });
    }

    #[allow(clippy::expect_used)]
    pub(super) fn unit(&mut self) -> &mut Unit<'a> {
        self.units.last_mut().expect("a unit is open while compiling")
    }

    /// Ends a unit. Parameters must have their slots already; all other locals get theirs as they are met.
    pub(super) fn finish(&mut self) -> Result<Rc<Code>, CompileError> {
        let Some(mut unit) = self.units.pop() else {
            return Err(CompileError::syntax("invalid syntax", 0..1));
        };
        let scope = &self.scopes.all[unit.scope];
        let mut cells = Vec::new();
        let mut free = Vec::new();
        for (name, place) in &scope.places {
            match place {
                Place::Cell => cells.push(unit.slot(name)),
                Place::Free => free.push(unit.slot(name)),
                _ => {}
            }
        }
        if unit.caches > u32::from(u16::MAX) || unit.names.len() > u16::MAX as usize {
            return Err(CompileError::refused(
                "This program is too large for the engine.",
                0..1,
            ));
        }
        let caches = (0..=unit.caches).map(|_| Cell::new(Cache::default())).collect();
        Ok(Rc::new(Code {
            name: unit.name,
            qualname: unit.qualname.into(),
            source: self.source.clone(),
            stack: 16,
            ops: unit.ops.into(),
            spans: unit.spans.into(),
            anchors: unit.anchors.into(),
            consts: unit.consts.into(),
            names: unit.names.into(),
            caches,
            locals: unit.locals.into(),
            posonly: unit.posonly,
            argc: unit.argc,
            kwonly: unit.kwonly,
            varargs: unit.varargs,
            varkw: unit.varkw,
            cells: cells.into(),
            free: free.into(),
            generator: scope.generator,
            class_body: scope.kind == Kind::Class,
            line: unit.line,
            doc: unit.doc,
        }))
    }

    /// The names of a scope's free variables, in the order in which a closure must bring their cells.
    pub(super) fn free_names(&self, scope: usize) -> Vec<String> {
        let scope = &self.scopes.all[scope];
        scope
            .places
            .iter()
            .filter(|(_, p)| **p == Place::Free)
            .map(|(n, _)| n.clone())
            .collect()
    }

    // ---- instructions

    pub(super) fn emit(&mut self, op: Op) -> usize {
        let unit = self.unit();
        unit.ops.push(op);
        let here = unit.here;
        unit.spans.push(here);
        unit.ops.len() - 1
    }

    /// The source that the next instructions stand for.
    pub(super) fn at(&mut self, range: TextRange) {
        let span = span(range);
        self.unit().here = (span.start, span.end);
    }

    /// Notes where the operator of a binary operation is.
    pub(super) fn operator_at(&mut self, operation: &ExprBinOp) {
        let between = TextRange::new(operation.left.range().end(), operation.right.range().start());
        let text = self.text(between);
        let Some(skip) = text.find(|c: char| !c.is_whitespace() && c != ')' && c != '(') else {
            return;
        };
        let two = matches!(text.get(skip..skip + 2), Some("**" | "//" | "<<" | ">>"));
        let at = span(between).start + skip as u32;
        self.anchor(operation.range, (at, at + if two { 2 } else { 1 }));
    }

    /// Notes where the brackets of a subscript are.
    pub(super) fn brackets_at(&mut self, subscript: &ExprSubscript) {
        let rest = TextRange::new(subscript.value.range().end(), subscript.range.end());
        if let Some(skip) = self.text(rest).find('[') {
            let rest = span(rest);
            self.anchor(subscript.range, (rest.start + skip as u32, rest.end));
        }
    }

    fn text(&self, range: TextRange) -> &str {
        let span = span(range);
        let text = self.source.text.get(span.start as usize..span.end as usize);
        text.unwrap_or_default()
    }

    /// Only what stands on one line is marked so.
    fn anchor(&mut self, range: TextRange, at: (u32, u32)) {
        let span = span(range);
        let one_line = self.source.line(span.start) == self.source.line(span.end.saturating_sub(1));
        if one_line && self.mode != Mode::Frozen {
            let from = span.start;
            let anchor = ((from, span.end), (at.0 - from, at.1 - from));
            self.unit().anchors.push(anchor);
        }
    }

    pub(super) fn next(&mut self) -> u32 {
        self.unit().ops.len() as u32
    }

    /// Emits a jump whose target comes later.
    pub(super) fn jump(&mut self, op: fn(u32) -> Op) -> Patch {
        self.emit(op(u32::MAX))
    }

    /// The jump goes here.
    pub(super) fn land(&mut self, patch: Patch) {
        let to = self.next();
        let op = &mut self.unit().ops[patch];
        *op = match *op {
            Op::Jump(_) => Op::Jump(to),
            Op::JumpIfFalse(_) => Op::JumpIfFalse(to),
            Op::JumpIfTrue(_) => Op::JumpIfTrue(to),
            Op::JumpIfFalseOrPop(_) => Op::JumpIfFalseOrPop(to),
            Op::JumpIfTrueOrPop(_) => Op::JumpIfTrueOrPop(to),
            Op::ForIter(_) => Op::ForIter(to),
            Op::Try(_) => Op::Try(to),
            Op::Send(_) => Op::Send(to),
            Op::CompareJump(c, _) => Op::CompareJump(c, to),
            other => other,
        };
    }

    pub(super) fn land_all(&mut self, patches: Vec<Patch>) {
        for p in patches {
            self.land(p);
        }
    }

    /// A stop: a new line begins.
    pub(super) fn mark_line(&mut self, range: TextRange) {
        self.at(range);
        let line = self.source.line(u32::from(range.start()));
        if self.mode != Mode::Frozen {
            self.emit(Op::Line(line));
        }
    }

    pub(super) fn cache(&mut self) -> u16 {
        let unit = self.unit();
        unit.caches += 1;
        u16::try_from(unit.caches).unwrap_or(0)
    }

    pub(super) fn constant(&mut self, value: Value) -> u32 {
        let key = match &value {
            Value::Int(n) => format!("i{n}"),
            Value::Str(s) => format!("s{}", s.as_str()),
            Value::Float(x) => format!("f{}", x.to_bits()),
            Value::Bool(b) => format!("b{b}"),
            _ => String::new(),
        };
        let unit = self.unit();
        if !key.is_empty()
            && let Some(i) = unit.const_index.get(&key)
        {
            return *i;
        }
        unit.consts.push(value);
        let i = (unit.consts.len() - 1) as u32;
        if !key.is_empty() {
            unit.const_index.insert(key, i);
        }
        i
    }

    pub(super) fn emit_const(&mut self, value: Value) {
        if value.is_none() {
            self.emit(Op::None);
        } else {
            let k = self.constant(value);
            self.emit(Op::Const(k));
        }
    }

    pub(super) fn name(&mut self, name: &str) -> u32 {
        let unit = self.unit();
        if let Some(i) = unit.name_index.get(name) {
            return *i;
        }
        unit.names.push(Name::new(name));
        let i = (unit.names.len() - 1) as u32;
        unit.name_index.insert(name.to_owned(), i);
        i
    }

    pub(super) fn mangled(&mut self, name: &str) -> String {
        mangle(self.unit().private.as_deref(), name)
    }

    // ---- names

    fn place(&mut self, name: &str) -> Place {
        let scope = self.unit().scope;
        self.scopes.all[scope]
            .places
            .get(name)
            .copied()
            .unwrap_or(Place::Implicit)
    }

    fn kind(&mut self) -> Kind {
        let scope = self.unit().scope;
        self.scopes.all[scope].kind
    }

    pub(super) fn load(&mut self, name: &str) -> Res {
        let name = self.mangled(name);
        let class = self.kind() == Kind::Class;
        match self.place(&name) {
            Place::Local if class => {
                let outer = format!("{name} (outer)");
                if self.place(&outer) == Place::Free {
                    // Assigned in the class body and also a variable of the function around it.
                    let slot = self.unit().slot(&outer);
                    let n = self.name(&name);
                    self.emit(Op::ClassDeref { name: n as u16, slot });
                } else {
                    let n = self.name(&name);
                    self.emit(Op::LoadName(n));
                }
            }
            Place::Local => {
                let slot = self.unit().slot(&name);
                self.emit(Op::Fast(slot));
            }
            Place::Cell | Place::Free => {
                let slot = self.unit().slot(&name);
                if class {
                    let n = self.name(&name);
                    self.emit(Op::ClassDeref { name: n as u16, slot });
                } else {
                    self.emit(Op::Deref(slot));
                }
            }
            Place::Implicit if class => {
                let n = self.name(&name);
                self.emit(Op::LoadName(n));
            }
            Place::Global | Place::Implicit => {
                let name = self.name(&name);
                let cache = self.cache();
                self.emit(Op::Global { name, cache });
            }
        }
        Ok(())
    }

    pub(super) fn store(&mut self, name: &str) -> Res {
        let name = self.mangled(name);
        let class = self.kind() == Kind::Class;
        match self.place(&name) {
            Place::Local | Place::Implicit if class => {
                let n = self.name(&name);
                self.emit(Op::StoreName(n));
            }
            Place::Local => {
                let slot = self.unit().slot(&name);
                self.emit(Op::StoreFast(slot));
            }
            Place::Cell | Place::Free => {
                let slot = self.unit().slot(&name);
                self.emit(Op::StoreDeref(slot));
            }
            Place::Global | Place::Implicit => self.store_global(&name)?,
        }
        Ok(())
    }

    pub(super) fn store_global(&mut self, name: &str) -> Res {
        let name = self.name(name);
        let cache = self.cache();
        self.emit(Op::StoreGlobal { name, cache });
        Ok(())
    }

    pub(super) fn delete(&mut self, name: &str) -> Res {
        let name = self.mangled(name);
        let class = self.kind() == Kind::Class;
        match self.place(&name) {
            Place::Local | Place::Implicit if class => {
                let n = self.name(&name);
                self.emit(Op::DelName(n));
            }
            Place::Local => {
                let slot = self.unit().slot(&name);
                self.emit(Op::DelFast(slot));
            }
            Place::Cell | Place::Free => {
                let slot = self.unit().slot(&name);
                self.emit(Op::DelDeref(slot));
            }
            Place::Global | Place::Implicit => {
                let n = self.name(&name);
                self.emit(Op::DelGlobal(n));
            }
        }
        Ok(())
    }

    /// The cell of a variable, for a closure.
    pub(super) fn load_cell(&mut self, name: &str) {
        let outer = format!("{name} (outer)");
        let key = if self.kind() == Kind::Class && self.place(&outer) == Place::Free {
            &outer
        } else {
            name
        };
        let slot = self.unit().slot(key);
        self.emit(Op::LoadCell(slot));
    }
}

impl Unit<'_> {
    /// The slot of a local, given on first use.
    pub(super) fn slot(&mut self, name: &str) -> u32 {
        if let Some(i) = self.slots.get(name) {
            return *i;
        }
        let i = self.locals.len() as u32;
        self.locals.push(Name::new(name));
        self.slots.insert(name.to_owned(), i);
        i
    }
}
