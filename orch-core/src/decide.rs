//! Deciding: from a command to the events that answer it, or a rejection.
//!
//! ```text
//! command ─▶ plan (fill in numbers) ─▶ the checks of the fold ─▶ Decision | Rejection
//! ```
//! A decision writes nothing, reads no clock and draws no id: the caller does (DECIDE-1).

mod answer;
mod effects;
mod instead;
mod legal;
mod plan;

use chrono::{DateTime, Utc};

pub use answer::{Decision, Effect, Fact, Rejection, RetryHint};

use crate::anomaly::Finding;
use crate::codes::{Code, Treatment};
use crate::command::Command;
use crate::event::Event;
use crate::fold::{Origin, treatment_of};
use crate::ids::{Label, Seq};
use crate::mission::Mission;
use crate::mission::task::Moment;
use crate::party::Actor;
use crate::rules::RULES_VERSION;

/// What is known about the idempotency key of a command (IDEM-1).
///
/// Whoever holds the whole log answers this: a store from its index, or
/// [`History`](crate::history::History). The mission itself does not grow with the number of
/// commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prior {
    /// No record carries the key, or the command has none.
    Unseen,
    /// These records do.
    Seen {
        /// The first of them.
        first: Seq,
        /// The last of them.
        last: Seq,
        /// The digest of the command that they answered; `None` if they do not tell.
        request: Option<Label>,
    },
}

/// Who asks, when, and whether the command was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The time, by the caller's clock; the records of the answer carry it.
    pub now: DateTime<Utc>,
    /// Who asks.
    pub actor: Actor,
    /// What is known about the command's key.
    pub prior: Prior,
}

impl Context {
    /// A context for a command whose key was never used.
    pub const fn new(actor: Actor, now: DateTime<Utc>) -> Self {
        Self {
            now,
            actor,
            prior: Prior::Unseen,
        }
    }
}

impl Mission {
    /// Decides a command: says which events would answer it, and writes nothing.
    ///
    /// # Errors
    /// The rejection: which rule forbids it, because of which records, and what would be accepted
    /// instead.
    // spec: DECIDE-1, DECIDE-2
    pub fn decide(&self, command: &Command, context: &Context) -> Result<Decision, Rejection> {
        self.judge(command, context)
            .map_err(|findings| self.reject(command, context, &findings))
    }

    /// Tells whether a command would be accepted, late or without effect.
    ///
    /// # Errors
    /// As [`decide`](Self::decide).
    pub fn can(&self, command: &Command, context: &Context) -> Result<(), Rejection> {
        self.decide(command, context).map(|_| ())
    }

    /// Whether a command would be accepted: late, or without effect, is not enough.
    pub(crate) fn accepts(&self, command: &Command, context: &Context) -> bool {
        matches!(self.judge(command, context), Ok(Decision::Accepted { .. }))
    }

    /// Decides, and gives the findings of a rejection as they are.
    fn judge(&self, command: &Command, context: &Context) -> Result<Decision, Vec<Finding>> {
        if let Some(rules) = self.state.rules_newer {
            let detail = format!("rules version {rules}, newest known {RULES_VERSION}");
            return Err(vec![Finding::new(Code::RulesNewer, detail)]);
        }
        // spec: IDEM-1
        if let Prior::Seen {
            first,
            last,
            request,
        } = &context.prior
        {
            if request.is_none() || *request == command.request() {
                return Ok(Decision::AlreadyDone {
                    first: *first,
                    last: *last,
                });
            }
            let detail = format!("records {first} to {last} answer another command under this key");
            return Err(vec![
                Finding::new(Code::CommandReused, detail).because([*first, *last]),
            ]);
        }
        if self.state.mission.is_none() && !matches!(command, Command::OpenMission(_)) {
            let detail = "the mission is not open".to_owned();
            return Err(vec![Finding::new(Code::NotOpened, detail)]);
        }
        self.judge_events(self.plan(command, context.now), context)
    }

    fn judge_events(
        &self,
        events: Vec<Event>,
        context: &Context,
    ) -> Result<Decision, Vec<Finding>> {
        let now = Moment {
            seq: self.state.head.next(),
            at: context.now,
        };
        let origin = Origin {
            by: &context.actor,
            now,
        };
        let mut news = Vec::new();
        let mut since = None;
        let mut late = Vec::new();
        let mut n_late = 0_usize;
        for event in events {
            let checked = self.state.check(origin, &event);
            match treatment_of(&checked.findings) {
                None => match checked.already {
                    Some(seq) => since = Some(seq),
                    None => news.push(event),
                },
                Some(Treatment::Evidence) if is_late(&checked.findings) => {
                    late.extend(checked.findings);
                    n_late = n_late.saturating_add(1);
                    news.push(event);
                }
                Some(Treatment::Ignored | Treatment::Evidence | Treatment::Marked) => {
                    return Err(checked.findings);
                }
            }
        }
        if news.is_empty() {
            return Ok(Decision::NoChange {
                since: since.unwrap_or(self.state.head),
            });
        }
        // Where some of it takes effect, it is not the answer as a whole that is late.
        let Some(reason) = late.first().filter(|_| n_late == news.len()) else {
            let effects = self.effects(&news, context.now);
            return Ok(Decision::Accepted {
                events: news,
                effects,
            });
        };
        Ok(Decision::Late {
            events: news,
            code: reason.code,
            message: reason.detail.clone(),
            because: facts(&late),
        })
    }

    fn reject(&self, command: &Command, context: &Context, findings: &[Finding]) -> Rejection {
        let because = facts(findings);
        let code = findings
            .first()
            .map_or(Code::NotPermitted, |finding| finding.code);
        let message: Vec<String> = findings
            .iter()
            .map(|finding| format!("{}{}", finding.detail, self.state.nearest(finding)))
            .collect();
        Rejection {
            code,
            rule: code.rule(),
            message: message.join("; "),
            because,
            instead: self.instead(code, command, context),
            retry: self.retry_hint(code, command),
        }
    }
}

/// Whether an event lacks nothing but timeliness: it is recorded as late evidence (FENCE-1).
// spec: FENCE-1
fn is_late(findings: &[Finding]) -> bool {
    let lacks_authority = findings
        .iter()
        .filter(|finding| finding.code.treatment() == Treatment::Evidence);
    lacks_authority.into_iter().all(|finding| {
        matches!(
            finding.code,
            Code::Fenced
                | Code::Zombie
                | Code::ParallelReport
                | Code::DuplicateTerminal
                | Code::ActivityAfterCompletion
        )
    })
}

/// The records behind findings, each once, in order.
// spec: DECIDE-3
fn facts(findings: &[Finding]) -> Vec<Fact> {
    let mut seqs: Vec<Seq> = findings
        .iter()
        .flat_map(|finding| finding.because.iter().copied())
        .collect();
    seqs.sort_unstable();
    seqs.dedup();
    seqs.into_iter().map(|seq| Fact { seq }).collect()
}
