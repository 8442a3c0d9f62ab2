//! Attempts that nobody carries, or that were given up too soon: D04, D05, D25, D29.

use crate::scenarios::words::*;

/// A task that another needs, begun by the runner under a report clock of five minutes.
fn report_lost(on_expiry: OnExpiry) -> World {
    let mut world = World::with(|policy| {
        policy.clocks.report_ms = Some(Millis::minutes(5));
        policy.on_expiry = on_expiry;
    })
    .agents(&["runner", "other"])
    .tasks(&["child"]);
    world.declare_after("parent", &["child"]);
    world.start("child", "runner");
    world
}

/// D04. An agent finished its task and its report was lost on the way; its runtime went on beating
/// for hours, so that the task was shown as running and kept its place. A runtime that is alive and
/// does not carry the attempt shows that the attempt is not: after the report clock it counts as
/// lost. The report is accepted when it comes after all, and once.
// spec: TIME-2, TIME-3, CORRECT-3, IDEM-1
#[test]
fn a_runtime_that_beats_without_an_attempt_does_not_keep_it_alive() {
    let mut world = report_lost(OnExpiry::Surface);
    let empty = world.pass(12).accepts(&Actor::Host, carries("runner", &[]));
    let tick = world.pass(5).accepts(&Actor::Host, Command::Tick);
    let again = world
        .pass(120)
        .accepts(&Actor::Host, carries("runner", &[]));
    let done = world.pass(90).hand("child", HandoffStatus::Done);
    let twice = Command::Handoff(handoff("child", 1, "runner", HandoffStatus::Done));
    world.late(&by("runner"), twice, Code::DuplicateTerminal);

    Story::of(
        "D04-report-lost",
        "the report is lost and the runtime goes on beating",
        &world,
    )
    .later(empty, 5)
    .later(again, 60)
    .never_from(empty, "all is well with the attempt", |it| {
        it.seq < done && it.has_cause(Cause::InProgress, Some("child"))
    })
    .shows(tick, "an attempt that is lost, and a ruling owed", |it| {
        let token = it.view("child").and_then(|view| view.token());
        let is_lost = token.is_some_and(|token| token.liveness() == Liveness::Lost);
        is_lost && it.has_cause(Cause::RulingOwed, Some("child"))
    })
    .shows(again, "a dependent that waits for this task", |it| {
        let chains = it.mission.why(&task("parent"), it.now).unwrap();
        chains.iter().any(|chain| {
            chain
                .last()
                .is_some_and(|it| it.task == Some(task("child")))
        })
    })
    .shows(done, "a report that counts after all", |it| {
        it.is_done("child")
    })
    .shows(
        done.next(),
        "the same report without another effect",
        |it| {
            it.view("child")
                .is_some_and(|view| view.since().seq == done)
        },
    )
    .told();
}

/// D04, where the policy lets the clock decide. The attempt ends as lost, its place is free, and
/// whether the work is done is not known until somebody rules. The report that comes later is late
/// evidence, which the lead adopts.
// spec: TIME-3, FENCE-2
#[test]
fn an_attempt_that_is_lost_leaves_an_unknown_outcome_and_frees_its_place() {
    let mut world = report_lost(OnExpiry::FailAttempt);
    world.pass(12).accepts(&Actor::Host, carries("runner", &[]));
    let tick = world.pass(5).accepts(&Actor::Host, Command::Tick);
    let lost = tick.next();
    world.rejects(&lead(), dispatch("child", "other"), Code::NotOpen);
    let report = Command::Handoff(handoff("child", 1, "runner", HandoffStatus::Done));
    let report = world
        .pass(210)
        .late(&by("runner"), report, Code::DuplicateTerminal);
    let adopted = world.accepts(&lead(), correct("child", Change::Adopt { seq: report }));

    Story::of(
        "D04b-outcome-unknown",
        "a lost attempt ends, and its report comes later",
        &world,
    )
    .never_from(lost, "the attempt runs", |it| it.is_at_work("child"))
    .never_before(adopted, "the task is done", |it| it.is_done("child"))
    .shows(lost, "an outcome that nobody knows", |it| {
        it.is("child", TaskStatus::OutcomeUnknown) && it.n_in_flight() == 0
    })
    .shows(adopted, "the report that counts", |it| it.is_done("child"))
    .told();
}

