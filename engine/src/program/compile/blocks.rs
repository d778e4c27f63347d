//! Loops, try and with: the blocks that break, continue and return have to leave in order.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::super::code::Op;
use super::super::value::Value;
use super::CompileError;
use super::emit::{Compiler, Patch, Res};
use super::scope::span;

/// A block that is open where the compiler stands.
#[derive(Clone)]
pub(super) enum Block<'a> {
    /// A loop: where continue goes, jumps of break, an iterator lies on the stack.
    Loop {
        top: u32,
        breaks: Vec<Patch>,
        iterator: bool,
    },
    /// The body of try ... except.
    Try,
    /// The body of try ... finally: this must run on the way out.
    Finally(&'a [Stmt]),
    /// The body of with: its exit function lies on the stack.
    With(TextRange),
    /// An except clause; its name is deleted on the way out.
    Except(Option<String>),
    /// A finally clause that runs because of an exception: the exception lies on the stack.
    FinallyError,
}

impl<'a> Compiler<'a> {
    /// Leaves a block by a jump. With `keep`, the value on top of the stack survives.
    fn leave(&mut self, block: Block<'a>, keep: bool) -> Res {
        match block {
            Block::Loop { iterator, .. } => {
                if iterator && !keep {
                    self.emit(Op::Pop);
                } else if iterator {
                    self.emit(Op::Rot2);
                    self.emit(Op::Pop);
                }
            }
            Block::Try => {
                self.emit(Op::EndTry);
            }
            Block::Finally(body) => {
                self.emit(Op::EndTry);
                self.body(body)?;
            }
            Block::With(range) => {
                self.emit(Op::EndTry);
                if keep {
                    self.emit(Op::Rot2);
                }
                self.at(range);
                self.emit(Op::ExitNormal);
            }
            Block::Except(name) => {
                if let Some(name) = name {
                    self.emit(Op::EndTry);
                    self.emit(Op::EndExcept);
                    self.emit(Op::None);
                    self.store(&name)?;
                    self.delete(&name)?;
                } else {
                    self.emit(Op::EndExcept);
                }
            }
            Block::FinallyError => {
                if keep {
                    self.emit(Op::Rot2);
                }
                self.emit(Op::Pop);
                self.emit(Op::EndExcept);
            }
        }
        Ok(())
    }

    /// Leaves all blocks inside the innermost loop; the blocks stay open for the code that follows in the source.
    fn leave_to_loop(&mut self) -> Result<Option<usize>, CompileError> {
        let blocks = self.unit().blocks.clone();
        let Some(target) = blocks.iter().rposition(|b| matches!(b, Block::Loop { .. })) else {
            return Ok(None);
        };
        for i in (target + 1..blocks.len()).rev() {
            // While the body of a finally is emitted, only the blocks outside it are open.
            self.unit().blocks.truncate(i);
            self.leave(blocks[i].clone(), false)?;
        }
        let mut restored = blocks;
        // Breaks inside an emitted finally body belong to loops outside: keep what they added.
        for (i, b) in self.unit().blocks.iter().enumerate() {
            restored[i] = b.clone();
        }
        self.unit().blocks = restored;
        Ok(Some(target))
    }

    pub(super) fn break_stmt(&mut self, range: TextRange) -> Res {
        let Some(target) = self.leave_to_loop()? else {
            return Err(CompileError::syntax("'break' outside loop", span(range)));
        };
        if matches!(self.unit().blocks[target], Block::Loop { iterator: true, .. }) {
            self.emit(Op::Pop);
        }
        let patch = self.jump(Op::Jump);
        if let Block::Loop { breaks, .. } = &mut self.unit().blocks[target] {
            breaks.push(patch);
        }
        Ok(())
    }

    pub(super) fn continue_stmt(&mut self, range: TextRange) -> Res {
        let Some(target) = self.leave_to_loop()? else {
            return Err(CompileError::syntax(
                "'continue' not properly in loop",
                span(range),
            ));
        };
        if let Block::Loop { top, .. } = self.unit().blocks[target] {
            self.emit(Op::JumpBack(top));
        }
        Ok(())
    }

    /// The value to return lies on the stack.
    pub(super) fn return_stmt(&mut self) -> Res {
        let blocks = self.unit().blocks.clone();
        for i in (0..blocks.len()).rev() {
            self.unit().blocks.truncate(i);
            self.leave(blocks[i].clone(), true)?;
        }
        let mut restored = blocks;
        for (i, b) in self.unit().blocks.iter().enumerate() {
            restored[i] = b.clone();
        }
        self.unit().blocks = restored;
        self.emit(Op::Return);
        Ok(())
    }

    pub(super) fn while_stmt(&mut self, w: &'a ast::StmtWhile) -> Res {
        let top = self.next();
        self.line_for(w.range, w.test.range());
        let mut out = Vec::new();
        if !matches!(&*w.test, Expr::BooleanLiteral(b) if b.value) {
            out = self.jump_if(&w.test, false)?;
        }
        self.unit().blocks.push(Block::Loop {
            top,
            breaks: Vec::new(),
            iterator: false,
        });
        self.body(&w.body)?;
        self.emit(Op::JumpBack(top));
        self.end_loop(out, &w.orelse)
    }

