//! What was called complete, and was not: D01 to D03, D10 to D12.

use crate::scenarios::words::*;

/// D01. The lead asked for a text, its author asked a reviewer, and the lead completed the mission
/// while both still owed a reply. The tracker showed a mission with nothing pending, and dropped
/// what the two said to each other afterwards. Completing has to be refused with what is owed; and
/// where it is forced, what is said later must turn up as undelivered.
// spec: COMPLETE-1, COMPLETE-2, NAME-2
#[test]
fn a_mission_does_not_complete_while_a_relay_of_replies_is_open() {
    let mut world = World::new().agents(&["writer", "tov"]).tasks(&["copy"]);
    let dispatched = world.start("copy", "writer");
    let tell_me = message(
        "human:ada",
        "agent:writer",
        MessageClass::Actionable,
        "tell me when it passed",
    );
    let owed_by_writer = world
        .pass(1)
        .accepts(&lead(), Command::Send(about("copy", tell_me)));
    let review = message(
        "agent:writer",
        "agent:tov",
        MessageClass::Actionable,
        "please review",
    );
    let owed_by_tov = world
        .pass(2)
        .accepts(&by("writer"), Command::Send(about("copy", review)));

    world.pass(5);
    let refused = world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    let because: Vec<Seq> = refused.because.iter().map(|fact| fact.seq).collect();
    assert_eq!(because, [dispatched.next(), owed_by_writer, owed_by_tov]);
    let closed = world.accepts(&lead(), forced("only the customer is waited for"));

    world.now += TimeDelta::seconds(39);
    let draft = message(
        "agent:writer",
        "agent:tov",
        MessageClass::Actionable,
        "a new draft",
    );
    let draft = about("copy", draft);
    world.rejects(
        &by("writer"),
        Command::Send(draft.clone()),
        Code::AfterClose,
    );
    world.happens(&by("writer"), draft);
    let pass = message(
        "agent:tov",
        "agent:writer",
        MessageClass::Actionable,
        "PASS, hand it over",
    );
    world
        .pass(4)
        .happens(&by("tov"), about("copy", reply(owed_by_tov, pass)));

    Story::of(
        "D01-relay-chain",
        "the lead completes while a relay of replies is open",
        &world,
    )
    .never("completed", Glance::is_completed)
    .never_from(dispatched, "nothing pending", Glance::is_nothing_open)
    .shows(
        owed_by_tov,
        "the two replies that are owed just before the close",
        |it| it.waits_for("agent:writer") && it.waits_for("agent:tov"),
    )
    .shows(closed, "a close that was forced", |it| {
        it.mission.phase().forced
    })
    .shows(closed.next().next(), "both messages as undelivered", |it| {
        let lost = it.causes().into_iter();
        lost.filter(|it| it.cause == Cause::Undeliverable).count() == 2
    })
    .told();
}

/// Five tasks at work, which is as many as may be.
fn five_at_work() -> World {
    let names = ["a1", "a2", "a3", "a4", "a5", "a6"];
    let mut world = World::with(|policy| policy.wip.mission = Some(5))
        .agents(&names)
        .tasks(&["t1", "t2", "t3", "t4", "t5", "t6"]);
    for (id, who) in [
        ("t1", "a1"),
        ("t2", "a2"),
        ("t3", "a3"),
        ("t4", "a4"),
        ("t5", "a5"),
    ] {
        world.start(id, who);
    }
    world
}

/// D02. A notice said that an agent was done while it went on for minutes, and the next task was
/// handed out into the place that it seemed to have left. The tracker counted the task as completed
/// and one place as free. A notice is talk: the attempt runs until its own handoff, and the dispatch
/// is refused, or marked where it happened anyway.
// spec: WIP-1, COMPLETE-3, NOTE-1
#[test]
fn a_notice_that_somebody_is_done_neither_ends_a_task_nor_frees_its_place() {
    let mut world = five_at_work();
    let notice = message("host", "lead", MessageClass::Fyi, "a3 has finished");
    let notice = world
        .pass(3)
        .accepts(&Actor::Host, Command::Send(about("t3", notice)));
    world.rejects(&lead(), dispatch("t6", "a6"), Code::WipFull);
    world.imposes(&lead(), dispatched("t6", 1, "a6"), Code::WipFull);
    for seconds in [76, 774] {
        world.now += TimeDelta::seconds(seconds);
        world.accepts(&by("a3"), Command::Beat(beat("t3", 1, "a3")));
    }
    let done = world.hand("t3", HandoffStatus::Done);

    Story::of(
        "D02-notice",
        "a notice of completion while the worker still runs",
        &world,
    )
    .never_before(done, "the task is done", |it| it.is_done("t3"))
    .never_before(done, "the place is free", |it| {
        it.seq >= notice && it.n_in_flight() < 5
    })
    .shows(notice, "no task that could be handed out", |it| {
        !it.is_ready("t6")
    })
    .shows(notice.next(), "six in flight", |it| it.n_in_flight() == 6)
    .told();
}

