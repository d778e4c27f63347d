//! f-strings.

use ruff_python_ast::{self as ast};
use ruff_text_size::Ranged;

use super::super::code::Op;
use super::super::value::Value;
use super::emit::{Compiler, Res};

impl<'a> Compiler<'a> {
    pub(super) fn f_string(&mut self, f: &'a ast::ExprFString) -> Res {
        let mut n = 0;
        for part in &f.value {
            match part {
                ast::FStringPart::Literal(s) => {
                    if !s.as_str().is_empty() {
                        self.emit_const(Value::str(s.as_str()));
                        n += 1;
                    }
                }
                ast::FStringPart::FString(f) => {
                    for e in &f.elements {
                        n += self.element(e)?;
                    }
                }
            }
        }
        self.at(f.range);
        if n == 0 {
            self.emit_const(Value::str(""));
        } else {
            self.emit(Op::Strings(n));
        }
        Ok(())
    }

    /// Pushes the strings of one element and says how many.
    fn element(&mut self, e: &'a ast::InterpolatedStringElement) -> Result<u32, super::CompileError> {
        let i = match e {
            ast::InterpolatedStringElement::Literal(s) => {
                self.emit_const(Value::str(&*s.value));
                return Ok(1);
            }
            ast::InterpolatedStringElement::Interpolation(i) => i,
        };
        let mut n = 1;
        let mut conversion = i.conversion.to_byte().unwrap_or(0);
        if let Some(debug) = &i.debug_text {
            let range = i.expression.range();
            let source = self.source.clone();
            let text = source
                .text
                .get(usize::from(range.start())..usize::from(range.end()))
                .unwrap_or("");
            self.emit_const(Value::str(format!(
                "{}{text}{}",
                debug.leading.as_str(),
                debug.trailing.as_str()
            )));
            n += 1;
            if conversion == 0 && i.format_spec.is_none() {
                conversion = b'r';
            }
        }
        self.expr(&i.expression)?;
        let spec = match &i.format_spec {
            Some(spec) => {
                let mut parts = 0;
                for e in &spec.elements {
                    parts += self.element(e)?;
                }
                if parts == 0 {
                    false
                } else {
                    self.emit(Op::Strings(parts));
                    true
                }
            }
            None => false,
        };
        self.at(i.expression.range());
        self.emit(Op::Format { conversion, spec });
        Ok(n)
    }
}
