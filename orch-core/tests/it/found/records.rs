//! What one record leaves behind: in counts, in debts, in what is kept of a late report.

use orch_core::codes::Code;
use orch_core::event::attempt::{AttemptEnded, AttemptStarted};
use orch_core::event::clock::{ClockSubject, Timeout};
use orch_core::event::note::FindingRecorded;
use orch_core::event::task::{Need, TaskDeclared};
use orch_core::facts::Entity;
use orch_core::mission::Ending;
use orch_core::party::Party;
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;

use super::*;

fn started_event(id: &str, number: u32, who: &str) -> AttemptStarted {
    AttemptStarted {
        task: task(id),
        attempt: AttemptNo(number),
        agent: agent(who),
    }
}

// spec: RETRY-1
#[test]
fn the_last_error_of_a_crash_is_its_reason_or_else_its_exit_code() {
    let crashed = |reason: &str| {
        let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
        world.start("t1", "a");
        let reason = reason.to_owned();
        let how = AttemptEnded {
            reason,
            ..exited("t1", 1, "a", 7)
        };
        world.accepts(&Actor::Host, Command::EndAttempt(how));
        let (_, error) = world.view("t1").last_error().unwrap();
        error.to_owned()
    };
    assert_eq!(crashed("out of memory"), "out of memory");
    assert_eq!(crashed(""), "exit code 7");
}

// spec: FOLD-4
#[test]
fn an_attempt_beside_the_one_with_the_token_ends_as_it_says() {
    let reported = |status| {
        let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
        world.start("t1", "a");
        world.happens(&import(), dispatched("t1", 2, "b"));
        world.happens(&by("a"), handoff("t1", 1, "a", status));
        let beside = world.view("t1").attempts().next().unwrap();
        beside.closed().map(|(_, ending)| ending)
    };
    assert_eq!(reported(HandoffStatus::Done), Some(Ending::EndedClean));
    assert_eq!(reported(HandoffStatus::Failed), Some(Ending::EndedDirty));
}

// spec: SHUT-2, GATE-3
#[test]
fn a_result_that_was_sent_back_is_none_once_its_author_is_gone() {
    let mut world = crate::rules::stage::in_status(TaskStatus::Rework);
    world.leaves("a");
    assert_eq!(world.view("t1").success(), None);
    world.dispatch("t1", "b");
}

// spec: FOLD-4, SHUT-2
#[test]
fn a_success_beside_an_attempt_outlives_the_owner_of_that_attempt() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.happens(&import(), dispatched("t1", 2, "b"));
    world.happens(&by("b"), started_event("t1", 2, "b"));
    world.happens(&by("a"), handoff("t1", 1, "a", HandoffStatus::Done));
    let success = Some(world.mission.head());
    assert_eq!(world.view("t1").success(), success);
    world.leaves("b");
    assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
    assert_eq!(world.view("t1").success(), success);
}

// spec: TIME-2, SHUT-1
#[test]
fn the_clock_of_a_shutdown_makes_nothing_else_overdue() {
    let mut world = clocked(|clocks| clocks.ack_ms = Some(LIMIT));
    let question = says("agent:b", "agent:a", MessageClass::Question, None);
    world.accepts(&by("b"), question);
    let stop =
        crate::rules::stage::shutdown("a", orch_core::event::agent::ShutdownStage::Requested);
    world.accepts(&lead(), stop);
    tick(world.pass(11));
    let owed = world.mission.obligations();
    let expired: Vec<ObligationKind> = owed
        .iter()
        .filter(|it| it.expired.is_some())
        .map(|it| it.kind)
        .collect();
    assert_eq!(expired, [ObligationKind::Acknowledgement]);
    // A clock on somebody whom nobody knows makes nothing overdue at all.
    let due = world.now;
    let (clock, subject) = (ClockKind::Ack, ClockSubject::Agent(agent("ghost")));
    let before = owed.len();
    world.happens(
        &Actor::Host,
        Timeout {
            clock,
            subject,
            limit_ms: None,
            due,
        },
    );
    let owed = world.mission.obligations();
    let n_expired = owed.iter().filter(|it| it.expired.is_some()).count();
    assert_eq!((owed.len(), n_expired), (before, 1));
}

