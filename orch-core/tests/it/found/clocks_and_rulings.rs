//! Clocks that run again, and the rulings that only their own end settles.

use chrono::TimeDelta;
use orch_core::event::gate::Verdict;
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::mission::Liveness;
use orch_core::policy::{Backoff, OnExpiry};
use orch_core::status::task::TaskStatus;

use super::*;

#[track_caller]
fn wakes_in_ten_minutes(world: &World) {
    let due = world.now + TimeDelta::minutes(10);
    assert_eq!(world.mission.next_deadline(), Some(due));
}

// spec: TIME-2, TIME-3
#[test]
fn an_inventory_that_lists_an_attempt_restarts_its_alive_clock() {
    let mut world = clocked(|clocks| clocks.alive_ms = Some(LIMIT));
    world.start("t1", "a");
    world
        .pass(5)
        .accepts(&Actor::Host, observe("a", &[("t1", 1)]));
    wakes_in_ten_minutes(&world);
    assert_eq!(world.view("t1").token().unwrap().last_alive().at, world.now);
}

// spec: TIME-3
#[test]
fn an_inventory_that_lists_an_attempt_clears_the_doubt_and_the_clock_can_run_out_again() {
    let mut world = clocked(|clocks| clocks.alive_ms = Some(LIMIT));
    world.start("t1", "a");
    tick(world.pass(11));
    let liveness = |world: &World| world.view("t1").token().unwrap().liveness();
    assert_eq!(liveness(&world), Liveness::Suspect);
    assert_eq!(owed(&world), [ObligationKind::Ruling]);
    world.accepts(&Actor::Host, observe("a", &[("t1", 1)]));
    assert_eq!(liveness(&world), Liveness::Alive);
    assert_eq!(owed(&world), []);
    wakes_in_ten_minutes(&world);
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    world.pass(10);
    assert_eq!(due(&world), [ClockKind::Alive]);
}

// spec: TIME-3
#[test]
fn a_heartbeat_leaves_the_ruling_on_an_attempt_that_gets_nowhere_owed_until_it_gets_somewhere() {
    let mut world = clocked(|clocks| clocks.progress_ms = Some(LIMIT));
    world.start("t1", "a");
    tick(world.pass(11));
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    let stuck = [Cause::NoProgress, Cause::RulingOwed];
    assert_eq!(causes(&world, "t1"), stuck);
    assert_eq!(owed(&world), [ObligationKind::Ruling]);
    world.accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
    assert_eq!(owed(&world), []);
    assert_eq!(causes(&world, "t1"), [Cause::InProgress]);
    wakes_in_ten_minutes(&world);
}

// spec: TIME-3
#[test]
fn neither_life_nor_progress_settles_the_ruling_on_an_attempt_that_takes_too_long() {
    let mut world = clocked(|clocks| clocks.attempt_ms = Some(LIMIT));
    world.start("t1", "a");
    tick(world.pass(11));
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    world.accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
    assert_eq!(owed(&world), [ObligationKind::Ruling]);
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(owed(&world), []);
}

// spec: TIME-3
#[test]
fn silence_again_and_again_is_one_ruling_at_a_time() {
    let mut world = clocked(|clocks| clocks.alive_ms = Some(LIMIT));
    world.start("t1", "a");
    for _ in 0..5 {
        tick(world.pass(11));
        assert_eq!(owed(&world), [ObligationKind::Ruling]);
        world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
        assert_eq!(owed(&world), []);
    }
}

// spec: TIME-3
#[test]
fn a_handover_shows_that_its_attempt_is_alive() {
    let mut world = clocked(|clocks| clocks.alive_ms = Some(LIMIT));
    world.declare_gated("t2", &["review"]);
    world.start("t2", "a");
    tick(world.pass(11));
    world.hand("t2", HandoffStatus::Done);
    assert_eq!(owed(&world), []);
    let again = decide_gate("t2", 1, "review", "human:ada", Verdict::ChangesRequested);
    world.accepts(&lead(), again);
    let token = world.view("t2").token().unwrap();
    assert_eq!(token.liveness(), Liveness::Alive);
    assert_eq!(causes(&world, "t2"), [Cause::InRework]);
}

/// Task `t2` was in review for an hour and is sent back now.
fn sent_back(set: impl FnOnce(&mut Clocks)) -> World {
    let mut world = clocked(set);
    world.declare_gated("t2", &["review"]);
    world.start("t2", "a");
    world.pass(5).hand("t2", HandoffStatus::Done);
    let again = decide_gate("t2", 1, "review", "human:ada", Verdict::ChangesRequested);
    world.pass(60).accepts(&lead(), again);
    world
}

