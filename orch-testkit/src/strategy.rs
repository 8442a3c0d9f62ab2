//! Generated events and commands over a small scope, ids out of scope included.
//!
//! Those here are indiscriminate: every kind, every id, whatever is there. [`likely`] draws what real
//! journals are made of, about what is there.

pub mod likely;
pub mod weights;

use chrono::TimeDelta;
use orch_core::command::{Command, Dispatch, Join, OpenMission, Rebind};
use orch_core::event::Event;
use orch_core::event::agent::{
    AgentJoined, AgentLeft, Carried, Inventory, Shutdown, ShutdownStage,
};
use orch_core::event::attempt::{
    AttemptEnd, AttemptEnded, AttemptStarted, Dispatched, Handoff, HandoffStatus,
};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::mission::{
    MissionArchived, MissionClosed, MissionOpened, MissionOutcome, RunEnded, RunStarted,
};
use orch_core::event::note::{FindingRecorded, Note};
use orch_core::event::talk::{Message, MessageClass, Receipt, WaitDeclared, WaitRef};
use orch_core::event::task::{
    GateSpec, GateStage, Need, NeedOn, TaskClosed, TaskDeclared, TaskDelivered, Unmet,
};
use orch_core::ids::{AgentName, AgentRef, AttemptNo, GateName, Incarnation, RunId, Seq, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::policy::{Millis, OnExpiry, Policy};
use proptest::prelude::*;
use proptest::sample::select;

use crate::world::{World, beat, epoch, evidence, gate, label, name, party, progress, task};

/// A record to come: who writes it, how much later, and what it says.
#[derive(Debug, Clone)]
pub struct Step<T> {
    /// Who writes it.
    pub by: Actor,
    /// How many seconds after the one before.
    pub seconds: i64,
    /// What it says.
    pub what: T,
}

/// Imposes a generated log on a world.
pub fn impose(world: &mut World, log: &[Step<Event>]) {
    for step in log {
        world.now += TimeDelta::seconds(step.seconds);
        world.happens(&step.by, step.what.clone());
    }
}

/// Puts generated commands to a world; those that are accepted or late become records.
pub fn drive(world: &mut World, commands: &[Step<Command>]) {
    for step in commands {
        world.now += TimeDelta::seconds(step.seconds);
        world.ask(&step.by, &step.what);
    }
}

fn tasks() -> impl Strategy<Value = TaskId> {
    // The last one is never declared by a command.
    select(vec!["t1", "t2", "t3", "t9"]).prop_map(task)
}

fn names() -> impl Strategy<Value = AgentName> {
    select(vec!["a", "b", "ghost"]).prop_map(name)
}

fn agents() -> impl Strategy<Value = AgentRef> {
    (names(), 1_u32..=2).prop_map(|(name, n)| AgentRef::new(name, Incarnation(n)))
}

fn numbers() -> impl Strategy<Value = AttemptNo> {
    (0_u32..=3).prop_map(AttemptNo)
}

fn seqs() -> impl Strategy<Value = Seq> {
    (0_u64..40).prop_map(Seq)
}

fn gates() -> impl Strategy<Value = GateName> {
    select(vec!["tester", "reviewer", "merged", "none"]).prop_map(gate)
}

fn parties() -> impl Strategy<Value = Party> {
    select(vec![
        "lead",
        "host",
        "agent:a",
        "agent:b",
        "agent:ghost",
        "human:ada",
    ])
    .prop_map(party)
}

/// Who may write, ids out of scope included.
pub fn actors() -> impl Strategy<Value = Actor> {
    select(vec![
        "host",
        "human:ada",
        "import:x",
        "agent:a#1",
        "agent:a#2",
        "agent:b#1",
        "agent:ghost#1",
    ])
    .prop_map(|text| Actor::parse(text).unwrap())
}

fn reason() -> impl Strategy<Value = String> {
    select(vec!["", "because"]).prop_map(str::to_owned)
}

fn labels() -> impl Strategy<Value = orch_core::ids::Label> {
    select(vec!["spec", "implement", "commit", "code"]).prop_map(label)
}

fn needs() -> impl Strategy<Value = Vec<Need>> {
    let need = (tasks(), any::<bool>(), prop::collection::vec(unmet(), 0..2)).prop_map(
        |(task, reported, or)| {
            let on = if reported {
                NeedOn::Reported
            } else {
                NeedOn::Accepted
            };
            Need { task, on, or }
        },
    );
    prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(need, 1..3)]
}

fn unmet() -> impl Strategy<Value = Unmet> {
    select(vec![Unmet::Failed, Unmet::Skipped, Unmet::Cancelled])
}