    pub(super) fn for_stmt(&mut self, f: &'a ast::StmtFor) -> Res {
        if f.is_async {
            return self.refuse("'async for' is not supported by the engine yet.", f.range);
        }
        self.line_for(f.range, f.range);
        self.expr(&f.iter)?;
        // The whole statement, as CPython says where a loop's iterable fails.
        self.at(f.range);
        self.emit(Op::GetIter);
        let skip = self.jump(Op::Jump);
        let top = self.next();
        self.line_for(f.range, f.range);
        self.land(skip);
        let out = self.jump(Op::ForIter);
        self.target(&f.target)?;
        self.unit().blocks.push(Block::Loop {
            top,
            breaks: Vec::new(),
            iterator: true,
        });
        self.body(&f.body)?;
        self.emit(Op::JumpBack(top));
        self.end_loop(vec![out], &f.orelse)
    }

    fn end_loop(&mut self, out: Vec<Patch>, orelse: &'a [Stmt]) -> Res {
        let breaks = match self.unit().blocks.pop() {
            Some(Block::Loop { breaks, .. }) => breaks,
            _ => Vec::new(),
        };
        self.land_all(out);
        self.body(orelse)?;
        self.land_all(breaks);
        Ok(())
    }

    pub(super) fn try_stmt(&mut self, t: &'a ast::StmtTry) -> Res {
        if t.is_star {
            return self.refuse("'except*' is not supported by the engine.", t.range);
        }
        self.line_for(t.range, t.range);
        if t.finalbody.is_empty() {
            return self.try_except(t);
        }
        let handler = self.jump(Op::Try);
        self.unit().blocks.push(Block::Finally(&t.finalbody));
        if t.handlers.is_empty() {
            self.body(&t.body)?;
        } else {
            self.try_except(t)?;
        }
        self.unit().blocks.pop();
        self.emit(Op::EndTry);
        self.body(&t.finalbody)?;
        let end = self.jump(Op::Jump);
        self.land(handler);
        self.unit().blocks.push(Block::FinallyError);
        self.body(&t.finalbody)?;
        self.unit().blocks.pop();
        self.emit(Op::Reraise);
        self.land(end);
        Ok(())
    }

    fn try_except(&mut self, t: &'a ast::StmtTry) -> Res {
        let handler = self.jump(Op::Try);
        let optional = u32::from(expects_missing_modules(t));
        self.unit().blocks.push(Block::Try);
        self.unit().optional += optional;
        self.body(&t.body)?;
        self.unit().optional -= optional;
        self.unit().blocks.pop();
        self.emit(Op::EndTry);
        self.body(&t.orelse)?;
        let mut ends = vec![self.jump(Op::Jump)];
        self.land(handler);
        // The exception lies on the stack.
        for (i, ast::ExceptHandler::ExceptHandler(h)) in t.handlers.iter().enumerate() {
            self.line_for(h.range, h.range);
            let mut next = None;
            if let Some(e) = &h.type_ {
                self.emit(Op::Dup);
                self.expr(e)?;
                self.at(e.range());
                self.emit(Op::Match);
                next = Some(self.jump(Op::JumpIfFalse));
            } else if i + 1 < t.handlers.len() {
                return Err(CompileError::syntax(
                    "default 'except:' must be last",
                    span(h.range),
                ));
            }
            let name = h.name.as_ref().map(|n| n.as_str().to_owned());
            match &name {
                Some(name) => {
                    self.store(name)?;
                    // The name goes away whatever happens in the clause.
                    let cleanup = self.jump(Op::Try);
                    self.unit().blocks.push(Block::Except(Some(name.clone())));
                    self.body(&h.body)?;
                    self.unit().blocks.pop();
                    self.emit(Op::EndTry);
                    self.emit(Op::EndExcept);
                    self.emit(Op::None);
                    self.store(name)?;
                    self.delete(name)?;
                    ends.push(self.jump(Op::Jump));
                    self.land(cleanup);
                    self.emit(Op::None);
                    self.store(name)?;
                    self.delete(name)?;
                    self.emit(Op::Reraise);
                }
                None => {
                    self.emit(Op::Pop);
                    self.unit().blocks.push(Block::Except(None));
                    self.body(&h.body)?;
                    self.unit().blocks.pop();
                    self.emit(Op::EndExcept);
                    ends.push(self.jump(Op::Jump));
                }
            }
            if let Some(next) = next {
                self.land(next);
            }
        }
        self.emit(Op::Reraise);
        self.land_all(ends);
        Ok(())
    }

    pub(super) fn with_stmt(&mut self, w: &'a ast::StmtWith) -> Res {
        if w.is_async {
            return self.refuse("'async with' is not supported by the engine yet.", w.range);
        }
        self.line_for(w.range, w.range);
        self.with_items(w, 0)
    }

