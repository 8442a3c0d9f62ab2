//! Seed 004: retries that were forgotten, tasks stuck for ever, and clocks that lie.

use orch_core::decide::RetryHint;

use crate::scenarios::words::*;

/// Failed tasks were not tried again, or for ever, and their errors were lost. A failure waits, each
/// time longer, keeps its error, and after the last try names who has to rule.
// spec: RETRY-1
#[test]
fn a_failed_task_is_tried_again_with_a_growing_wait_and_keeps_its_last_error() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    for (attempt, wait) in [(1, 30), (2, 60)] {
        world.start("t1", "a");
        let mut failed = world.handoff("t1", HandoffStatus::Failed);
        failed.error = Some(format!("error {attempt}"));
        let seq = world.accepts(&by("a"), Command::Handoff(failed));
        let until = world.now + TimeDelta::seconds(wait);
        let refused = world.rejects(&lead(), dispatch("t1", "a"), Code::RetryWait);
        assert_eq!(refused.retry, RetryHint::At(until));
        let error = world.view("t1").last_error().unwrap();
        assert_eq!(error, (seq, &*format!("error {attempt}")));
        world.now = until;
    }
    world.start("t1", "a");
    let mut failed = world.handoff("t1", HandoffStatus::Failed);
    failed.error = Some("error 3".to_owned());
    let last = world.accepts(&by("a"), Command::Handoff(failed));
    let refused = world.rejects(&lead(), dispatch("t1", "a"), Code::ExhaustedTask);
    assert_eq!(refused.instead.len(), 1, "reopening it");
    world.accepts(&lead(), refused.instead[0].clone());
    world.dispatch("t1", "a");

    Story::of(
        "S004g-retries",
        "failed tasks are not tried again, or for ever",
        &world,
    )
    .never("it is ready while it waits", |it| {
        let until = it.view("t1").and_then(|view| view.retry_at());
        until.is_some_and(|until| it.now < until) && it.is_ready("t1")
    })
    .never("more than three tries are counted", |it| {
        it.view("t1")
            .is_some_and(|view| view.counters().failures > 3)
    })
    .shows(last, "who has to rule", |it| {
        it.has_cause(Cause::Exhausted, Some("t1")) && it.waits_for("lead")
    })
    .told();
}

/// A mission whose attempts may take half an hour.
fn half_an_hour(on_expiry: OnExpiry) -> World {
    let mut world = World::with(|policy| {
        policy.clocks.attempt_ms = Some(Millis::minutes(30));
        policy.on_expiry = on_expiry;
    })
    .agents(&["a"])
    .tasks(&["t1"]);
    world.start("t1", "a");
    world.pass(29);
    world.changes_nothing(&Actor::Host, Command::Tick);
    world.pass(1);
    assert_eq!(world.mission.due(world.now)[0].clock, ClockKind::Attempt);
    world.accepts(&Actor::Host, Command::Tick);
    world.changes_nothing(&Actor::Host, Command::Tick);
    world
}

/// A task in progress for more than half an hour was stuck, and nothing saw it. Its clock makes the
/// attempt suspect and names who has to rule; the task goes on.
// spec: TIME-3
#[test]
fn a_stuck_task_is_detected_and_a_clock_alone_does_not_fail_it() {
    let world = half_an_hour(OnExpiry::Surface);
    let tick = world.mission.head();

    Story::of("S004h-stuck", "a task is stuck for half an hour", &world)
        .later(Seq(tick.0 - 1), 29)
        .later(tick, 60)
        .never_from(tick, "nothing sees it", |it| {
            let token = it.view("t1").and_then(|view| view.token());
            let is_suspect = token.is_some_and(|it| it.liveness() == Liveness::Suspect);
            !is_suspect || !it.has_cause(Cause::RulingOwed, Some("t1"))
        })
        .never_from(tick, "it is failed by a clock", |it| {
            !it.is("t1", TaskStatus::Running)
        })
        .told();
}