/// D02, where the notice was taken down as the end of a process. The task is not done for that: it
/// is reported, and somebody has to judge it. What the agent still does is kept as activity after
/// its end and names that end, and its handoff can be adopted.
// spec: COMPLETE-3, FENCE-2
#[test]
fn activity_after_an_end_that_was_only_said_names_that_end() {
    let mut world = five_at_work();
    let end = world
        .pass(3)
        .accepts(&Actor::Host, Command::EndAttempt(exited("t3", 1, "a3", 0)));
    world.now += TimeDelta::seconds(76);
    let active = Command::Progress(progress("t3", 1, "a3"));
    world.late(&by("a3"), active, Code::ActivityAfterCompletion);
    world.now += TimeDelta::seconds(774);
    let done = Command::Handoff(handoff("t3", 1, "a3", HandoffStatus::Done));
    let done = world.late(&by("a3"), done, Code::DuplicateTerminal);
    let adopted = world.accepts(&lead(), correct("t3", Change::Adopt { seq: done }));

    Story::of(
        "D02b-early-end",
        "the end of a process is taken for the end of the work",
        &world,
    )
    .never_before(adopted, "the task is done", |it| it.is_done("t3"))
    .shows(end, "a task that somebody must judge", |it| {
        it.has_cause(Cause::ReportedNotAccepted, Some("t3"))
    })
    .shows(end.next(), "activity after the end", |it| {
        let found = it.mission.anomalies().last();
        found.is_some_and(|it| it.code == Code::ActivityAfterCompletion && it.because == [end])
    })
    .shows(adopted, "the task as done", |it| it.is_done("t3"))
    .told();
}

/// D03. Whoever waited for a run gave up waiting, and an adapter published that as the final result
/// of the run, with a text that said it was still running. The tracker showed it as completed, and
/// the failure that came later reached nobody. That a wait is over says nothing about the task: it
/// stays at work until its owner hands it over, here as failed.
// spec: TIME-3, COMPLETE-3, AUTH-1
#[test]
fn a_wait_that_ran_out_of_time_is_not_the_result_of_what_it_waited_for() {
    let mut world = World::with(|policy| policy.clocks.attempt_ms = Some(Millis::minutes(10)))
        .agents(&["runner"])
        .tasks(&["run"]);
    world.start("run", "runner");
    let limit = world.pass(10).accepts(&Actor::Host, Command::Tick);
    let claimed = Handoff {
        summary: "still running".to_owned(),
        ..handoff("run", 1, "runner", HandoffStatus::Done)
    };
    world.rejects(
        &Actor::Host,
        Command::Handoff(claimed.clone()),
        Code::NotOwner,
    );
    world.imposes(&Actor::Host, claimed, Code::NotOwner);
    let failed = Handoff {
        error: Some("the build broke".to_owned()),
        not_retryable: true,
        ..world.handoff("run", HandoffStatus::Failed)
    };
    let failed = world
        .pass(25)
        .accepts(&by("runner"), Command::Handoff(failed));

    Story::of(
        "D03-wait-timeout",
        "a wait that timed out is published as the result",
        &world,
    )
    .never("the run is done", |it| it.is_done("run"))
    .shows(limit, "a run at work that somebody must rule on", |it| {
        it.is("run", TaskStatus::Running) && it.has_cause(Cause::RulingOwed, Some("run"))
    })
    .shows(limit.next(), "a run at work", |it| {
        it.is("run", TaskStatus::Running)
    })
    .shows(failed, "a failure, with its error", |it| {
        let error = it.view("run").and_then(|view| view.last_error());
        it.is("run", TaskStatus::Failed) && error == Some((failed, "the build broke"))
    })
    .told();
}

/// D10. An agent wrote that it had been unable to do the task, the framework set its success flag,
/// and what needed the task began. The tracker showed it as complete, with no failure. A result
/// without an explicit status is only reported, and the lead must judge it; a `done` that names
/// what is left over is refused.
// spec: COMPLETE-3, COMPLETE-4, DEP-1
#[test]
fn a_result_without_an_explicit_done_unblocks_nobody() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    world.start("t1", "a");
    let mut text = handoff("t1", 1, "a", HandoffStatus::Done);
    text.remaining = vec!["all of it".to_owned()];
    world.rejects(
        &by("a"),
        Command::Handoff(text.clone()),
        Code::ContradictoryDone,
    );
    text.status = None;
    text.remaining.clear();
    text.summary = "there was no way to do this".to_owned();
    let said = world.accepts(&by("a"), Command::Handoff(text));
    let end = world.accepts(&Actor::Host, Command::EndAttempt(exited("t1", 1, "a", 0)));
    world.rejects(&lead(), dispatch("t2", "b"), Code::NeedsUnmet);

    Story::of(
        "D10-soft-failure",
        "a text that says it failed is counted as success",
        &world,
    )
    .never("the task is done", |it| it.is_done("t1"))
    .never("what needs it is ready", |it| it.is_ready("t2"))
    .shows(said, "a result that the lead must judge", |it| {
        it.has_cause(Cause::ReportedNotAccepted, Some("t1"))
    })
    .shows(end, "the same once its process has ended well", |it| {
        it.has_cause(Cause::ReportedNotAccepted, Some("t1"))
    })
    .told();
}

