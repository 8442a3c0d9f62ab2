//! One state: every symbol is asked of `decide`, and what it answers is held against `apply`.

use chrono::{DateTime, Utc};
use orch_core::codes::Code;
use orch_core::decide::{Decision, Rejection};
use orch_core::event::Event;
use orch_core::fold::Outcome;
use orch_core::record::Record;

use super::project::Key;
use super::stand::Stand;
use super::symbol::{Asked, Symbol};
use crate::invariants::{self, Coverage, LogClass, check_step_counted};

/// What became of a symbol in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It refers to something that is not there.
    Absent,
    /// It was accepted.
    Accepted,
    /// It was late evidence.
    Late(Code),
    /// It was so already.
    NoChange,
    /// It was answered before.
    AlreadyDone,
    /// Nothing was written, and time has passed.
    Passed,
    /// A rule refused it.
    Rejected(Code),
}

impl Answer {
    /// Returns its word: for what is refused or late that of the reason.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Accepted => "accepted",
            Self::NoChange => "no_change",
            Self::AlreadyDone => "already_done",
            Self::Passed => "passed",
            Self::Late(code) | Self::Rejected(code) => code.as_str(),
        }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Late(code) => write!(f, "late {code}"),
            Self::Rejected(code) => write!(f, "rejected {code}"),
            Self::Absent | Self::Accepted | Self::NoChange | Self::AlreadyDone | Self::Passed => {
                f.write_str(self.as_str())
            }
        }
    }
}

/// A law that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which one.
    pub law: &'static str,
    /// How.
    pub detail: String,
}

/// Where a symbol leads.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The symbol, by its place in the alphabet.
    pub(super) symbol: usize,
    /// The state it leads to.
    pub(super) to: Key,
    /// The records that it writes; kept for a state that nobody has seen.
    pub(super) records: Vec<Record>,
    /// The time there.
    pub(super) now: DateTime<Utc>,
}

/// All that was asked in a state.
#[derive(Debug, Clone, Default)]
pub(super) struct Expansion {
    /// What each symbol was answered.
    pub(super) answers: Vec<Answer>,
    /// Where those lead that lead anywhere.
    pub(super) steps: Vec<Step>,
    /// What does not hold.
    pub(super) breaches: Vec<Found>,
    /// How often each invariant had something to look at.
    pub(super) coverage: Coverage,
}

/// A law that a step breaks.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) breach: Breach,
    /// The symbol that shows it.
    pub(super) symbol: usize,
    /// The records of the step.
    pub(super) records: Vec<Record>,
}

/// How closely answers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Everything is held against the fold.
    Full,
    /// Only where each symbol leads is of interest.
    Answers,
}

/// Asks every symbol.
pub(super) fn expand(stand: &Stand, alphabet: &[Symbol], care: Care) -> Expansion {
    let mut expansion = Expansion::default();
    let mut scratch = stand.clone();
    for (at, symbol) in alphabet.iter().enumerate() {
        let answer = symbol.ask(&stand.world).map_or(Answer::Absent, |asked| {
            let mut asking = Asking {
                stand,
                asked: &asked,
                at,
                care,
                scratch: &mut scratch,
                into: &mut expansion,
            };
            asking.answer()
        });
        expansion.answers.push(answer);
    }
    expansion
}

struct Asking<'a> {
    stand: &'a Stand,
    asked: &'a Asked,
    at: usize,
    care: Care,
    /// The same state, to take steps in.
    scratch: &'a mut Stand,
    into: &'a mut Expansion,
}

