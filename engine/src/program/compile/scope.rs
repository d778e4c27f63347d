//! Which name is local, shared with inner functions, or global: CPython's rules (`symtable`).

use indexmap::IndexMap;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::CompileError;
use crate::sorted::{Map, Set};

/// How a name is reached from a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Local,
    /// A local that inner functions share.
    Cell,
    /// A variable of an enclosing function.
    Free,
    Global,
    /// Global because nothing else has it: in a class body the class's names come first.
    Implicit,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Module,
    Function,
    Class,
    Comprehension,
}

#[derive(Default, Clone, Copy)]
struct Marks {
    param: bool,
    assigned: bool,
    used: bool,
    global: bool,
    nonlocal: bool,
}

pub(super) struct Scope {
    pub kind: Kind,
    parent: usize,
    symbols: IndexMap<String, Marks>,
    /// After analysis.
    pub places: IndexMap<String, Place>,
    children: Vec<usize>,
    pub generator: bool,
    private: Option<String>,
    range: TextRange,
}

/// All scopes of a module; the module's own is the first.
pub(super) struct Scopes {
    pub all: Vec<Scope>,
    by_node: Map<Node, usize>,
}

/// Where a node stands, and its kind.
type Node = (u32, u32, u8);

fn node_at(range: TextRange, kind: u8) -> Node {
    (range.start().to_u32(), range.end().to_u32(), kind)
}

/// Kinds of nodes that make a scope; two of them may have the same range.
pub(super) mod node {
    pub(crate) const DEF: u8 = 0;
    pub(crate) const CLASS: u8 = 1;
    pub(crate) const LAMBDA: u8 = 2;
    pub(crate) const COMP: u8 = 3;
}

impl Scopes {
    pub(super) fn of(&self, range: TextRange, kind: u8) -> usize {
        self.by_node.get(&node_at(range, kind)).copied().unwrap_or(0)
    }
}

/// `__name` inside class `C` is `_C__name`.
pub(super) fn mangle(private: Option<&str>, name: &str) -> String {
    match private {
        Some(class) if name.starts_with("__") && !name.ends_with("__") && !name.contains('.') => {
            let class = class.trim_start_matches('_');
            if class.is_empty() {
                name.to_owned()
            } else {
                format!("_{class}{name}")
            }
        }
        _ => name.to_owned(),
    }
}

/// Finds all scopes of a module.
pub(super) fn analyze(body: &[Stmt]) -> Result<Scopes, CompileError> {
    let mut walk = Walk {
        scopes: Scopes {
            all: Vec::new(),
            by_node: Map::new(),
        },
        current: 0,
        error: None,
    };
    walk.open(Kind::Module, TextRange::default(), None);
    walk.stmts(body);
    if let Some(e) = walk.error {
        return Err(e);
    }
    let mut scopes = walk.scopes;
    resolve(&mut scopes, 0, &Set::new())?;
    Ok(scopes)
}

/// Decides the places of one scope and of those inside it; gives the names that must come from outside.
fn resolve(scopes: &mut Scopes, id: usize, bound: &Set<String>) -> Result<Set<String>, CompileError> {
    let scope = &scopes.all[id];
    let (kind, range) = (scope.kind, scope.range);
    let mut places = IndexMap::new();
    let mut inner = bound.clone();
    if kind == Kind::Module {
        inner.clear();
    }
    for (name, m) in &scope.symbols {
        let place = if kind == Kind::Module {
            Place::Global
        } else if m.global {
            inner.remove(name);
            Place::Global
        } else if m.nonlocal {
            if !bound.contains(name) {
                let words = format!("no binding for nonlocal '{name}' found");
                return Err(CompileError::syntax(words, span(range)));
            }
            Place::Free
        } else if m.assigned || m.param {
            if kind != Kind::Class {
                inner.insert(name.clone());
            }
            Place::Local
        } else if bound.contains(name) {
            Place::Free
        } else {
            Place::Implicit
        };
        places.insert(name.clone(), place);
    }
    if kind == Kind::Class {
        inner.insert("__class__".to_owned());
    }
    let mut free: Set<String> = places
        .iter()
        .filter(|(_, p)| **p == Place::Free)
        .map(|(n, _)| n.clone())
        .collect();
    for child in scopes.all[id].children.clone() {
        for name in resolve(scopes, child, &inner)? {
            match places.get(&name) {
                Some(Place::Local) if kind != Kind::Class => {
                    places.insert(name, Place::Cell);
                }
                Some(Place::Cell | Place::Free) => {}
                _ if kind == Kind::Class && name == "__class__" => {
                    places.insert(name, Place::Cell);
                }
                Some(_) if kind == Kind::Class => {
                    // The class body has the name itself too: inner functions reach past it.
                    free.insert(name);
                }
                _ => {
                    places.insert(name.clone(), Place::Free);
                    free.insert(name);
                }
            }
        }
    }
    scopes.all[id].places = places;
    // Names that a class body passes through although it also assigns them.
    if kind == Kind::Class {
        let missing: Vec<_> = free
            .iter()
            .filter(|n| scopes.all[id].places.get(*n) != Some(&Place::Free))
            .cloned()
            .collect();
        for name in missing {
            scopes.all[id]
                .places
                .insert(format!("{name} (outer)"), Place::Free);
        }
    }
    Ok(free)
}

