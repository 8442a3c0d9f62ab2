//! A place in a text that a person wrote, shown with a mark under it.

use std::ops::Range;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::doc::Line;

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Excerpt {
    /// The whole text.
    pub(crate) text: String,
    /// Where the place begins, in bytes.
    pub(crate) start: usize,
    /// Where it ends, in bytes.
    pub(crate) end: usize,
    /// What belongs there; may hold text from a journal.
    pub(crate) label: String,
}

impl Excerpt {
    /// Marks a place in a text.
    pub(crate) fn new(text: &str, at: &Range<usize>, label: &str) -> Self {
        Self {
            text: text.to_owned(),
            start: at.start,
            end: at.end,
            label: label.to_owned(),
        }
    }

    /// Draws the text with the mark under it.
    pub(crate) fn lines(&self, width: Option<usize>) -> Vec<Line> {
        let mark = AnnotationKind::Primary.span(self.start..self.end);
        let mark = if self.label.is_empty() {
            mark
        } else {
            mark.label(&*self.label)
        };
        let snippet = Snippet::source(&*self.text).annotation(mark);
        let report = [Group::with_level(Level::ERROR).element(snippet)];
        let renderer = Renderer::plain().term_width(width.unwrap_or(DEFAULT_TERM_WIDTH));
        let drawn = renderer.render(&report);
        let lines = drawn.lines().map(|line| Line::new().text(line).keep());
        lines.collect()
    }
}