/// D05. A coordinator that saw no sign of a prompt called a live worker failed, took its channel,
/// and refused its commit; after a restart it believed that record. A clock alone makes an attempt
/// suspect: the next sign of life clears that, and the handoff counts.
// spec: TIME-3
#[test]
fn an_attempt_that_did_not_start_in_time_is_suspect_until_it_speaks() {
    let mut world = World::with(|policy| policy.clocks.start_ms = Some(Millis::seconds(30)))
        .agents(&["worker", "other"])
        .tasks(&["t"]);
    let dispatched = world.dispatch("t", "worker");
    world.now += TimeDelta::seconds(30);
    let tick = world.accepts(&Actor::Host, Command::Tick);
    world.forbids(&lead(), dispatch("t", "other"), Code::ParallelAttempts);
    let alive = world
        .pass(1)
        .accepts(&by("worker"), Command::Beat(beat("t", 1, "worker")));
    let started = world.accepts(&by("worker"), started(1, "t", &agent("worker")));
    let mut done = world.handoff("t", HandoffStatus::Done);
    done.evidence = vec![evidence("commit", "a58ca22")];
    let done = world
        .pass(20)
        .accepts(&by("worker"), Command::Handoff(done));

    let liveness = |it: &Glance| {
        it.view("t")
            .and_then(|view| view.token())
            .map(|token| token.liveness())
    };
    Story::of(
        "D05-false-stall",
        "a live worker is declared stalled",
        &world,
    )
    .later(dispatched, 2)
    .never("the task is failed", |it| it.is("t", TaskStatus::Failed))
    .never_from(dispatched, "the task is taken away", |it| it.is_ready("t"))
    .shows(tick, "a doubt", |it| {
        liveness(it) == Some(Liveness::Suspect)
    })
    .shows(alive, "no doubt any more", |it| {
        liveness(it) == Some(Liveness::Alive)
    })
    .shows(started, "a worker at work", |it| it.is_at_work("t"))
    .shows(done, "a result that counts", |it| it.is_done("t"))
    .told();
}

/// D05, where the coordinator did end the attempt. Nothing that the worker says afterwards is
/// dropped: as long as nobody else has the task its handoff can be adopted. Once another attempt
/// is open, the late result changes nothing beside it.
// spec: FENCE-1, FENCE-2
#[test]
fn what_a_revoked_attempt_still_says_is_kept_and_can_be_adopted() {
    let mut world = World::new().agents(&["worker", "other"]).tasks(&["t", "u"]);
    for id in ["t", "u"] {
        world.start(id, "worker");
        let end = ended(id, 1, "worker", AttemptEnd::Killed);
        world.accepts(&Actor::Host, Command::EndAttempt(end));
    }
    let revoked = world.mission.head();
    let beats = Command::Beat(beat("t", 1, "worker"));
    world.pass(1).late(&by("worker"), beats, Code::Fenced);
    let again = world.start("u", "other");
    let done = |id| Command::Handoff(handoff(id, 1, "worker", HandoffStatus::Done));
    let of_t = world
        .pass(9)
        .late(&by("worker"), done("t"), Code::DuplicateTerminal);
    let of_u = world.late(&by("worker"), done("u"), Code::DuplicateTerminal);
    let adopted = world.accepts(&lead(), correct("t", Change::Adopt { seq: of_t }));

    Story::of(
        "D05b-revoked",
        "the result of a revoked attempt is refused",
        &world,
    )
    .never_from(again, "the task has no owner", |it| {
        it.view("u")
            .is_some_and(|view| view.owner() != Some(agent("other")))
    })
    .never("a late result counts by itself", |it| {
        it.seq < adopted && it.is_done("t")
    })
    .never("a late result counts beside another attempt", |it| {
        it.is_done("u")
    })
    .shows(revoked, "tasks that can be tried again", |it| {
        it.is_ready("t") && it.is_ready("u")
    })
    .shows(of_u, "both results as late evidence", |it| {
        let late: Vec<Seq> = it.mission.late_evidence().iter().map(|it| it.seq).collect();
        late == [of_t, of_u]
    })
    .shows(adopted, "the result that was adopted", |it| it.is_done("t"))
    .told();
}