fn gate_specs() -> impl Strategy<Value = Vec<GateSpec>> {
    let spec = |text: &str, stage| GateSpec::new(gate(text), stage);
    select(vec![
        vec![],
        vec![spec("tester", GateStage::Accept)],
        vec![
            spec("tester", GateStage::Accept),
            spec("reviewer", GateStage::Accept),
        ],
        vec![
            spec("reviewer", GateStage::Accept),
            spec("merged", GateStage::Deliver),
        ],
    ])
}

fn declared() -> impl Strategy<Value = TaskDeclared> {
    let more = (
        prop::option::of(labels()),
        prop::option::of(tasks()),
        any::<bool>(),
    );
    (tasks(), needs(), gate_specs(), more).prop_map(
        |(task, needs, gates, (kind, parent, proof))| {
            let evidence = if proof {
                vec![label("commit")]
            } else {
                Vec::new()
            };
            let mut declared = TaskDeclared::new(task, "a task");
            TaskDeclared {
                needs,
                gates,
                kind,
                parent,
                evidence,
                ..declared.clone()
            }
            .clone_into(&mut declared);
            declared
        },
    )
}

fn worker() -> impl Strategy<Value = (TaskId, AttemptNo, AgentRef)> {
    (tasks(), numbers(), agents())
}

fn handoffs() -> impl Strategy<Value = Handoff> {
    let status = prop::option::of(select(vec![
        HandoffStatus::Partial,
        HandoffStatus::Blocked,
        HandoffStatus::Done,
        HandoffStatus::Done,
        HandoffStatus::Failed,
    ]));
    let more = (
        any::<bool>(),
        any::<bool>(),
        prop::option::of(parties()),
        any::<bool>(),
    );
    (worker(), status, more).prop_map(|((task, number, who), status, (proof, left, on, last))| {
        let mut handoff = Handoff::new(task, number, who, status);
        handoff.evidence = if proof {
            vec![evidence("commit", "3cb4f24")]
        } else {
            vec![]
        };
        handoff.remaining = if left {
            vec!["some".to_owned()]
        } else {
            vec![]
        };
        handoff.blocked_on = on.filter(|_| left);
        handoff.revision = proof.then(|| "3cb4f24".to_owned());
        handoff.not_retryable = last;
        handoff
    })
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (agents(), numbers()).prop_map(|(to, attempt)| Change::Rebind { to, attempt }),
        tasks().prop_map(|by| Change::Supersede { by }),
        Just(Change::Reopen),
        seqs().prop_map(|seq| Change::Adopt { seq }),
        Just(Change::Unblock),
        (
            needs(),
            prop::collection::vec(tasks(), 0..2),
            prop::option::of(gate_specs())
        )
            .prop_map(|(add_needs, remove_needs, gates)| {
                let mut amendment = Amendment::default();
                amendment.add_needs = add_needs;
                amendment.remove_needs = remove_needs;
                amendment.gates = gates;
                Change::Amend(Box::new(amendment))
            }),
    ]
}

fn subjects() -> impl Strategy<Value = ClockSubject> {
    prop_oneof![
        (tasks(), numbers()).prop_map(|(task, attempt)| ClockSubject::Attempt { task, attempt }),
        tasks().prop_map(ClockSubject::Task),
        seqs().prop_map(ClockSubject::Message),
        agents().prop_map(ClockSubject::Agent),
    ]
}

fn waits() -> impl Strategy<Value = WaitRef> {
    prop_oneof![
        tasks().prop_map(WaitRef::Task),
        names().prop_map(WaitRef::Agent),
        labels().prop_map(WaitRef::Lock),
    ]
}

fn about_agents() -> impl Strategy<Value = Event> {
    let stages = select(vec![
        ShutdownStage::Requested,
        ShutdownStage::Acknowledged,
        ShutdownStage::Refused,
        ShutdownStage::Terminated,
    ]);
    let carried = (tasks(), numbers()).prop_map(|(task, attempt)| Carried { task, attempt });
    prop_oneof![
        4 => (names(), 1_u32..=3, any::<bool>()).prop_map(|(agent, n, alias)| {
            let incarnation = Incarnation(n);
            let (roles, session) = (Vec::new(), None);
            AgentJoined { agent, incarnation, roles, session, alias, implicit: false }.into()
        }),
        1 => (agents(), reason()).prop_map(|(agent, reason)| AgentLeft { agent, reason }.into()),
        2 => (agents(), stages, reason())
            .prop_map(|(agent, stage, reason)| Shutdown { agent, stage, reason }.into()),
        1 => (agents(), prop::collection::vec(carried, 0..3))
            .prop_map(|(agent, carries)| Inventory { agent, carries }.into()),
    ]
}

