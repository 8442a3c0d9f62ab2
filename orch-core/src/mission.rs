//! The mission: what a log folds into.

pub(crate) mod agent;
pub(crate) mod attempt;
pub(crate) mod gate;
mod index;
mod names;
pub(crate) mod obligation;
mod sound;
pub(crate) mod state;
pub(crate) mod table;
pub(crate) mod task;
pub(crate) mod trace;
mod way;

use chrono::{DateTime, Utc};

use crate::anomaly::{Anomaly, LateEvidence};
use crate::event::mission::MissionOutcome;
use crate::ids::{MissionId, Seq};
use crate::party::Party;
use crate::policy::Policy;

pub use attempt::{Ending, Liveness};
pub use gate::GateDecision;
pub use obligation::ObligationKind;
pub use state::{Closed, Run, Tally};
pub use task::{Counters, Moment};
pub use trace::Cell;

/// The state of one mission: the fold of its log up to a position.
///
/// The methods are of four kinds:
/// - [`apply`](Self::apply) takes a record: something happened. It never fails.
/// - [`decide`](Self::decide), [`can`](Self::can) and [`legal`](Self::legal) judge commands:
///   somebody wants something. They write nothing.
/// - [`next_deadline`](Self::next_deadline) and [`due`](Self::due) say when to come back, because
///   the core has no clock; time is the argument `now`, in whatever the caller's clock says.
/// - everything else reads. What is derived is computed when asked, never stored.
#[derive(Debug, Clone, Default)]
pub struct Mission {
    pub(crate) state: state::State,
}

impl Mission {
    /// The empty mission: the state before the first record.
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds a whole log.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a crate::record::Record>) -> Self {
        let mut mission = Self::new();
        for record in records {
            mission.apply(record);
        }
        mission
    }

    /// Returns the mission's id; `None` before the first record.
    pub const fn id(&self) -> Option<&MissionId> {
        self.state.mission.as_ref()
    }

    /// Returns the position of the last record folded.
    pub const fn head(&self) -> Seq {
        self.state.head
    }

    /// Returns the time of the last record folded; data, never used for order.
    pub const fn head_at(&self) -> Option<DateTime<Utc>> {
        self.state.head_at
    }

    /// Returns the title; empty before the mission is opened.
    pub fn title(&self) -> &str {
        self.state
            .opened
            .as_ref()
            .map_or("", |opened| &opened.title)
    }

    /// Returns who leads the mission; `None` if the log begins mid-story.
    pub fn lead(&self) -> Option<&Party> {
        self.state.lead()
    }

    /// Returns when the mission was opened; `None` if the log begins mid-story.
    pub fn opened(&self) -> Option<Moment> {
        self.state.opened.as_ref().map(|opened| opened.moment)
    }

    /// Returns the version of the rules that the log names; `None` if the log begins mid-story.
    pub fn rules_version(&self) -> Option<u32> {
        self.state
            .opened
            .as_ref()
            .map(|opened| opened.rules)
            .or(self.state.rules_newer)
    }

    /// Returns the rules version of the log when it is newer than this version knows (RULES-1).
    ///
    /// The state is then not to be trusted, and every command is rejected.
    // spec: RULES-1
    pub const fn rules_newer(&self) -> Option<u32> {
        self.state.rules_newer
    }

    /// Returns what the mission allows.
    pub const fn policy(&self) -> &Policy {
        &self.state.policy
    }

    /// Returns the close of the mission, with its outcome and reason; `None` while it is open.
    pub const fn closed(&self) -> Option<&Closed> {
        self.state.closed.as_ref()
    }

    /// Returns when the mission was archived.
    pub const fn archived(&self) -> Option<Moment> {
        self.state.archived
    }

    /// Returns how the mission ended; `None` while it is open.
    pub fn outcome(&self) -> Option<MissionOutcome> {
        self.state.closed.as_ref().map(|closed| closed.outcome)
    }

    /// Returns every anomaly, in the order of the records.
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.state.anomalies
    }

    /// Returns all late evidence, in the order of the records (FENCE-2).
    ///
    /// Signs of life of a closed attempt are counted with the attempt, not listed here.
    pub fn late_evidence(&self) -> &[LateEvidence] {
        &self.state.late
    }

    /// Returns what was read and has no effect on the state, counted.
    pub const fn tally(&self) -> &Tally {
        &self.state.tally
    }

    /// Returns every run, by id.
    pub fn runs(&self) -> impl Iterator<Item = (&crate::ids::RunId, &Run)> {
        self.state.runs.iter()
    }
}