// spec: TIME-2
#[test]
fn the_clocks_of_rework_run_from_its_own_beginning() {
    let mut world = sent_back(|clocks| {
        clocks.progress_ms = Some(LIMIT);
        clocks.attempt_ms = Some(Millis::minutes(30));
    });
    world.accepts(&by("a"), started(1, "t2", &agent("a")));
    assert_eq!(due(&world), []);
    wakes_in_ten_minutes(&world);
    world.pass(30);
    assert_eq!(due(&world), [ClockKind::Progress, ClockKind::Attempt]);
}

// spec: TIME-2
#[test]
fn rework_that_nobody_begins_is_watched_by_the_start_clock() {
    let mut world = sent_back(|clocks| clocks.start_ms = Some(LIMIT));
    wakes_in_ten_minutes(&world);
    world.pass(10);
    assert_eq!(due(&world), [ClockKind::Start]);
    tick(&mut world);
    assert_eq!(owed(&world), [ObligationKind::Ruling]);
    world.accepts(&by("a"), started(1, "t2", &agent("a")));
    assert_eq!(owed(&world), []);
}

// spec: TIME-2, CORRECT-1
#[test]
fn a_task_that_is_reopened_has_its_whole_time_again() {
    let mut world = clocked(|clocks| clocks.total_ms = Some(LIMIT));
    world.start("t1", "a");
    tick(world.pass(11));
    assert_eq!(owed(&world), [ObligationKind::Ruling]);
    world.accepts(&lead(), correct("t1", Change::Reopen));
    assert_eq!(owed(&world), []);
    assert_eq!(world.mission.next_deadline(), None);
    world.start("t1", "a");
    wakes_in_ten_minutes(&world);
}

// spec: TIME-1, RETRY-1
#[test]
fn time_alone_next_changes_what_runs_out_first_of_a_clock_a_backoff_and_a_wait() {
    let at = |minutes| Some(epoch() + TimeDelta::minutes(minutes));
    let mut world = World::with(|policy| {
        policy.clocks.start_ms = Some(Millis::minutes(30));
        policy.retry.backoff = Some(Backoff::new(LIMIT, 1, LIMIT));
    })
    .agents(&["a", "b"])
    .tasks(&["t1", "t2", "t3"]);
    let next = |world: &World, minutes: i64| {
        world
            .mission
            .next_change(epoch() + TimeDelta::minutes(minutes))
    };
    assert_eq!(next(&world, 0), None);
    world.dispatch("t1", "a");
    assert_eq!(next(&world, 0), at(30));
    world.start("t2", "b");
    world.hand("t2", HandoffStatus::Failed);
    let until = at(20);
    let wait = WaitDeclared {
        who: WaitRef::Task(task("t3")),
        on: WaitRef::Lock(label("deploy")),
        until,
    };
    let said = world.accepts(&lead(), Command::Wait(wait));
    assert_eq!(next(&world, 0), at(10));
    assert_eq!(next(&world, 9), at(10));
    assert_eq!(next(&world, 10), until);
    assert_eq!(next(&world, 20), at(30));
    assert_eq!(next(&world, 30), None);
    let waits = |minutes: i64| world.mission.waits(epoch() + TimeDelta::minutes(minutes));
    assert_eq!(waits(20), []);
    let open = waits(19);
    assert_eq!(
        (open.len(), open[0].until, open[0].since.seq),
        (1, until, said)
    );
    assert_eq!(open[0].who, WaitRef::Task(task("t3")));
}

// spec: TIME-3, FOLD-4
#[test]
fn a_tick_that_fails_attempts_fails_each_of_those_that_run_in_parallel() {
    let mut world = World::with(|policy| {
        policy.clocks.alive_ms = Some(LIMIT);
        policy.on_expiry = OnExpiry::FailAttempt;
    })
    .agents(&["a", "b"])
    .tasks(&["t1"]);
    world.dispatch("t1", "a");
    world.happens(&import(), dispatched("t1", 2, "b"));
    tick(world.pass(20));
    assert_eq!(world.mission.open_attempts().count(), 0);
    assert_eq!(world.status("t1"), TaskStatus::Open);
    assert_eq!(world.view("t1").counters().crashes, 1);
}

// spec: TIME-3, NOTE-1
#[test]
fn a_question_that_ran_out_of_time_stays_one_obligation_and_is_the_leads_to_move() {
    let mut world = clocked(|clocks| clocks.reply_ms = Some(LIMIT));
    let question = says("agent:a", "agent:b", MessageClass::Question, None);
    let asked = world.accepts(&by("a"), question);
    tick(world.pass(11));
    let found = world.mission.obligations();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].kind, found[0].opened.seq),
        (ObligationKind::Answer, asked)
    );
    assert_eq!(
        (&found[0].owed_by, &found[0].next),
        (&party("agent:b"), &party("lead"))
    );
    assert_eq!(found[0].expired, Some(world.mission.head()));
}