fn about_attempts() -> impl Strategy<Value = Event> {
    let hows = select(vec![
        AttemptEnd::Exited,
        AttemptEnd::Killed,
        AttemptEnd::Lost,
        AttemptEnd::SessionEnded,
        AttemptEnd::Released,
    ]);
    prop_oneof![
        4 => worker().prop_map(|(task, attempt, agent)| {
            let (workspace, branch, limits, note) = (None, None, None, String::new());
            Dispatched { task, attempt, agent, workspace, branch, limits, note }.into()
        }),
        3 => worker().prop_map(|(task, attempt, agent)| AttemptStarted { task, attempt, agent }.into()),
        1 => worker().prop_map(|(id, n, who)| progress(id.as_str(), n.0, &who.to_string()).into()),
        1 => worker().prop_map(|(id, n, who)| beat(id.as_str(), n.0, &who.to_string()).into()),
        5 => handoffs().prop_map(Event::from),
        2 => (worker(), hows, prop::option::of(0_i32..2)).prop_map(
            |((task, attempt, agent), how, code)| {
                AttemptEnded { task, attempt, agent, how, code, reason: String::new() }.into()
            }
        ),
    ]
}

fn about_gates_and_talk() -> impl Strategy<Value = Event> {
    let verdicts = select(vec![
        Verdict::Approved,
        Verdict::ChangesRequested,
        Verdict::Waived,
    ]);
    let classes = select(vec![
        MessageClass::Fyi,
        MessageClass::Actionable,
        MessageClass::Question,
    ]);
    prop_oneof![
        (tasks(), numbers(), gates(), parties()).prop_map(|(task, attempt, gate, holder)| {
            GateRequested {
                task,
                attempt,
                gate,
                holder,
            }
            .into()
        }),
        (tasks(), numbers(), gates(), parties(), verdicts, reason()).prop_map(
            |(task, attempt, gate, decider, verdict, reason)| {
                let (revision, findings) = (None, Vec::new());
                GateDecided {
                    task,
                    attempt,
                    gate,
                    decider,
                    revision,
                    verdict,
                    findings,
                    reason,
                }
                .into()
            }
        ),
        (
            parties(),
            parties(),
            classes,
            prop::option::of(tasks()),
            prop::option::of(seqs())
        )
            .prop_map(|(from, to, class, task, reply_to)| {
                Message {
                    from,
                    to,
                    class,
                    task,
                    reply_to,
                    text: "…".to_owned(),
                }
                .into()
            }),
        prop::collection::vec(seqs(), 0..3).prop_map(|of| Receipt { of }.into()),
        (waits(), waits()).prop_map(|(who, on)| WaitDeclared {
            who,
            on,
            until: None
        }
        .into()),
    ]
}

fn about_the_rest() -> impl Strategy<Value = Event> {
    let outcomes = select(vec![
        MissionOutcome::Completed,
        MissionOutcome::Failed,
        MissionOutcome::Cancelled,
    ]);
    let runs = select(vec!["r1", "r2"]).prop_map(|run| RunId::parse(run).unwrap());
    let runs_again = select(vec!["r1", "r2"]).prop_map(|run| RunId::parse(run).unwrap());
    prop_oneof![
        6 => declared().prop_map(Event::from),
        5 => (tasks(), changes(), reason(), prop::collection::vec(seqs(), 0..2)).prop_map(
            |(task, change, reason, supersedes)| Correction { task, change, reason, supersedes }.into()
        ),
        1 => (tasks(), unmet(), reason())
            .prop_map(|(task, outcome, reason)| TaskClosed { task, outcome, reason }.into()),
        1 => tasks().prop_map(|task| TaskDelivered { task, note: String::new() }.into()),
        2 => (select(ClockKind::ALL.to_vec()), subjects()).prop_map(|(clock, subject)| {
            Timeout { clock, subject, limit_ms: None, due: epoch() }.into()
        }),
        1 => (outcomes, any::<bool>(), reason())
            .prop_map(|(outcome, forced, reason)| MissionClosed { outcome, forced, reason }.into()),
        1 => reason().prop_map(|reason| MissionArchived { reason }.into()),
        1 => prop::option::of(tasks()).prop_map(|task| Note { task, text: "…".to_owned() }.into()),
        1 => prop::option::of(tasks()).prop_map(|task| {
            FindingRecorded { task, title: "…".to_owned(), body: String::new() }.into()
        }),
        1 => runs.prop_map(|run| RunStarted { run }.into()),
        1 => runs_again.prop_map(|run| RunEnded { run }.into()),
        1 => Just(Event::Unknown { kind: "brainwave".into(), data: "{}".into() }),
        1 => Just(MissionOpened {
            title: "again".to_owned(),
            lead: party("agent:a"),
            policy: None,
            rules: 1,
            empty: false,
        }.into()),
    ]
}