impl Asking<'_> {
    fn answer(&mut self) -> Answer {
        let Asked { command, context } = self.asked;
        match self.stand.world.mission.decide(command, context) {
            Ok(Decision::Accepted { events, .. }) => {
                // spec: DECIDE-2
                self.leads(events, Outcome::Changed);
                Answer::Accepted
            }
            Ok(Decision::Late { events, code, .. }) => {
                // spec: DECIDE-2, FENCE-1
                self.leads(events, Outcome::Fenced);
                Answer::Late(code)
            }
            Ok(Decision::AlreadyDone { .. }) => Answer::AlreadyDone,
            Ok(Decision::NoChange { .. }) if context.now > self.stand.world.now => {
                self.leads(Vec::new(), Outcome::Changed);
                Answer::Passed
            }
            Ok(Decision::NoChange { .. }) => Answer::NoChange,
            Ok(other) => {
                self.breach("DECIDE_APPLY", format!("an unknown answer: {other:?}"), &[]);
                Answer::Absent
            }
            Err(rejection) => {
                if self.care == Care::Full {
                    self.would_not_fold_clean(&rejection);
                }
                Answer::Rejected(rejection.code)
            }
        }
    }

    /// Takes the step, and holds each of its records against the invariants.
    fn leads(&mut self, events: Vec<Event>, expected: Outcome) {
        let after = &mut *self.scratch;
        after.world.now = self.asked.context.now;
        let records = after.world.sealed(&self.asked.context.actor, events);
        let mut wrong = Vec::new();
        for record in &records {
            let past = after.ghost.clone();
            let before = after.world.mission.clone();
            let applied = after.take(record.clone());
            if applied.outcome != expected {
                let detail = format!("it folds as {:?}, not as {expected:?}", applied.outcome);
                wrong.push(("DECIDE_APPLY", detail));
            }
            if expected == Outcome::Changed && applied.n_anomalies > 0 {
                wrong.push((
                    "DECIDE_APPLY",
                    "it was accepted and raises an anomaly".to_owned(),
                ));
            }
            if self.care == Care::Full {
                let step = invariants::Step {
                    record,
                    before: &before,
                    after: &after.world.mission,
                    applied,
                    past: &past,
                    ghost: &after.ghost,
                    now: after.world.now,
                    class: LogClass::Decided,
                };
                let found = check_step_counted(&step, &mut self.into.coverage);
                wrong.extend(found.into_iter().map(|it| (it.invariant, it.what)));
            }
        }
        let to = Key::of_stand(after);
        let now = after.world.now;
        after.go_back_to(self.stand);
        for (law, detail) in wrong {
            self.breach(law, detail, &records);
        }
        self.into.steps.push(Step {
            symbol: self.at,
            to,
            records,
            now,
        });
    }

    /// What is refused would fold with an anomaly or as late evidence, and what is offered instead
    /// would be accepted.
    // spec: DECIDE-2, DECIDE-3
    fn would_not_fold_clean(&mut self, rejection: &Rejection) {
        let Asked { command, context } = self.asked;
        if rejection.rule != rejection.code.rule() {
            self.breach(
                "DECIDE_APPLY",
                format!("{} names rule {}", rejection.code, rejection.rule),
                &[],
            );
        }
        let head = self.stand.world.mission.head();
        if let Some(fact) = rejection.because.iter().find(|fact| fact.seq > head) {
            self.breach(
                "DECIDE_APPLY",
                format!("it is refused because of {}, beyond the log", fact.seq),
                &[],
            );
        }
        for other in &rejection.instead {
            let answer = self.stand.world.mission.decide(other, context);
            if !matches!(answer, Ok(Decision::Accepted { .. })) {
                self.breach(
                    "DECIDE_INSTEAD",
                    format!("{other:?} is offered, and answered {answer:?}"),
                    &[],
                );
            }
        }
        // A key that was used says nothing about the state.
        if rejection.code == Code::CommandReused {
            return;
        }
        let mut imposed = self.stand.world.mission.clone();
        let plan = imposed.plan(command, context.now);
        let mut is_anomalous = false;
        let records = self.stand.world.sealed(&context.actor, plan);
        for record in &records {
            let applied = imposed.apply(record);
            is_anomalous |= applied.n_anomalies > 0 || applied.outcome == Outcome::Fenced;
        }
        // A tick that finds no clock plans nothing, so there is nothing to fold.
        if !is_anomalous && !records.is_empty() {
            let detail = format!("it is refused as {}, and would fold clean", rejection.code);
            self.breach("DECIDE_APPLY", detail, &records);
        }
    }

    fn breach(&mut self, law: &'static str, detail: String, records: &[Record]) {
        self.into.breaches.push(Found {
            breach: Breach { law, detail },
            symbol: self.at,
            records: records.to_vec(),
        });
    }
}
