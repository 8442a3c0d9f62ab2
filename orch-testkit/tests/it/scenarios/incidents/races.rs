//! Two at once, and the same twice: D15, D16, D19, D30.

use crate::scenarios::words::*;

/// D15. Two agents claimed one task in the same second, both were told that they had it, and both
/// made nearly the same change. One claim is accepted, and the other is told who has the task, by
/// which attempt and record. Where both happened, the newer holds the token and the result of the
/// older is kept without effect. (That one of many processes wins is tested in `processes` of the
/// command line.)
// spec: ACK-1, FOLD-4
#[test]
fn of_two_who_claim_one_task_one_has_it() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t"]);
    let won = world.accepts(&by("a"), dispatch("t", "a"));
    let refused = world.rejects(&by("b"), dispatch("t", "b"), Code::ParallelAttempts);
    assert!(refused.message.contains("attempt 1 with a#1"), "{refused}");
    assert_eq!(refused.because.first().map(|fact| fact.seq), Some(won));

    world.imposes(&import(), dispatched("t", 2, "b"), Code::ParallelAttempts);
    let both = world.mission.head();
    world.accepts(&by("a"), started(1, "t", &agent("a")));
    world.accepts(&by("b"), started(2, "t", &agent("b")));
    let first = handoff("t", 1, "a", HandoffStatus::Done);
    let beside = world
        .pass(20)
        .late(&by("a"), Command::Handoff(first), Code::ParallelReport);
    let done = world.pass(1).hand("t", HandoffStatus::Done);

    Story::of(
        "D15-double-claim",
        "two agents claim one task in the same second",
        &world,
    )
    .never("two hold it", |it| {
        let owner = it.view("t").and_then(|view| view.owner());
        it.seq < both && owner == Some(agent("b")) || it.seq >= both && owner == Some(agent("a"))
    })
    .never_before(done, "it is done twice", |it| it.is_done("t"))
    .shows(both, "a second attempt beside the first", |it| {
        it.view("t")
            .is_some_and(|view| view.attempts().any(|it| it.is_parallel()))
    })
    .shows(beside, "a result that is kept", |it| {
        it.mission.late_evidence().len() == 1
    })
    .told();
}

/// D16. Thirteen writes were acknowledged one after another and six were there; of two writers who
/// changed different fields of one record one was lost. Each acknowledged record is in the state
/// right after it, and changes of different fields both stand, in either order. (That no write of
/// many processes is lost, and that none is acknowledged before it is durable, is tested in
/// `processes` and `crash` of the command line.)
// spec: ACK-1
#[test]
fn each_record_that_was_acknowledged_is_there() {
    let mut world = World::new().tasks(&["t"]);
    let first = world.mission.head().next();
    for n in 1..=13 {
        let found = FindingRecorded {
            task: Some(task("t")),
            title: format!("finding {n}"),
            body: String::new(),
        };
        world.accepts(&lead(), Command::RecordFinding(found));
    }
    let last = world.mission.head();
    let mut urgent = Amendment::default();
    urgent.priority = Some(0);
    let mut named = Amendment::default();
    named.title = Some("the same by another name".to_owned());
    let amend = |amendment: &Amendment| correct("t", Change::Amend(Box::new(amendment.clone())));
    let mut other = world.clone();
    for amendment in [&urgent, &named] {
        world.accepts(&lead(), amend(amendment));
    }
    for amendment in [&named, &urgent] {
        other.accepts(&Actor::Host, amend(amendment));
    }
    let both = |it: &World| (it.view("t").priority(), it.view("t").title().to_owned());
    assert_eq!(both(&world), both(&other));

    Story::of(
        "D16-lost-writes",
        "thirteen writes are acknowledged and six are there",
        &world,
    )
    .never_from(first, "fewer findings than were acknowledged", |it| {
        let kept = it.view("t").map_or(0, |view| view.findings().len());
        kept as u64 != it.seq.0.min(last.0) - first.0 + 1
    })
    .shows(last.next().next(), "both changes", |it| {
        let view = it.view("t").unwrap();
        view.priority() == Some(0) && view.title() == "the same by another name"
    })
    .told();
}

/// D19. Results that had been read and acted on came back as late duplicates once the context of
/// the lead had been compacted, and each was weighed anew. The same record again changes nothing;
/// the same handoff as a new record is known by its attempt and kept as a duplicate; and a receipt
/// says which results were read.
// spec: IDEM-1, FENCE-1, FENCE-2
#[test]
fn a_result_that_comes_twice_counts_once() {
    let mut world = World::new().agents(&["a"]).tasks(&["t"]);
    let done = world.finish("t", "a");
    let read = world.pass(5).accepts(&lead(), receipt(&[done]));
    world.changes_nothing(&lead(), receipt(&[done]));
    let mut redelivered = world.clone();
    let delivered = redelivered
        .records
        .iter()
        .find(|it| it.seq() == done)
        .unwrap()
        .clone();
    redelivered.mission.apply(&delivered);
    let code = redelivered.mission.anomalies().last().map(|it| it.code);
    assert_eq!(code, Some(Code::DuplicateRecord));
    assert_eq!(redelivered.view("t").since(), world.view("t").since());

    let again = || Command::Handoff(handoff("t", 1, "a", HandoffStatus::Done));
    for _ in 0..3 {
        world
            .pass(1)
            .late(&by("a"), again(), Code::DuplicateTerminal);
    }

    Story::of(
        "D19-late-duplicates",
        "results that were read come back as new",
        &world,
    )
    .never_from(read, "a result is unread", |it| {
        it.mission
            .obstacles()
            .iter()
            .any(|it| it.kind == ObstacleKind::Result)
    })
    .never_from(done, "the task ended anew", |it| {
        it.view("t").is_none_or(|view| view.since().seq != done)
    })
    .shows(done, "a result that nobody has read", |it| {
        it.has_cause(Cause::ResultUnread, None)
    })
    .told();
}

/// D30. A child was done and listed as such, and for an hour its parent waited for it a hundred and
/// twenty times and nudged it ninety-three times. A wait looks at the state, so it ends at once when
/// the task is done (tested in `wait` of the command line, which writes nothing); a second dispatch
/// is told by which record it is done, and a nudge moves nothing.
// spec: CORRECT-2, NOTE-1, COMPLETE-3
#[test]
fn who_asks_for_a_task_that_is_done_is_told_so() {
    let mut world = World::new().agents(&["child", "parent"]).tasks(&["t"]);
    let done = world.finish("t", "child");
    world.pass(125);
    let refused = world.rejects(&lead(), dispatch("t", "child"), Code::DispatchAfterSuccess);
    assert_eq!(refused.because.first().map(|fact| fact.seq), Some(done));
    for _ in 0..3 {
        let nudge = message("agent:parent", "agent:child", MessageClass::Fyi, "go on");
        world
            .pass(1)
            .accepts(&by("parent"), Command::Send(about("t", nudge)));
    }
    let begins = started(1, "t", &agent("child"));
    world.late(&by("child"), begins, Code::ActivityAfterCompletion);

    Story::of(
        "D30-lost-wake-up",
        "a parent waits for a child that is done",
        &world,
    )
    .later(done, 125)
    .never_from(done, "the task is not done", |it| !it.is_done("t"))
    .never_from(done, "somebody is at work or to be waited for", |it| {
        it.is_at_work("t") || it.waits_for("agent:child")
    })
    .told();
}
