//! Tables without borders, in columns measured by what they take on the screen.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::doc::{Doc, Line, WRAP_DEFAULT};
use crate::escape;

/// A table that is being filled.
#[derive(Debug)]
pub(crate) struct Rows {
    table: Table,
}

impl Rows {
    /// A table with these columns; the last takes what is left of the width.
    pub(crate) fn new(columns: &[&str], width: Option<usize>) -> Self {
        let mut table = Table::new();
        let width = width.unwrap_or(WRAP_DEFAULT).max(40);
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(width).unwrap_or(u16::MAX))
            .set_header(columns);
        let last = columns.len().saturating_sub(1);
        for (at, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if at == last { 0 } else { 2 }));
            if at < last {
                column.set_constraint(ColumnConstraint::UpperBoundary(Width::Percentage(40)));
            }
        }
        Self { table }
    }

    /// Adds a row; its cells may hold text from a journal.
    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells: Vec<String> = cells
            .into_iter()
            .map(|cell| escape::one_line(cell.as_ref()).into_owned())
            .collect();
        self.table.add_row(cells);
    }

    /// Writes the table, each line after an indent.
    pub(crate) fn write(&self, doc: &mut Doc, indent: &str) {
        for (at, line) in self.table.lines().enumerate() {
            let line = Line::new().text(indent).tone(
                if at == 0 {
                    super::doc::Tone::Faint
                } else {
                    super::doc::Tone::Plain
                },
                line.trim_end(),
            );
            doc.line(line.keep());
        }
    }
}
