//! The attention list: what does not move, grouped by cause.

use orch_core::diagnosis::{Blocker, Cause};
use orch_core::mission::Mission;
use serde::Serialize;

use crate::render::blocker::BlockerOut;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::Times;

/// How many tasks of a cause are named.
const SHOWN_MAX: usize = 3;

/// One cause, and everything that does not move because of it.
#[derive(Debug, Serialize)]
pub(super) struct Attention {
    cause: &'static str,
    severity: &'static str,
    count: usize,
    items: Vec<BlockerOut>,
}

/// Groups causes, which come the worst first; what moves needs no attention, and that nobody owes
/// the last move of a mission is said by its verdict.
pub(super) fn of(causes: Vec<Blocker>, mission: &Mission, times: &Times) -> Vec<Attention> {
    let is_last = |one: &Blocker| one.cause == Cause::NoWakeSource && one.task.is_none();
    let items = causes
        .into_iter()
        .filter(|one| !one.is_moving() && !is_last(one))
        .map(|one| BlockerOut::new(one, mission, times));
    let mut groups: Vec<Attention> = Vec::new();
    for item in items {
        match groups.iter_mut().find(|group| group.cause == item.cause) {
            Some(group) => {
                group.count = group.count.saturating_add(1);
                group.items.push(item);
            }
            None => groups.push(Attention {
                cause: item.cause,
                severity: item.severity,
                count: 1,
                items: vec![item],
            }),
        }
    }
    groups
}

/// Writes the list.
pub(super) fn write(groups: &[Attention], doc: &mut Doc, times: &Times, is_verbose: bool) {
    let total: usize = groups.iter().map(|group| group.count).sum();
    if total == 0 {
        return;
    }
    doc.gap();
    doc.text(format!("needs attention ({total})"));
    for group in groups {
        let tone = group.items.first().map_or(Tone::Plain, BlockerOut::tone);
        let line = Line::new().text("  ").tone(tone, group.cause);
        doc.line(line.text(format!(" ({})", group.count)));
        let shown = if is_verbose { group.count } else { SHOWN_MAX };
        for item in group.items.iter().take(shown) {
            let name = item
                .task
                .as_ref()
                .map_or("the mission", |task| task.as_str());
            let line = Line::new().text("    ").strong(name).text("  ").hang();
            let line = line.text(format!("{}, ", item.detail));
            doc.line(line.faint(times.since(item.since.at)));
        }
        doc.more("    ", group.count, shown);
    }
}
