//! What a part of an expression comes to.

use std::borrow::Cow;
use std::fmt;

use super::syntax::Op;

/// What a part of an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Bool(bool),
    Number(i64),
    /// A text or a word; may come from a journal.
    Text(Cow<'a, str>),
    Nothing,
}

impl<'a> Value<'a> {
    /// A text, or none.
    pub(crate) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(Cow::Borrowed(text)))
    }

    /// How many there are.
    pub(crate) fn count(n: usize) -> Self {
        Self::Number(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// Compares two values. Nothing is less or more than none.
    pub(crate) fn compare(&self, op: Op, other: &Value<'_>) -> bool {
        let ordered = match (self, other) {
            (Self::Number(left), Value::Number(right)) => Some(left.cmp(right)),
            _ => None,
        };
        match op {
            Op::Equal => self == other,
            Op::Unequal => self != other,
            Op::Less => ordered.is_some_and(std::cmp::Ordering::is_lt),
            Op::AtMost => ordered.is_some_and(std::cmp::Ordering::is_le),
            Op::More => ordered.is_some_and(std::cmp::Ordering::is_gt),
            Op::AtLeast => ordered.is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Nothing => f.write_str("none"),
        }
    }
}
