//! Who may do what, and once for each key.

use orch_core::codes::Code;
use orch_core::command::{Command, Rebind};
use orch_core::decide::{Context, Decision, Prior};
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change;
use orch_core::event::gate::Verdict;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::task::Unmet;
use orch_core::history::CommandIndex;
use orch_core::ids::{CommandKey, MissionId};
use orch_core::party::Actor;
use orch_core::record::Batch;
use orch_core::status::task::TaskStatus;
use uuid::Uuid;

use super::{close_task, dispatched, in_status, shutdown};
use crate::support::*;

fn rebind(to: &str) -> Command {
    let (task, to) = (task("t1"), name(to));
    Command::Rebind(Rebind {
        task,
        to,
        reason: "it is theirs".to_owned(),
        supersedes: vec![],
    })
}

/// What only the lead, the host or a human may do.
fn reserved() -> Vec<Command> {
    let forced = MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: true,
        reason: "enough".to_owned(),
    };
    vec![
        rebind("b"),
        correct("t1", Change::Reopen),
        correct("t1", Change::Supersede { by: task("next") }),
        decide_gate("t1", 1, "review", "agent:b", Verdict::Waived),
        shutdown("c", ShutdownStage::Terminated),
        close_task("t1", Unmet::Cancelled),
        close(MissionOutcome::Cancelled),
        Command::CloseMission(forced),
    ]
}

// spec: AUTH-1, FOLD-4
#[test]
fn an_agent_without_authority_changes_nothing_even_if_the_log_says_it_did() {
    let mut world = in_status(TaskStatus::InReview);
    world.accepts(&lead(), shutdown("c", ShutdownStage::Requested));
    for mut command in reserved() {
        if let Command::DecideGate(waiver) = &mut command {
            waiver.reason = "no time".to_owned();
        }
        let (_, imposed) = world.forbids(&by("b"), command, Code::NotAuthorised);
        assert_eq!(imposed.status("t1"), TaskStatus::InReview);
        assert_eq!(
            (imposed.owner("t1"), imposed.mission.outcome()),
            (agent("a"), None)
        );
        assert!(imposed.mission.live_agent(&name("c")).is_some());
    }
}

// spec: AUTH-1
#[test]
fn the_lead_the_host_and_any_human_have_authority() {
    for actor in [lead(), human("grace"), Actor::Host] {
        let mut world = in_status(TaskStatus::InReview);
        world.accepts(&actor, rebind("b"));
        assert_eq!(world.owner("t1"), agent("b"));
        world.accepts(&actor, close(MissionOutcome::Cancelled));
    }
}

// spec: AUTH-1
#[test]
fn an_agent_that_leads_has_authority_while_it_is_live() {
    let mut world = World::unopened();
    let open = orch_core::command::OpenMission {
        title: "auth".to_owned(),
        lead: party("agent:boss"),
        policy: None,
        empty: false,
    };
    world.accepts(&lead(), Command::OpenMission(open));
    let mut world = world.agents(&["boss", "a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.accepts(&by("boss"), rebind("b"));
    world.leaves("boss");
    world.late(&by("boss"), correct("t1", Change::Reopen), Code::Fenced);
    assert_eq!(
        (world.status("t1"), world.owner("t1")),
        (TaskStatus::Running, agent("b"))
    );
}

// spec: AUTH-1
#[test]
fn only_its_owner_reports_for_an_attempt() {
    let world = in_status(TaskStatus::Running);
    let done = Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done));
    let (_, imposed) = world.forbids(&by("b"), done, Code::NotOwner);
    assert_eq!(imposed.status("t1"), TaskStatus::Running);
    let claimed = Command::Handoff(handoff("t1", 1, "b", HandoffStatus::Done));
    let (_, imposed) = world.forbids(&by("b"), claimed, Code::NotOwner);
    assert_eq!(imposed.status("t1"), TaskStatus::Running);
}

fn keyed(world: &World, prior: Prior, command: &Command) -> Result<Decision, Code> {
    let context = Context {
        now: world.now,
        actor: lead(),
        prior,
    };
    world
        .mission
        .decide(command, &context)
        .map_err(|refused| refused.code)
}

// spec: IDEM-1
#[test]
fn the_same_command_under_the_same_key_writes_once() {
    // D19: what comes back late is answered by position, not done again.
    let mut world = World::new().agents(&["a"]).tasks(&["t1", "t2"]);
    let (key, command) = (CommandKey::parse("k-1").unwrap(), dispatch("t1", "a"));
    let mut index = CommandIndex::default();
    assert_eq!(index.prior(&key), Prior::Unseen);
    let batch = Batch {
        mission: MissionId::parse("auth").unwrap(),
        head: world.mission.head(),
        at: world.now,
        by: lead(),
        command: Some(key.clone()),
        request: command.request(),
        cause: None,
    };
    let event = dispatched("t1", 1, "a").into();
    for record in batch.seal(vec![event], || Uuid::from_u128(99)).unwrap() {
        world.mission.apply(&record);
        index.apply(&record);
    }
    let head = world.mission.head();
    let again = keyed(&world, index.prior(&key), &command);
    assert_eq!(
        again,
        Ok(Decision::AlreadyDone {
            first: head,
            last: head
        })
    );
    let other = keyed(&world, index.prior(&key), &dispatch("t2", "a"));
    assert_eq!(other, Err(Code::CommandReused));
}

// spec: IDEM-1
#[test]
fn a_rejection_is_not_remembered() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    assert_eq!(
        keyed(&world, Prior::Unseen, &dispatch("t2", "a")),
        Err(Code::NeedsUnmet)
    );
    world.finish("t1", "a");
    let accepted = keyed(&world, Prior::Unseen, &dispatch("t2", "a"));
    assert!(matches!(accepted, Ok(Decision::Accepted { .. })));
}

// spec: IDEM-1, FENCE-1
#[test]
fn a_result_delivered_twice_under_another_key_is_a_duplicate_and_changes_nothing() {
    // D19
    let mut world = in_status(TaskStatus::Accepted);
    let done = Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done));
    let before = world.view("t1").since();
    world.late(&by("a"), done, Code::DuplicateTerminal);
    assert_eq!(
        (world.status("t1"), world.view("t1").since()),
        (TaskStatus::Accepted, before)
    );
}
