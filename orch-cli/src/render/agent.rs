//! An incarnation of an agent: as data, and as a page.

use orch_core::ids::{AgentRef, Label};
use orch_core::mission::Mission;
use orch_core::party::Party;
use orch_core::view::{AgentView, OwedView};
use serde::Serialize;

use super::doc::{Doc, Line};
use super::task::AttemptOut;
use super::time::{MomentOut, Times};

/// An incarnation as JSON has it.
#[derive(Debug, Serialize)]
pub(crate) struct AgentOut {
    /// The incarnation.
    pub(crate) agent: AgentRef,
    /// Where it stands.
    pub(crate) status: &'static str,
    /// Since when.
    pub(crate) since: MomentOut,
    joined: MomentOut,
    roles: Vec<Label>,
    implicit: bool,
    /// The open attempts that it owns.
    pub(crate) holds: Vec<AttemptOut>,
    /// What it owes.
    pub(crate) owes: Vec<OwedOut>,
    /// The other incarnations under its name.
    others: Vec<AgentRef>,
}

/// An obligation as JSON has it.
#[derive(Debug, Serialize)]
pub(crate) struct OwedOut {
    /// What is owed.
    pub(crate) kind: &'static str,
    /// Who owed it first.
    pub(crate) owed_by: String,
    /// Who owes the next move.
    pub(crate) next: String,
    /// The task it is about.
    pub(crate) task: Option<String>,
    /// The gate, for a gate decision.
    pub(crate) gate: Option<String>,
    /// The record that opened it.
    pub(crate) opened: MomentOut,
    /// When it is due.
    pub(crate) due: Option<chrono::DateTime<chrono::Utc>>,
    /// The record that says that its clock ran out.
    pub(crate) expired: Option<orch_core::ids::Seq>,
}

impl OwedOut {
    /// Takes an obligation of the core.
    pub(crate) fn new(owed: &OwedView, times: &Times) -> Self {
        Self {
            kind: owed.kind.as_str(),
            owed_by: owed.owed_by.to_string(),
            next: owed.next.to_string(),
            task: owed.task.as_ref().map(ToString::to_string),
            gate: owed.gate.as_ref().map(ToString::to_string),
            opened: times.out(owed.opened),
            due: owed.due,
            expired: owed.expired,
        }
    }

    /// Says what is owed, by whom, since when.
    pub(crate) fn words(&self, times: &Times) -> String {
        let gate = self
            .gate
            .as_ref()
            .map_or_else(String::new, |gate| format!(" of gate {gate}"));
        let about = self
            .task
            .as_ref()
            .map_or_else(String::new, |task| format!(" about {task}"));
        let now = if self.next == self.owed_by {
            String::new()
        } else {
            format!(", who is gone, so {}", self.next)
        };
        let late = if self.expired.is_some() {
            ", overdue"
        } else {
            ""
        };
        format!(
            "{}{gate}{about} owed by {}{now}, record {}, {}{late}",
            self.kind,
            self.owed_by,
            self.opened.record,
            times.since(self.opened.at)
        )
    }
}

impl AgentOut {
    /// Takes an incarnation of the core.
    pub(crate) fn new(view: &AgentView<'_>, mission: &Mission, times: &Times) -> Self {
        let agent = view.agent();
        let party = Party::Agent(agent.name.clone());
        // What is owed by a name is owed by whoever lives under it now.
        let is_live = view.status().is_live();
        let is_lead = mission.lead() == Some(&party);
        let owes = mission.obligations();
        let owes = owes.iter().filter(|owed| {
            let is_next = owed.next == party || (is_lead && owed.next == Party::Lead);
            is_live && (is_next || owed.owed_by == party)
        });
        let others = mission.agents().map(|other| other.agent());
        Self {
            status: view.status().as_str(),
            since: times.out(view.since()),
            joined: times.out(view.joined()),
            roles: view.roles().to_vec(),
            implicit: view.is_implicit(),
            holds: view
                .holds()
                .map(|attempt| AttemptOut::new(&attempt, times))
                .collect(),
            owes: owes.map(|owed| OwedOut::new(owed, times)).collect(),
            others: others
                .filter(|other| other.name == agent.name && *other != agent)
                .collect(),
            agent,
        }
    }

    /// Writes the incarnation as a page.
    pub(crate) fn write(&self, doc: &mut Doc, times: &Times) {
        doc.line(Line::new().text("agent ").strong(self.agent.to_string()));
        let since = format!(
            "record {}, {}",
            self.since.record,
            times.since(self.since.at)
        );
        doc.field("status", format!("{} since {since}", self.status));
        let word = if self.implicit { "named" } else { "joined" };
        doc.field(
            word,
            format!(
                "record {}, {}",
                self.joined.record,
                times.since(self.joined.at)
            ),
        );
        if !self.roles.is_empty() {
            let roles: Vec<&str> = self.roles.iter().map(Label::as_str).collect();
            doc.field("roles", roles.join(", "));
        }
        if !self.others.is_empty() {
            let others: Vec<String> = self.others.iter().map(ToString::to_string).collect();
            doc.field("also", others.join(", "));
        }
        if self.holds.is_empty() {
            doc.field("holds", "nothing");
        }
        for held in &self.holds {
            doc.field(
                "holds",
                format!(
                    "{} attempt {}, {}, dispatched {}, last sign {}",
                    held.task,
                    held.attempt,
                    held.status,
                    times.since(held.dispatched.at),
                    held.last_sign(times)
                ),
            );
        }
        if self.owes.is_empty() {
            doc.field("owes", "nothing");
        }
        for owed in &self.owes {
            doc.field("owes", owed.words(times));
        }
    }
}
