//! Calls, functions and classes.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::super::code::{Op, make};
use super::super::value::Value;
use super::CompileError;
use super::emit::{Compiler, Res};
use super::scope::{node, span};

/// A docstring and the rest of the body.
pub(super) fn docstring(body: &[Stmt]) -> (&[Stmt], Option<Value>) {
    if let Some(Stmt::Expr(e)) = body.first()
        && let Expr::StringLiteral(s) = &*e.value
    {
        return (&body[1..], Some(Value::str(s.value.to_str())));
    }
    (body, None)
}

impl<'a> Compiler<'a> {
    pub(super) fn call(&mut self, c: &'a ast::ExprCall) -> Res {
        let args = &c.arguments;
        let simple = !args.args.iter().any(|a| matches!(a, Expr::Starred(_)))
            && !args.keywords.iter().any(|k| k.arg.is_none());
        let mut range = c.range;
        if !simple {
            self.expr(&c.func)?;
            return self.spread(args, range);
        }
        let method = match &*c.func {
            Expr::Attribute(a) => {
                self.expr(&a.value)?;
                self.at(a.range);
                let name = self.mangled(a.attr.as_str());
                let name = self.name(&name);
                let cache = self.cache();
                self.emit(Op::LoadMethod { name, cache });
                // Where a chain of calls spans lines, the call stands on its method's line.
                if self.source.line(u32::from(a.range.start()))
                    != self.source.line(u32::from(a.attr.range.start()))
                {
                    range = TextRange::new(a.attr.range.start(), c.range.end());
                }
                true
            }
            f => {
                self.expr(f)?;
                false
            }
        };
        for a in &args.args {
            self.expr(a)?;
        }
        let n = (args.args.len() + args.keywords.len()) as u32;
        if args.keywords.is_empty() {
            self.at(range);
            self.emit(if method { Op::CallMethod(n) } else { Op::Call(n) });
            return Ok(());
        }
        let names = self.keywords(&args.keywords)?;
        self.at(range);
        self.emit(if method {
            Op::CallMethodKw(n as u16, names)
        } else {
            Op::CallKw(n as u16, names)
        });
        Ok(())
    }

    /// Values of keywords; gives the constant with their names.
    fn keywords(&mut self, keywords: &'a [ast::Keyword]) -> Result<u32, CompileError> {
        let mut names = Vec::new();
        for k in keywords {
            let name = k.arg.as_ref().map_or("", |a| a.as_str());
            if names.iter().any(|n: &Value| n.as_str() == Some(name)) {
                let words = format!("keyword argument repeated: {name}");
                return Err(CompileError::syntax(words, span(k.range)));
            }
            names.push(super::super::value::Name::new(name).value());
            self.expr(&k.value)?;
        }
        Ok(self.constant(Value::tuple(names)))
    }

    /// A call with `*args` or `**kw`: a tuple, perhaps a dict, then the call.
    fn spread(&mut self, args: &'a ast::Arguments, range: TextRange) -> Res {
        self.emit(Op::List(0));
        self.extend(&args.args, false)?;
        self.emit(Op::ListToTuple);
        let keywords = !args.keywords.is_empty();
        if keywords {
            self.emit(Op::Dict(0));
            for k in &args.keywords {
                match &k.arg {
                    Some(name) => {
                        self.emit_const(Value::str(name.as_str()));
                        self.expr(&k.value)?;
                        self.emit(Op::Dict(1));
                        self.emit(Op::DictMerge(1));
                    }
                    None => {
                        self.expr(&k.value)?;
                        self.at(k.value.range());
                        self.emit(Op::DictMerge(1));
                    }
                }
            }
        }
        self.at(range);
        self.emit(Op::CallEx(keywords));
        Ok(())
    }

    /// Defaults on the stack; gives the flags.
    fn defaults(&mut self, p: &'a ast::Parameters) -> Result<u8, CompileError> {
        let mut flags = 0;
        let mut n = 0;
        for d in p
            .posonlyargs
            .iter()
            .chain(&p.args)
            .filter_map(|p| p.default.as_ref())
        {
            self.expr(d)?;
            n += 1;
        }
        if n > 0 {
            self.emit(Op::Tuple(n));
            flags |= make::DEFAULTS;
        }
        let mut n = 0;
        for p in &p.kwonlyargs {
            if let Some(d) = &p.default {
                self.emit_const(Value::str(p.parameter.name.as_str()));
                self.expr(d)?;
                n += 1;
            }
        }
        if n > 0 {
            self.emit(Op::Dict(n));
            flags |= make::KW_DEFAULTS;
        }
        Ok(flags)
    }

