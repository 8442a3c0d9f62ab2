//! The moves of issues, from the rows of a beads event log.
//!
//! Row order is the order of events; the times in the rows are local times that say `Z`.

use std::collections::HashMap;

use orch_core::ids::TaskId;

use super::event_row::{EventRow, Fields, Kind};
use super::issue::Issue;
use super::snapshot::Snapshot;
use super::step::{Amends, Step};
use super::track::Track;
use crate::reading::NotMapped;
use crate::report::odd::Oddity;
use crate::scribe::{Place, Scribe};

/// Everything the events have told so far.
#[derive(Debug, Default)]
pub(super) struct Moves {
    tracks: HashMap<TaskId, Track>,
    /// Whether the last clock that could be checked was wrong.
    clock_suspect: bool,
}

impl Moves {
    /// Takes one row.
    pub(super) fn take(
        &mut self,
        scribe: &mut Scribe<'_>,
        snapshot: &mut Snapshot,
        text: &str,
        place: Place,
    ) -> Result<(), NotMapped> {
        let fields: Fields<'_> = serde_json::from_str(text)?;
        let (old_text, new_text) = (fields.old_text(), fields.new_text());
        let event = EventRow::read(scribe, &fields, &old_text, &new_text)?;
        let labels = Amends::read(&event)?;
        snapshot.has_events(&event.task);
        let stamp = scribe.stamp(event.created_at);
        let told = !stamp.borrowed;
        let mut row = scribe.row(place, stamp, &event.identity)?;
        let known = self.tracks.remove(&event.task);
        if known.is_none() && event.kind != Kind::Created {
            let example = || format!("line {}: {}", place.line, event.task);
            scribe.report.odd(Oddity::BeginsMidStory, example);
        }
        let track = known.unwrap_or_else(|| Track::new(event.task.clone()));
        let mut step = Step {
            scribe,
            snapshot,
            event,
            track,
        };
        if told && let Some(suspect) = step.check_clock(&row) {
            self.clock_suspect = suspect;
        }
        row.source.clock_suspect = self.clock_suspect;
        let outcome = step.take(&mut row, labels);
        let track = step.track;
        self.tracks.insert(step.event.task, track);
        Ok(outcome?)
    }

    /// Returns whether the events told the comments of an issue.
    pub(super) fn tell_comments(&self, task: &TaskId) -> bool {
        self.tracks
            .get(task)
            .is_some_and(|track| track.has_comments)
    }

    /// Compares where the events have led with what the snapshot says.
    pub(super) fn compare(&self, scribe: &mut Scribe<'_>, issue: &Issue) {
        let track = self.tracks.get(&issue.id);
        let told = track.and_then(|track| track.status.as_deref());
        if let Some(status) = told.filter(|&status| status != issue.status) {
            scribe.report.odd(Oddity::SnapshotContradicts, || {
                let (id, line, snapshot) = (&issue.id, issue.place.line, &issue.status);
                format!("line {line}: {id} is {snapshot:?}, events say {status:?}")
            });
        }
    }
}
