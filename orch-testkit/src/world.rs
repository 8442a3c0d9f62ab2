//! A mission on a virtual clock: commands in, records out, and history imposed by hand.

mod forbidding;

use chrono::{DateTime, TimeDelta, Utc};
use orch_core::codes::Code;
use orch_core::command::{Command, Dispatch, Join, OpenMission};
use orch_core::decide::{Context, Decision, Effect, Rejection};
use orch_core::diagnosis::Blocker;
use orch_core::event::Event;
use orch_core::event::agent::AgentLeft;
use orch_core::event::attempt::{
    AttemptEnd, AttemptEnded, AttemptStarted, Evidence, Handoff, HandoffStatus, Heartbeat, Progress,
};
use orch_core::event::correction::{Change, Correction};
use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::{Message, MessageClass};
use orch_core::event::task::{GateSpec, GateStage, Need, TaskDeclared};
use orch_core::fold::Applied;
use orch_core::ids::{
    AgentName, AgentRef, AttemptNo, GateName, HumanName, Label, MissionId, Seq, TaskId,
};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::policy::Policy;
use orch_core::record::{Batch, Record};
use orch_core::status::task::TaskStatus;
use orch_core::view::TaskView;
use uuid::Uuid;

/// The start of virtual time.
pub fn epoch() -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse().unwrap()
}

/// Names a task.
pub fn task(id: &str) -> TaskId {
    TaskId::parse(id).unwrap()
}

/// Refers to an incarnation: `coder` is `coder#1`.
pub fn agent(text: &str) -> AgentRef {
    AgentRef::parse(text).unwrap()
}

/// Names an agent.
pub fn name(text: &str) -> AgentName {
    AgentName::parse(text).unwrap()
}

/// A label.
pub fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

/// Names a gate.
pub fn gate(text: &str) -> GateName {
    GateName::parse(text).unwrap()
}

/// A human who acts.
pub fn human(text: &str) -> Actor {
    Actor::Human(HumanName::parse(text).unwrap())
}

/// An importer that acts.
pub fn import() -> Actor {
    Actor::parse("import:test").unwrap()
}

/// An incarnation that acts: `coder` is `coder#1`.
pub fn by(text: &str) -> Actor {
    Actor::Agent(agent(text))
}

/// A party: `lead`, `host`, `human:NAME` or `agent:NAME`.
pub fn party(text: &str) -> Party {
    Party::parse(text).unwrap()
}

/// A mission under test: its log, its state, and the time.
#[derive(Debug, Clone)]
pub struct World {
    /// The state after all records.
    pub mission: Mission,
    /// The log.
    pub records: Vec<Record>,
    /// The time at which the next command is decided.
    pub now: DateTime<Utc>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A mission that is not open yet.
    pub fn unopened() -> Self {
        Self {
            mission: Mission::new(),
            records: Vec::new(),
            now: epoch(),
        }
    }

    /// A mission led by the human `ada`, under the default policy.
    pub fn new() -> Self {
        Self::with_policy(Policy::default())
    }

