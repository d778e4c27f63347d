//! What can be the value of an attribute, a class, a property.

use crate::view::Live;
use std::borrow::Cow;

pub(crate) type Text = Cow<'static, str>;

/// A value: nothing is an attribute that is not there, a class that is not set.
pub(crate) type Value = Option<Text>;

/// Where a value comes from.
pub enum Source {
    /// It stays.
    Fixed(Value),
    /// It is computed again when a signal changes.
    Live(Box<dyn FnMut() -> Value>),
}

/// What can be a value.
pub trait IntoAttributeValue {
    /// Where the value comes from.
    fn into_attribute_value(self) -> Source;
}

/// What is a value by itself.
pub trait Plain {
    /// The value.
    fn value(self) -> Value;
}

macro_rules! plain {
    ($($type:ty: |$it:ident| $value:expr;)*) => {$(
        impl Plain for $type {
            fn value(self) -> Value {
                let $it = self;
                $value
            }
        }

        impl IntoAttributeValue for $type {
            fn into_attribute_value(self) -> Source {
                Source::Fixed(self.value())
            }
        }
    )*};
}

plain! {
    &'static str: |text| Some(text.into());
    String: |text| Some(text.into());
    Option<&'static str>: |text| text.map(Into::into);
    Option<String>: |text| text.map(Into::into);
    bool: |on| on.then_some("".into());
}

impl<T: Plain, F: FnMut() -> T + 'static> IntoAttributeValue for F {
    fn into_attribute_value(mut self) -> Source {
        Source::Live(Box::new(move || self().value()))
    }
}

impl<T: Plain + 'static> IntoAttributeValue for Live<T> {
    fn into_attribute_value(mut self) -> Source {
        Source::Live(Box::new(move || (self.0)().value()))
    }
}

impl IntoAttributeValue for Source {
    fn into_attribute_value(self) -> Source {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::live;

    fn fixed(value: impl IntoAttributeValue) -> Value {
        match value.into_attribute_value() {
            Source::Fixed(value) => value,
            Source::Live(_) => unreachable!("not a closure"),
        }
    }

    #[test]
    fn a_value_is_there_or_not() {
        assert_eq!(fixed("x").as_deref(), Some("x"));
        assert_eq!(fixed(String::new()).as_deref(), Some(""));
        assert_eq!((fixed(true).as_deref(), fixed(false)), (Some(""), None));
        assert_eq!(fixed(None::<String>), None);
        assert_eq!(
            fixed(Some("step").into_attribute_value()).as_deref(),
            Some("step")
        );
    }

    #[test]
    fn a_closure_is_asked_each_time() {
        let mut n = 0;
        let count = live(move || {
            n += 1;
            n.to_string()
        });
        let Source::Live(mut compute) = count.into_attribute_value() else {
            unreachable!("a closure");
        };
        assert_eq!(
            (compute().as_deref(), compute().as_deref()),
            (Some("1"), Some("2"))
        );
    }
}
