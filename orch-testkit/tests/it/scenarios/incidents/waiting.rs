//! Rings of waiting: D17 and D20.

use crate::scenarios::words::*;

/// Two agents at work, and others who have nothing to do with it yet.
fn at_work(others: &[&str]) -> World {
    let mut world = World::new()
        .agents(&["a", "b"])
        .agents(others)
        .tasks(&["ta", "tb"]);
    world.start("ta", "a");
    world.start("tb", "b");
    world
}

/// Whether the mission is deadlocked by a ring of these steps, in their order.
fn is_ring(it: &Glance, cause: Cause, steps: &[&str]) -> bool {
    let named = it.causes().into_iter().find(|one| one.cause == cause);
    let ring = named.map_or_else(Vec::new, |one| one.ring);
    let ring: Vec<String> = ring
        .iter()
        .map(|step| format!("{} {} {}", step.who, step.kind, step.on))
        .collect();
    it.verdict() == Moves::Deadlocked && ring == steps
}

/// D17. Two agents each waited for a message from the other until both gave up, and were shown as
/// running all the while; a third waited for one of them. The ring is there at the record that
/// closes it, without a clock, and the third is not in it.
// spec: DEP-3
#[test]
fn two_agents_that_wait_for_each_other_are_deadlocked() {
    let mut world = at_work(&["c"]);
    world.accepts(&by("c"), Command::Wait(waits("agent:c", "agent:b")));
    let open = world.accepts(&by("a"), Command::Wait(waits("agent:a", "agent:b")));
    let closing = world.accepts(&by("b"), Command::Wait(waits("agent:b", "agent:a")));
    let told = message("agent:b", "agent:a", MessageClass::Fyi, "here it is");
    let broken = world.pass(45).accepts(&by("b"), Command::Send(told));

    Story::of("D17-wait-ring", "two agents wait for each other", &world)
        .later(closing, 30)
        .never_from(closing, "somebody is at work", |it| {
            it.seq < broken && it.has_cause(Cause::InProgress, None)
        })
        .shows(open, "no ring yet", |it| it.verdict() != Moves::Deadlocked)
        .shows(closing, "a ring of two", |it| {
            let ring = ["agent:a wait agent:b", "agent:b wait agent:a"];
            is_ring(it, Cause::WaitCycle, &ring)
        })
        .shows(closing, "the third as a victim, and no member", |it| {
            let c = WaitRef::parse("agent:c").unwrap();
            let mut causes = it.causes().into_iter();
            causes.any(|one| one.victims.contains(&c) && one.ring.iter().all(|it| it.who != c))
        })
        .shows(broken, "no ring once one has heard from the other", |it| {
            it.verdict() == Moves::Moving
        })
        .told();
}

/// D17, with edges of several kinds: an agent waits for a job, whose worker has asked that agent
/// something; and two agents hold a file each and want the other's.
// spec: DEP-3
#[test]
fn a_ring_of_waits_may_lead_over_jobs_questions_and_locks() {
    let mut world = at_work(&[]);
    world.accepts(&by("a"), Command::Wait(waits("agent:a", "job:build")));
    world.accepts(&Actor::Host, Command::Wait(waits("job:build", "agent:b")));
    let question = message(
        "agent:b",
        "agent:a",
        MessageClass::Question,
        "which target?",
    );
    let asked = world.accepts(&by("b"), Command::Send(about("tb", question)));
    Story::of(
        "D17b-mixed-ring",
        "a job waits for an answer of whoever waits for the job",
        &world,
    )
    .never_from(asked, "somebody is at work", |it| {
        it.has_cause(Cause::InProgress, None)
    })
    .shows(asked, "a ring over a task, two agents and a job", |it| {
        let ring = [
            "task:tb answer agent:a",
            "agent:a wait job:build",
            "job:build wait agent:b",
            "agent:b work task:tb",
        ];
        is_ring(it, Cause::WaitCycle, &ring)
    })
    .told();

    let mut world = at_work(&[]);
    for (lock, holder) in [("lock:f1", "agent:a"), ("lock:f2", "agent:b")] {
        world.accepts(&Actor::Host, Command::Wait(waits(lock, holder)));
    }
    world.accepts(&by("a"), Command::Wait(waits("agent:a", "lock:f2")));
    let closing = world.accepts(&by("b"), Command::Wait(waits("agent:b", "lock:f1")));
    Story::of(
        "D17c-lock-ring",
        "two agents hold a file each and want the other's",
        &world,
    )
    .never_from(closing, "somebody is at work", |it| {
        it.has_cause(Cause::InProgress, None)
    })
    .shows(closing, "a ring over two locks", |it| {
        let ring = [
            "agent:a wait lock:f2",
            "lock:f2 wait agent:b",
            "agent:b wait lock:f1",
            "lock:f1 wait agent:a",
        ];
        is_ring(it, Cause::WaitCycle, &ring)
    })
    .told();
}

/// D20. A step failed, its second attempt hung, and after a while it was suspended waiting for a
/// result that only itself could give, with its key held; everything behind it queued. A task that
/// waits for itself is stuck at that record, and what queues behind it is held up by it.
// spec: DEP-3
#[test]
fn a_task_that_waits_for_itself_holds_up_all_behind_it() {
    let mut world = World::new()
        .agents(&["w", "x"])
        .tasks(&["step", "q1", "q2"]);
    world.start("step", "w");
    world.hand("step", HandoffStatus::Failed);
    world.pass(1).start("step", "w");
    world.accepts(&Actor::Host, Command::Wait(waits("lock:key", "task:step")));
    for queued in ["task:q1", "task:q2"] {
        world.accepts(&Actor::Host, Command::Wait(waits(queued, "lock:key")));
    }
    world.rejects(&lead(), dispatch("q1", "x"), Code::Held);
    let own = Command::Wait(waits("task:step", "task:step"));
    let closing = world.pass(1).accepts(&by("w"), own);

    Story::of(
        "D20-self-wait",
        "a step waits for a result that only it can give",
        &world,
    )
    .later(closing, 24 * 60)
    .never_from(closing, "the step is at work", |it| {
        it.has_cause(Cause::InProgress, Some("step"))
    })
    .never_from(closing, "what is queued can be handed out", |it| {
        it.is_ready("q1") || it.is_ready("q2")
    })
    .shows(closing, "a wait for itself", |it| {
        is_ring(it, Cause::SelfWait, &["task:step wait task:step"])
    })
    .shows(closing, "those that queue behind it", |it| {
        let mut causes = it.causes().into_iter();
        let queued = ["task:q1", "task:q2"].map(|it| WaitRef::parse(it).unwrap());
        causes.any(|one| queued.iter().all(|it| one.victims.contains(it)))
    })
    .told();
}
