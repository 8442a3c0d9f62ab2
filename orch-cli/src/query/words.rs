//! The words that a value can be, and what older tools call them.

use orch_core::diagnosis::Verdict;
use orch_core::status::agent::AgentStatus;
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;
use orch_core::view::PhaseKind;

use crate::select;

/// A value that is one of a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// Where a task stands.
    TaskStatus,
    /// Where a gate stands.
    GateStatus,
    /// Where an agent stands.
    AgentStatus,
    /// Whether the mission moves.
    Verdict,
    /// The phase of the mission.
    Phase,
    /// How the mission ended.
    Outcome,
}

/// What older tools say, and the word here.
type Older = &'static [(&'static str, &'static str)];

impl Words {
    /// Lists the words.
    pub(crate) fn all(self) -> Vec<&'static str> {
        match self {
            Self::TaskStatus => TaskStatus::ALL.iter().map(|one| one.as_str()).collect(),
            Self::GateStatus => GateStatus::ALL.iter().map(|one| one.as_str()).collect(),
            Self::AgentStatus => AgentStatus::ALL.iter().map(|one| one.as_str()).collect(),
            Self::Verdict => Verdict::ALL.iter().map(|one| one.as_str()).collect(),
            Self::Phase => PhaseKind::ALL.iter().map(|one| one.as_str()).collect(),
            Self::Outcome => vec!["completed", "failed", "cancelled"],
        }
    }

    /// Says whose words they are.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::TaskStatus => "status of a task",
            Self::GateStatus => "status of a gate",
            Self::AgentStatus => "status of an agent",
            Self::Verdict => "verdict",
            Self::Phase => "phase of a mission",
            Self::Outcome => "outcome of a mission",
        }
    }

    const fn older(self) -> Older {
        match self {
            Self::TaskStatus => &[
                ("done", "accepted"),
                ("completed", "accepted"),
                ("closed", "accepted"),
                ("merged", "delivered"),
                ("pending", "open"),
                ("ready", "open"),
                ("todo", "open"),
                ("queued", "open"),
                ("assigned", "dispatched"),
                ("in_progress", "running"),
                ("started", "running"),
                ("working", "running"),
                ("review", "in_review"),
                ("canceled", "cancelled"),
            ],
            Self::GateStatus => &[
                ("pass", "approved"),
                ("passed", "approved"),
                ("pending", "requested"),
                ("rejected", "changes_requested"),
            ],
            Self::AgentStatus => &[
                ("active", "live"),
                ("alive", "live"),
                ("dead", "terminated"),
                ("gone", "left"),
                ("shutdown", "stopped"),
            ],
            Self::Verdict => &[
                ("running", "moving"),
                ("blocked", "stuck"),
                ("deadlock", "deadlocked"),
                ("idle", "quiescent"),
                ("finished", "quiescent"),
                ("completed", "closed"),
                ("complete", "closed"),
                ("done", "closed"),
                ("ended", "closed"),
            ],
            Self::Phase => &[("running", "executing"), ("done", "completed")],
            Self::Outcome => &[("done", "completed"), ("canceled", "cancelled")],
        }
    }

    /// Says what is meant by a word that is not one of these; nothing if that is not known.
    pub(crate) fn meant(self, word: &str) -> String {
        let older = |name: &str| self.older().iter().find(|(older, _)| *older == name);
        if let Some((older, here)) = older(&word.to_lowercase().replace('-', "_")) {
            return format!("what other tools call `{older}` is `{here}` here");
        }
        let known = self.all().into_iter();
        let known = known.chain(self.older().iter().map(|(older, _)| *older));
        let near = select::nearest(known, word);
        let mut names: Vec<String> = Vec::new();
        for name in near {
            let here = older(&name).map_or(name, |(_, here)| (*here).to_owned());
            if !names.contains(&here) {
                names.push(here);
            }
        }
        super::fault::did_you_mean(&names)
    }
}
