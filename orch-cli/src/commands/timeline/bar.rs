//! Bars: a stretch of time or of records in a few columns.

use orch_core::ids::Seq;
use unicode_width::UnicodeWidthStr as _;

use super::{Axis, Item, Point, Timeline};
use crate::render::doc::{Doc, Line, Tone, WRAP_DEFAULT};
use crate::render::time::Times;

/// How much of the log a column stands for, and how wide a line is.
pub(super) struct Scale {
    axis: Axis,
    from: i64,
    to: i64,
    columns: usize,
    /// How wide the names of the lines are.
    pub(super) name_width: usize,
}

impl Scale {
    /// Fits the scale to the width of the output.
    pub(super) fn new(timeline: &Timeline, width: Option<usize>) -> Self {
        /// A long id may not take the room of all bars.
        const NAME_MAX: usize = 24;
        const BAR_MIN: usize = 12;
        const BAR_MAX: usize = 60;
        let width = width.unwrap_or(WRAP_DEFAULT);
        let names = timeline.items.iter().map(|item| {
            let number = item
                .attempt
                .map_or(0, |attempt| attempt.to_string().width().saturating_add(2));
            item.task.as_str().width().saturating_add(number)
        });
        let name_width = names.max().unwrap_or(0).min(NAME_MAX);
        // Half of what the name leaves: what a line tells needs the rest.
        let columns = width.saturating_sub(name_width).saturating_sub(4) / 2;
        let axis = timeline.axis;
        let starts = timeline
            .items
            .iter()
            .filter_map(|item| item.segments.first());
        let first = starts.map(|segment| place(axis, segment.from)).min();
        let from = place(axis, timeline.from);
        Self {
            axis,
            from: first.map_or(from, |first| first.max(from)),
            to: place(axis, timeline.to),
            columns: columns.clamp(BAR_MIN, BAR_MAX),
            name_width,
        }
    }

    /// Writes what the bars are drawn over.
    pub(super) fn write_head(&self, timeline: &Timeline, doc: &mut Doc, times: &Times) {
        let (from, to) = (timeline.from.record, timeline.to.record);
        let ends = |point: Point| point.at.map_or_else(String::new, |at| times.point(at));
        let over = match self.axis {
            Axis::Time => format!(
                "time, from {} to {}",
                chrono::DateTime::from_timestamp(self.from, 0)
                    .map_or_else(String::new, |at| times.point(at)),
                ends(timeline.to)
            ),
            Axis::Record => format!("records, from {} to {}", self.from, self.to),
        };
        let line = Line::new().text(format!("records {from} to {to}"));
        doc.line(line.faint(format!(", bars over {over}")));
        let key = ": open, d not begun, = at work, ! blocked, r to be judged, ~ sent back, * done, \
                   x ended, ? unknown";
        doc.line(Line::new().tone(Tone::Faint, key));
    }

    /// Draws what an attempt or a task went through.
    pub(super) fn bar(&self, item: &Item) -> String {
        let mut bar = vec![' '; self.columns];
        for segment in &item.segments {
            let from = self.column(place(self.axis, segment.from));
            let to = self.column(place(self.axis, segment.to));
            let sign = sign(segment.status);
            // What is over is drawn where it ended, and not from there on.
            let to = if sign == '*' || sign == 'x' {
                from
            } else {
                to.max(from)
            };
            let before_window = place(self.axis, segment.to) < self.from;
            let cells = bar.get_mut(from..=to).into_iter().flatten();
            cells
                .filter(|_| !before_window)
                .for_each(|cell| *cell = sign);
        }
        bar.into_iter().collect()
    }

    /// The column of a place; those outside are at the edges.
    fn column(&self, place: i64) -> usize {
        let length = self.to.saturating_sub(self.from).max(1);
        let last = i64::try_from(self.columns).unwrap_or(1).saturating_sub(1);
        let along = place.saturating_sub(self.from).clamp(0, length);
        let column = i128::from(along).saturating_mul(i128::from(last)) / i128::from(length);
        usize::try_from(column).unwrap_or(0)
    }
}

/// Where a point lies: seconds, or records.
fn place(axis: Axis, point: Point) -> i64 {
    let Seq(seq) = point.record;
    match axis {
        Axis::Time => point.at.map_or(i64::MIN, |at| at.timestamp()),
        Axis::Record => i64::try_from(seq).unwrap_or(i64::MAX),
    }
}

/// The sign of a status.
fn sign(status: &str) -> char {
    match status {
        "open" => ':',
        "dispatched" => 'd',
        "running" => '=',
        "blocked" => '!',
        "in_review" | "reported" => 'r',
        "rework" => '~',
        "accepted" | "delivered" => '*',
        "outcome_unknown" => '?',
        _ => 'x',
    }
}
