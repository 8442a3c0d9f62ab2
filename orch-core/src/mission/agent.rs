//! The rows of an agent and of its incarnations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::table::{AgentIx, AttemptIx, IncarnationIx};
use super::task::Moment;
use super::trace::{Cell, Trace};
use crate::event::agent::Carried;
use crate::ids::{AgentName, Incarnation as Number, Label, Seq};
use crate::status::Step;
use crate::status::agent::{AgentEvent, AgentStatus};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Agent {
    pub(crate) name: AgentName,
    pub(crate) incarnations: Vec<IncarnationIx>,
    /// The highest number that an incarnation of it has.
    pub(crate) last_number: Number,
    /// The incarnation that is there; at most one is (NAME-1).
    pub(crate) live: Option<IncarnationIx>,
}

impl Agent {
    pub(crate) const fn new(name: AgentName) -> Self {
        Self {
            name,
            incarnations: Vec::new(),
            last_number: Number(0),
            live: None,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Incarnation {
    pub(crate) agent: AgentIx,
    pub(crate) number: Number,
    status: AgentStatus,
    since: Moment,
    pub(crate) joined: Moment,
    pub(crate) roles: Vec<Label>,
    pub(crate) sessions: Vec<Box<str>>,
    /// Whether nothing but references to it, or an importer, says that it exists.
    pub(crate) implicit: bool,
    /// Its open attempts.
    pub(crate) open: BTreeSet<AttemptIx>,
    /// The last inventory of it, and what it carried.
    pub(crate) carries: Option<(Seq, Vec<Carried>)>,
}

impl Incarnation {
    pub(crate) const fn new(agent: AgentIx, number: Number, joined: Moment) -> Self {
        Self {
            agent,
            number,
            status: AgentStatus::Live,
            since: joined,
            joined,
            roles: Vec::new(),
            sessions: Vec::new(),
            implicit: true,
            open: BTreeSet::new(),
            carries: None,
        }
    }

    pub(crate) const fn status(&self) -> AgentStatus {
        self.status
    }

    /// The record that put the incarnation into its status.
    pub(crate) const fn since(&self) -> Moment {
        self.since
    }

    /// Takes a step of the table; the only way a status changes.
    pub(crate) fn step(&mut self, event: AgentEvent, now: Moment, trace: &mut Trace) {
        trace.note(Cell::Agent(self.status, event));
        match self.status.next(event) {
            Step::To(to) | Step::Breach(to) => {
                self.status = to;
                self.since = now;
            }
            Step::Stays | Step::Already | Step::Refused => {}
        }
    }
}