pub(super) fn span(range: TextRange) -> std::ops::Range<u32> {
    u32::from(range.start())..u32::from(range.end())
}

struct Walk {
    scopes: Scopes,
    current: usize,
    error: Option<CompileError>,
}

impl Walk {
    fn open(&mut self, kind: Kind, range: TextRange, private: Option<String>) -> usize {
        let id = self.scopes.all.len();
        let private = private.or_else(|| self.scopes.all.get(self.current).and_then(|s| s.private.clone()));
        self.scopes.all.push(Scope {
            kind,
            parent: self.current,
            symbols: IndexMap::new(),
            places: IndexMap::new(),
            children: Vec::new(),
            generator: false,
            private,
            range,
        });
        if id > 0 {
            self.scopes.all[self.current].children.push(id);
        }
        self.current = id;
        id
    }

    fn close(&mut self) {
        self.current = self.scopes.all[self.current].parent;
    }

    fn fail(&mut self, words: String, range: TextRange) {
        self.error.get_or_insert(CompileError::syntax(words, span(range)));
    }

    fn mark(&mut self, name: &str, f: impl FnOnce(&mut Marks)) {
        let scope = &mut self.scopes.all[self.current];
        let name = mangle(scope.private.as_deref(), name);
        f(scope.symbols.entry(name).or_default());
    }

    fn assign(&mut self, name: &str) {
        self.mark(name, |m| m.assigned = true);
    }

    fn stmts(&mut self, body: &[Stmt]) {
        for s in body {
            self.stmt(s);
        }
    }

    fn declare(&mut self, names: &[ast::Identifier], global: bool, range: TextRange) {
        let word = if global { "global" } else { "nonlocal" };
        if !global && self.scopes.all[self.current].kind == Kind::Module {
            self.fail(
                "nonlocal declaration not allowed at module level".to_owned(),
                range,
            );
            return;
        }
        for n in names {
            let scope = &self.scopes.all[self.current];
            let name = mangle(scope.private.as_deref(), n.as_str());
            if let Some(m) = scope.symbols.get(&name) {
                let words = if m.param {
                    format!("name '{name}' is parameter and {word}")
                } else if m.global && !global || m.nonlocal && global {
                    format!("name '{name}' is nonlocal and global")
                } else if m.assigned {
                    format!("name '{name}' is assigned to before {word} declaration")
                } else if m.used {
                    format!("name '{name}' is used prior to {word} declaration")
                } else {
                    String::new()
                };
                let redeclared = scope.kind == Kind::Module && m.global;
                if !words.is_empty() && !redeclared {
                    self.fail(words, range);
                }
            }
            self.mark(n.as_str(), |m| {
                if global {
                    m.global = true
                } else {
                    m.nonlocal = true
                }
            });
        }
    }

