//! Expressions: each leaves one value on the stack.

use num_bigint::BigInt;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::super::code::{Bin, Cmp, Op, Un};
use super::super::value::Value;
use super::CompileError;
use super::emit::{Compiler, Res};
use super::scope::span;

pub(super) const fn binary(op: ast::Operator) -> Bin {
    match op {
        ast::Operator::Add => Bin::Add,
        ast::Operator::Sub => Bin::Sub,
        ast::Operator::Mult => Bin::Mul,
        ast::Operator::MatMult => Bin::MatMul,
        ast::Operator::Div => Bin::Div,
        ast::Operator::Mod => Bin::Mod,
        ast::Operator::Pow => Bin::Pow,
        ast::Operator::LShift => Bin::Shl,
        ast::Operator::RShift => Bin::Shr,
        ast::Operator::BitOr => Bin::Or,
        ast::Operator::BitXor => Bin::Xor,
        ast::Operator::BitAnd => Bin::And,
        ast::Operator::FloorDiv => Bin::FloorDiv,
    }
}

pub(super) const fn comparison(op: ast::CmpOp) -> Option<Cmp> {
    Some(match op {
        ast::CmpOp::Eq => Cmp::Eq,
        ast::CmpOp::NotEq => Cmp::Ne,
        ast::CmpOp::Lt => Cmp::Lt,
        ast::CmpOp::LtE => Cmp::Le,
        ast::CmpOp::Gt => Cmp::Gt,
        ast::CmpOp::GtE => Cmp::Ge,
        _ => return None,
    })
}