    /// A mission led by the human `ada`, under a policy changed by `change`.
    pub fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Policy::default();
        change(&mut policy);
        Self::with_policy(policy)
    }

    /// A mission led by the human `ada`, under a policy.
    pub fn with_policy(policy: Policy) -> Self {
        let mut world = Self::unopened();
        world.accepts(
            &lead(),
            Command::OpenMission(OpenMission {
                title: "auth".to_owned(),
                lead: party("human:ada"),
                policy: Some(policy),
                empty: false,
            }),
        );
        world
    }

    /// Lets agents join.
    #[must_use]
    pub fn agents(mut self, names: &[&str]) -> Self {
        for each in names {
            self.join(each);
        }
        self
    }

    /// Declares tasks without anything but an id.
    #[must_use]
    pub fn tasks(mut self, ids: &[&str]) -> Self {
        for id in ids {
            self.declare(TaskDeclared::new(task(id), *id));
        }
        self
    }

    /// Lets minutes pass.
    pub fn pass(&mut self, minutes: i64) -> &mut Self {
        self.now += TimeDelta::minutes(minutes);
        self
    }

    /// Asks for a command, without writing anything.
    ///
    /// # Errors
    /// When a rule refuses it.
    pub fn decide(&self, actor: &Actor, command: &Command) -> Result<Decision, Rejection> {
        self.mission
            .decide(command, &Context::new(actor.clone(), self.now))
    }

    /// Asks for a command that must be accepted, and appends its events, which must fold clean
    /// (DECIDE-2). Returns the position of the first.
    #[track_caller]
    pub fn accepts(&mut self, actor: &Actor, command: Command) -> Seq {
        self.accepts_with(actor, command).0
    }

    /// As [`accepts`](Self::accepts), and returns the effects as well.
    #[track_caller]
    pub fn accepts_with(&mut self, actor: &Actor, command: Command) -> (Seq, Vec<Effect>) {
        let decision = self.decide(actor, &command);
        let Ok(Decision::Accepted { events, effects }) = decision else {
            panic!("{command:?} by {actor} was not accepted: {decision:#?}");
        };
        let first = self.mission.head().next();
        let before = self.mission.anomalies().len();
        self.append(actor, events);
        assert_eq!(
            self.mission.anomalies().get(before..),
            Some(&[][..]),
            "DECIDE-2"
        );
        (first, effects)
    }

    /// Asks for a command that must be rejected with a code; the mission must stay as it is.
    #[track_caller]
    pub fn rejects(&self, actor: &Actor, command: Command, code: Code) -> Rejection {
        match self.decide(actor, &command) {
            Err(rejection) if rejection.code == code => rejection,
            other => panic!("{command:?} by {actor} was not rejected as {code}: {other:#?}"),
        }
    }

    /// Asks for a command that must be late evidence, and appends it. Returns its position.
    #[track_caller]
    pub fn late(&mut self, actor: &Actor, command: Command, expected: Code) -> Seq {
        let decision = self.decide(actor, &command);
        let Ok(Decision::Late { events, code, .. }) = decision else {
            panic!("{command:?} by {actor} was not late: {decision:#?}");
        };
        assert_eq!(code, expected);
        let first = self.mission.head().next();
        self.append(actor, events);
        first
    }

    /// Asks for a command that must change nothing.
    #[track_caller]
    pub fn changes_nothing(&self, actor: &Actor, command: Command) -> Seq {
        match self.decide(actor, &command) {
            Ok(Decision::NoChange { since }) => since,
            other => panic!("{command:?} by {actor} was not without effect: {other:#?}"),
        }
    }

    /// Asks for a command; if it is accepted or late, its events become records.
    pub fn ask(&mut self, actor: &Actor, command: &Command) {
        let decision = self.decide(actor, command);
        if let Ok(Decision::Accepted { events, .. } | Decision::Late { events, .. }) = decision {
            self.append(actor, events);
        }
    }

    /// A judgement of the revision that was handed over last.
    pub fn judging_newest(&self, command: Command) -> Command {
        let Command::DecideGate(decided) = command else {
            panic!("{command:?}")
        };
        let token = self
            .mission
            .task(&decided.task)
            .and_then(|task| task.token());
        let revision = token.and_then(|token| token.revision().map(str::to_owned));
        Command::DecideGate(GateDecided {
            revision,
            ..decided
        })
    }

    /// Imposes an event on the log, whatever the rules say.
    pub fn happens(&mut self, actor: &Actor, event: impl Into<Event>) -> Applied {
        self.append(actor, vec![event.into()])
    }

    fn append(&mut self, actor: &Actor, events: Vec<Event>) -> Applied {
        let mut last = None;
        for record in self.sealed(actor, events) {
            last = Some(self.mission.apply(&record));
            self.records.push(record);
        }
        last.unwrap()
    }

    /// The records that events would become, now and at the end of the log.
    pub(crate) fn sealed(&self, actor: &Actor, events: Vec<Event>) -> Vec<Record> {
        let batch = Batch {
            mission: MissionId::parse("auth").unwrap(),
            head: self.mission.head(),
            at: self.now,
            by: actor.clone(),
            command: None,
            request: None,
            cause: None,
        };
        let mut n = u128::from(self.mission.head().0);
        let records = batch.seal(events, || {
            n += 1;
            Uuid::from_u128(n)
        });
        records.unwrap()
    }

    /// Declares a task, as the lead.
    pub fn declare(&mut self, declared: TaskDeclared) -> Seq {
        self.accepts(&lead(), Command::DeclareTask(declared))
    }

    /// Declares a task that needs others to be accepted.
    pub fn declare_after(&mut self, id: &str, needs: &[&str]) -> Seq {
        let needs = needs
            .iter()
            .map(|need| Need::accepted(task(need)))
            .collect();
        self.declare(TaskDeclared {
            needs,
            ..TaskDeclared::new(task(id), id)
        })
    }

    /// Declares a task with acceptance gates.
    pub fn declare_gated(&mut self, id: &str, gates: &[&str]) -> Seq {
        let gates = gates
            .iter()
            .map(|each| GateSpec::new(gate(each), GateStage::Accept))
            .collect();
        self.declare(TaskDeclared {
            gates,
            ..TaskDeclared::new(task(id), id)
        })
    }

    /// Lets an agent join.
    pub fn join(&mut self, who: &str) -> Seq {
        self.accepts(&Actor::Host, join(who))
    }

    /// Hands a task out, as the lead.
    pub fn dispatch(&mut self, id: &str, who: &str) -> Seq {
        self.accepts(&lead(), dispatch(id, who))
    }

    /// Dispatches and starts; returns the position of the dispatch.
    pub fn start(&mut self, id: &str, who: &str) -> Seq {
        let dispatched = self.dispatch(id, who);
        let command = started(self.token(id), id, &self.owner(id));
        self.accepts(&Actor::Agent(self.owner(id)), command);
        dispatched
    }

    /// Hands the task over with a status, by its owner.
    pub fn hand(&mut self, id: &str, status: HandoffStatus) -> Seq {
        let handoff = self.handoff(id, status);
        self.accepts(
            &Actor::Agent(handoff.agent.clone()),
            Command::Handoff(handoff),
        )
    }

    /// Dispatches, starts and hands over as done.
    pub fn finish(&mut self, id: &str, who: &str) -> Seq {
        self.start(id, who);
        self.hand(id, HandoffStatus::Done)
    }

    /// The handoff that the owner of the task would write.
    pub fn handoff(&self, id: &str, status: HandoffStatus) -> Handoff {
        Handoff::new(
            task(id),
            AttemptNo(self.token(id)),
            self.owner(id),
            Some(status),
        )
    }

    /// The incarnation that has the task.
    #[track_caller]
    pub fn owner(&self, id: &str) -> AgentRef {
        self.view(id).owner().expect("somebody has the task")
    }

    /// The number of the attempt that holds the token.
    #[track_caller]
    pub fn token(&self, id: &str) -> u32 {
        self.view(id)
            .token()
            .expect("the task was handed out")
            .number()
            .0
    }

    /// The task, which must exist.
    #[track_caller]
    pub fn view(&self, id: &str) -> TaskView<'_> {
        self.mission.task(&task(id)).expect("the task exists")
    }

    /// The status of the task, which must exist.
    #[track_caller]
    pub fn status(&self, id: &str) -> TaskStatus {
        self.view(id).status()
    }

    /// What keeps the task from moving now.
    pub fn blockers(&self, id: &str) -> Vec<Blocker> {
        self.mission.blockers(&task(id), self.now).unwrap()
    }

    /// The codes of every anomaly, in order.
    pub fn anomalies(&self) -> Vec<Code> {
        self.mission
            .anomalies()
            .iter()
            .map(|anomaly| anomaly.code)
            .collect()
    }
}

