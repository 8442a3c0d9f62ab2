//! Blockers: as data, and as the block of lines under one.

use std::collections::BTreeSet;

use orch_core::diagnosis::{Blocker, Cause, Fix, Severity, WaitStep};
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Mission;
use serde::Serialize;

use super::doc::{Doc, Line, Tone};
use super::time::{MomentOut, Times, records};
use crate::cli::Globals;
use crate::view::View;
use crate::write;

/// A blocker as JSON has it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BlockerOut {
    /// What kind of thing, see `orch explain`.
    pub(crate) cause: &'static str,
    /// How bad: `broken`, `stuck`, `idle`, `waiting` or `moving`.
    pub(crate) severity: &'static str,
    /// The task that does not move.
    pub(crate) task: Option<TaskId>,
    /// Its title.
    pub(crate) title: Option<String>,
    /// The tasks it waits for.
    pub(crate) on: Vec<TaskId>,
    /// Who makes the next move.
    pub(crate) next: String,
    /// Since when.
    pub(crate) since: MomentOut,
    /// The records that prove it.
    pub(crate) because: Vec<Seq>,
    /// What it is, in words.
    pub(crate) detail: String,
    /// What would clear it.
    pub(crate) clears: String,
    /// How sure this is: `proved`, `suspected` or `unknown`.
    pub(crate) confidence: &'static str,
    /// The tasks that wait for this one, directly or not.
    pub(crate) holds_up: Vec<TaskId>,
    /// Commands that would be accepted now and bring it forward, the recommended one first; left
    /// out where they are not looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fixes: Vec<FixOut>,
    /// The steps around it, when it is a ring: each with its kind and the record behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ring: Vec<WaitStep>,
    /// Who waits for those in the ring without being in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) victims: Vec<String>,
    #[serde(skip)]
    pub(crate) rank: Severity,
}

/// A command that brings a blocker forward, as JSON has it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FixOut {
    /// Who would give it.
    by: String,
    /// What is asked for: the words after `orch`.
    words: String,
    /// The line that can be run; `null` when this is a look back, or at a recording.
    command: Option<String>,
}

impl FixOut {
    fn new(fix: &Fix, view: &View, globals: &Globals) -> Self {
        let can_run = view.is_live && view.is_head();
        let (mission, now) = (&view.mission, view.now);
        Self {
            by: fix.by.to_string(),
            words: write::words_for(mission, &fix.by, &fix.command, now),
            command: can_run.then(|| write::line_for(globals, mission, &fix.by, &fix.command, now)),
        }
    }
}

impl BlockerOut {
    /// Takes a blocker of the core.
    pub(crate) fn new(blocker: Blocker, mission: &Mission, times: &Times) -> Self {
        let task = blocker.task.as_ref().and_then(|id| mission.task(id));
        let title = task.map(|task| task.title().to_owned());
        let rank = blocker.cause.severity();
        // What is only to be read keeps the mission from closing, and no task from moving.
        let is_to_read = matches!(blocker.cause, Cause::ResultUnread | Cause::Undeliverable);
        let holds_up = blocker
            .task
            .as_ref()
            .filter(|_| !is_to_read)
            .map_or_else(Vec::new, |id| held_up(mission, id));
        let mut because = blocker.because;
        because.sort_unstable();
        because.dedup();
        Self {
            cause: blocker.cause.as_str(),
            severity: rank.as_str(),
            title: title.filter(|title| {
                blocker
                    .task
                    .as_ref()
                    .is_some_and(|task| task.as_str() != title)
            }),
            task: blocker.task,
            on: blocker.on,
            next: blocker.next.to_string(),
            since: times.out(blocker.since),
            because,
            detail: blocker.detail,
            clears: blocker.clears,
            confidence: blocker.confidence.as_str(),
            holds_up,
            fixes: Vec::new(),
            ring: blocker.ring,
            victims: blocker.victims.iter().map(ToString::to_string).collect(),
            rank,
        }
    }