// spec: HAND-1, RETRY-1, FOLD-3
#[test]
fn two_debts_of_one_record_are_two_things_with_facts_of_their_own() {
    let mut world = World::with(|policy| policy.retry.max_blocks = Some(1))
        .agents(&["a"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Blocked);
    let mut kinds = owed(&world);
    kinds.sort_unstable();
    assert_eq!(kinds, [ObligationKind::Unblocking, ObligationKind::Ruling]);
    let debts = world.mission.entities().into_iter();
    let debts: Vec<Entity> = debts
        .filter(|it| matches!(it, Entity::Obligation { .. }))
        .collect();
    assert_eq!(debts.len(), 2);
    for debt in &debts {
        assert!(matches!(debt, Entity::Obligation { n: 0, .. }), "{debt:?}");
        assert!(world.mission.facts(debt).is_some(), "{debt:?}");
    }
    // What happened anyway settles what the task was blocked on.
    world.happens(&import(), dispatched("t1", 2, "a"));
    assert_eq!(owed(&world), [ObligationKind::Ruling]);
}

// spec: NOTE-1, AUTH-1
#[test]
fn a_debt_is_settled_by_whoever_is_above_both_sides_and_by_no_bystander() {
    let settled = |lead_is: &str, from: &str| {
        let mut world = World::unopened();
        world.accepts(&Actor::Host, Command::open("auth", party(lead_is)));
        let mut world = world.agents(&["a", "b", "c", "boss"]);
        let asked = world.accepts(
            &by("a"),
            says("agent:a", "agent:b", MessageClass::Question, None),
        );
        let reply = Message {
            reply_to: Some(asked),
            ..message(from, "agent:a", MessageClass::Fyi, "8080")
        };
        world.happens(&import(), reply);
        owed(&world).is_empty()
    };
    for from in [
        "agent:b",
        "agent:a",
        "lead",
        "host",
        "human:ada",
        "human:bo",
    ] {
        assert!(settled("human:ada", from), "{from}");
    }
    assert!(settled("agent:boss", "agent:boss"));
    for from in ["agent:c", "agent:boss"] {
        assert!(!settled("human:ada", from), "{from}");
    }
}

// spec: NOTE-1, FOLD-3
#[test]
fn a_reply_to_no_record_names_none() {
    let mut world = World::new().agents(&["a", "b"]);
    let reply = |to| Message {
        reply_to: Some(orch_core::ids::Seq(to)),
        ..message("agent:a", "agent:b", MessageClass::Fyi, "8080")
    };
    world.happens(&by("a"), reply(0));
    world.happens(&by("a"), reply(99));
    world.happens(&by("a"), reply(2));
    let because: Vec<usize> = world
        .mission
        .anomalies()
        .iter()
        .map(|it| it.because.len())
        .collect();
    assert_eq!(world.anomalies(), [Code::UnknownRecord; 3]);
    assert_eq!(because, [0, 0, 1]);
}

// spec: NOTE-1, AUTH-1
#[test]
fn a_message_is_read_once_and_by_nobody_but_whom_it_is_for_or_the_lead() {
    let mut world = World::new().agents(&["a", "b", "c"]);
    let said = world.accepts(
        &by("a"),
        says("agent:a", "agent:b", MessageClass::Fyi, None),
    );
    let reads = || Command::Receipt(orch_core::event::talk::Receipt { of: vec![said] });
    world.changes_nothing(&by("c"), reads());
    let mut by_lead = world.clone();
    by_lead.accepts(&lead(), reads());
    world.accepts(&by("b"), reads());
    for who in [by("b"), lead()] {
        world.changes_nothing(&who, reads());
    }
}

// spec: FOLD-1
#[test]
fn a_finding_is_a_cause_only_where_an_importer_tells_one_by_its_word() {
    let told = |by: &Actor, title: &str| {
        let mut world = World::new().tasks(&["t1"]);
        let (title, body) = (title.to_owned(), String::new());
        let task = Some(task("t1"));
        world.happens(by, FindingRecorded { task, title, body });
        let found = world.mission.diagnose(world.now).causes;
        let loops = found.into_iter().find(|it| it.cause == Cause::PollLoop);
        loops.is_some_and(|it| it.task == Some(crate::support::task("t1")))
    };
    assert!(told(&import(), "poll_loop"));
    assert!(!told(&import(), "no_progress"));
    assert!(!told(&lead(), "poll_loop"));
}

fn of_kind(id: &str, kind: &str, parent: Option<&str>, needs: &[&str]) -> TaskDeclared {
    TaskDeclared {
        kind: Some(label(kind)),
        parent: parent.map(task),
        needs: needs.iter().map(|id| Need::accepted(task(id))).collect(),
        ..TaskDeclared::new(task(id), id)
    }
}

// spec: DEP-3, COMPLETE-2
#[test]
fn a_specification_may_need_work_under_another_parent_and_what_is_no_work() {
    let mut world = World::new().tasks(&["one", "other"]);
    world.declare(of_kind("work", "implement", Some("one"), &[]));
    world.declare(of_kind("docs", "docs", Some("one"), &[]));
    world.declare(of_kind("spec", "spec", Some("other"), &["work"]));
    world.declare(of_kind("spec2", "spec", Some("one"), &["docs"]));
    let beside = of_kind("spec3", "spec", Some("one"), &["work"]);
    world.rejects(&lead(), Command::DeclareTask(beside), Code::DepCycle);
}

// spec: COMPLETE-2, CORRECT-1
#[test]
fn a_task_that_is_no_specification_any_more_holds_nothing_back_and_another_still_does() {
    let mut world = World::new();
    world.declare(of_kind("s1", "spec", None, &[]));
    world.declare(of_kind("s2", "spec", None, &[]));
    world.declare(of_kind("work", "implement", None, &[]));
    let on = |world: &World| match world.mission.readiness(&task("work"), world.now) {
        Some(Readiness::Waiting { on, .. }) => on,
        _ => Vec::new(),
    };
    assert_eq!(on(&world), [task("s1"), task("s2")]);
    let becomes = |kind| correct("s1", amend(|change| change.kind = Some(label(kind))));
    world.accepts(&lead(), becomes("docs"));
    assert_eq!(on(&world), [task("s2")]);
    world.accepts(&lead(), becomes("spec"));
    assert_eq!(on(&world).len(), 2);
}

// spec: DEP-3, CORRECT-1
#[test]
fn a_task_that_was_superseded_and_reopened_is_needed_by_itself_again() {
    let mut world = World::new().agents(&["a"]).tasks(&["first", "next"]);
    world.declare_after("old", &["first"]);
    world.declare_after("after", &["old"]);
    world.accepts(
        &lead(),
        correct("old", Change::Supersede { by: task("next") }),
    );
    world.finish("next", "a");
    let is_ready = |world: &World| world.mission.ready(world.now).contains(&&task("after"));
    assert!(is_ready(&world));
    world.accepts(&lead(), correct("old", Change::Reopen));
    assert!(!is_ready(&world));
    world.finish("first", "a");
    world.finish("old", "a");
    assert!(is_ready(&world));
}

// spec: CORRECT-3
#[test]
fn what_an_inventory_shows_is_over_with_its_task_and_is_the_newest_claim_of_who_is_there() {
    let mut world = World::unlimited()
        .agents(&["a", "b", "c"])
        .tasks(&["t1", "t2"]);
    world.accepts(&Actor::Host, observe("b", &[("t2", 1)]));
    assert_eq!(world.mission.divergences().len(), 1);
    let mut over = world.clone();
    over.accepts(&lead(), close_task("t2", Unmet::Skipped));
    assert_eq!(over.mission.divergences(), []);
    // A later inventory is the better claim, until whoever gave it is gone.
    world.accepts(&Actor::Host, observe("c", &[("t2", 1)]));
    let first = |world: &World| {
        let all = world.mission.divergences().into_iter();
        let first: Vec<_> = all
            .filter(|it| it.correction.is_some())
            .map(|it| it.agent)
            .collect();
        first
    };
    assert_eq!(first(&world), [agent("c")]);
    world.leaves("c");
    assert_eq!(first(&world), [agent("b")]);
}

// spec: CORRECT-3
#[test]
fn a_divergence_is_not_ended_by_giving_the_task_to_the_owner_that_it_has() {
    let mut world = World::unlimited().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.accepts(&Actor::Host, observe("a", &[("t1", 1)]));
    world.accepts(&Actor::Host, observe("b", &[("t1", 1)]));
    let found = world.mission.diagnose(world.now).causes;
    let found = found
        .iter()
        .find(|it| it.cause == Cause::OwnerTaskDivergence)
        .unwrap();
    let fixes = found.fixes.iter().map(|fix| &fix.command);
    let to: Vec<&str> = fixes
        .filter_map(|command| match command {
            Command::Rebind(rebind) => Some(rebind.to.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(to, ["b"]);
    assert_eq!(found.next, Party::Lead);
}

// spec: FOLD-3, FOLD-4
#[test]
fn a_task_that_is_open_beside_an_attempt_names_only_the_attempts_that_are_open() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    let first = world.dispatch("t1", "a");
    world.happens(&lead(), dispatched("t1", 2, "b"));
    world.happens(&by("b"), handoff("t1", 2, "b", HandoffStatus::Partial));
    let beside = Readiness::Beside {
        because: vec![first],
    };
    assert_eq!(
        world.mission.readiness(&task("t1"), world.now),
        Some(beside)
    );
}