/// The same, where the policy lets the host end what ran out of time: the end is a record of its own,
/// the error says which clock it was, and the task can be tried again.
// spec: TIME-3, RETRY-1
#[test]
fn a_stuck_task_is_ended_where_the_policy_says_so() {
    let world = half_an_hour(OnExpiry::FailAttempt);
    let end = world.mission.head();

    Story::of(
        "S004i-stuck-and-ended",
        "a stuck task is ended by its policy",
        &world,
    )
    .never("it is done", |it| it.is_done("t1"))
    .shows(end, "a task that can be tried again, and its error", |it| {
        let view = it.view("t1").unwrap();
        let error = view.last_error().map(|(_, error)| error);
        it.is_ready("t1") && error == Some("timed out: attempt") && view.counters().crashes == 1
    })
    .told();
}

/// An orchestrator handed one task out again and again, and it came back as it was: a loop without
/// end. Attempts that end one after another without progress are counted, and at the limit the lead
/// has to change something.
// spec: RETRY-1
#[test]
fn a_task_that_comes_back_as_it_was_is_a_livelock() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    let mut back = Seq::ZERO;
    for _ in 0..3 {
        world.start("t1", "a");
        back = world.pass(10).hand("t1", HandoffStatus::Partial);
    }

    Story::of(
        "S004j-livelock",
        "a task comes back as it was, again and again",
        &world,
    )
    .never_from(back, "it is simply next", |it| {
        it.has_cause(Cause::NoWakeSource, Some("t1"))
    })
    .shows(back, "a loop that the lead has to break", |it| {
        it.has_cause(Cause::Livelock, Some("t1")) && it.waits_for("lead")
    })
    .told();
}

/// Nothing told an agent that waits from one that works. A sign of life shows that it is there, and
/// its absence makes it suspect first and lost later, each said by a record.
// spec: TIME-2, TIME-3
#[test]
fn an_agent_that_gives_no_sign_of_life_becomes_suspect_and_then_lost() {
    let mut world = World::with(|policy| policy.clocks.alive_ms = Some(Millis::minutes(2)))
        .agents(&["a"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    let alive = world
        .pass(1)
        .accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    let suspect = world.pass(2).accepts(&Actor::Host, Command::Tick);
    let lost = world.pass(2).accepts(&Actor::Host, Command::Tick);
    let back = world
        .pass(1)
        .accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));

    let liveness = |it: &Glance| {
        it.view("t1")
            .and_then(|view| view.token())
            .unwrap()
            .liveness()
    };
    Story::of(
        "S004k-heartbeat",
        "nothing tells waiting from working",
        &world,
    )
    .later(alive, 1)
    .never_from(suspect, "all is well", |it| {
        it.seq < back && it.has_cause(Cause::InProgress, Some("t1"))
    })
    .shows(suspect, "a doubt", |it| liveness(it) == Liveness::Suspect)
    .shows(lost, "a greater doubt", |it| liveness(it) == Liveness::Lost)
    .shows(back, "no doubt any more", |it| {
        liveness(it) == Liveness::Alive && it.is_at_work("t1")
    })
    .told();
}

/// Times of another zone made later records look earlier. The order of a log is that of its
/// positions; a record whose time lies an hour back takes effect where it stands.
// spec: ORDER-1
#[test]
fn a_clock_that_is_an_hour_off_changes_no_order() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    world.start("t1", "a");
    world.pass(-60);
    let done = world.hand("t1", HandoffStatus::Done);
    world.reads_results();
    let next = world.pass(65).dispatch("t2", "a");

    Story::of(
        "S004l-clock-shift",
        "times of another zone change the order of records",
        &world,
    )
    .shows(done, "work that is done", |it| {
        it.is_done("t1") && it.is_ready("t2")
    })
    .shows(next, "what comes after it", |it| {
        it.is("t2", TaskStatus::Dispatched)
    })
    .never("an anomaly", |it| !it.mission.anomalies().is_empty())
    .told();
}