    /// Takes a blocker of the core, with the command lines that bring it forward.
    pub(crate) fn fixable(blocker: Blocker, view: &View, globals: &Globals, times: &Times) -> Self {
        let fixes = blocker.fixes.iter();
        let fixes = fixes.map(|fix| FixOut::new(fix, view, globals)).collect();
        Self {
            fixes,
            ..Self::new(blocker, &view.mission, times)
        }
    }

    /// Returns the colour for it.
    pub(crate) const fn tone(&self) -> Tone {
        match self.rank {
            Severity::Broken => Tone::Fail,
            Severity::Stuck => Tone::Warn,
            Severity::Idle => Tone::Warn,
            Severity::Moving => Tone::Pass,
            // The core may know more severities.
            Severity::Waiting | _ => Tone::Plain,
        }
    }

    /// Writes the task and its title, or that it is about the mission.
    pub(crate) fn heading(&self) -> String {
        match (&self.task, &self.title) {
            (Some(task), Some(title)) => format!("{task} {title:?}"),
            (Some(task), None) => task.to_string(),
            (None, _) => "the mission".to_owned(),
        }
    }

    /// Writes what follows from it, each line after the indent.
    pub(crate) fn write_facts(&self, doc: &mut Doc, indent: &str, times: &Times) {
        let mut fact = |name: &str, value: &str| {
            let line = Line::new()
                .faint(indent)
                .padded(Tone::Faint, name, 9)
                .hang();
            doc.line(line.text(value));
        };
        let is_moving = self.rank == Severity::Moving;
        if !is_moving {
            fact("next", &self.next);
        }
        let since = format!(
            "record {}, {}",
            self.since.record,
            times.since(self.since.at)
        );
        fact("since", &since);
        fact(
            "proof",
            &format!("{} ({})", records(&self.because), self.confidence),
        );
        if !is_moving {
            fact("clears", &self.clears);
        }
        // What somebody at work would say next is theirs to say.
        let fix = self.fixes.first().filter(|_| !is_moving);
        if let Some(fix) = fix.filter(|fix| fix.command.is_none()) {
            fact("try", &format!("{}, as {}", fix.words, fix.by));
        }
        if !self.victims.is_empty() {
            fact("victims", &self.victims.join(", "));
        }
        if !self.holds_up.is_empty() {
            fact("holds up", &tasks(&self.holds_up));
        }
        if let Some(command) = fix.and_then(|fix| fix.command.as_ref()) {
            let line = Line::new().faint(indent).padded(Tone::Faint, "try", 9);
            doc.line(line.text(command).keep());
        }
    }
}

/// Writes a few task ids.
pub(crate) fn tasks(ids: &[TaskId]) -> String {
    const SHOWN_MAX: usize = 6;
    let shown: Vec<&str> = ids.iter().take(SHOWN_MAX).map(TaskId::as_str).collect();
    let more = ids.len().saturating_sub(SHOWN_MAX);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// Puts the worst first, then the oldest.
pub(crate) fn sort(blockers: &mut [BlockerOut]) {
    blockers.sort_by(|a, b| {
        let key = |one: &BlockerOut| (one.rank, one.since.record);
        key(a).cmp(&key(b)).then_with(|| a.task.cmp(&b.task))
    });
}

/// The open tasks that need a task, directly or not.
fn held_up(mission: &Mission, task: &TaskId) -> Vec<TaskId> {
    let mut seen = BTreeSet::new();
    let mut open = vec![task.clone()];
    while let Some(at) = open.pop() {
        let Some(view) = mission.task(&at) else {
            continue;
        };
        for dependent in view.dependents() {
            let waits = mission
                .task(dependent)
                .is_some_and(|one| !one.status().is_ended());
            if waits && dependent != task && seen.insert(dependent.clone()) {
                open.push(dependent.clone());
            }
        }
    }
    seen.into_iter().collect()
}
