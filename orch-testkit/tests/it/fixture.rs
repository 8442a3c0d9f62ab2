//! Given, when, then: what holds passes, and what does not says what it was.

use std::panic::catch_unwind;

use orch_core::command::Command;
use orch_core::event::Event;
use orch_core::event::attempt::{AttemptEnd, Dispatched, HandoffStatus};
use orch_core::event::clock::ClockKind;
use orch_core::event::mission::MissionOutcome;
use orch_core::ids::AttemptNo;
use orch_testkit::clock::ManualClock;
use orch_testkit::fixture::Fixture;
use orch_testkit::world::{World, agent, close, dispatch, ended, epoch, handoff, started, task};

fn world() -> World {
    let mut world = World::new().agents(&["coder"]).tasks(&["login"]);
    world.declare_after("guide", &["login"]);
    world
}

#[test]
fn a_story_goes_on_from_what_came_of_each_step() {
    let dispatched = Event::from(Dispatched::new(task("login"), AttemptNo(1), agent("coder")));
    let done = handoff("login", 1, "coder", HandoffStatus::Done);
    Fixture::given(&world().records)
        .when("human:ada", dispatch("login", "coder"))
        .then_events(&[dispatched])
        .then_status("login", "dispatched")
        .and_then()
        .when("agent:coder", started(1, "login", &agent("coder")))
        .then_kinds(&["attempt_started"])
        .and_then()
        .when("agent:coder", started(1, "login", &agent("coder")))
        .then_no_change()
        .and_then()
        .when("agent:coder", Command::Handoff(done))
        .then_accepted()
        .then_status("login", "accepted");
}

#[test]
fn what_a_rule_refuses_is_named_by_its_code_or_by_the_rule() {
    let given = || Fixture::given(&world().records);
    let guide = || dispatch("guide", "coder");
    given()
        .when("human:ada", guide())
        .then_rejected("needs_unmet");
    given().when("human:ada", guide()).then_rejected("DEP-3");
    let closed = Fixture::nothing().when("host", close(MissionOutcome::Completed));
    assert!(closed.world().records.is_empty());
}

#[test]
fn what_comes_too_late_and_what_happens_anyway_is_told_apart() {
    let mut world = world();
    world.start("login", "coder");
    let done = || handoff("login", 1, "coder", HandoffStatus::Done);
    let killed = ended("login", 1, "coder", AttemptEnd::Killed);
    Fixture::given(&world.records)
        .when_it_happens("host", killed)
        .then_changed()
        .then_status("login", "open")
        .and_then()
        .when("agent:coder", Command::Handoff(done()))
        .then_late("duplicate_terminal")
        .then_status("login", "open");
    let beyond = Dispatched::new(task("guide"), AttemptNo(1), agent("coder"));
    Fixture::given(&world.records)
        .when_it_happens("human:ada", beyond)
        .then_marked("needs_unmet");
}

#[test]
fn a_clock_that_is_moved_makes_deadlines_pass() {
    let mut world = World::with(|policy| {
        policy.clocks.start_ms = Some(orch_core::policy::Millis::minutes(10));
    })
    .agents(&["coder"])
    .tasks(&["login"]);
    world.dispatch("login", "coder");
    let clock = ManualClock::at(world.now);
    let tick = || {
        Fixture::given(&world.records)
            .at(&clock)
            .when("host", Command::Tick)
    };
    tick().then_no_change();
    clock.set(world.mission.next_deadline().unwrap());
    let late = tick().then_kinds(&["timeout"]);
    let Event::Timeout(ran_out) = late.world().records.last().unwrap().event() else {
        panic!("no timeout")
    };
    assert_eq!(
        (ran_out.clock, ran_out.due > epoch()),
        (ClockKind::Start, true)
    );
}

#[test]
fn a_failure_shows_the_log_the_command_and_what_came_of_it() {
    let wrong: [fn(); 5] = [
        || {
            Fixture::given(&world().records)
                .when("host", dispatch("guide", "coder"))
                .then_accepted();
        },
        || {
            Fixture::given(&world().records)
                .when("host", dispatch("login", "coder"))
                .then_rejected("DEP-3");
        },
        || {
            Fixture::given(&world().records)
                .when("host", dispatch("login", "coder"))
                .then_events(&[]);
        },
        || {
            Fixture::given(&world().records)
                .when("host", dispatch("login", "coder"))
                .then_status("login", "open");
        },
        || {
            Fixture::given(&world().records)
                .when("host", dispatch("login", "coder"))
                .then_no_change();
        },
    ];
    for wrong in wrong {
        let panic = catch_unwind(wrong).unwrap_err();
        let said = panic.downcast_ref::<String>().unwrap();
        assert!(said.contains("1 mission_opened by human:ada"), "{said}");
        assert!(said.contains("when host asks for"), "{said}");
        assert!(said.contains("it was to be "), "{said}");
    }
}
