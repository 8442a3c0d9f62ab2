//! Counts of tasks: as data, and as a bar of text.

use std::collections::BTreeMap;

use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;
use orch_core::view::Counts;
use serde::Serialize;

use super::doc::{Doc, Glyphs, Line, Tone};

/// Counts as JSON has them.
#[derive(Debug, Serialize)]
pub(crate) struct CountsOut {
    /// All tasks.
    pub(crate) total: usize,
    /// Those accepted or delivered.
    pub(crate) done: usize,
    /// Those that are or may still become done.
    pub(crate) wanted: usize,
    /// Done of wanted; `null` for nothing of nothing.
    pub(crate) percent: Option<u8>,
    /// Attempts dispatched or started.
    pub(crate) in_flight: usize,
    /// Tasks by status.
    pub(crate) by_status: BTreeMap<&'static str, usize>,
    /// The statuses in their own order.
    #[serde(skip)]
    ordered: Vec<(TaskStatus, usize)>,
}

/// The counts of one phase.
#[derive(Debug, Serialize)]
pub(crate) struct PhaseOut {
    /// The phase; `null` for tasks without one.
    pub(crate) phase: Option<String>,
    /// Its counts.
    pub(crate) counts: CountsOut,
}

impl CountsOut {
    /// Takes counts of the core.
    pub(crate) fn new(counts: &Counts) -> Self {
        Self {
            total: counts.total,
            done: counts.done,
            wanted: counts.wanted,
            percent: counts.percent(),
            in_flight: counts.in_flight,
            by_status: counts
                .by_status
                .iter()
                .map(|(status, n)| (status.as_str(), *n))
                .collect(),
            ordered: counts
                .by_status
                .iter()
                .map(|(status, n)| (*status, *n))
                .collect(),
        }
    }

    /// Writes how much is done.
    pub(crate) fn words(&self) -> String {
        let percent = self
            .percent
            .map_or_else(String::new, |percent| format!(" ({percent}%)"));
        format!("{} of {} done{percent}", self.done, self.wanted)
    }

    /// Writes the counts of each status.
    pub(crate) fn statuses(&self, glyphs: &Glyphs) -> String {
        let parts: Vec<String> = self
            .ordered
            .iter()
            .map(|(status, n)| format!("{status} {n}"))
            .collect();
        parts.join(&format!(" {} ", glyphs.dot))
    }

    /// Draws how much is done.
    pub(crate) fn bar(&self, glyphs: &Glyphs, width: usize) -> String {
        let full = self
            .done
            .saturating_mul(width)
            .checked_div(self.wanted)
            .unwrap_or(0);
        let empty = width.saturating_sub(full);
        format!("{}{}", glyphs.full.repeat(full), glyphs.empty.repeat(empty))
    }
}

/// Returns the phases of a mission, if its tasks name any.
pub(crate) fn phases(mission: &Mission) -> Vec<PhaseOut> {
    let progress = mission.progress();
    let is_named = progress.iter().any(|phase| phase.phase.is_some());
    progress
        .into_iter()
        .filter(|_| is_named)
        .map(|phase| PhaseOut {
            phase: phase.phase.map(|phase| phase.to_string()),
            counts: CountsOut::new(&phase.counts),
        })
        .collect()
}

/// Writes one line for each phase.
pub(crate) fn write_phases(phases: &[PhaseOut], doc: &mut Doc, indent: &str) {
    const BAR: usize = 20;
    let glyphs = doc.glyphs;
    let name = |phase: &PhaseOut| {
        phase
            .phase
            .clone()
            .unwrap_or_else(|| "(no phase)".to_owned())
    };
    let widest = phases
        .iter()
        .map(|phase| name(phase).chars().count())
        .max()
        .unwrap_or(0);
    for phase in phases {
        let is_done = phase.counts.wanted > 0 && phase.counts.done == phase.counts.wanted;
        let tone = if is_done { Tone::Pass } else { Tone::Plain };
        let line = Line::new()
            .text(indent)
            .padded(Tone::Plain, name(phase), widest.min(24));
        let line = line.text("  ").tone(tone, phase.counts.bar(&glyphs, BAR));
        doc.line(line.text("  ").text(phase.counts.words()));
    }
}
