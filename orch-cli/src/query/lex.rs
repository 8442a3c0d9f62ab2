//! From text to words and signs, each with its place.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::fault::Fault;
use super::syntax::Op;

/// A word or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name at the start of a path.
    Name(String),
    /// A name after a dot; it may hold hyphens and begin with a digit, as ids do.
    Step(String),
    /// A text in quotes.
    Text(String),
    Number(i64),
    True,
    False,
    Nothing,
    And,
    Or,
    Not,
    Compare(Op),
    Dot,
    Comma,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    End,
}

impl Token {
    /// Says what it is, as part of a sentence.
    pub(crate) fn words(&self) -> String {
        let sign = match self {
            Self::Name(name) | Self::Step(name) => return format!("`{name}`"),
            Self::Text(_) => return "a text".to_owned(),
            Self::Number(number) => return format!("`{number}`"),
            Self::End => return "the end".to_owned(),
            Self::True => "true",
            Self::False => "false",
            Self::Nothing => "none",
            Self::And => "&&",
            Self::Or => "||",
            Self::Not => "!",
            Self::Compare(op) => op.as_str(),
            Self::Dot => ".",
            Self::Comma => ",",
            Self::Open => "(",
            Self::Close => ")",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
        };
        format!("`{sign}`")
    }
}

/// Whether a character may stand in a name after a dot.
///
/// There is no minus in the language, so that the ids most tools make need no quotes.
pub(crate) fn is_step(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '#')
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Splits a text into tokens; the last is [`Token::End`].
///
/// # Errors
/// When a character belongs to no token, or a text has no end.
pub(crate) fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, Fault> {
    let mut lexer = Lexer {
        text,
        chars: text.char_indices().peekable(),
    };
    let mut found = Vec::new();
    loop {
        lexer.take_while(char::is_whitespace);
        let start = lexer.at();
        let is_after_dot = matches!(found.last(), Some((Token::Dot, _)));
        let token = lexer.token(start, is_after_dot)?;
        let is_end = token == Token::End;
        found.push((token, start..lexer.at()));
        if is_end {
            return Ok(found);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

impl Lexer<'_> {
    /// Where the next character begins.
    fn at(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some((_, c)) = self.chars.next_if(|(_, c)| fits(*c)) {
            taken.push(c);
        }
        taken
    }

    fn token(&mut self, start: usize, is_after_dot: bool) -> Result<Token, Fault> {
        let Some(&(_, c)) = self.chars.peek() else {
            return Ok(Token::End);
        };
        if is_after_dot && is_step(c) {
            return Ok(Token::Step(self.take_while(is_step)));
        }
        if c.is_ascii_alphabetic() || c == '_' {
            return Ok(word(self.take_while(is_name)));
        }
        if c.is_ascii_digit() || c == '-' {
            return self.number(start);
        }
        self.chars.next();
        match c {
            '"' | '\'' => self.quoted(start, c),
            '.' => Ok(Token::Dot),
            ',' => Ok(Token::Comma),
            '(' => Ok(Token::Open),
            ')' => Ok(Token::Close),
            '[' => Ok(Token::OpenBracket),
            ']' => Ok(Token::CloseBracket),
            _ => self.operator(start, c),
        }
    }

    /// Takes the next character if it is this one.
    fn eat(&mut self, wanted: char) -> bool {
        self.chars.next_if(|(_, c)| *c == wanted).is_some()
    }

    fn operator(&mut self, start: usize, c: char) -> Result<Token, Fault> {
        let (token, instead) = match c {
            '&' => (self.eat('&').then_some(Token::And), "&&"),
            '|' => (self.eat('|').then_some(Token::Or), "||"),
            '=' => (self.eat('=').then_some(Token::Compare(Op::Equal)), "=="),
            '!' if self.eat('=') => (Some(Token::Compare(Op::Unequal)), ""),
            '!' => (Some(Token::Not), ""),
            '<' if self.eat('=') => (Some(Token::Compare(Op::AtMost)), ""),
            '<' if self.eat('>') => (None, "!="),
            '<' => (Some(Token::Compare(Op::Less)), ""),
            '>' if self.eat('=') => (Some(Token::Compare(Op::AtLeast)), ""),
            '>' => (Some(Token::Compare(Op::More)), ""),
            _ => (None, ""),
        };
        let end = self.at();
        token.ok_or_else(|| {
            let sign = self.text.get(start..end).unwrap_or_default();
            let fault = Fault::new(
                &(start..end),
                format!("`{sign}` is no sign of an expression"),
            );
            if instead.is_empty() {
                fault.label("what has other signs in it is written in quotes")
            } else {
                fault.label(format!("write `{instead}`"))
            }
        })
    }

    fn number(&mut self, start: usize) -> Result<Token, Fault> {
        self.eat('-');
        self.take_while(is_name);
        let end = self.at();
        let digits = self.text.get(start..end).unwrap_or_default();
        digits.parse::<i64>().map(Token::Number).map_err(|_| {
            Fault::new(&(start..end), format!("`{digits}` is no number"))
                .label("numbers are whole, such as `3`; a text stands in quotes")
        })
    }

    fn quoted(&mut self, start: usize, quote: char) -> Result<Token, Fault> {
        let mut text = String::new();
        loop {
            let at = self.at();
            match self.chars.next() {
                Some((_, c)) if c == quote => return Ok(Token::Text(text)),
                Some((_, '\\')) => match self.chars.next() {
                    Some((_, c @ ('"' | '\'' | '\\'))) => text.push(c),
                    Some(_) => {
                        let end = self.at();
                        let what = "a backslash stands only before a quote or a backslash";
                        return Err(Fault::new(&(at..end), what).label("write `\\\\`"));
                    }
                    None => {}
                },
                Some((_, c)) => text.push(c),
                None => {
                    let fault = Fault::new(&(start..at), "the text has no end");
                    return Err(fault.label(format!("`{quote}` is missing after it")));
                }
            }
        }
    }
}

fn word(name: String) -> Token {
    match name.as_str() {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        "true" => Token::True,
        "false" => Token::False,
        "none" => Token::Nothing,
        _ => Token::Name(name),
    }
}
