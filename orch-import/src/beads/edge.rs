//! Dependencies between issues.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::task::{Need, Unmet};
use orch_core::ids::{IdError, TaskId};
use serde::Deserialize;

use super::snapshot::Snapshot;
use crate::error::ImportError;
use crate::moment::{Moment, Stamp};
use crate::reading::NotMapped;
use crate::report::odd::Oddity;
use crate::scribe::{Place, Scribe};
use crate::text::{Text, filled};

/// A dependency as written, in a row of its own or within an issue.
#[derive(Deserialize)]
pub(super) struct EdgeFields<'a> {
    #[serde(borrow)]
    issue_id: Option<Text<'a>>,
    #[serde(borrow)]
    depends_on_id: Option<Text<'a>>,
    #[serde(rename = "type", borrow)]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
}

/// One dependency.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    task: TaskId,
    on: TaskId,
    kind: String,
    created: Option<Moment>,
}

impl Edge {
    /// Reads a dependency; one within an issue may leave out whose it is.
    pub(super) fn read(fields: &EdgeFields<'_>, of: Option<&TaskId>) -> Result<Self, IdError> {
        Ok(Self {
            task: match (filled(fields.issue_id.as_ref()), of) {
                (None, Some(of)) => of.clone(),
                (task, _) => TaskId::parse(task.unwrap_or_default())?,
            },
            on: TaskId::parse(fields.depends_on_id.as_ref().map_or("", Text::as_str))?,
            kind: filled(fields.kind.as_ref()).unwrap_or("blocks").to_owned(),
            created: filled(fields.created_at.as_ref()).and_then(Moment::parse),
        })
    }
}

impl Edge {
    /// Returns whose dependency it is, and on what.
    pub(super) fn ends(&self) -> (&TaskId, &TaskId) {
        (&self.task, &self.on)
    }

    /// Returns when it was made.
    pub(super) fn made_at(&self) -> Option<DateTime<Utc>> {
        self.created.as_ref().map(|created| created.at)
    }

    /// Returns whether its target comes first.
    pub(super) fn is_need(&self) -> bool {
        matches!(
            Meaning::of(&self.kind),
            Meaning::Need | Meaning::NeedOfFailure
        )
    }
}

/// What a kind of dependency means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// The target comes first.
    Need,
    /// The target comes first, and is meant to fail.
    NeedOfFailure,
    /// The target is the parent.
    Parent,
    /// The two have something to do with each other.
    Link,
    /// Not a kind of beads.
    Strange,
}

impl Meaning {
    fn of(kind: &str) -> Self {
        match kind {
            "blocks" | "waits-for" => Self::Need,
            "conditional-blocks" => Self::NeedOfFailure,
            "parent-child" => Self::Parent,
            "related" | "discovered-from" | "replies-to" | "relates-to" | "duplicates"
            | "supersedes" | "authored-by" | "assigned-to" | "approved-by" | "attests"
            | "tracks" | "until" | "caused-by" | "validates" | "delegated-from" => Self::Link,
            _ => Self::Strange,
        }
    }
}

/// All dependencies so far.
#[derive(Debug, Default)]
pub(super) struct Edges {
    seen: HashSet<(TaskId, TaskId, String)>,
    /// Who needs whom, as indices of the snapshot: dependent first.
    needs: Vec<(usize, usize)>,
}

impl Edges {
    /// Takes one row of a dependencies file.
    pub(super) fn take(
        &mut self,
        scribe: &mut Scribe<'_>,
        snapshot: &Snapshot,
        text: &str,
        place: Place,
    ) -> Result<(), NotMapped> {
        let fields: EdgeFields<'_> = serde_json::from_str(text)?;
        if fields.issue_id.is_none() && fields.depends_on_id.is_none() {
            return Err(NotMapped::Unknown("beads.row".to_owned()));
        }
        let edge = Edge::read(&fields, None)?;
        let otherwise = scribe.stamp(None);
        self.connect(scribe, snapshot, edge, place, otherwise)?;
        Ok(())
    }

    /// Writes a dependency down; one that tells no time takes the one given.
    pub(super) fn connect(
        &mut self,
        scribe: &mut Scribe<'_>,
        snapshot: &Snapshot,
        edge: Edge,
        place: Place,
        otherwise: Stamp,
    ) -> Result<(), ImportError> {
        let Edge {
            task,
            on,
            kind,
            created,
        } = edge;
        let line = place.line;
        let example = || format!("line {line}: {task} {kind:?} {on}");
        // Issues and a dependencies file usually tell the same edges.
        if !self.seen.insert((task.clone(), on.clone(), kind.clone())) {
            scribe.report.odd(Oddity::DependencyRepeated, example);
            return Ok(());
        }
        let stamp = created.map_or(otherwise, Stamp::from);
        let identity = ["dependency", task.as_str(), on.as_str(), &kind];
        let mut row = scribe.fact(place, stamp, &identity)?;
        snapshot.ensure(scribe, &row, &task, None)?;
        if snapshot.ensure(scribe, &row, &on, None)? {
            scribe.report.odd(Oddity::DanglingDependency, example);
        }
        let mut amendment = Amendment::default();
        match Meaning::of(&kind) {
            Meaning::Need => {
                self.needs.extend(snapshot.indices(&task, &on));
                amendment.add_needs = vec![Need::accepted(on)];
            }
            Meaning::NeedOfFailure => {
                scribe.report.odd(Oddity::ConditionalDependency, example);
                self.needs.extend(snapshot.indices(&task, &on));
                amendment.add_needs = vec![Need {
                    or: vec![Unmet::Failed],
                    ..Need::accepted(on)
                }];
            }
            Meaning::Parent => amendment.parent = Some(on),
            Meaning::Link => return scribe.note(&mut row, &task, format!("{kind} {on}")),
            Meaning::Strange => {
                scribe.report.odd(Oddity::DependencyOffEnum, example);
                return scribe.note(&mut row, &task, format!("{kind} {on}"));
            }
        }
        let correction = Correction {
            task,
            change: Change::Amend(Box::new(amendment)),
            reason: kind,
            supersedes: Vec::new(),
        };
        scribe.write(&mut row, correction)
    }

    /// Returns who needs whom, as indices of the snapshot: dependent first.
    pub(super) fn needs(&self) -> &[(usize, usize)] {
        &self.needs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_of_beads_have_a_meaning() {
        assert_eq!(Meaning::of("waits-for"), Meaning::Need);
        assert_eq!(Meaning::of("related"), Meaning::Link);
        assert_eq!(Meaning::of("blocked-by"), Meaning::Strange);
    }
}
