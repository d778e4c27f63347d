//! `match`: each pattern takes the value on the stack and leaves whether it fits.
//!
//! What is more than a comparison (is it a sequence, which attributes has it) is asked of the frozen module `_patterns`, whose
//! functions give the parts as a list, or None. Names are bound as the parts fit; CPython binds them all when the whole
//! pattern has fitted, a difference that the language's reference allows (PEP 634).

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::super::code::{Cmp, Op};
use super::super::value::Value;
use super::emit::{Compiler, Patch, Res};

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(&mut self, m: &'a ast::StmtMatch) -> Res {
        self.expr(&m.subject)?;
        let mut ends = Vec::new();
        for case in &m.cases {
            self.line_for(case.range, case.pattern.range());
            self.emit(Op::Dup);
            self.pattern(&case.pattern)?;
            let mut skip = vec![self.jump(Op::JumpIfFalse)];
            if let Some(guard) = &case.guard {
                skip.extend(self.jump_if(guard, false)?);
            }
            self.emit(Op::Pop);
            self.body(&case.body)?;
            ends.push(self.jump(Op::Jump));
            self.land_all(skip);
        }
        self.emit(Op::Pop);
        self.land_all(ends);
        Ok(())
    }

    /// value -> bool
    fn pattern(&mut self, p: &'a ast::Pattern) -> Res {
        use ast::Pattern as P;
        self.at(p.range());
        match p {
            P::MatchValue(v) => {
                self.expr(&v.value)?;
                self.at(v.range);
                self.emit(Op::Compare(Cmp::Eq));
            }
            P::MatchSingleton(s) => {
                let value = match s.value {
                    ast::Singleton::None => Value::None,
                    ast::Singleton::True => Value::Bool(true),
                    ast::Singleton::False => Value::Bool(false),
                };
                self.emit_const(value);
                self.emit(Op::Is(true));
            }
            P::MatchAs(a) => match (&a.pattern, &a.name) {
                (Some(inner), Some(name)) => {
                    self.emit(Op::Dup);
                    self.pattern(inner)?;
                    let fails = self.jump(Op::JumpIfFalse);
                    self.store(name.as_str())?;
                    self.ends_well_or(vec![fails]);
                }
                (_, Some(name)) => {
                    self.store(name.as_str())?;
                    self.emit_const(Value::Bool(true));
                }
                _ => {
                    self.emit(Op::Pop);
                    self.emit_const(Value::Bool(true));
                }
            },
            // A star outside of a sequence is a syntax error, which the parser has told.
            P::MatchStar(_) => {
                self.emit(Op::Pop);
                self.emit_const(Value::Bool(true));
            }
            P::MatchOr(o) => {
                let mut fits = Vec::new();
                for p in &o.patterns {
                    self.emit(Op::Dup);
                    self.pattern(p)?;
                    fits.push(self.jump(Op::JumpIfTrue));
                }
                self.emit(Op::Pop);
                self.emit_const(Value::Bool(false));
                let end = self.jump(Op::Jump);
                self.land_all(fits);
                self.emit(Op::Pop);
                self.emit_const(Value::Bool(true));
                self.land(end);
            }
            P::MatchSequence(s) => self.sequence(s)?,
            P::MatchMapping(m) => {
                self.helper("mapping");
                for key in &m.keys {
                    self.expr(key)?;
                }
                self.at(m.range);
                self.emit(Op::Tuple(m.keys.len() as u32));
                self.emit_const(Value::Bool(m.rest.is_some()));
                self.emit(Op::Call(3));
                let rest = m.rest.as_ref().map(ast::Identifier::as_str);
                self.parts(
                    m.patterns.iter().enumerate(),
                    rest.map(|name| (m.keys.len(), name)),
                )?;
            }
            P::MatchClass(c) => {
                self.helper("instance");
                self.expr(&c.cls)?;
                self.emit_const(Value::Int(c.arguments.patterns.len() as i64));
                for keyword in &c.arguments.keywords {
                    self.emit_const(Value::str(keyword.attr.as_str()));
                }
                self.at(c.range);
                self.emit(Op::Tuple(c.arguments.keywords.len() as u32));
                self.emit(Op::Call(4));
                let keywords = c.arguments.keywords.iter().map(|k| &k.pattern);
                self.parts(c.arguments.patterns.iter().chain(keywords).enumerate(), None)?;
            }
        }
        Ok(())
    }

    fn sequence(&mut self, s: &'a ast::PatternMatchSequence) -> Res {
        let star = s.patterns.iter().position(ast::Pattern::is_match_star);
        self.helper("sequence");
        self.emit_const(Value::Int(s.patterns.len() as i64));
        self.emit_const(star.map_or(Value::None, |star| Value::Int(star as i64)));
        self.emit(Op::Call(3));
        let starred = star.and_then(|star| match &s.patterns[star] {
            ast::Pattern::MatchStar(p) => p.name.as_ref().map(|name| (star, name.as_str())),
            _ => None,
        });
        let plain = s.patterns.iter().enumerate().filter(|(i, _)| Some(*i) != star);
        self.parts(plain, starred)
    }

    /// subject -> function subject, for a call of `_patterns`.
    fn helper(&mut self, function: &str) {
        let name = self.name("_patterns");
        let from = self.constant(Value::None);
        self.emit(Op::Import {
            name,
            from,
            level: 0,
            optional: false,
        });
        let name = self.name(function);
        let cache = self.cache();
        self.emit(Op::Attr { name, cache });
        self.emit(Op::Rot2);
    }

    /// list or None -> bool: does each part fit its pattern? One part may go to a name as it is.
    fn parts(
        &mut self,
        patterns: impl Iterator<Item = (usize, &'a ast::Pattern)>,
        named: Option<(usize, &'a str)>,
    ) -> Res {
        self.emit(Op::Dup);
        self.emit_const(Value::None);
        self.emit(Op::Is(true));
        let mut fails = vec![self.jump(Op::JumpIfTrue)];
        for (i, p) in patterns {
            self.part(i);
            self.pattern(p)?;
            fails.push(self.jump(Op::JumpIfFalse));
        }
        if let Some((i, name)) = named {
            self.part(i);
            self.store(name)?;
        }
        self.emit(Op::Pop);
        self.ends_well_or(fails);
        Ok(())
    }

    fn part(&mut self, i: usize) {
        self.emit(Op::Dup);
        self.emit_const(Value::Int(i as i64));
        self.emit(Op::Subscr);
    }

    /// True; or, from these jumps, one value less and False.
    fn ends_well_or(&mut self, fails: Vec<Patch>) {
        self.emit_const(Value::Bool(true));
        let end = self.jump(Op::Jump);
        self.land_all(fails);
        self.emit(Op::Pop);
        self.emit_const(Value::Bool(false));
        self.land(end);
    }
}
