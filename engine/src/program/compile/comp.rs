//! Comprehensions and generator expressions: small functions of their own, called at once with the first iterable.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::super::code::Op;
use super::emit::{Compiler, Res};
use super::scope::node;

impl<'a> Compiler<'a> {
    pub(super) fn comprehension(&mut self, e: &'a Expr) -> Res {
        let (name, generators, start) = match e {
            Expr::ListComp(c) => ("<listcomp>", &c.generators, Some(Op::List(0))),
            Expr::SetComp(c) => ("<setcomp>", &c.generators, Some(Op::Set(0))),
            Expr::DictComp(c) => ("<dictcomp>", &c.generators, Some(Op::Dict(0))),
            Expr::Generator(c) => ("<genexpr>", &c.generators, None),
            _ => return Ok(()),
        };
        if generators.iter().any(|g| g.is_async) {
            return self.refuse("'async for' is not supported by the engine yet.", e.range());
        }
        let Some(first) = generators.first() else {
            return Ok(());
        };
        let range = e.range();
        let scope = self.scopes.of(range, node::COMP);
        let line = self.source.line(u32::from(range.start()));
        self.enter(name, scope, line, None);
        self.at(range);
        let unit = self.unit();
        unit.slot(".0");
        unit.argc = 1;
        unit.posonly = 1;
        if let Some(start) = start {
            self.emit(start);
        }
        self.emit(Op::Fast(0));
        self.generators(e, generators, 0)?;
        if start.is_none() {
            self.none();
        }
        self.emit(Op::Return);
        self.make_function(scope, 0)?;
        self.expr(&first.iter)?;
        self.at(first.iter.range());
        self.emit(Op::GetIter);
        self.at(range);
        self.emit(Op::Call(1));
        Ok(())
    }

    /// The loop over one `for` with its `if`s; the iterator lies on the stack.
    fn generators(&mut self, e: &'a Expr, generators: &'a [ast::Comprehension], depth: usize) -> Res {
        let g = &generators[depth];
        let top = self.next();
        self.at(g.iter.range());
        let out = self.jump(Op::ForIter);
        self.target(&g.target)?;
        let mut skips = Vec::new();
        for cond in &g.ifs {
            skips.extend(self.jump_if(cond, false)?);
        }
        if depth + 1 < generators.len() {
            self.expr(&generators[depth + 1].iter)?;
            self.at(generators[depth + 1].iter.range());
            self.emit(Op::GetIter);
            self.generators(e, generators, depth + 1)?;
        } else {
            // The collection lies under one iterator for each `for`.
            let under = generators.len() as u32 + 1;
            match e {
                Expr::ListComp(c) => {
                    self.expr(&c.elt)?;
                    self.emit(Op::ListAppend(under));
                }
                Expr::SetComp(c) => {
                    self.expr(&c.elt)?;
                    self.at(c.elt.range());
                    self.emit(Op::SetAdd(under));
                }
                Expr::DictComp(c) => {
                    self.expr(&c.key)?;
                    self.expr(&c.value)?;
                    self.at(c.key.range());
                    self.emit(Op::MapAdd(under));
                }
                Expr::Generator(c) => {
                    self.expr(&c.elt)?;
                    self.at(c.elt.range());
                    self.emit(Op::Yield);
                    self.emit(Op::Pop);
                }
                _ => {}
            }
        }
        self.land_all(skips);
        self.emit(Op::JumpBack(top));
        self.land(out);
        Ok(())
    }
}
