//! From tokens to the tree, by how strongly each operator binds.
//!
//! ```text
//! or      = and { ("||" | "or") and }
//! and     = not { ("&&" | "and") not }
//! not     = ("!" | "not") not | compare
//! compare = value [ ("==" | "!=" | "<" | "<=" | ">" | ">=") value ]
//! value   = text | number | "true" | "false" | "none" | path | "(" or ")"
//! path    = step { "." step | "[" text "]" }
//! step    = name [ "(" [ or { "," or } ] ")" ]
//! ```

use std::ops::Range;

use super::fault::Fault;
use super::lex::{self, Token};
use super::syntax::{At, Expr, Join, Node, Step};

/// How deep parentheses and negations may be nested: what walks the tree calls itself.
const DEPTH_MAX: usize = 64;

/// Reads an expression as it is written; what it names is not looked at.
///
/// # Errors
/// When it is no expression; the fault lies within the text.
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let mut parser = Parser {
        tokens: lex::tokens(text)?,
        next: 0,
        depth: 0,
        end: text.len(),
    };
    let node = parser.or()?;
    let next = parser.peek();
    if *next == Token::End {
        Ok(node)
    } else if *next == Token::Close {
        Err(parser.unexpected("no parenthesis was opened before it"))
    } else if matches!(next, Token::Compare(_)) {
        Err(parser.chained())
    } else {
        Err(parser.unexpected("expected `&&`, `||` or the end"))
    }
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    next: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.next)
            .map_or(&Token::End, |(token, _)| token)
    }

    /// Where the next token stands.
    fn at(&self) -> Range<usize> {
        let token = self.tokens.get(self.next);
        token.map_or(self.end..self.end, |(_, at)| at.clone())
    }

    fn advance(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    fn eat(&mut self, wanted: &Token) -> bool {
        let is_it = self.peek() == wanted;
        if is_it {
            self.advance();
        }
        is_it
    }

    fn unexpected(&self, label: &str) -> Fault {
        let what = if *self.peek() == Token::End {
            "the expression is not complete".to_owned()
        } else {
            format!("{} does not belong here", self.peek().words())
        };
        Fault::new(&self.at(), what).label(label)
    }

    fn chained(&self) -> Fault {
        Fault::new(&self.at(), "comparisons cannot be chained")
            .label("join two comparisons with `&&`, or use parentheses")
    }

    /// Goes one level down.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            let what = format!("the expression is nested more than {DEPTH_MAX} levels deep");
            return Err(Fault::new(&self.at(), what).label("at most so deep"));
        }
        let read = read(self);
        self.depth = self.depth.saturating_sub(1);
        read
    }

    fn or(&mut self) -> Result<Node, Fault> {
        self.joined(Join::Or, &Token::Or, Self::and)
    }

    fn and(&mut self) -> Result<Node, Fault> {
        self.joined(Join::And, &Token::And, Self::not)
    }

    fn joined(
        &mut self,
        join: Join,
        sign: &Token,
        part: impl Fn(&mut Self) -> Result<Node, Fault>,
    ) -> Result<Node, Fault> {
        let first = part(self)?;
        let start = first.at.0.start;
        let mut end = first.at.0.end;
        let mut rest = Vec::new();
        while self.eat(sign) {
            let next = part(self)?;
            end = next.at.0.end;
            rest.push(next);
        }
        if rest.is_empty() {
            return Ok(first);
        }
        let parts = std::iter::once(first).chain(rest).collect();
        Ok(node(Expr::Join(join, parts), start..end))
    }

    fn not(&mut self) -> Result<Node, Fault> {
        let start = self.at().start;
        if !self.eat(&Token::Not) {
            return self.compare();
        }
        let inner = self.nested(Self::not)?;
        let at = start..inner.at.0.end;
        Ok(node(Expr::Not(Box::new(inner)), at))
    }

    fn compare(&mut self) -> Result<Node, Fault> {
        let left = self.value()?;
        let Token::Compare(op) = *self.peek() else {
            return Ok(left);
        };
        self.advance();
        let right = self.value()?;
        if matches!(self.peek(), Token::Compare(_)) {
            return Err(self.chained());
        }
        let at = left.at.0.start..right.at.0.end;
        let expr = Expr::Compare(op, Box::new(left), Box::new(right));
        Ok(node(expr, at))
    }

    fn value(&mut self) -> Result<Node, Fault> {
        let at = self.at();
        let expr = match self.peek().clone() {
            Token::Text(text) => Expr::Text(text),
            Token::Number(number) => Expr::Number(number),
            Token::True => Expr::Bool(true),
            Token::False => Expr::Bool(false),
            Token::Nothing => Expr::Nothing,
            Token::Name(name) => return self.path(name),
            Token::Open => {
                self.advance();
                let inner = self.nested(Self::or)?;
                self.closed(&Token::Close, &at)?;
                return Ok(inner);
            }
            Token::Not => return Err(self.unexpected("put parentheses around it: `(!…)`")),
            Token::End
            | Token::Step(_)
            | Token::And
            | Token::Or
            | Token::Compare(_)
            | Token::Dot
            | Token::Comma
            | Token::Close
            | Token::OpenBracket
            | Token::CloseBracket => {
                let label = "expected a value, such as `mission.verdict`, `\"stuck\"` or `3`";
                return Err(self.unexpected(label));
            }
        };
        self.advance();
        Ok(node(expr, at))
    }

    /// Takes what closes a bracket, or points to what opened it.
    fn closed(&mut self, wanted: &Token, opened: &Range<usize>) -> Result<(), Fault> {
        if self.eat(wanted) {
            return Ok(());
        }
        let wanted = wanted.words();
        if *self.peek() == Token::End {
            let what = "the expression is not complete";
            return Err(Fault::new(opened, what).label(format!("no {wanted} closes this")));
        }
        if matches!(self.peek(), Token::Compare(_)) {
            return Err(self.chained());
        }
        Err(self.unexpected(&format!("expected {wanted}, `&&` or `||`")))
    }

    fn path(&mut self, name: String) -> Result<Node, Fault> {
        let start = self.at().start;
        let mut steps = vec![self.step(name)?];
        loop {
            if self.eat(&Token::Dot) {
                let Token::Step(name) = self.peek().clone() else {
                    let fault = self.unexpected("expected a name after the dot");
                    return Err(fault.note("an odd id is written task[\"an id\"].status"));
                };
                steps.push(self.step(name)?);
            } else if *self.peek() == Token::OpenBracket {
                let opened = self.at();
                self.advance();
                let Token::Text(name) = self.peek().clone() else {
                    return Err(self.unexpected("expected an id in quotes"));
                };
                let at = self.at();
                self.advance();
                self.closed(&Token::CloseBracket, &opened)?;
                let args = None;
                let at = At(at);
                steps.push(Step { name, at, args });
            } else {
                let end = self.before().end;
                return Ok(node(Expr::Path(steps), start..end));
            }
        }
    }

    /// Where the last token stands that was taken.
    fn before(&self) -> Range<usize> {
        let last = self.next.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(0..0, |(_, at)| at.clone())
    }

    fn step(&mut self, name: String) -> Result<Step, Fault> {
        let at = At(self.at());
        self.advance();
        let opened = self.at();
        if !self.eat(&Token::Open) {
            let args = None;
            return Ok(Step { name, at, args });
        }
        let mut args = Vec::new();
        if !self.eat(&Token::Close) {
            loop {
                args.push(self.nested(Self::or)?);
                if !self.eat(&Token::Comma) {
                    break;
                }
            }
            self.closed(&Token::Close, &opened)?;
        }
        let args = Some(args);
        Ok(Step { name, at, args })
    }
}

const fn node(expr: Expr, at: Range<usize>) -> Node {
    Node { expr, at: At(at) }
}
