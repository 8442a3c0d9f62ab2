//! Independent records commute: what touches other tasks and agents may come in either order.

use orch_core::event::Event;
use orch_core::policy::Policy;
use proptest::prelude::*;

use crate::support::*;
use orch_testkit::strategy::{Step, events, impose};

/// Gives an event another task, another agent, and no reference to anything else.
fn confined(event: Event, id: &str, who: &str) -> Option<Event> {
    let (id, by) = (task(id), agent(who));
    Some(match event {
        Event::Dispatched(mut it) => {
            (it.task, it.agent) = (id, by);
            it.into()
        }
        Event::AttemptStarted(mut it) => {
            (it.task, it.agent) = (id, by);
            it.into()
        }
        Event::Progress(mut it) => {
            (it.task, it.agent) = (id, by);
            it.into()
        }
        Event::Heartbeat(mut it) => {
            (it.task, it.agent) = (id, by);
            it.into()
        }
        Event::Handoff(mut it) => {
            (it.task, it.agent) = (id, by);
            it.into()
        }
        Event::AttemptEnded(mut it) => {
            (it.task, it.agent) = (id, by);
            it.into()
        }
        Event::TaskClosed(mut it) => {
            it.task = id;
            it.into()
        }
        Event::TaskDelivered(mut it) => {
            it.task = id;
            it.into()
        }
        Event::Shutdown(mut it) => {
            it.agent = by;
            it.into()
        }
        _ => return None,
    })
}

/// What the mission says about one task and one agent, positions left out.
fn about(world: &World, id: &str, who: &str) -> String {
    let view = world.view(id);
    let attempts: Vec<_> = view
        .attempts()
        .map(|it| (it.number(), it.agent(), it.status()))
        .collect();
    let mut codes: Vec<_> = world
        .mission
        .anomalies()
        .iter()
        .filter(|it| it.task.as_ref() == Some(&task(id)))
        .map(|it| it.code)
        .collect();
    codes.sort();
    let agent = world.mission.agent(&agent(who)).map(|it| it.status());
    format!(
        "{} {:?} {attempts:?} {:?} {codes:?} {agent:?}",
        view.status(),
        view.owner(),
        view.counters()
    )
}

proptest! {
    #[test]
    fn records_about_other_tasks_and_agents_come_in_either_order(
        one in prop::collection::vec(events(), 0..12),
        other in prop::collection::vec(events(), 0..12),
        order in prop::collection::vec(any::<bool>(), 24),
    ) {
        let confine = |events: Vec<Event>, id: &str, who: &str| -> Vec<Step<Event>> {
            let events = events.into_iter().filter_map(|event| confined(event, id, who));
            events.map(|what| Step { by: import(), seconds: 0, what }).collect()
        };
        let (one, other) = (confine(one, "t1", "a"), confine(other, "t2", "b"));
        let start = || World::with_policy(Policy::unlimited()).agents(&["a", "b"]).tasks(&["t1", "t2"]);

        let mut apart = start();
        impose(&mut apart, &one);
        impose(&mut apart, &other);

        let mut mixed = start();
        let (mut left, mut right) = (one.iter(), other.iter());
        for first in order.into_iter().chain([true; 12]).chain([false; 12]) {
            let next = if first { left.next() } else { right.next() };
            impose(&mut mixed, next.map(std::slice::from_ref).unwrap_or_default());
        }

        prop_assert_eq!(about(&mixed, "t1", "a"), about(&apart, "t1", "a"));
        prop_assert_eq!(about(&mixed, "t2", "b"), about(&apart, "t2", "b"));
    }
}
