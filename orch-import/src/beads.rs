//! The beads issue tracker: issues (a snapshot), events (a backup of moves) and dependencies.
//!
//! ```text
//! issues ─▶ held as facts ─┐
//! events ─▶ moves, as read ─┤ what was not declared yet ─▶ edges ─▶ comments ─▶ statuses
//! dependencies ─────────────┘
//! ```
//!
//! A snapshot alone is told by time instead, as far as what its facts need allows: see
//! [`Snapshot::tell`].
//!
//! Moves come from events. What no event tells comes from the snapshot, after the events: each
//! fact as a record of its own, marked as reconstructed. The files are linked by issue id only,
//! never by time, because event times are known to lie by whole hours.
//!
//! **Not here:** the description, design and other long texts of an issue, which are not copied; a
//! status that goes back from one snapshot to the next, which only events can tell; and attempts
//! that have left an event file which keeps only its newest rows: attempts are numbered within the
//! files at hand.

mod edge;
mod event_row;
mod issue;
mod moves;
mod order;
mod snapshot;
mod status;
mod step;
mod track;

use crate::error::ImportError;
use crate::format::Format;
use crate::input::Opened;
use crate::reading::{Meter, each_row};
use crate::scribe::Scribe;
use edge::Edges;
use moves::Moves;
use snapshot::Snapshot;

/// Imports beads files; issues come first, then events, then dependencies.
pub(crate) fn import(
    files: Vec<Opened<'_>>,
    meter: &mut Meter<'_>,
    scribe: &mut Scribe<'_>,
) -> Result<(), ImportError> {
    let mut snapshot = Snapshot::default();
    let mut moves = Moves::default();
    let mut edges = Edges::default();
    let mut settled = false;
    let is_snapshot = files
        .iter()
        .all(|opened| opened.format == Format::BeadsIssues);
    for (file, opened) in files.into_iter().enumerate() {
        match opened.format {
            Format::BeadsIssues => {
                each_row(opened, file, meter, scribe, &mut |scribe, text, place| {
                    snapshot.take(scribe, text, place)
                })?;
            }
            Format::BeadsEvents => {
                each_row(opened, file, meter, scribe, &mut |scribe, text, place| {
                    moves.take(scribe, &mut snapshot, text, place)
                })?;
            }
            Format::BeadsDependencies => {
                if !settled {
                    snapshot.declare_rest(scribe)?;
                    snapshot.connect(scribe, &mut edges)?;
                    settled = true;
                }
                each_row(opened, file, meter, scribe, &mut |scribe, text, place| {
                    edges.take(scribe, &snapshot, text, place)
                })?;
            }
            // Files of other families are refused when the import is opened.
            Format::Needle => {}
        }
    }
    scribe.report.claims = snapshot.claims();
    if is_snapshot {
        return snapshot.tell(scribe, &mut edges);
    }
    if !settled {
        snapshot.declare_rest(scribe)?;
        snapshot.connect(scribe, &mut edges)?;
    }
    snapshot.settle(scribe, &edges, &moves)
}
