//! Lines with a bound: one line at a time, and never more of it than is wanted.

use std::io::{self, BufRead};

/// The longest line that is read, in bytes; a longer one is skipped without being held.
pub const LINE_MAX_BYTES: usize = 16 * 1024 * 1024;

/// One line of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// What the line holds.
    pub(crate) body: Body<'a>,
    /// Whether a line end follows; if not, it is the last line and may be cut off.
    pub(crate) ended: bool,
}

/// What a line holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body<'a> {
    /// The bytes, without the line end and without white space around them.
    Bytes(&'a [u8]),
    /// More than [`LINE_MAX_BYTES`]; this many.
    TooLong(u64),
}

/// Reads the lines of one file.
pub(crate) struct Lines<R> {
    reader: R,
    limit: usize,
    buffer: Vec<u8>,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self::with_limit(reader, LINE_MAX_BYTES)
    }

    const fn with_limit(reader: R, limit: usize) -> Self {
        Self {
            reader,
            limit,
            buffer: Vec::new(),
            bytes: 0,
        }
    }

    /// Returns how many bytes have been read.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads the next line; `None` at the end of the file.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let at_start = self.bytes == 0;
        let start = self.bytes;
        let mut too_long = false;
        let ended = loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break false;
            }
            let line_end = chunk.iter().position(|&byte| byte == b'\n');
            let (part, rest) = chunk.split_at(line_end.unwrap_or(chunk.len()));
            if too_long || self.buffer.len().saturating_add(part.len()) > self.limit {
                // The memory goes back at once, because such a line is most likely not text.
                too_long = true;
                self.buffer = Vec::new();
            } else {
                self.buffer.extend_from_slice(part);
            }
            let used = part.len().saturating_add(rest.len().min(1));
            self.reader.consume(used);
            self.bytes = self.bytes.saturating_add(used as u64);
            if line_end.is_some() {
                break true;
            }
        };
        let length = self.bytes.saturating_sub(start);
        if length == 0 {
            return Ok(None);
        }
        let body = if too_long {
            Body::TooLong(length)
        } else {
            let bytes = match self.buffer.strip_prefix(b"\xef\xbb\xbf") {
                Some(bytes) if at_start => bytes,
                Some(_) | None => &self.buffer,
            };
            Body::Bytes(bytes.trim_ascii())
        };
        Ok(Some(Line { body, ended }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn read(text: &[u8], limit: usize, chunk: usize) -> Vec<(Result<String, u64>, bool)> {
        let mut lines = Lines::with_limit(BufReader::with_capacity(chunk, text), limit);
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            let body = match line.body {
                Body::Bytes(bytes) => Ok(String::from_utf8(bytes.to_vec()).unwrap()),
                Body::TooLong(length) => Err(length),
            };
            found.push((body, line.ended));
        }
        assert_eq!(lines.bytes(), text.len() as u64);
        found
    }

    #[test]
    fn lines_are_the_same_however_the_bytes_arrive() {
        let text = b"\xef\xbb\xbfone\r\n\n  two \nthree";
        let whole = read(text, 100, 64);
        assert_eq!(
            whole,
            [
                (Ok("one".to_owned()), true),
                (Ok(String::new()), true),
                (Ok("two".to_owned()), true),
                (Ok("three".to_owned()), false),
            ]
        );
        for chunk in 1..8 {
            assert_eq!(read(text, 100, chunk), whole);
        }
    }

    #[test]
    fn a_line_over_the_limit_is_measured_and_skipped() {
        for chunk in 1..8 {
            assert_eq!(
                read(b"ab\nabcdef\ncd", 4, chunk),
                [
                    (Ok("ab".to_owned()), true),
                    (Err(7), true),
                    (Ok("cd".to_owned()), false)
                ]
            );
        }
    }

    #[test]
    fn an_empty_file_has_no_lines() {
        assert!(read(b"", 4, 4).is_empty());
    }
}