/// The lead of every world here.
pub fn lead() -> Actor {
    human("ada")
}

/// Asks for an agent to join.
pub fn join(who: &str) -> Command {
    Command::Join(Join {
        agent: name(who),
        roles: Vec::new(),
        session: None,
        alias: false,
    })
}

/// Asks for a task to be handed out.
pub fn dispatch(id: &str, who: &str) -> Command {
    Command::Dispatch(Dispatch::new(task(id), name(who)))
}

/// Says that an attempt began.
pub fn started(number: u32, id: &str, who: &AgentRef) -> Command {
    let (task, attempt, agent) = (task(id), AttemptNo(number), who.clone());
    Command::Start(AttemptStarted {
        task,
        attempt,
        agent,
    })
}

/// A sign of life.
pub fn beat(id: &str, number: u32, who: &str) -> Heartbeat {
    Heartbeat {
        task: task(id),
        attempt: AttemptNo(number),
        agent: agent(who),
        silent_until: None,
    }
}

/// Progress of an attempt.
pub fn progress(id: &str, number: u32, who: &str) -> Progress {
    Progress {
        task: task(id),
        attempt: AttemptNo(number),
        agent: agent(who),
        percent: None,
        note: String::new(),
        silent_until: None,
    }
}

/// A handoff of an attempt.
pub fn handoff(id: &str, number: u32, who: &str, status: HandoffStatus) -> Handoff {
    Handoff::new(task(id), AttemptNo(number), agent(who), Some(status))
}