    fn parameters(&mut self, p: &'a ast::Parameters) {
        let slot = |c: &mut Self, name: &str| {
            let name = c.mangled(name);
            c.unit().slot(&name);
        };
        for p in p.posonlyargs.iter().chain(&p.args).chain(&p.kwonlyargs) {
            slot(self, p.parameter.name.as_str());
        }
        for p in p.vararg.iter().chain(&p.kwarg) {
            slot(self, p.name.as_str());
        }
        let unit = self.unit();
        unit.posonly = p.posonlyargs.len() as u32;
        unit.argc = (p.posonlyargs.len() + p.args.len()) as u32;
        unit.kwonly = p.kwonlyargs.len() as u32;
        unit.varargs = p.vararg.is_some();
        unit.varkw = p.kwarg.is_some();
    }

    /// Ends the unit of a function and makes the function; its defaults lie on the stack.
    pub(super) fn make_function(&mut self, scope: usize, flags: u8) -> Res {
        let code = self.finish()?;
        let mut flags = flags;
        let free = self.free_names(scope);
        if !free.is_empty() {
            for name in &free {
                let name = name.strip_suffix(" (outer)").unwrap_or(name);
                self.load_cell(name);
            }
            self.emit(Op::Tuple(free.len() as u32));
            flags |= make::CLOSURE;
        }
        let code = self.constant(Value::Code(code));
        self.emit(Op::Function { code, flags });
        Ok(())
    }

    pub(super) fn function_def(&mut self, d: &'a ast::StmtFunctionDef) -> Res {
        if d.is_async {
            return self.refuse("'async def' is not supported by the engine yet.", d.range);
        }
        if d.type_params.is_some() {
            return Err(CompileError::syntax("invalid syntax", span(d.range)));
        }
        for dec in &d.decorator_list {
            self.expr(&dec.expression)?;
        }
        let flags = self.defaults(&d.parameters)?;
        let scope = self.scopes.of(d.range, node::DEF);
        let line = self.source.line(u32::from(d.range.start()));
        self.enter(d.name.as_str(), scope, line, None);
        self.at(d.name.range);
        self.parameters(&d.parameters);
        let (body, doc) = docstring(&d.body);
        self.unit().doc = doc;
        self.body(body)?;
        self.none();
        self.emit(Op::Return);
        self.make_function(scope, flags)?;
        for dec in d.decorator_list.iter().rev() {
            self.at(dec.expression.range());
            self.emit(Op::Call(1));
        }
        self.at(d.name.range);
        self.store(d.name.as_str())
    }

    pub(super) fn lambda(&mut self, l: &'a ast::ExprLambda) -> Res {
        let flags = match &l.parameters {
            Some(p) => self.defaults(p)?,
            None => 0,
        };
        let scope = self.scopes.of(l.range, node::LAMBDA);
        let line = self.source.line(u32::from(l.range.start()));
        self.enter("<lambda>", scope, line, None);
        if let Some(p) = &l.parameters {
            self.parameters(p);
        }
        self.expr(&l.body)?;
        self.emit(Op::Return);
        self.make_function(scope, flags)
    }

    pub(super) fn class_def(&mut self, d: &'a ast::StmtClassDef) -> Res {
        if d.type_params.is_some() {
            return Err(CompileError::syntax("invalid syntax", span(d.range)));
        }
        for dec in &d.decorator_list {
            self.expr(&dec.expression)?;
        }
        let scope = self.scopes.of(d.range, node::CLASS);
        let line = self.source.line(u32::from(d.range.start()));
        self.enter(d.name.as_str(), scope, line, Some(d.name.to_string()));
        let (body, doc) = docstring(&d.body);
        self.unit().doc = doc;
        self.body(body)?;
        if self.scopes.all[scope].places.get("__class__") == Some(&super::scope::Place::Cell) {
            let slot = self.unit().slot("__class__");
            self.emit(Op::LoadCell(slot));
        } else {
            self.none();
        }
        self.emit(Op::Return);
        self.at(d.range);
        self.make_function(scope, 0)?;
        self.emit_const(Value::str(d.name.as_str()));
        let mut argc = 0;
        let mut names = self.constant(Value::tuple(Vec::new()));
        if let Some(a) = &d.arguments {
            if a.args.iter().any(|e| matches!(e, Expr::Starred(_)))
                || a.keywords.iter().any(|k| k.arg.is_none())
            {
                return self.refuse("Base classes by '*' are not supported by the engine.", d.range);
            }
            for e in &a.args {
                self.expr(e)?;
            }
            argc = a.args.len() + a.keywords.len();
            names = self.keywords(&a.keywords)?;
        }
        self.at(d.range);
        self.emit(Op::Class {
            argc: argc as u16,
            names,
        });
        for dec in d.decorator_list.iter().rev() {
            self.at(dec.expression.range());
            self.emit(Op::Call(1));
        }
        self.store(d.name.as_str())
    }
}
