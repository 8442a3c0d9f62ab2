//! What is diagnosed, situation by situation: causes, rings with their steps and victims, and what
//! the verdict means. Reviewed as one text.

mod ends;
mod fixes;
mod rings;
mod work;

use std::fmt::Write as _;

use orch_core::diagnosis::Blocker;
use orch_core::event::talk::{Message, MessageClass, WaitDeclared, WaitRef};

use crate::support::*;

/// A sentence, and the mission that it is about.
type Situation = (&'static str, World);

fn listed<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|it| it.to_string()).collect();
    items.join(" ")
}

fn told(page: &mut String, found: &Blocker) {
    let task = found.task.as_ref().map_or("-", |task| task.as_str());
    let (on, because) = (listed(&found.on), listed(&found.because));
    writeln!(
        page,
        "  {} {task} [{on}], since {} [{because}], next {}, {}: {}; until {}",
        found.cause, found.since.seq, found.next, found.confidence, found.detail, found.clears
    )
    .unwrap();
    for step in &found.ring {
        writeln!(
            page,
            "    {} {} {}, {}",
            step.who, step.kind, step.on, step.since
        )
        .unwrap();
    }
    if !found.victims.is_empty() {
        writeln!(page, "    behind it {}", listed(&found.victims)).unwrap();
    }
}

fn page(situations: Vec<Situation>) -> String {
    let mut page = String::new();
    for (what, world) in situations {
        let found = world.mission.diagnose(world.now);
        writeln!(page, "# {what}\n{}: {}", found.verdict, found.meaning).unwrap();
        for cause in &found.causes {
            told(&mut page, cause);
        }
        // A ring is one, wherever it is asked for.
        let rings = found.causes.iter().filter(|it| !it.ring.is_empty());
        let rings: Vec<_> = rings.map(|it| it.ring.clone()).collect();
        let listed = world.mission.rings(world.now);
        assert_eq!(listed.len(), rings.len(), "{what}");
        assert!(listed.iter().all(|ring| rings.contains(ring)), "{what}");
    }
    page
}

pub(crate) fn waits(who: &str, on: &str) -> WaitDeclared {
    WaitDeclared {
        who: WaitRef::parse(who).unwrap(),
        on: WaitRef::parse(on).unwrap(),
        until: None,
    }
}

fn asks(about: Option<&str>, from: &str, to: &str) -> Message {
    Message {
        task: about.map(task),
        ..message(from, to, MessageClass::Question, "which one?")
    }
}