/// The end of an attempt that is not a handoff.
pub fn ended(id: &str, number: u32, who: &str, how: AttemptEnd) -> AttemptEnded {
    AttemptEnded {
        task: task(id),
        attempt: AttemptNo(number),
        agent: agent(who),
        how,
        code: None,
        reason: String::new(),
    }
}

/// The end of the process of an attempt.
pub fn exited(id: &str, number: u32, who: &str, code: i32) -> AttemptEnded {
    AttemptEnded {
        code: Some(code),
        ..ended(id, number, who, AttemptEnd::Exited)
    }
}

/// A piece of evidence.
pub fn evidence(kind: &str, value: &str) -> Evidence {
    Evidence {
        kind: label(kind),
        value: value.to_owned(),
    }
}

/// Asks for a correction.
pub fn correct(id: &str, change: Change) -> Command {
    Command::Correct(Correction {
        task: task(id),
        change,
        reason: "as observed".to_owned(),
        supersedes: Vec::new(),
    })
}

/// Gives a gate to somebody.
pub fn request_gate(id: &str, number: u32, which: &str, holder: &str) -> Command {
    let (task, attempt) = (task(id), AttemptNo(number));
    Command::RequestGate(GateRequested {
        task,
        attempt,
        gate: gate(which),
        holder: party(holder),
    })
}

/// Decides a gate.
pub fn decide_gate(id: &str, number: u32, which: &str, decider: &str, verdict: Verdict) -> Command {
    Command::DecideGate(GateDecided {
        task: task(id),
        attempt: AttemptNo(number),
        gate: gate(which),
        decider: party(decider),
        revision: None,
        verdict,
        findings: Vec::new(),
        reason: String::new(),
    })
}

/// A message.
pub fn message(from: &str, to: &str, class: MessageClass, text: &str) -> Message {
    Message {
        from: party(from),
        to: party(to),
        class,
        task: None,
        reply_to: None,
        text: text.to_owned(),
    }
}

/// Asks for the mission to be closed.
pub fn close(outcome: MissionOutcome) -> Command {
    Command::CloseMission(MissionClosed {
        outcome,
        forced: false,
        reason: "over".to_owned(),
    })
}

/// Asks for an agent to leave.
pub fn leave(who: &str) -> Command {
    Command::Leave(AgentLeft {
        agent: agent(who),
        reason: String::new(),
    })
}