/// Any event over the scope.
pub fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => about_agents(),
        5 => about_attempts(),
        2 => about_gates_and_talk(),
        4 => about_the_rest(),
    ]
}

/// The command that asks for an event, with what the mission fills in left out.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what has no command of its own is a tick"
)]
fn command_for(event: Event) -> Command {
    match event {
        Event::MissionOpened(MissionOpened {
            title,
            lead,
            policy,
            empty,
            ..
        }) => Command::OpenMission(OpenMission {
            title,
            lead,
            policy,
            empty,
        }),
        Event::TaskDeclared(data) => Command::DeclareTask(data),
        Event::AgentJoined(AgentJoined {
            agent,
            roles,
            session,
            alias,
            ..
        }) => Command::Join(Join {
            agent,
            roles,
            session,
            alias,
        }),
        Event::AgentLeft(data) => Command::Leave(data),
        Event::Dispatched(data) => Command::Dispatch(Dispatch::new(data.task, data.agent.name)),
        Event::AttemptStarted(data) => Command::Start(data),
        Event::Progress(data) => Command::Progress(data),
        Event::Heartbeat(data) => Command::Beat(data),
        Event::Handoff(data) => Command::Handoff(data),
        Event::AttemptEnded(data) => Command::EndAttempt(data),
        Event::Message(data) => Command::Send(data),
        Event::Receipt(data) => Command::Receipt(data),
        Event::WaitDeclared(data) => Command::Wait(data),
        Event::GateRequested(data) => Command::RequestGate(data),
        Event::GateDecided(data) => Command::DecideGate(data),
        Event::Correction(Correction {
            task,
            change: Change::Rebind { to, .. },
            reason,
            supersedes,
        }) => Command::Rebind(Rebind {
            task,
            to: to.name,
            reason,
            supersedes,
        }),
        Event::Correction(data) => Command::Correct(data),
        Event::Shutdown(data) => Command::Shutdown(data),
        Event::Inventory(data) => Command::Observe(data),
        Event::TaskClosed(data) => Command::CloseTask(data),
        Event::TaskDelivered(data) => Command::Deliver(data),
        Event::MissionClosed(data) => Command::CloseMission(data),
        Event::MissionArchived(data) => Command::Archive(data),
        Event::FindingRecorded(data) => Command::RecordFinding(data),
        Event::Note(data) => Command::Note(data),
        Event::RunStarted(data) => Command::StartRun(data),
        Event::RunEnded(data) => Command::EndRun(data),
        _ => Command::Tick,
    }
}

fn step<T: std::fmt::Debug>(what: impl Strategy<Value = T>) -> impl Strategy<Value = Step<T>> {
    (actors(), -60_i64..600, what).prop_map(|(by, seconds, what)| Step { by, seconds, what })
}

/// One event, whatever the rules say.
pub fn event() -> impl Strategy<Value = Step<Event>> {
    step(events())
}

/// One command.
pub fn command() -> impl Strategy<Value = Step<Command>> {
    step(events().prop_map(command_for))
}

/// A log of at most so many events, whatever the rules say.
pub fn log(most: usize) -> impl Strategy<Value = Vec<Step<Event>>> {
    prop::collection::vec(event(), 0..most)
}

/// At most so many commands.
pub fn commands(most: usize) -> impl Strategy<Value = Vec<Step<Command>>> {
    prop::collection::vec(command(), 0..most)
}

/// A policy with short clocks and low limits, so that each of them matters.
pub fn policies() -> impl Strategy<Value = Policy> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(limited, clocks, fail, report)| {
            let mut policy = if limited {
                Policy::default()
            } else {
                Policy::unlimited()
            };
            policy.wip.mission = limited.then_some(2);
            if clocks {
                policy.clocks.start_ms = Some(Millis::minutes(2));
                policy.clocks.alive_ms = Some(Millis::minutes(3));
                policy.clocks.attempt_ms = Some(Millis::minutes(20));
                policy.clocks.total_ms = Some(Millis::minutes(40));
                policy.clocks.reply_ms = Some(Millis::minutes(5));
                policy.clocks.ack_ms = Some(Millis::minutes(5));
            }
            policy.clocks.report_ms = report.then_some(Millis::minutes(1));
            policy.on_expiry = if fail {
                OnExpiry::FailAttempt
            } else {
                OnExpiry::Surface
            };
            policy
        },
    )
}