/// D11. Four agents exited well, and none of them had committed anything. The tracker showed four
/// good results of four. The contract asks for a commit: without it a `done` is only reported, and
/// neither it nor an exit code opens what comes after.
// spec: COMPLETE-3, COUNT-1
#[test]
fn work_that_leaves_no_evidence_is_not_accepted() {
    let ids = ["t1", "t2", "t3", "t4"];
    let mut world =
        World::with(|policy| policy.wip.mission = Some(4)).agents(&["a1", "a2", "a3", "a4"]);
    for id in ids {
        world.declare(TaskDeclared {
            evidence: vec![label("commit")],
            ..TaskDeclared::new(task(id), id)
        });
    }
    world.declare_after("merge", &ids);
    let look = Need {
        on: NeedOn::Reported,
        ..Need::accepted(task("t4"))
    };
    world.declare(TaskDeclared {
        needs: vec![look],
        ..TaskDeclared::new(task("look"), "look at what was reported")
    });
    for (id, who) in ids.into_iter().zip(["a1", "a2", "a3", "a4"]) {
        world.start(id, who);
    }
    world.now += TimeDelta::seconds(352);
    for (id, who) in [("t1", "a1"), ("t2", "a2")] {
        world.accepts(&Actor::Host, Command::EndAttempt(exited(id, 1, who, 0)));
    }
    world.now += TimeDelta::seconds(316);
    world.hand("t3", HandoffStatus::Done);
    let hollow = world.hand("t4", HandoffStatus::Done);
    world.rejects(&lead(), dispatch("merge", "a1"), Code::NeedsUnmet);
    let mut proven = world.handoff("t4", HandoffStatus::Done);
    proven.evidence = vec![evidence("commit", "3cb4f24")];
    let proven = world.accepts(&by("a4"), Command::Handoff(proven));

    Story::of(
        "D11-hollow-success",
        "four good exits and not one commit",
        &world,
    )
    .never_before(proven, "something is done", |it| {
        it.mission.counts().done > 0
    })
    .never("more than the one is done", |it| {
        it.mission.counts().done > 1
    })
    .never("what needs all four is ready", |it| it.is_ready("merge"))
    .shows(
        hollow,
        "what asked for no more than a report as ready",
        |it| it.is_ready("look"),
    )
    .shows(hollow, "what is missing", |it| {
        it.has_cause(Cause::EvidenceMissing, Some("t3"))
            && it.has_cause(Cause::EvidenceMissing, Some("t4"))
    })
    .shows(proven, "the one that brought its commit", |it| {
        it.is_done("t4")
    })
    .told();
}

/// D12. Of five agents one handed over and four died, and the runtime reported the whole as
/// completed; the four errors stood in a footer. The counts are those of the tasks, the mission
/// does not complete, and a task that died is not one that found nothing.
// spec: COUNT-1, COMPLETE-1, RETRY-2
#[test]
fn a_fan_out_in_which_four_of_five_died_is_not_completed() {
    let ids = ["t1", "t2", "t3", "t4", "t5"];
    let mut world = World::with(|policy| {
        policy.wip.mission = Some(5);
        policy.retry.max_crashes = Some(1);
    })
    .agents(&["a1", "a2", "a3", "a4", "a5"])
    .tasks(&ids);
    for (id, who) in ids.into_iter().zip(["a1", "a2", "a3", "a4", "a5"]) {
        world.start(id, who);
    }
    world.pass(4);
    world.hand("t1", HandoffStatus::Done);
    let mut died = Seq::ZERO;
    for (id, who) in [("t2", "a2"), ("t3", "a3"), ("t4", "a4"), ("t5", "a5")] {
        died = world.accepts(&Actor::Host, Command::EndAttempt(exited(id, 1, who, 1)));
    }
    world.pass(1);
    world.forbids(
        &Actor::Host,
        close(MissionOutcome::Completed),
        Code::Incomplete,
    );
    world.imposes(&Actor::Host, completed(), Code::Incomplete);

    Story::of(
        "D12-partial-fan-out",
        "four of five agents die and the whole is completed",
        &world,
    )
    .never("completed", Glance::is_completed)
    .never("more than one is done", |it| it.mission.counts().done > 1)
    .shows(died, "one done and four that somebody must rule on", |it| {
        let counts = it.mission.counts();
        let dead = it
            .causes()
            .into_iter()
            .filter(|it| it.cause == Cause::Exhausted);
        counts.done == 1 && counts.of(TaskStatus::Exhausted) == 4 && dead.count() == 4
    })
    .told();
}