    fn stmt(&mut self, s: &Stmt) {
        match s {
            Stmt::FunctionDef(d) => {
                for dec in &d.decorator_list {
                    self.expr(&dec.expression);
                }
                self.assign(d.name.as_str());
                self.defaults(&d.parameters);
                self.open(Kind::Function, d.range, None);
                self.scopes
                    .by_node
                    .insert(node_at(d.range, node::DEF), self.current);
                self.params(&d.parameters);
                self.stmts(&d.body);
                self.close();
            }
            Stmt::ClassDef(d) => {
                for dec in &d.decorator_list {
                    self.expr(&dec.expression);
                }
                self.assign(d.name.as_str());
                if let Some(a) = &d.arguments {
                    self.arguments(a);
                }
                self.open(Kind::Class, d.range, Some(d.name.to_string()));
                self.scopes
                    .by_node
                    .insert(node_at(d.range, node::CLASS), self.current);
                self.stmts(&d.body);
                self.close();
            }
            Stmt::Return(r) => {
                if let Some(v) = &r.value {
                    self.expr(v);
                }
            }
            Stmt::Delete(d) => d.targets.iter().for_each(|t| self.target(t)),
            Stmt::Assign(a) => {
                self.expr(&a.value);
                a.targets.iter().for_each(|t| self.target(t));
            }
            Stmt::AugAssign(a) => {
                if let Expr::Name(n) = &*a.target {
                    self.mark(n.id.as_str(), |m| m.used = true);
                }
                self.target(&a.target);
                self.expr(&a.value);
            }
            Stmt::AnnAssign(a) => {
                if let Some(v) = &a.value {
                    self.expr(v);
                }
                if a.value.is_some() || matches!(&*a.target, Expr::Name(_)) {
                    self.target(&a.target);
                }
            }
            Stmt::For(f) => {
                self.expr(&f.iter);
                self.target(&f.target);
                self.stmts(&f.body);
                self.stmts(&f.orelse);
            }
            Stmt::While(w) => {
                self.expr(&w.test);
                self.stmts(&w.body);
                self.stmts(&w.orelse);
            }
            Stmt::If(i) => {
                self.expr(&i.test);
                self.stmts(&i.body);
                for clause in &i.elif_else_clauses {
                    if let Some(t) = &clause.test {
                        self.expr(t);
                    }
                    self.stmts(&clause.body);
                }
            }
            Stmt::With(w) => {
                for item in &w.items {
                    self.expr(&item.context_expr);
                    if let Some(v) = &item.optional_vars {
                        self.target(v);
                    }
                }
                self.stmts(&w.body);
            }
            Stmt::Raise(r) => {
                r.exc.iter().for_each(|e| self.expr(e));
                r.cause.iter().for_each(|e| self.expr(e));
            }
            Stmt::Try(t) => {
                self.stmts(&t.body);
                for ast::ExceptHandler::ExceptHandler(h) in &t.handlers {
                    if let Some(e) = &h.type_ {
                        self.expr(e);
                    }
                    if let Some(n) = &h.name {
                        self.assign(n.as_str());
                    }
                    self.stmts(&h.body);
                }
                self.stmts(&t.orelse);
                self.stmts(&t.finalbody);
            }
            Stmt::Assert(a) => {
                self.expr(&a.test);
                a.msg.iter().for_each(|e| self.expr(e));
            }
            Stmt::Import(i) => {
                for alias in &i.names {
                    let name = alias.asname.as_ref().map_or_else(
                        || alias.name.as_str().split('.').next().unwrap_or("").to_owned(),
                        |n| n.to_string(),
                    );
                    self.assign(&name);
                }
            }
            Stmt::ImportFrom(i) => {
                for alias in &i.names {
                    if alias.name.as_str() == "*" {
                        if self.scopes.all[self.current].kind != Kind::Module {
                            self.fail("import * only allowed at module level".to_owned(), alias.range);
                        }
                        continue;
                    }
                    self.assign(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::Global(g) => self.declare(&g.names, true, g.range),
            Stmt::Nonlocal(n) => self.declare(&n.names, false, n.range),
            Stmt::Expr(e) => self.expr(&e.value),
            Stmt::Match(m) => {
                self.expr(&m.subject);
                for case in &m.cases {
                    self.pattern(&case.pattern);
                    case.guard.iter().for_each(|g| self.expr(g));
                    self.stmts(&case.body);
                }
            }
            Stmt::TypeAlias(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn pattern(&mut self, p: &ast::Pattern) {
        use ast::Pattern as P;
        match p {
            P::MatchValue(v) => self.expr(&v.value),
            P::MatchSingleton(_) => {}
            P::MatchSequence(s) => s.patterns.iter().for_each(|p| self.pattern(p)),
            P::MatchMapping(m) => {
                m.keys.iter().for_each(|k| self.expr(k));
                m.patterns.iter().for_each(|p| self.pattern(p));
                m.rest.iter().for_each(|n| self.assign(n.as_str()));
            }
            P::MatchClass(c) => {
                self.expr(&c.cls);
                c.arguments.patterns.iter().for_each(|p| self.pattern(p));
                c.arguments.keywords.iter().for_each(|k| self.pattern(&k.pattern));
            }
            P::MatchStar(s) => s.name.iter().for_each(|n| self.assign(n.as_str())),
            P::MatchAs(a) => {
                a.pattern.iter().for_each(|p| self.pattern(p));
                a.name.iter().for_each(|n| self.assign(n.as_str()));
            }
            P::MatchOr(o) => o.patterns.iter().for_each(|p| self.pattern(p)),
        }
    }

    fn target(&mut self, e: &Expr) {
        match e {
            Expr::Name(n) => self.assign(n.id.as_str()),
            Expr::Tuple(t) => t.elts.iter().for_each(|e| self.target(e)),
            Expr::List(t) => t.elts.iter().for_each(|e| self.target(e)),
            Expr::Starred(s) => self.target(&s.value),
            other => self.expr(other),
        }
    }

    fn defaults(&mut self, p: &ast::Parameters) {
        for p in p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs) {
            if let Some(d) = &p.default {
                self.expr(d);
            }
        }
    }

    fn params(&mut self, p: &ast::Parameters) {
        let mut seen = Set::new();
        let named = p
            .posonlyargs
            .iter()
            .chain(&p.args)
            .chain(&p.kwonlyargs)
            .map(|p| &p.parameter);
        let rest = p.vararg.iter().chain(&p.kwarg).map(|p| &**p);
        for p in named.chain(rest) {
            if !seen.insert(p.name.as_str().to_owned()) {
                let words = format!("duplicate argument '{}' in function definition", p.name.as_str());
                self.fail(words, p.name.range);
            }
            self.mark(p.name.as_str(), |m| m.param = true);
        }
    }

    fn arguments(&mut self, a: &ast::Arguments) {
        a.args.iter().for_each(|e| self.expr(e));
        a.keywords.iter().for_each(|k| self.expr(&k.value));
    }

    fn comprehension(
        &mut self,
        range: TextRange,
        elts: &[&Expr],
        generators: &[ast::Comprehension],
        generator: bool,
    ) {
        let Some(first) = generators.first() else { return };
        self.expr(&first.iter);
        self.open(Kind::Comprehension, range, None);
        self.scopes
            .by_node
            .insert(node_at(range, node::COMP), self.current);
        self.scopes.all[self.current].generator = generator;
        self.mark(".0", |m| m.param = true);
        for (i, g) in generators.iter().enumerate() {
            if i > 0 {
                self.expr(&g.iter);
            }
            self.target(&g.target);
            g.ifs.iter().for_each(|e| self.expr(e));
        }
        elts.iter().for_each(|e| self.expr(e));
        self.close();
    }

    fn expr(&mut self, e: &Expr) {
        match e {
            Expr::BoolOp(b) => b.values.iter().for_each(|e| self.expr(e)),
            Expr::Named(n) => {
                self.expr(&n.value);
                if let Expr::Name(name) = &*n.target {
                    // Inside a comprehension the name belongs to the function around it.
                    let here = self.current;
                    let mut owner = here;
                    while self.scopes.all[owner].kind == Kind::Comprehension {
                        owner = self.scopes.all[owner].parent;
                    }
                    if owner == here {
                        self.assign(name.id.as_str());
                    } else {
                        self.current = owner;
                        let module = self.scopes.all[owner].kind == Kind::Module;
                        let global = self.scopes.all[owner]
                            .symbols
                            .get(name.id.as_str())
                            .is_some_and(|m| m.global);
                        if !global {
                            self.assign(name.id.as_str());
                        }
                        let mut inner = here;
                        while inner != owner {
                            self.current = inner;
                            self.mark(name.id.as_str(), |m| {
                                if module || global {
                                    m.global = true;
                                } else {
                                    m.nonlocal = true;
                                }
                            });
                            inner = self.scopes.all[inner].parent;
                        }
                        self.current = here;
                    }
                }
            }
            Expr::BinOp(b) => {
                self.expr(&b.left);
                self.expr(&b.right);
            }
            Expr::UnaryOp(u) => self.expr(&u.operand),
            Expr::Lambda(l) => {
                if let Some(p) = &l.parameters {
                    self.defaults(p);
                }
                self.open(Kind::Function, l.range, None);
                self.scopes
                    .by_node
                    .insert(node_at(l.range, node::LAMBDA), self.current);
                if let Some(p) = &l.parameters {
                    self.params(p);
                }
                self.expr(&l.body);
                self.close();
            }
            Expr::If(i) => {
                self.expr(&i.test);
                self.expr(&i.body);
                self.expr(&i.orelse);
            }
            Expr::Dict(d) => {
                for item in &d.items {
                    item.key.iter().for_each(|k| self.expr(k));
                    self.expr(&item.value);
                }
            }
            Expr::Set(s) => s.elts.iter().for_each(|e| self.expr(e)),
            Expr::ListComp(c) => self.comprehension(c.range, &[&c.elt], &c.generators, false),
            Expr::SetComp(c) => self.comprehension(c.range, &[&c.elt], &c.generators, false),
            Expr::DictComp(c) => self.comprehension(c.range, &[&c.key, &c.value], &c.generators, false),
            Expr::Generator(c) => self.comprehension(c.range, &[&c.elt], &c.generators, true),
            Expr::Await(a) => self.expr(&a.value),
            Expr::Yield(y) => {
                self.scopes.all[self.current].generator = true;
                y.value.iter().for_each(|v| self.expr(v));
                self.check_yield(y.range);
            }
            Expr::YieldFrom(y) => {
                self.scopes.all[self.current].generator = true;
                self.expr(&y.value);
                self.check_yield(y.range);
            }
            Expr::Compare(c) => {
                self.expr(&c.left);
                c.comparators.iter().for_each(|e| self.expr(e));
            }
            Expr::Call(c) => {
                self.expr(&c.func);
                self.arguments(&c.arguments);
                // super() without arguments reaches for the class around it.
                if let Expr::Name(n) = &*c.func
                    && n.id.as_str() == "super"
                    && self.scopes.all[self.current].kind != Kind::Module
                {
                    self.mark("__class__", |m| m.used = true);
                }
            }
            Expr::FString(f) => {
                for part in f.value.elements() {
                    self.f_string_element(part);
                }
            }
            Expr::Attribute(a) => self.expr(&a.value),
            Expr::Subscript(s) => {
                self.expr(&s.value);
                self.expr(&s.slice);
            }
            Expr::Starred(s) => self.expr(&s.value),
            Expr::Name(n) => {
                self.mark(n.id.as_str(), |m| m.used = true);
            }
            Expr::List(l) => l.elts.iter().for_each(|e| self.expr(e)),
            Expr::Tuple(t) => t.elts.iter().for_each(|e| self.expr(e)),
            Expr::Slice(s) => {
                s.lower.iter().for_each(|e| self.expr(e));
                s.upper.iter().for_each(|e| self.expr(e));
                s.step.iter().for_each(|e| self.expr(e));
            }
            Expr::TString(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
        }
    }

    fn check_yield(&mut self, range: TextRange) {
        match self.scopes.all[self.current].kind {
            Kind::Function => {}
            Kind::Comprehension => self.fail("'yield' inside list comprehension".to_owned(), range),
            _ => self.fail("'yield' outside function".to_owned(), range),
        }
    }

    fn f_string_element(&mut self, e: &ast::InterpolatedStringElement) {
        if let ast::InterpolatedStringElement::Interpolation(i) = e {
            self.expr(&i.expression);
            if let Some(spec) = &i.format_spec {
                for e in &spec.elements {
                    self.f_string_element(e);
                }
            }
        }
    }
}

#[allow(unused)]
fn range_of(e: &Expr) -> TextRange {
    e.range()
}
