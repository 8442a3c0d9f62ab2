//! Rings of waiting: D17 and D20.

use crate::scenarios::words::*;

/// D17. Two agents each waited for a message from the other until both gave up, and were shown as
/// running all the while. The ring is there at the record that closes it.
// spec: DEP-3
#[test]
fn two_agents_that_wait_for_each_other_are_deadlocked() {
    let mut world = World::new()
        .agents(&["a", "b", "c"])
        .tasks(&["ta", "tb", "tc"]);
    for (id, who) in [("ta", "a"), ("tb", "b"), ("tc", "c")] {
        world.start(id, who);
    }
    world.accepts(&by("c"), Command::Wait(waits("agent:c", "agent:b")));
    let first = world.accepts(&by("a"), Command::Wait(waits("agent:a", "agent:b")));
    let closing = world.accepts(&by("b"), Command::Wait(waits("agent:b", "agent:a")));

    Story::of("D17-wait-ring", "two agents wait for each other", &world)
        .later(closing, 30)
        .shows(first, "no ring yet", |_| true)
        .told();
}
