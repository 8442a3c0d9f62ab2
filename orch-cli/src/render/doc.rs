//! What a command says to a person, before it is fitted to a width and coloured.
//!
//! ```text
//! text of a journal ─▶ Line (escaped here) ─▶ Doc ─▶ layout ─▶ ui
//! ```
//!
//! **Invariant:** every text goes through [`escape::one_line`] when it enters a line, so nothing
//! that a journal holds reaches a terminal in another way.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::escape;

/// What a piece of text is worth to the eye; the words carry the meaning, never the colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// The thing that a line is about.
    Strong,
    /// Good.
    Pass,
    /// Worth a look.
    Warn,
    /// Bad.
    Fail,
    /// Beside the point.
    Faint,
}

/// A piece of text of one tone; safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// What becomes of a line that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Fit {
    /// It goes on in the next line, under the column where its text began.
    #[default]
    Wrap,
    /// As above, but only if the width is known: else whoever reads it may look for whole lines.
    Flow,
    /// It is cut off.
    Cut,
    /// It stays as long as it is.
    Keep,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Line {
    spans: Vec<Span>,
    /// Under which column a wrapped line goes on.
    hang: usize,
    fit: Fit,
}

impl Line {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds text of a tone.
    pub(crate) fn tone(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        let text = escape::one_line(text.as_ref()).into_owned();
        self.spans.push(Span { tone, text });
        self
    }

    /// Adds plain text.
    pub(crate) fn text(self, text: impl AsRef<str>) -> Self {
        self.tone(Tone::Plain, text)
    }

    /// Adds text that matters.
    pub(crate) fn strong(self, text: impl AsRef<str>) -> Self {
        self.tone(Tone::Strong, text)
    }

    /// Adds text that can be passed over.
    pub(crate) fn faint(self, text: impl AsRef<str>) -> Self {
        self.tone(Tone::Faint, text)
    }

    /// Adds text and fills it up to a width.
    pub(crate) fn padded(self, tone: Tone, text: impl AsRef<str>, width: usize) -> Self {
        let mut line = self.tone(tone, text);
        let used = line.spans.last().map_or(0, |span| span.text.width());
        if used < width {
            line = line.text(" ".repeat(width.saturating_sub(used)));
        }
        line
    }

    /// Lets a wrapped line go on under what follows here.
    pub(crate) fn hang(mut self) -> Self {
        self.hang = self.width();
        self
    }

    /// Cuts the line off rather than wrapping it.
    pub(crate) const fn cut(mut self) -> Self {
        self.fit = Fit::Cut;
        self
    }

    /// Lets the line go on under a column, but only if the width is known.
    pub(crate) const fn flow(mut self, hang: usize) -> Self {
        self.fit = Fit::Flow;
        self.hang = hang;
        self
    }

    /// Leaves the line as long as it is.
    pub(crate) const fn keep(mut self) -> Self {
        self.fit = Fit::Keep;
        self
    }

    /// Returns how many columns the line takes.
    pub(crate) fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }

    /// Fits the line to a width; `None` cuts nothing and wraps at [`WRAP_DEFAULT`].
    pub(crate) fn fitted(self, width: Option<usize>, ellipsis: &str) -> Vec<Vec<Span>> {
        match (self.fit, width) {
            (Fit::Keep, _) | (Fit::Cut | Fit::Flow, None) => vec![self.spans],
            (Fit::Cut, Some(width)) => vec![cut(self.spans, width, ellipsis)],
            (Fit::Flow, Some(width)) => wrap(self.spans, width, self.hang),
            (Fit::Wrap, width) => wrap(self.spans, width.unwrap_or(WRAP_DEFAULT), self.hang),
        }
    }
}

/// The width of wrapped text when the width is not known.
pub(crate) const WRAP_DEFAULT: usize = 80;

/// The narrowest width that is honoured; below it, lines run over.
const WIDTH_MIN: usize = 20;

/// Keeps as much of the spans as fits.
fn cut(spans: Vec<Span>, width: usize, ellipsis: &str) -> Vec<Span> {
    let total: usize = spans.iter().map(|span| span.text.width()).sum();
    let width = width.max(WIDTH_MIN);
    if total <= width {
        return spans;
    }
    let mut left = width.saturating_sub(ellipsis.width());
    let mut kept = Vec::new();
    for span in spans {
        let fits = prefix(&span.text, left);
        left = left.saturating_sub(fits.width());
        let is_whole = fits.len() == span.text.len();
        let mut text = fits.to_owned();
        if !is_whole {
            text.push_str(ellipsis);
        }
        kept.push(Span { text, ..span });
        if !is_whole {
            break;
        }
    }
    kept
}

/// The longest beginning of the text that takes no more columns than given.
fn prefix(text: &str, width: usize) -> &str {
    let mut used = 0_usize;
    for (at, c) in text.char_indices() {
        used = used.saturating_add(c.width().unwrap_or(0));
        if used > width {
            return text.get(..at).unwrap_or(text);
        }
    }
    text
}

