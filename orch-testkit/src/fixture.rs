//! Given, when, then: one step of a mission, told in a test.
//!
//! ```
//! use orch_core::command::Command;
//! use orch_core::event::attempt::HandoffStatus;
//! use orch_testkit::fixture::Fixture;
//! use orch_testkit::world::{World, by, handoff};
//!
//! let mut world = World::new().agents(&["coder"]).tasks(&["login"]);
//! world.start("login", "coder");
//!
//! // The host has killed the attempt; what the agent says afterwards changes nothing.
//! Fixture::given(&world.records)
//!     .and_by("host", orch_testkit::world::ended("login", 1, "coder", orch_core::event::attempt::AttemptEnd::Killed))
//!     .when("agent:coder", Command::Handoff(handoff("login", 1, "coder", HandoffStatus::Done)))
//!     .then_late("duplicate_terminal");
//! ```
//! [`Fixture::given`] takes what has happened, [`when`](Given::when) what is asked for, and the
//! `then_…` what has to come of it; each `then_…` gives the outcome back, so that more can be said.
//!
//! A failure shows the log, the command, and what came of it.

use std::fmt::Write as _;

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Context, Decision, Rejection};
use orch_core::event::Event;
use orch_core::fold::Outcome;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;

use crate::clock::ManualClock;
use crate::strategy::Step;
use crate::world::World;

/// Where a story begins.
#[derive(Debug, Clone, Copy)]
pub struct Fixture;

impl Fixture {
    /// What has happened: records of a log, the host's or a [`World`]'s.
    pub fn given(records: &[Record]) -> Given {
        let mut world = World::unopened();
        world.mission = Mission::fold(records);
        world.records = records.to_vec();
        world.now = records.last().map_or(world.now, Record::at);
        Given { world }
    }

    /// Nothing has happened.
    pub fn nothing() -> Given {
        Self::given(&[])
    }
}

/// What has happened.
#[derive(Debug, Clone)]
pub struct Given {
    world: World,
}

fn actor(by: &str) -> Actor {
    Actor::parse(by).unwrap_or_else(|error| panic!("{by:?} acts in no log: {error}"))
}

impl Given {
    /// More has happened: events of one author, whatever the rules say of them.
    #[must_use]
    pub fn and_by(mut self, by: &str, event: impl Into<Event>) -> Self {
        self.world.happens(&actor(by), event);
        self
    }

    /// What was drawn has happened as well.
    #[must_use]
    pub fn and(mut self, steps: &[Step<Event>]) -> Self {
        crate::strategy::impose(&mut self.world, steps);
        self
    }

    /// It is as late as the clock says.
    #[must_use]
    pub fn at(mut self, clock: &ManualClock) -> Self {
        self.world.now = clock.now();
        self
    }

    /// Somebody asks for something.
    #[must_use = "nothing is checked until a `then_…` says what has to come of it"]
    pub fn when(self, by: &str, command: Command) -> When {
        let context = Context::new(actor(by), self.world.now);
        let answer = self.world.mission.decide(&command, &context);
        let mut after = self.world.clone();
        if let Ok(Decision::Accepted { events, .. } | Decision::Late { events, .. }) = &answer {
            for record in after.sealed(&context.actor, events.clone()) {
                after.mission.apply(&record);
                after.records.push(record);
            }
        }
        When {
            before: self.world,
            after,
            by: context.actor,
            command,
            answer,
        }
    }

    /// Something happens, whatever the rules say.
    #[must_use = "nothing is checked until a `then_…` says what has to come of it"]
    pub fn when_it_happens(self, by: &str, event: impl Into<Event>) -> Happened {
        let mut after = self.world.clone();
        let applied = after.happens(&actor(by), event);
        Happened {
            n_before: self.world.mission.anomalies().len(),
            outcome: applied.outcome,
            after,
        }
    }
}

/// What came of a command.
#[derive(Debug, Clone)]
pub struct When {
    before: World,
    after: World,
    by: Actor,
    command: Command,
    answer: Result<Decision, Rejection>,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "the check is made when it returns; more may be said, or nothing"
)]
impl When {
    /// It is accepted.
    #[track_caller]
    pub fn then_accepted(self) -> Self {
        if !matches!(self.answer, Ok(Decision::Accepted { .. })) {
            self.fail("accepted");
        }
        self
    }

    /// It is accepted, and comes to exactly these events.
    #[track_caller]
    pub fn then_events(self, expected: &[Event]) -> Self {
        let this = self.then_accepted();
        if let Ok(Decision::Accepted { events, .. }) = &this.answer
            && events != expected
        {
            this.fail(&format!("accepted as {expected:#?}"));
        }
        this
    }

