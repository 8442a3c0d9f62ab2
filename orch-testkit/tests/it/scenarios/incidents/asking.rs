//! Questions that nobody saw: D26.

use crate::scenarios::words::*;

/// D26. A task needed an answer, and a handler went on to publish that it was working: the client
/// gave up, and elsewhere the agent made the answer up. An open question is shown, with whom it
/// waits for; that its clock ran out is a record of its own; and work that goes on without the
/// answer is refused, or marked where it happened.
// spec: NOTE-1, TIME-3
#[test]
fn a_task_that_needs_an_answer_is_not_shown_as_working() {
    let mut world = World::with(|policy| policy.clocks.reply_ms = Some(Millis::minutes(5)))
        .agents(&["a"])
        .tasks(&["t"]);
    world.start("t", "a");
    let question = message(
        "agent:a",
        "human:bob",
        MessageClass::Question,
        "which region?",
    );
    let asked = world
        .pass(1)
        .accepts(&by("a"), Command::Send(about("t", question)));
    let tick = world.pass(5).accepts(&Actor::Host, Command::Tick);
    let guess = Command::Progress(progress("t", 1, "a"));
    world.forbids(&by("a"), guess, Code::ProceededWithoutAnswer);
    let code = Code::ProceededWithoutAnswer;
    world
        .pass(60)
        .imposes(&by("a"), progress("t", 1, "a"), code);
    let guessed = world.mission.head();
    let answer = message("human:bob", "agent:a", MessageClass::Fyi, "the nearest");
    let answer = reply(asked, about("t", answer));
    let answered = world.accepts(&human("bob"), Command::Send(answer));

    Story::of(
        "D26-needs-input",
        "a task needs an answer and nobody is told",
        &world,
    )
    .later(asked, 2)
    .never_from(asked, "it works", |it| {
        it.seq < answered && it.has_cause(Cause::InProgress, Some("t"))
    })
    .shows(asked, "who has to answer", |it| it.waits_for("human:bob"))
    .shows(tick, "that the lead has to see to it", |it| {
        it.waits_for("lead")
    })
    .shows(guessed, "that the agent guessed", |it| {
        it.mission
            .anomalies()
            .last()
            .is_some_and(|it| it.code == code)
    })
    .shows(answered, "work that goes on", |it| {
        it.has_cause(Cause::InProgress, Some("t"))
    })
    .told();
}
