//! The tree of an expression, and how it is written.

use std::fmt;
use std::ops::Range;

use super::lex::is_step;

/// Where something stands in the text, in bytes.
///
/// It is no part of what is said: two trees are equal if they say the same.
#[derive(Debug, Clone)]
pub(crate) struct At(pub(crate) Range<usize>);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A part of an expression, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) expr: Expr,
    pub(crate) at: At,
}

/// What a part of an expression says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Bool(bool),
    Number(i64),
    Text(String),
    Nothing,
    /// What is asked of the mission, such as `task.login.status`.
    Path(Vec<Step>),
    Not(Box<Node>),
    /// Two or more conditions; a list, so that a long chain is no deep tree.
    Join(Join, Vec<Node>),
    Compare(Op, Box<Node>, Box<Node>),
}

/// One name of a path, with what stands in parentheses after it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) at: At,
    pub(crate) args: Option<Vec<Node>>,
}

/// How conditions are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    And,
    Or,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Op {
    /// Returns the sign.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// How strongly a part binds; what binds less needs parentheses within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Or,
    And,
    Not,
    Compare,
    Value,
}

impl Node {
    const fn strength(&self) -> Strength {
        match self.expr {
            Expr::Join(Join::Or, _) => Strength::Or,
            Expr::Join(Join::And, _) => Strength::And,
            Expr::Not(_) => Strength::Not,
            Expr::Compare(..) => Strength::Compare,
            Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) | Expr::Nothing | Expr::Path(_) => {
                Strength::Value
            }
        }
    }

    /// Writes it where something of at least this strength is wanted.
    fn write(&self, f: &mut fmt::Formatter<'_>, wanted: Strength) -> fmt::Result {
        if self.strength() < wanted {
            write!(f, "({self})")
        } else {
            write!(f, "{self}")
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expr {
            Expr::Bool(bool) => write!(f, "{bool}"),
            Expr::Number(number) => write!(f, "{number}"),
            Expr::Text(text) => write_quoted(f, text),
            Expr::Nothing => f.write_str("none"),
            Expr::Path(steps) => write_path(f, steps),
            Expr::Not(inner) => {
                f.write_str("!")?;
                // Parentheses here would make what is read of it twice as deep as it was.
                let wanted = match inner.strength() {
                    Strength::Not => Strength::Not,
                    Strength::Or | Strength::And | Strength::Compare | Strength::Value => {
                        Strength::Value
                    }
                };
                inner.write(f, wanted)
            }
            Expr::Join(join, parts) => {
                let (sign, wanted) = match join {
                    Join::And => (" && ", Strength::Not),
                    Join::Or => (" || ", Strength::And),
                };
                for (n, part) in parts.iter().enumerate() {
                    f.write_str(if n == 0 { "" } else { sign })?;
                    part.write(f, wanted)?;
                }
                Ok(())
            }
            Expr::Compare(op, left, right) => {
                left.write(f, Strength::Value)?;
                write!(f, " {} ", op.as_str())?;
                right.write(f, Strength::Value)
            }
        }
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, steps: &[Step]) -> fmt::Result {
    for (n, step) in steps.iter().enumerate() {
        if n == 0 {
            f.write_str(&step.name)?;
        } else if !step.name.is_empty() && step.name.chars().all(is_step) {
            write!(f, ".{}", step.name)?;
        } else {
            f.write_str("[")?;
            write_quoted(f, &step.name)?;
            f.write_str("]")?;
        }
        if let Some(args) = &step.args {
            f.write_str("(")?;
            for (n, arg) in args.iter().enumerate() {
                write!(f, "{}{arg}", if n == 0 { "" } else { ", " })?;
            }
            f.write_str(")")?;
        }
    }
    Ok(())
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