    /// It is accepted, and comes to records of these kinds.
    #[track_caller]
    pub fn then_kinds(self, expected: &[&str]) -> Self {
        let this = self.then_accepted();
        if let Ok(Decision::Accepted { events, .. }) = &this.answer
            && !events.iter().map(Event::kind).eq(expected.iter().copied())
        {
            this.fail(&format!("accepted as {}", expected.join(", ")));
        }
        this
    }

    /// A rule refuses it: named by its code, such as `needs_unmet`, or by its id, such as `DEP-3`.
    #[track_caller]
    pub fn then_rejected(self, code_or_rule: &str) -> Self {
        let is_known =
            Code::parse(code_or_rule).is_some() || orch_core::rules::rule(code_or_rule).is_some();
        assert!(is_known, "{code_or_rule:?} is neither a code nor a rule");
        let is_it = |it: &Rejection| it.code.as_str() == code_or_rule || it.rule == code_or_rule;
        if !self.answer.as_ref().is_err_and(is_it) {
            self.fail(&format!("rejected as {code_or_rule}"));
        }
        self
    }

    /// It comes too late: it is evidence, and changes nothing.
    #[track_caller]
    pub fn then_late(self, code: &str) -> Self {
        let is_it =
            matches!(&self.answer, Ok(Decision::Late { code: it, .. }) if it.as_str() == code);
        if !is_it {
            self.fail(&format!("late as {code}"));
        }
        self
    }

    /// It is so already: nothing is written.
    #[track_caller]
    pub fn then_no_change(self) -> Self {
        if !matches!(self.answer, Ok(Decision::NoChange { .. })) {
            self.fail("without change");
        }
        self
    }

    /// A task stands so afterwards.
    #[track_caller]
    pub fn then_status(self, task: &str, expected: &str) -> Self {
        let id = crate::world::task(task);
        let shown = self.after.mission.task(&id).map(|it| it.status().as_str());
        if shown != Some(expected) {
            let shown = shown.unwrap_or("not there");
            self.fail(&format!(
                "followed by task {task} being {expected}; it is {shown}"
            ));
        }
        self
    }

    /// The story goes on from what came of it.
    #[must_use]
    pub fn and_then(self) -> Given {
        Given { world: self.after }
    }

    /// The world after it, for anything else that has to hold.
    pub const fn world(&self) -> &World {
        &self.after
    }

    #[track_caller]
    fn fail(&self, expected: &str) -> ! {
        let log = told(&self.before.records);
        let (by, command, answer) = (&self.by, &self.command, &self.answer);
        panic!(
            "given\n{log}when {by} asks for\n  {command:?}\nit was to be {expected}, and is\n  {answer:#?}"
        )
    }
}

/// What came of something that happened.
#[derive(Debug, Clone)]
pub struct Happened {
    n_before: usize,
    outcome: Outcome,
    after: World,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "the check is made when it returns; more may be said, or nothing"
)]
impl Happened {
    /// It takes effect, and nothing is wrong with it.
    #[track_caller]
    pub fn then_changed(self) -> Self {
        let new = self.marks();
        assert!(
            self.outcome == Outcome::Changed && new.is_empty(),
            "{}it was to take effect, and is {:?} with {new:?}",
            told(&self.after.records),
            self.outcome
        );
        self
    }

    /// It is marked with a code, whether it takes effect or not.
    #[track_caller]
    pub fn then_marked(self, code: &str) -> Self {
        let new = self.marks();
        assert!(
            new.iter().any(|it| it.as_str() == code),
            "{}it was to be marked {code}, and is {:?} with {new:?}",
            told(&self.after.records),
            self.outcome
        );
        self
    }

    /// A task stands so afterwards.
    #[track_caller]
    pub fn then_status(self, task: &str, expected: &str) -> Self {
        let id = crate::world::task(task);
        let shown = self.after.mission.task(&id).map(|it| it.status().as_str());
        assert_eq!(
            shown,
            Some(expected),
            "{}task {task}",
            told(&self.after.records)
        );
        self
    }

    /// The story goes on from what came of it.
    #[must_use]
    pub fn and_then(self) -> Given {
        Given { world: self.after }
    }

    /// What the record was marked with, and why it came too late.
    fn marks(&self) -> Vec<Code> {
        let mission = &self.after.mission;
        let new = mission.anomalies().iter().skip(self.n_before);
        let late = mission
            .late_evidence()
            .iter()
            .filter(|it| it.seq == mission.head());
        new.map(|it| it.code)
            .chain(late.map(|it| it.code))
            .collect()
    }
}

/// A log as lines: position, author, kind.
fn told(records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        let (seq, by, kind) = (record.seq(), &record.envelope().by, record.event().kind());
        writeln!(text, "  {seq} {kind} by {by}").unwrap();
    }
    text
}
