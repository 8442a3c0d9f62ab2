//! What a rule forbids, asked for and imposed.

use orch_core::codes::{Code, Treatment};
use orch_core::command::Command;
use orch_core::decide::{Decision, Rejection};
use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::event::gate::Verdict;
use orch_core::event::talk::Receipt;
use orch_core::fold::Outcome;
use orch_core::ids::Seq;
use orch_core::party::Actor;
use orch_core::policy::Policy;
use orch_core::view::ObstacleKind;

use super::{World, by, decide_gate, lead, leave};

impl World {
    /// A mission without limits, for stories in which no limit plays a part.
    pub fn unlimited() -> Self {
        Self::with_policy(Policy::unlimited())
    }

    /// Asks for what a rule forbids, and imposes it on a copy of the log as well: the refusal and
    /// the fold must agree, and what is offered instead must be accepted. Returns the refusal, and
    /// the world in which it happened anyway.
    #[track_caller]
    pub fn forbids(&self, actor: &Actor, command: Command, code: Code) -> (Rejection, Self) {
        let event = self.event_of(&command);
        let refused = self.rejects(actor, command, code);
        assert_eq!(refused.rule, code.rule());
        assert!(
            refused
                .because
                .iter()
                .all(|fact| fact.seq <= self.mission.head())
        );
        for other in &refused.instead {
            let answer = self.decide(actor, other);
            assert!(
                matches!(answer, Ok(Decision::Accepted { .. })),
                "{other:?}: {answer:#?}"
            );
        }
        let mut imposed = self.clone();
        imposed.imposes(actor, event.expect("the command carries its event"), code);
        (refused, imposed)
    }

    /// Imposes an event that a rule forbids, and expects what FOLD-4 says of such a record.
    #[track_caller]
    pub fn imposes(&mut self, actor: &Actor, event: impl Into<Event>, code: Code) {
        let before = self.mission.anomalies().len();
        let applied = self.happens(actor, event);
        let treatments = [
            (Treatment::Marked, Outcome::Changed),
            (Treatment::Evidence, Outcome::Fenced),
            (Treatment::Ignored, Outcome::Ignored),
        ];
        let (_, expected) = treatments
            .into_iter()
            .find(|it| it.0 == code.treatment())
            .unwrap();
        assert_eq!(
            applied.outcome,
            expected,
            "{:?}",
            self.mission.anomalies().get(before..)
        );
        let head = self.mission.head();
        let marks = self.mission.anomalies().iter().map(|it| (it.code, it.seq));
        let late = self
            .mission
            .late_evidence()
            .iter()
            .map(|it| (it.code, it.seq));
        assert!(
            marks.chain(late).any(|it| it == (code, head)),
            "{code} is not on record"
        );
    }

    /// The event that answers a command; `None` for a command that plans several, or none.
    pub fn event_of(&self, command: &Command) -> Option<Event> {
        let mut planned = self.mission.plan(command, self.now).into_iter();
        let is_single = !matches!(
            command,
            Command::OpenMission(_) | Command::Observe(_) | Command::Tick
        );
        planned.next().filter(|_| is_single)
    }

    /// Lets an agent leave.
    pub fn leaves(&mut self, who: &str) -> Seq {
        self.accepts(&by(who), leave(who))
    }

    /// The causes of what keeps the task from moving.
    pub fn causes(&self, id: &str) -> Vec<Cause> {
        self.blockers(id).iter().map(|it| it.cause).collect()
    }

    /// Approves a gate of the newest work, by the lead.
    pub fn passes(&mut self, id: &str, which: &str) -> Seq {
        let number = self.token(id);
        let passed = decide_gate(id, number, which, "human:ada", Verdict::Approved);
        self.accepts(&lead(), self.judging_newest(passed))
    }

    /// Reads every result that nobody has read.
    pub fn reads_results(&mut self) {
        let all = self.mission.obstacles();
        let results = all.iter().filter(|it| it.kind == ObstacleKind::Result);
        let of: Vec<Seq> = results.flat_map(|it| it.because.clone()).collect();
        if !of.is_empty() {
            self.accepts(&lead(), Command::Receipt(Receipt { of }));
        }
    }
}
