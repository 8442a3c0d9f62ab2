//! One record, and what the machine shows on both sides of it, beside what the oracle computes.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::event::Event;
use orch_core::ids::{AgentRef, AttemptNo, TaskId};
use orch_core::party::Party;
use orch_core::record::Record;

use super::claims::{Claims, Logs, Part};
use crate::oracle::{AttemptFacts, Facts, RecordFacts, Standing, TaskFacts};

/// What a law about one record looks at.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What the machine claims.
    pub claims: &'a Claims,
    /// The log, to the record and with it.
    pub log: &'a [Record],
    /// The record.
    pub record: &'a Record,
    /// What the oracle computes before the record.
    pub was: &'a Facts,
    /// What the oracle computes after it.
    pub is: &'a Facts,
    /// What the machine showed before the record, of what it claims.
    pub old: &'a Facts,
    /// What it shows after it.
    pub new: &'a Facts,
}

/// Where a task stands: its status, who has it, and the number of the attempt.
type Place<'a> = (&'a str, Option<&'a AgentRef>, Option<AttemptNo>);

/// Returns who has a task: the owner of the open attempt with the token.
pub(super) fn owner(task: &TaskFacts) -> Option<&AgentRef> {
    task.attempts.get(&task.token?).map(|it| &it.owner)
}

fn place(task: &TaskFacts) -> Place<'_> {
    (&task.status, owner(task), task.token)
}

/// Returns a state without what time alone changes, and without the marks of records.
pub(super) fn still(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.records = BTreeMap::new();
    for task in facts.tasks.values_mut() {
        task.ready = false;
        task.attempts.values_mut().for_each(|it| it.late_signs = 0);
    }
    let timeless = |mut owed: crate::oracle::Owed| {
        owed.next.clear();
        owed
    };
    facts.owed = facts.owed.into_iter().map(timeless).collect();
    facts
}

impl<'a> Seen<'a> {
    /// What the record says.
    pub(super) fn event(&self) -> &'a Event {
        self.record.event()
    }

    /// Whether the machine shows a part.
    pub(super) fn shows(&self, part: Part) -> bool {
        self.claims.shows(part)
    }

    /// What the oracle finds wrong with the record.
    pub(super) fn wrong(&self) -> Option<&'a RecordFacts> {
        self.is.records.get(&self.record.seq())
    }

    /// Whether the oracle names one of these codes for the record.
    pub(super) fn is_marked(&self, codes: &[&str]) -> bool {
        let wrong = self.wrong();
        wrong.is_some_and(|it| codes.iter().any(|code| it.codes.contains(*code)))
    }

    /// Whether the record takes effect.
    pub(super) fn takes_effect(&self) -> bool {
        let standing = self.wrong().map_or(Standing::Clean, |it| it.standing);
        matches!(standing, Standing::Clean | Standing::Marked)
    }

    /// What the machine finds wrong with the record.
    pub(super) fn shown_wrong(&self) -> Option<&'a RecordFacts> {
        self.new.records.get(&self.record.seq())
    }

    /// An attempt before the record.
    pub(super) fn attempt(&self, task: &TaskId, number: AttemptNo) -> Option<&'a AttemptFacts> {
        self.was.tasks.get(task)?.attempts.get(&number)
    }

    /// Whether an incarnation was there before the record.
    pub(super) fn is_there(&self, agent: &AgentRef) -> bool {
        let status = self.was.agents.get(agent).map(String::as_str);
        matches!(status, Some("live" | "stopping"))
    }

    /// Whether every record of the log was accepted.
    pub(super) fn is_clean(&self) -> bool {
        Logs::of(self.is) == Logs::Clean
    }

    /// The tasks that were known before and stand elsewhere after the record.
    pub(super) fn moved(&self) -> BTreeSet<&'a TaskId> {
        let both = self.old.tasks.iter();
        let both = both.filter_map(|(id, old)| Some((id, old, self.new.tasks.get(id)?)));
        both.filter(|(_, old, new)| place(old) != place(new))
            .map(|(id, ..)| id)
            .collect()
    }

    /// The tasks that came to a status with the record.
    pub(super) fn came_to(
        &self,
        is_there: impl Fn(&str) -> bool,
    ) -> Vec<(&'a TaskId, &'a TaskFacts)> {
        let was_there = |id| {
            self.old
                .tasks
                .get(id)
                .is_some_and(|it| is_there(&it.status))
        };
        let new = self.new.tasks.iter();
        new.filter(|(id, it)| is_there(&it.status) && !was_there(*id))
            .collect()
    }

    /// The parties that somebody can wait for: everybody but an agent of which no incarnation is there.
    pub(super) fn is_present(&self, party: &str) -> bool {
        match Party::parse(party) {
            Ok(Party::Agent(name)) => {
                let agents = self.is.agents.iter();
                let mut of_name = agents.filter(|(agent, _)| agent.name == name);
                of_name.any(|(_, status)| matches!(&**status, "live" | "stopping"))
            }
            Ok(_) => true,
            Err(_) => false,
        }
    }

    /// Whether what is shown has moved on with time, or with marks, and with nothing else.
    pub(super) fn is_still(&self) -> bool {
        still(self.old) == still(self.new)
    }
}