    fn with_items(&mut self, w: &'a ast::StmtWith, i: usize) -> Res {
        let Some(item) = w.items.get(i) else {
            return self.body(&w.body);
        };
        let range = item.context_expr.range();
        self.expr(&item.context_expr)?;
        self.at(range);
        self.emit(Op::With);
        let handler = self.jump(Op::Try);
        match &item.optional_vars {
            Some(v) => self.target(v)?,
            None => {
                self.emit(Op::Pop);
            }
        }
        self.unit().blocks.push(Block::With(range));
        self.with_items(w, i + 1)?;
        self.unit().blocks.pop();
        self.emit(Op::EndTry);
        self.line_for(w.range, w.range);
        self.at(range);
        self.emit(Op::ExitNormal);
        let end = self.jump(Op::Jump);
        self.land(handler);
        // exit exception
        self.at(range);
        self.emit(Op::ExitExcept);
        let swallowed = self.jump(Op::JumpIfTrue);
        self.emit(Op::Reraise);
        self.land(swallowed);
        // exit exception: both go, and the exception is no longer handled.
        self.emit(Op::Pop);
        self.emit(Op::EndExcept);
        self.emit(Op::Pop);
        self.land(end);
        Ok(())
    }

    pub(super) fn refuse(&mut self, words: &str, range: TextRange) -> Res {
        Err(CompileError::refused(words, span(range)))
    }

    pub(super) fn line_for(&mut self, statement: TextRange, source: TextRange) {
        self.mark_line(statement);
        self.at(source);
    }

    pub(super) fn assert_stmt(&mut self, a: &'a ast::StmtAssert) -> Res {
        let out = self.jump_if(&a.test, true)?;
        self.at(a.range);
        self.emit(Op::AssertionError);
        if let Some(msg) = &a.msg {
            self.expr(msg)?;
            self.at(a.range);
            self.emit(Op::Call(1));
        }
        self.at(a.test.range());
        self.emit(Op::Raise(1));
        self.land_all(out);
        Ok(())
    }

    /// Jumps if the expression is (or is not) true; the value does not stay on the stack.
    pub(super) fn jump_if(&mut self, e: &'a Expr, when: bool) -> Result<Vec<Patch>, CompileError> {
        match e {
            Expr::UnaryOp(u) if u.op == ast::UnaryOp::Not => self.jump_if(&u.operand, !when),
            Expr::BoolOp(b) => {
                // `a and b` is false as soon as one is; `a or b` is true as soon as one is.
                let decides = b.op == ast::BoolOp::Or;
                let mut out = Vec::new();
                let Some((last, rest)) = b.values.split_last() else {
                    return Ok(out);
                };
                if when == decides {
                    for v in rest {
                        out.extend(self.jump_if(v, when)?);
                    }
                    out.extend(self.jump_if(last, when)?);
                } else {
                    let mut skip = Vec::new();
                    for v in rest {
                        skip.extend(self.jump_if(v, decides)?);
                    }
                    out.extend(self.jump_if(last, when)?);
                    self.land_all(skip);
                }
                Ok(out)
            }
            Expr::Compare(c) if c.ops.len() == 1 && !when => {
                if let Some(cmp) = super::expr::comparison(c.ops[0]) {
                    self.expr(&c.left)?;
                    self.expr(&c.comparators[0])?;
                    self.at(c.range);
                    let quick = self.emit(Op::CompareJump(cmp, u32::MAX));
                    return Ok(vec![quick, self.jump(Op::JumpIfFalse)]);
                }
                self.expr(e)?;
                Ok(vec![self.jump(Op::JumpIfFalse)])
            }
            Expr::BooleanLiteral(b) => Ok(if b.value == when {
                vec![self.jump(Op::Jump)]
            } else {
                Vec::new()
            }),
            _ => {
                self.expr(e)?;
                self.at(e.range());
                Ok(vec![self.jump(if when {
                    Op::JumpIfTrue
                } else {
                    Op::JumpIfFalse
                })])
            }
        }
    }

    /// None, for a statement without value.
    pub(super) fn none(&mut self) {
        self.emit_const(Value::None);
    }
}

/// Is this `try` there for imports that fail? It has a clause for their error, or imports nothing but modules and catches all.
fn expects_missing_modules(t: &ast::StmtTry) -> bool {
    let only_imports = t
        .body
        .iter()
        .all(|s| matches!(s, ast::Stmt::Import(_) | ast::Stmt::ImportFrom(_)));
    let fits = |e: &ast::Expr| match e {
        ast::Expr::Name(name) => match name.id.as_str() {
            "ImportError" | "ModuleNotFoundError" => true,
            "Exception" | "BaseException" => only_imports,
            _ => false,
        },
        _ => false,
    };
    t.handlers
        .iter()
        .any(|ast::ExceptHandler::ExceptHandler(h)| match h.type_.as_deref() {
            None => only_imports,
            Some(ast::Expr::Tuple(several)) => several.elts.iter().any(fits),
            Some(one) => fits(one),
        })
}
