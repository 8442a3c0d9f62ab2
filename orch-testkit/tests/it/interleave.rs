//! The seed stories in every order, with every single mishap: the final states that there may be.

use orch_core::command::Command;
use orch_core::event::agent::{Shutdown, ShutdownStage};
use orch_core::event::attempt::Handoff;
use orch_core::event::gate::Verdict;
use orch_core::ids::AttemptNo;
use orch_core::party::Actor;
use orch_core::policy::{Millis, Policy};
use orch_testkit::explore::interleave::{Endings, Script, asks, endings, time_passes};
use orch_testkit::explore::{Act, Reference, Symbol};
use orch_testkit::world::{
    World, agent, by, decide_gate, dispatch, lead, leave, request_gate, started, task,
};

/// Starts the first attempt at a task and hands it over as done.
fn work(id: &str, who: &str) -> Script {
    let done = Handoff::done(task(id), AttemptNo(1), agent(who));
    let owner = by(who);
    vec![
        asks(&owner, started(1, id, &agent(who))),
        asks(&owner, Command::Handoff(done)),
    ]
}

fn shutdown(by: &Actor, who: &str, stage: ShutdownStage) -> Symbol {
    let (agent, reason) = (agent(who), "enough".to_owned());
    asks(
        by,
        Command::Shutdown(Shutdown {
            agent,
            stage,
            reason,
        }),
    )
}

/// Where each task stands and who has it, who is there, and whether the mission is closed.
fn told(world: &World) -> String {
    let tasks = world.mission.tasks().map(|task| {
        let owner = task
            .owner()
            .map_or_else(|| "nobody".to_owned(), |owner| owner.to_string());
        format!("{} {} with {owner}", task.id(), task.status())
    });
    let agents = world
        .mission
        .agents()
        .map(|it| format!("{} {}", it.agent(), it.status()));
    let end = world
        .mission
        .outcome()
        .map_or_else(|| "open".to_owned(), |it| format!("{it:?}").to_lowercase());
    let all: Vec<String> = tasks.chain(agents).chain([end]).collect();
    all.join(", ")
}

fn held(endings: &Endings) -> String {
    assert!(endings.breaches.is_empty(), "{:#?}", endings.breaches);
    let ends: Vec<&str> = endings.ends.iter().map(String::as_str).collect();
    format!("{} orders\n{}", endings.orders, ends.join("\n"))
}

#[test]
fn s000_a_mission_completes_in_no_order_before_its_tasks_are_accepted() {
    let start = World::new().agents(&["a", "b"]).tasks(&["t1", "t2"]);
    let read = Symbol {
        by: lead(),
        act: Act::About(Reference::ReadResults),
    };
    let conductor = vec![
        asks(&lead(), dispatch("t1", "a")),
        asks(&lead(), dispatch("t2", "b")),
        read,
        asks(&lead(), Command::complete()),
    ];
    let all = endings(&start, &[conductor, work("t1", "a"), work("t2", "b")], told);
    let completed = all.ends.iter().filter(|end| end.ends_with("completed"));
    let completed: Vec<&String> = completed.collect();
    assert!(!completed.is_empty(), "some order completes it");
    for end in completed {
        assert!(
            end.contains("t1 accepted") && end.contains("t2 accepted"),
            "{end}"
        );
    }
    insta::assert_snapshot!(held(&all));
}

#[test]
fn s001_what_an_agent_says_after_its_shutdown_moves_nothing_in_any_order() {
    let start = World::new().agents(&["a"]).tasks(&["t1"]);
    let conductor = vec![
        asks(&lead(), dispatch("t1", "a")),
        shutdown(&lead(), "a", ShutdownStage::Requested),
        shutdown(&lead(), "a", ShutdownStage::Terminated),
    ];
    let mut owner = work("t1", "a");
    owner.push(shutdown(&by("a"), "a", ShutdownStage::Acknowledged));
    let all = endings(&start, &[conductor, owner], told);
    for end in &all.ends {
        let is_gone = end.contains("a#1 terminated") || end.contains("a#1 stopped");
        assert!(!(is_gone && end.contains("with a#1")), "{end}");
    }
    insta::assert_snapshot!(held(&all));
}

#[test]
fn s002_no_order_leaves_a_review_with_a_reviewer_who_is_gone() {
    let mut start = World::new().agents(&["a", "b"]);
    start.declare_gated("t1", &["reviewer"]);
    let conductor = vec![
        asks(&lead(), dispatch("t1", "a")),
        asks(&lead(), request_gate("t1", 1, "reviewer", "agent:b")),
    ];
    let reviewer = vec![
        asks(
            &by("b"),
            decide_gate("t1", 1, "reviewer", "agent:b", Verdict::Approved),
        ),
        asks(&by("b"), leave("b")),
    ];
    let tell = |world: &World| {
        let owed = world
            .mission
            .obligations()
            .into_iter()
            .map(|owed| owed.next.to_string());
        let owed: Vec<String> = owed.collect();
        format!("{}, owed by {owed:?}", told(world))
    };
    let all = endings(&start, &[conductor, work("t1", "a"), reviewer], tell);
    for end in &all.ends {
        assert!(
            !(end.contains("b#1 left") && end.contains("owed by [\"agent:b\"]")),
            "{end}"
        );
    }
    insta::assert_snapshot!(held(&all));
}

#[test]
fn s003_work_that_was_sent_back_is_accepted_only_on_a_new_approval() {
    let mut start = World::new().agents(&["a", "b"]);
    start.declare_gated("t1", &["reviewer"]);
    start.start("t1", "a");
    let judge = |verdict| {
        asks(
            &by("b"),
            decide_gate("t1", 1, "reviewer", "agent:b", verdict),
        )
    };
    let give = || asks(&lead(), request_gate("t1", 1, "reviewer", "agent:b"));
    let done = || work("t1", "a").remove(1);
    let scripts = [
        vec![give(), give()],
        vec![done(), done()],
        vec![judge(Verdict::ChangesRequested), judge(Verdict::Approved)],
    ];
    let tell = |world: &World| {
        let view = world.view("t1");
        let gate = view.gates().next().unwrap();
        let verdict = gate.decision().map(|decided| decided.verdict);
        format!("{} on {} {verdict:?}", told(world), gate.status())
    };
    let all = endings(&start, &scripts, tell);
    for end in all.ends.iter().filter(|end| end.contains("t1 accepted")) {
        assert!(end.ends_with("Some(Approved)"), "{end}");
    }
    insta::assert_snapshot!(held(&all));
}

#[test]
fn s004_a_clock_alone_takes_the_task_from_nobody() {
    let mut policy = Policy::default();
    policy.clocks.start_ms = Some(Millis::minutes(2));
    policy.clocks.alive_ms = Some(Millis::minutes(3));
    let start = World::with_policy(policy).agents(&["a"]).tasks(&["t1"]);
    let conductor = vec![asks(&lead(), dispatch("t1", "a"))];
    let clock = vec![time_passes(), time_passes(), time_passes()];
    let tell = |world: &World| {
        let lost = world
            .mission
            .open_attempts()
            .map(|it| it.liveness().to_string());
        let lost: Vec<String> = lost.collect();
        format!("{} {lost:?}", told(world))
    };
    let all = endings(&start, &[conductor, work("t1", "a"), clock], tell);
    let allowed = [
        "t1 open",
        "t1 dispatched with a#1",
        "t1 running with a#1",
        "t1 accepted",
    ];
    for end in &all.ends {
        assert!(
            allowed.iter().any(|status| end.starts_with(status)),
            "{end}"
        );
    }
    insta::assert_snapshot!(held(&all));
}
