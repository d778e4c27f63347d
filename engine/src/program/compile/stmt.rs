//! Statements.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::super::code::Op;
use super::super::value::Value;
use super::emit::{Compiler, Res};
use super::scope::{Kind, span};
use super::{CompileError, Mode};

impl<'a> Compiler<'a> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) -> Res {
        for s in body {
            self.stmt(s)?;
        }
        Ok(())
    }

    fn stmt(&mut self, s: &'a Stmt) -> Res {
        let range = s.range();
        match s {
            Stmt::For(f) => return self.for_stmt(f),
            Stmt::While(w) => return self.while_stmt(w),
            Stmt::Try(t) => return self.try_stmt(t),
            Stmt::With(w) => return self.with_stmt(w),
            Stmt::If(i) => return self.if_stmt(i),
            Stmt::Global(_) | Stmt::Nonlocal(_) => return Ok(()),
            Stmt::Expr(e) if self.is_constant_statement(&e.value) => return Ok(()),
            _ => {}
        }
        self.mark_line(range);
        match s {
            Stmt::FunctionDef(d) => self.function_def(d),
            Stmt::ClassDef(d) => self.class_def(d),
            Stmt::Return(r) => {
                if !self.in_function() && self.mode != Mode::Eval {
                    return Err(CompileError::syntax("'return' outside function", span(range)));
                }
                match &r.value {
                    Some(v) => self.expr(v)?,
                    None => self.none(),
                }
                self.at(range);
                self.return_stmt()
            }
            Stmt::Delete(d) => d.targets.iter().try_for_each(|t| self.delete_target(t)),
            Stmt::Assign(a) => {
                self.expr(&a.value)?;
                for (i, t) in a.targets.iter().enumerate() {
                    if i + 1 < a.targets.len() {
                        self.emit(Op::Dup);
                    }
                    self.target(t)?;
                }
                Ok(())
            }
            Stmt::AugAssign(a) => self.aug_assign(a),
            Stmt::AnnAssign(a) => match &a.value {
                Some(v) => {
                    self.expr(v)?;
                    self.target(&a.target)
                }
                None => Ok(()),
            },
            Stmt::Raise(r) => {
                let mut n = 0;
                if let Some(e) = &r.exc {
                    self.expr(e)?;
                    n = 1;
                    if let Some(c) = &r.cause {
                        self.expr(c)?;
                        n = 2;
                    }
                }
                self.at(range);
                self.emit(Op::Raise(n));
                Ok(())
            }
            Stmt::Assert(a) => self.assert_stmt(a),
            Stmt::Import(i) => self.import(i),
            Stmt::ImportFrom(i) => self.import_from(i),
            Stmt::Expr(e) => {
                self.expr(&e.value)?;
                self.at(range);
                let shown = self.mode == Mode::Interactive && self.units.len() == 1;
                self.emit(if shown { Op::Display } else { Op::Pop });
                Ok(())
            }
            Stmt::Pass(_) => Ok(()),
            Stmt::Break(_) => self.break_stmt(range),
            Stmt::Continue(_) => self.continue_stmt(range),
            Stmt::Match(m) => self.match_stmt(m),
            Stmt::TypeAlias(_) => Err(CompileError::syntax("invalid syntax", span(range))),
            _ => Err(CompileError::syntax("invalid syntax", span(range))),
        }
    }

    /// A string or number that stands alone does nothing, except at the prompt.
    fn is_constant_statement(&self, e: &Expr) -> bool {
        self.mode != Mode::Interactive
            && matches!(
                e,
                Expr::StringLiteral(_)
                    | Expr::BytesLiteral(_)
                    | Expr::NumberLiteral(_)
                    | Expr::BooleanLiteral(_)
                    | Expr::NoneLiteral(_)
                    | Expr::EllipsisLiteral(_)
            )
    }

    pub(super) fn in_function(&mut self) -> bool {
        let scope = self.unit().scope;
        self.scopes.all[scope].kind == Kind::Function
    }

    fn if_stmt(&mut self, i: &'a ast::StmtIf) -> Res {
        self.line_for(i.range, i.test.range());
        let mut ends = Vec::new();
        let mut skip = self.jump_if(&i.test, false)?;
        self.body(&i.body)?;
        for clause in &i.elif_else_clauses {
            ends.push(self.jump(Op::Jump));
            self.land_all(std::mem::take(&mut skip));
            if let Some(test) = &clause.test {
                self.line_for(clause.range, test.range());
                skip = self.jump_if(test, false)?;
            }
            self.body(&clause.body)?;
        }
        self.land_all(skip);
        self.land_all(ends);
        Ok(())
    }

    /// Stores what lies on the stack.
    pub(super) fn target(&mut self, e: &'a Expr) -> Res {
        self.at(e.range());
        match e {
            Expr::Name(n) => self.store(n.id.as_str()),
            Expr::Attribute(a) => {
                self.expr(&a.value)?;
                self.at(a.range);
                let name = self.mangled(a.attr.as_str());
                let name = self.name(&name);
                let cache = self.cache();
                self.emit(Op::StoreAttr { name, cache });
                Ok(())
            }
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.index(&s.slice)?;
                self.brackets_at(s);
                self.at(s.range);
                self.emit(Op::StoreSubscr);
                Ok(())
            }
            Expr::Tuple(t) => self.unpack(&t.elts, t.range),
            Expr::List(l) => self.unpack(&l.elts, l.range),
            Expr::Starred(s) => Err(CompileError::syntax(
                "starred assignment target must be in a list or tuple",
                span(s.range),
            )),
            other => Err(CompileError::syntax(
                "cannot assign to expression",
                span(other.range()),
            )),
        }
    }

    fn unpack(&mut self, elts: &'a [Expr], range: TextRange) -> Res {
        let star = elts.iter().position(|e| matches!(e, Expr::Starred(_)));
        self.at(range);
        match star {
            None => {
                self.emit(Op::Unpack(elts.len() as u32));
            }
            Some(i) => {
                if let Some(second) = elts[i + 1..].iter().find(|e| matches!(e, Expr::Starred(_))) {
                    let words = "multiple starred expressions in assignment";
                    return Err(CompileError::syntax(words, span(second.range())));
                }
                self.emit(Op::UnpackEx(i as u16, (elts.len() - i - 1) as u16));
            }
        }
        for e in elts {
            match e {
                Expr::Starred(s) => self.target(&s.value)?,
                other => self.target(other)?,
            }
        }
        Ok(())
    }

    fn delete_target(&mut self, e: &'a Expr) -> Res {
        self.at(e.range());
        match e {
            Expr::Name(n) => self.delete(n.id.as_str()),
            Expr::Attribute(a) => {
                self.expr(&a.value)?;
                self.at(a.range);
                let name = self.mangled(a.attr.as_str());
                let name = self.name(&name);
                self.emit(Op::DelAttr(name));
                Ok(())
            }
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.index(&s.slice)?;
                self.brackets_at(s);
                self.at(s.range);
                self.emit(Op::DelSubscr);
                Ok(())
            }
            Expr::Tuple(t) => t.elts.iter().try_for_each(|e| self.delete_target(e)),
            Expr::List(t) => t.elts.iter().try_for_each(|e| self.delete_target(e)),
            other => Err(CompileError::syntax(
                "cannot delete expression",
                span(other.range()),
            )),
        }
    }

    fn aug_assign(&mut self, a: &'a ast::StmtAugAssign) -> Res {
        let op = Op::Inplace(super::expr::binary(a.op));
        match &*a.target {
            Expr::Name(n) => {
                self.at(n.range);
                self.load(n.id.as_str())?;
                self.expr(&a.value)?;
                self.at(a.range);
                self.emit(op);
                self.store(n.id.as_str())
            }
            Expr::Attribute(t) => {
                self.expr(&t.value)?;
                self.emit(Op::Dup);
                self.at(t.range);
                let name = self.mangled(t.attr.as_str());
                let name = self.name(&name);
                let cache = self.cache();
                self.emit(Op::Attr { name, cache });
                self.expr(&a.value)?;
                self.at(a.range);
                self.emit(op);
                self.emit(Op::Rot2);
                self.at(t.range);
                let cache = self.cache();
                self.emit(Op::StoreAttr { name, cache });
                Ok(())
            }
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.index(&s.slice)?;
                self.emit(Op::Dup2);
                self.brackets_at(s);
                self.at(s.range);
                self.emit(Op::Subscr);
                self.expr(&a.value)?;
                self.at(a.range);
                self.emit(op);
                // object index value -> value object index
                self.emit(Op::Rot3);
                self.at(s.range);
                self.emit(Op::StoreSubscr);
                Ok(())
            }
            other => {
                let words = "illegal expression for augmented assignment";
                Err(CompileError::syntax(words, span(other.range())))
            }
        }
    }

    fn import(&mut self, i: &'a ast::StmtImport) -> Res {
        for alias in &i.names {
            self.at(i.range);
            let full = alias.name.as_str();
            let name = self.name(full);
            let from = self.constant(Value::None);
            let optional = self.unit().optional > 0;
            self.emit(Op::Import {
                name,
                from,
                level: 0,
                optional,
            });
            match &alias.asname {
                Some(asname) => {
                    // import a.b as c: c is the inner module.
                    for part in full.split('.').skip(1) {
                        let part = self.name(part);
                        self.emit(Op::ImportFrom(part));
                        self.emit(Op::Rot2);
                        self.emit(Op::Pop);
                    }
                    self.store(asname.as_str())?;
                }
                None => self.store(full.split('.').next().unwrap_or(full))?,
            }
        }
        Ok(())
    }

    fn import_from(&mut self, i: &'a ast::StmtImportFrom) -> Res {
        let module = i.module.as_ref().map_or("", |m| m.as_str());
        if module == "__future__" {
            return Ok(());
        }
        let names: Vec<Value> = i.names.iter().map(|a| Value::str(a.name.as_str())).collect();
        let name = self.name(module);
        let from = self.constant(Value::tuple(names));
        let optional = self.unit().optional > 0;
        self.emit(Op::Import {
            name,
            from,
            level: u8::try_from(i.level).unwrap_or(u8::MAX),
            optional,
        });
        for alias in &i.names {
            if alias.name.as_str() == "*" {
                self.emit(Op::ImportStar);
                return Ok(());
            }
            let part = self.name(alias.name.as_str());
            self.emit(Op::ImportFrom(part));
            self.store(alias.asname.as_ref().unwrap_or(&alias.name).as_str())?;
        }
        self.emit(Op::Pop);
        Ok(())
    }
}