/// Breaks the spans into lines between words.
fn wrap(spans: Vec<Span>, width: usize, hang: usize) -> Vec<Vec<Span>> {
    let width = width.max(WIDTH_MIN);
    let total: usize = spans.iter().map(|span| span.text.width()).sum();
    if total <= width {
        return vec![spans];
    }
    // On a very narrow terminal a deep indent would leave no room for words.
    let hang = hang.min(width / 2);
    let mut rows = vec![Vec::new()];
    let mut used = 0_usize;
    for span in spans {
        for word in span.text.split_inclusive(' ') {
            let mut word = word;
            let bare = word.trim_end_matches(' ').width();
            if used.saturating_add(bare) > width && used > hang {
                used = break_line(&mut rows, hang);
            }
            // A word that fits on no line is broken within.
            while used.saturating_add(word.trim_end_matches(' ').width()) > width {
                let part = prefix(word, width.saturating_sub(used).max(1));
                if part.is_empty() {
                    break;
                }
                push(&mut rows, span.tone, part);
                word = word.get(part.len()..).unwrap_or("");
                used = break_line(&mut rows, hang);
            }
            push(&mut rows, span.tone, word);
            used = used.saturating_add(word.width());
        }
    }
    rows
}

/// Begins a new row and returns how far it is indented.
fn break_line(rows: &mut Vec<Vec<Span>>, hang: usize) -> usize {
    rows.push(Vec::new());
    if hang > 0 {
        push(rows, Tone::Plain, &" ".repeat(hang));
    }
    hang
}

fn push(rows: &mut [Vec<Span>], tone: Tone, text: &str) {
    let Some(row) = rows.last_mut() else {
        return;
    };
    match row.last_mut() {
        Some(last) if last.tone == tone => last.text.push_str(text),
        Some(_) | None => row.push(Span {
            tone,
            text: text.to_owned(),
        }),
    }
}

/// The signs that are drawn around text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyphs {
    /// A branch with more below.
    pub(crate) tee: &'static str,
    /// The last branch.
    pub(crate) elbow: &'static str,
    /// A line that passes by.
    pub(crate) pipe: &'static str,
    /// Where text was cut off.
    pub(crate) ellipsis: &'static str,
    /// Between the items of a list in a line.
    pub(crate) dot: &'static str,
    /// What is done.
    pub(crate) full: &'static str,
    /// What is not.
    pub(crate) empty: &'static str,
}

impl Glyphs {
    /// For terminals that show Unicode.
    pub(crate) const UNICODE: Self = Self {
        tee: "├",
        elbow: "└",
        pipe: "│",
        ellipsis: "…",
        dot: "·",
        full: "█",
        empty: "░",
    };
    /// For all others.
    pub(crate) const ASCII: Self = Self {
        tee: "|",
        elbow: "`",
        pipe: "|",
        ellipsis: "...",
        dot: "-",
        full: "#",
        empty: ".",
    };
}

/// What a command says.
#[derive(Debug)]
pub(crate) struct Doc {
    lines: Vec<Line>,
    /// The signs to draw with.
    pub(crate) glyphs: Glyphs,
    /// How wide lines may be, if that is known.
    pub(crate) width: Option<usize>,
}

impl Doc {
    /// An empty document.
    pub(crate) const fn new(glyphs: Glyphs, width: Option<usize>) -> Self {
        Self {
            lines: Vec::new(),
            glyphs,
            width,
        }
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Adds plain text as a line.
    pub(crate) fn text(&mut self, text: impl AsRef<str>) {
        self.line(Line::new().text(text));
    }

    /// Adds an empty line, unless there is one or nothing above it.
    pub(crate) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.spans.is_empty()) {
            self.line(Line::new());
        }
    }

    /// Adds a word and what it is, in the column that the words of a page share.
    pub(crate) fn field(&mut self, name: &str, value: impl AsRef<str>) {
        self.line(Line::new().padded(Tone::Faint, name, 10).hang().text(value));
    }

    /// Says how many items of a list are not shown.
    pub(crate) fn more(&mut self, indent: &str, n: usize, n_shown: usize) {
        let left = n.saturating_sub(n_shown);
        if left > 0 {
            let dots = self.glyphs.ellipsis;
            self.line(Line::new().faint(format!("{indent}{dots} and {left} more; -v shows all")));
        }
    }

    /// Gives the lines out.
    pub(crate) fn into_lines(self) -> Vec<Line> {
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(line: Line, width: usize) -> Vec<String> {
        let fitted = line.fitted(Some(width), "…");
        let text = |row: Vec<Span>| row.into_iter().map(|span| span.text).collect::<String>();
        fitted
            .into_iter()
            .map(text)
            .map(|row| row.trim_end().to_owned())
            .collect()
    }

    #[test]
    fn a_long_line_goes_on_under_its_text() {
        let line = Line::new()
            .text("cause   ")
            .hang()
            .text("gate reviewer needs a holder");
        assert_eq!(
            rows(line, 24),
            ["cause   gate reviewer", "        needs a holder"]
        );
    }

    #[test]
    fn a_word_longer_than_the_line_is_broken() {
        let line = Line::new().text("x".repeat(45));
        assert_eq!(
            rows(line, 20),
            ["x".repeat(20), "x".repeat(20), "x".repeat(5)]
        );
    }

    #[test]
    fn a_cut_line_is_measured_by_what_it_takes_on_the_screen() {
        let line = Line::new().text("世".repeat(20)).cut();
        assert_eq!(rows(line, 21), [format!("{}…", "世".repeat(10))]);
    }

    #[test]
    fn text_of_a_journal_is_escaped_when_it_enters_a_line() {
        let line = Line::new().text("a\u{1b}[2Jb\nc");
        assert_eq!(rows(line, 80), ["a\\u{1b}[2Jb\\nc"]);
    }
}