/// D25. A process crashed and came back with nothing, and the counters went on to say that three
/// runs were at work; a fourth waited for a place for days. The runtime says what it carries:
/// nothing, so all three are lost, their places are free, and the fourth can be handed out.
// spec: CORRECT-3, WIP-1
#[test]
fn runs_that_nobody_carries_after_a_crash_are_not_running() {
    let mut world = World::new()
        .agents(&["worker"])
        .tasks(&["r1", "r2", "r3", "r4"]);
    for id in ["r1", "r2", "r3"] {
        world.start(id, "worker");
    }
    let full = world.mission.head();
    world.rejects(&lead(), dispatch("r4", "worker"), Code::WipFull);
    world
        .pass(39 * 60)
        .accepts(&Actor::Host, carries("worker", &[]));
    let known = world.mission.head();
    let next = world.dispatch("r4", "worker");

    Story::of(
        "D25-crash",
        "counters say three run, and no worker runs anything",
        &world,
    )
    .never_from(known, "a run is at work", |it| {
        ["r1", "r2", "r3"].iter().any(|id| it.is_at_work(id))
    })
    .shows(full, "why the fourth waits", |it| {
        it.has_cause(Cause::WipFull, Some("r4"))
    })
    .shows(known, "three unknown outcomes, and a place", |it| {
        let unknown = it.mission.counts().of(TaskStatus::OutcomeUnknown);
        unknown == 3 && it.n_in_flight() == 0 && it.is_ready("r4")
    })
    .shows(next, "the fourth, handed out", |it| {
        it.is("r4", TaskStatus::Dispatched)
    })
    .told();
}

/// D25, where the session of an agent ended in the middle of its task, and where four workers were
/// paused and one came back. The tracker logged the one as completed and took the silence of the
/// others for work. The end of a session without a handoff gives the task back, and an inventory
/// tells which of the four is still there.
// spec: COMPLETE-3, CORRECT-3
#[test]
fn a_session_that_ends_without_a_handoff_gives_its_task_back() {
    let mut world = World::with(|policy| policy.wip.mission = Some(5))
        .agents(&["solo", "w1", "w2", "w3", "w4"])
        .tasks(&["t", "b1", "b2", "b3", "b4"]);
    world.start("t", "solo");
    for (id, who) in [("b1", "w1"), ("b2", "w2"), ("b3", "w3"), ("b4", "w4")] {
        world.start(id, who);
    }
    let over = ended("t", 1, "solo", AttemptEnd::SessionEnded);
    let over = world
        .pass(2)
        .accepts(&Actor::Host, Command::EndAttempt(over));
    world.pass(300);
    world.accepts(&Actor::Host, carries("w1", &[("b1", 1)]));
    for who in ["w2", "w3", "w4"] {
        world.accepts(&Actor::Host, carries(who, &[]));
    }
    let resumed = world.mission.head();

    Story::of(
        "D25b-session-ended",
        "a session ends, and others are resumed",
        &world,
    )
    .never("a task is done", |it| it.mission.counts().done > 0)
    .never_from(over, "the task runs", |it| it.is_at_work("t"))
    .shows(over, "a task that can be handed out again", |it| {
        it.is_ready("t")
    })
    .shows(resumed, "one at work and three that nobody carries", |it| {
        let unknown = it.mission.counts().of(TaskStatus::OutcomeUnknown);
        it.is_at_work("b1") && unknown == 3 && it.n_in_flight() == 1
    })
    .told();
}

/// D29. A run was accepted and its process died before anything of it was written down; another
/// was acknowledged by a worker that then shut down. The tracker showed the run as accepted, or
/// nothing. A dispatch is on record before anything is sent, and one that did not start in time is
/// called that; a worker that begins and then ends without a handoff gives the task back. (That an
/// acknowledged dispatch survives a kill is tested with processes, in `crash` of the command line.)
// spec: ID-1, TIME-3, COMPLETE-3
#[test]
fn a_run_that_was_handed_out_and_never_began_is_not_running() {
    let mut world = World::with(|policy| policy.clocks.start_ms = Some(Millis::minutes(2)))
        .agents(&["worker", "shy"])
        .tasks(&["run", "job"]);
    let dispatched = world.dispatch("run", "worker");
    let tick = world.pass(2).accepts(&Actor::Host, Command::Tick);
    world.start("job", "shy");
    let exit = world
        .pass(1)
        .accepts(&by("shy"), Command::EndAttempt(exited("job", 1, "shy", 0)));

    Story::of(
        "D29-lost-dispatch",
        "a run is accepted and its process dies",
        &world,
    )
    .later(dispatched, 1)
    .later(dispatched, 2)
    .never_from(dispatched, "the dispatch is forgotten", |it| {
        it.view("run").is_none_or(|view| view.token().is_none())
    })
    .never("the run runs", |it| it.is("run", TaskStatus::Running))
    .never("the job is done", |it| it.is_done("job"))
    .shows(dispatched, "a dispatch that has not started", |it| {
        it.has_cause(Cause::DispatchedNotStarted, Some("run"))
    })
    .shows(tick, "a doubt, and a ruling owed", |it| {
        it.has_cause(Cause::RulingOwed, Some("run"))
    })
    .shows(exit, "a job that somebody must judge", |it| {
        it.has_cause(Cause::ReportedNotAccepted, Some("job"))
    })
    .told();
}