/// The value of a literal, also of a tuple of literals.
pub(super) fn literal(e: &Expr) -> Option<Value> {
    Some(match e {
        Expr::NoneLiteral(_) => Value::None,
        Expr::BooleanLiteral(b) => Value::Bool(b.value),
        Expr::EllipsisLiteral(_) => Value::Ellipsis,
        Expr::StringLiteral(s) => Value::str(s.value.to_str()),
        Expr::BytesLiteral(b) => Value::bytes(b.value.bytes().collect::<Vec<u8>>()),
        Expr::NumberLiteral(n) => match &n.value {
            ast::Number::Int(i) => match i.as_i64() {
                Some(n) => Value::Int(n),
                None => Value::int(big(&i.to_string())?),
            },
            ast::Number::Float(x) => Value::Float(*x),
            ast::Number::Complex { .. } => return None,
        },
        Expr::UnaryOp(u) if u.op == ast::UnaryOp::USub => match literal(&u.operand)? {
            Value::Int(n) if n != 0 => Value::Int(n.checked_neg()?),
            Value::Float(x) => Value::Float(-x),
            _ => return None,
        },
        Expr::Tuple(t) => Value::tuple(t.elts.iter().map(literal).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn big(text: &str) -> Option<BigInt> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (&*text, 10),
    };
    BigInt::parse_bytes(digits.as_bytes(), radix)
}

impl<'a> Compiler<'a> {
    pub(super) fn expr(&mut self, e: &'a Expr) -> Res {
        if let Some(value) = literal(e) {
            self.at(e.range());
            self.emit_const(value);
            return Ok(());
        }
        let range = e.range();
        match e {
            Expr::Name(n) => {
                self.at(range);
                self.load(n.id.as_str())?;
            }
            Expr::Call(c) => self.call(c)?,
            Expr::Attribute(a) => {
                self.expr(&a.value)?;
                self.at(range);
                let name = self.mangled(a.attr.as_str());
                let name = self.name(&name);
                let cache = self.cache();
                self.emit(Op::Attr { name, cache });
            }
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.index(&s.slice)?;
                self.brackets_at(s);
                self.at(range);
                self.emit(Op::Subscr);
            }
            Expr::BinOp(b) => {
                self.expr(&b.left)?;
                self.expr(&b.right)?;
                self.operator_at(b);
                self.at(range);
                self.emit(Op::Binary(binary(b.op)));
            }
            Expr::UnaryOp(u) => {
                self.expr(&u.operand)?;
                self.at(range);
                self.emit(Op::Unary(match u.op {
                    ast::UnaryOp::Invert => Un::Invert,
                    ast::UnaryOp::Not => Un::Not,
                    ast::UnaryOp::UAdd => Un::Pos,
                    ast::UnaryOp::USub => Un::Neg,
                }));
            }
            Expr::BoolOp(b) => {
                let mut ends = Vec::new();
                for (i, v) in b.values.iter().enumerate() {
                    self.expr(v)?;
                    if i + 1 < b.values.len() {
                        ends.push(self.jump(match b.op {
                            ast::BoolOp::And => Op::JumpIfFalseOrPop,
                            ast::BoolOp::Or => Op::JumpIfTrueOrPop,
                        }));
                    }
                }
                self.land_all(ends);
            }
            Expr::Compare(c) => self.compare(c)?,
            Expr::If(i) => {
                let out = self.jump_if(&i.test, false)?;
                self.expr(&i.body)?;
                let end = self.jump(Op::Jump);
                self.land_all(out);
                self.expr(&i.orelse)?;
                self.land(end);
            }
            Expr::Named(n) => {
                self.expr(&n.value)?;
                self.emit(Op::Dup);
                self.target(&n.target)?;
            }
            Expr::Tuple(t) => self.display(&t.elts, Op::Tuple, range)?,
            Expr::List(l) => self.display(&l.elts, Op::List, range)?,
            Expr::Set(s) => self.display(&s.elts, Op::Set, range)?,
            Expr::Dict(d) => self.dict(d)?,
            Expr::Lambda(l) => self.lambda(l)?,
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(e)?;
            }
            Expr::FString(f) => self.f_string(f)?,
            Expr::Yield(y) => {
                match &y.value {
                    Some(v) => self.expr(v)?,
                    None => self.none(),
                }
                self.at(range);
                self.emit(Op::Yield);
            }
            Expr::YieldFrom(y) => {
                self.expr(&y.value)?;
                self.at(range);
                self.emit(Op::YieldFromIter);
                self.none();
                let top = self.next();
                let done = self.jump(Op::Send);
                self.emit(Op::Yield);
                self.emit(Op::JumpBack(top));
                self.land(done);
            }
            Expr::Slice(_) => self.index(e)?,
            Expr::Starred(s) => {
                return Err(CompileError::syntax(
                    "can't use starred expression here",
                    span(s.range),
                ));
            }
            // What could hold it, async def, is refused before.
            Expr::Await(_) => {
                let words = if self.in_function() {
                    "'await' outside async function"
                } else {
                    "'await' outside function"
                };
                return Err(CompileError::syntax(words, span(range)));
            }
            Expr::NumberLiteral(_) => {
                self.refuse("Complex numbers are not supported by the engine.", range)?
            }
            _ => return Err(CompileError::syntax("invalid syntax", span(range))),
        }
        Ok(())
    }

    /// What stands in `[...]`.
    pub(super) fn index(&mut self, e: &'a Expr) -> Res {
        let Expr::Slice(s) = e else { return self.expr(e) };
        for part in [&s.lower, &s.upper] {
            match part {
                Some(e) => self.expr(e)?,
                None => self.none(),
            }
        }
        let mut n = 2;
        if let Some(step) = &s.step {
            self.expr(step)?;
            n = 3;
        }
        self.at(s.range);
        self.emit(Op::Slice(n));
        Ok(())
    }

    fn compare(&mut self, c: &'a ast::ExprCompare) -> Res {
        self.expr(&c.left)?;
        let mut ends = Vec::new();
        for (i, (op, right)) in c.ops.iter().zip(&c.comparators).enumerate() {
            self.expr(right)?;
            let last = i + 1 == c.ops.len();
            if !last {
                // a b -> b a b
                self.emit(Op::Dup);
                self.emit(Op::Rot3);
            }
            self.at(c.range);
            self.emit(match op {
                ast::CmpOp::Is => Op::Is(true),
                ast::CmpOp::IsNot => Op::Is(false),
                ast::CmpOp::In => Op::In(true),
                ast::CmpOp::NotIn => Op::In(false),
                other => Op::Compare(comparison(*other).unwrap_or(Cmp::Eq)),
            });
            if !last {
                ends.push(self.jump(Op::JumpIfFalseOrPop));
            }
        }
        if !ends.is_empty() {
            let end = self.jump(Op::Jump);
            self.land_all(ends);
            // The operand that was kept for the next comparison lies under the result.
            self.emit(Op::Rot2);
            self.emit(Op::Pop);
            self.land(end);
        }
        Ok(())
    }

    /// Tuple, list or set display.
    fn display(&mut self, elts: &'a [Expr], op: fn(u32) -> Op, range: ruff_text_size::TextRange) -> Res {
        let star = elts.iter().position(|e| matches!(e, Expr::Starred(_)));
        let Some(star) = star else {
            for e in elts {
                self.expr(e)?;
            }
            self.at(range);
            self.emit(op(elts.len() as u32));
            return Ok(());
        };
        for e in &elts[..star] {
            self.expr(e)?;
        }
        let set = op(0) == Op::Set(0);
        self.at(range);
        self.emit(if set {
            Op::Set(star as u32)
        } else {
            Op::List(star as u32)
        });
        self.extend(&elts[star..], set)?;
        if op(0) == Op::Tuple(0) {
            self.emit(Op::ListToTuple);
        }
        Ok(())
    }

    /// Puts the rest of a display into the list or set on the stack.
    pub(super) fn extend(&mut self, elts: &'a [Expr], set: bool) -> Res {
        for e in elts {
            match e {
                Expr::Starred(s) => {
                    self.expr(&s.value)?;
                    self.at(s.value.range());
                    self.emit(if set { Op::SetUpdate(1) } else { Op::ListExtend(1) });
                }
                other => {
                    self.expr(other)?;
                    self.emit(if set { Op::SetAdd(1) } else { Op::ListAppend(1) });
                }
            }
        }
        Ok(())
    }

    fn dict(&mut self, d: &'a ast::ExprDict) -> Res {
        let unpacks = d.items.iter().any(|i| i.key.is_none());
        if !unpacks && d.items.len() <= 64 {
            for item in &d.items {
                if let Some(k) = &item.key {
                    self.expr(k)?;
                }
                self.expr(&item.value)?;
            }
            self.at(d.range);
            self.emit(Op::Dict(d.items.len() as u32));
            return Ok(());
        }
        self.at(d.range);
        self.emit(Op::Dict(0));
        for item in &d.items {
            match &item.key {
                Some(k) => {
                    self.expr(k)?;
                    self.expr(&item.value)?;
                    self.emit(Op::MapAdd(1));
                }
                None => {
                    self.expr(&item.value)?;
                    self.at(item.value.range());
                    self.emit(Op::DictUpdate(1));
                }
            }
        }
        Ok(())
    }
}
