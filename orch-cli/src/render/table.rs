//! Tables without borders, in columns measured by what they take on the screen.
//!
//! **Invariant:** no word is broken in a column but the last, so that an id can be copied whole.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use unicode_width::UnicodeWidthStr as _;

use super::doc::{Doc, Line, Tone, WRAP_DEFAULT};
use crate::escape;

/// The blanks between two columns.
const GAP: u16 = 2;

/// The longest word of the last column that is kept whole: it may be text of any kind.
const LAST_WORD_MAX: u16 = 20;

/// A table that is being filled.
#[derive(Debug)]
pub(crate) struct Rows {
    header: Vec<String>,
    body: Vec<Vec<String>>,
    width: usize,
}

impl Rows {
    /// A table with these columns; the last takes what is left of the width.
    pub(crate) fn new(columns: &[&str], width: Option<usize>) -> Self {
        Self {
            header: columns.iter().map(|&column| column.to_owned()).collect(),
            body: Vec::new(),
            width: width.unwrap_or(WRAP_DEFAULT).max(40),
        }
    }

    /// Adds a row; its cells may hold text from a journal.
    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells = cells
            .into_iter()
            .map(|cell| escape::one_line(cell.as_ref()).into_owned());
        self.body.push(cells.collect());
    }

    /// Writes the table, each line after an indent; as a list where it does not fit.
    pub(crate) fn write(&self, doc: &mut Doc, indent: &str) {
        let width = self.width.saturating_sub(indent.width());
        let width = u16::try_from(width).unwrap_or(u16::MAX);
        let least = self.least();
        let needed = least
            .iter()
            .fold(0_u16, |sum, &one| sum.saturating_add(one));
        if needed > width {
            self.write_list(doc, indent);
            return;
        }
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width)
            .set_header(&self.header);
        for row in &self.body {
            table.add_row(row);
        }
        let last = self.header.len().saturating_sub(1);
        let widest = width.saturating_mul(2) / 5;
        for ((at, column), least) in table.column_iter_mut().enumerate().zip(least) {
            column.set_padding((0, if at == last { 0 } else { GAP }));
            column.set_constraint(if at == last {
                ColumnConstraint::LowerBoundary(Width::Fixed(least))
            } else {
                ColumnConstraint::Boundaries {
                    lower: Width::Fixed(least),
                    upper: Width::Fixed(widest.max(least)),
                }
            });
        }
        for (at, line) in table.lines().enumerate() {
            let tone = if at == 0 { Tone::Faint } else { Tone::Plain };
            let line = Line::new().text(indent).tone(tone, line.trim_end());
            doc.line(line.keep());
        }
    }

    /// The least width of each column: its longest word, and the blanks after it.
    fn least(&self) -> Vec<u16> {
        let last = self.header.len().saturating_sub(1);
        let column = |at: usize| {
            let cells = self.body.iter().chain([&self.header]);
            let cells = cells.filter_map(move |row| row.get(at));
            let words = cells.flat_map(|cell| cell.split(' '));
            let longest = words.map(str::width).max().unwrap_or(0);
            let longest = u16::try_from(longest).unwrap_or(u16::MAX);
            if at == last {
                longest.min(LAST_WORD_MAX)
            } else {
                longest.saturating_add(GAP)
            }
        };
        (0..self.header.len()).map(column).collect()
    }

    /// Writes each row as a heading and what belongs to it.
    fn write_list(&self, doc: &mut Doc, indent: &str) {
        for row in &self.body {
            let mut cells = self.header.iter().zip(row);
            if let Some((_, first)) = cells.next() {
                doc.line(Line::new().text(indent).strong(first));
            }
            let facts: Vec<String> = cells.map(|(name, cell)| format!("{name} {cell}")).collect();
            let line = Line::new().text(indent).text("  ").hang();
            doc.line(line.text(facts.join(", ")));
        }
    }
}
