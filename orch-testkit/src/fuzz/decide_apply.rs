//! Deciding and applying agree, on every command put to every mission.

use orch_core::decide::{Context, Decision};
use orch_core::party::Actor;

use super::{drawn, split_byte};
use crate::corpus::staged;
use crate::fuzz::fold::shown;
use crate::invariants::{self, Asked, Coverage, LogClass};
use crate::strategy;

/// The most commands that are made of bytes.
const LONG: usize = 24;

/// Makes commands of bytes and puts them to a mission one after another; holds every answer against
/// the laws of answers, what is offered instead included, and now and then the log against all.
// spec: DECIDE-1, DECIDE-2, DECIDE-3
pub fn decide_apply(bytes: &[u8]) {
    let (kind, bytes) = split_byte(bytes);
    let (n_imposed, bytes) = split_byte(bytes);
    let mut world = staged(drawn(strategy::policies(), &[kind], 1).remove(0));
    let n_imposed = usize::from(n_imposed % 16) * 4;
    let (imposed, asked) = bytes.split_at(n_imposed.min(bytes.len()));
    let imposed = drawn(strategy::event(), imposed, LONG);
    strategy::impose(&mut world, &imposed);
    let class = if imposed.is_empty() {
        LogClass::Decided
    } else {
        LogClass::Any
    };
    let commands = drawn(strategy::command(), asked, LONG);
    let mut coverage = Coverage::default();
    for step in &commands {
        world.now += chrono::TimeDelta::seconds(step.seconds);
        let context = Context::new(step.by.clone(), world.now);
        let answer = world.mission.decide(&step.what, &context);
        let found = invariants::check_decision(
            &Asked {
                mission: &world.mission,
                command: &step.what,
                context: &context,
                answer: &answer,
            },
            &mut coverage,
        );
        assert!(found.is_empty(), "{found:#?}\n{}", shown(&world.records));
        for offer in answer.as_ref().err().into_iter().flat_map(|it| &it.instead) {
            let taken = world.mission.decide(offer, &context);
            assert!(
                matches!(taken, Ok(Decision::Accepted { .. })),
                "{offer:?} is offered: {taken:?}\n{}",
                shown(&world.records)
            );
        }
        world.ask(&step.by, &step.what);
    }
    let context = Context::new(Actor::Host, world.now);
    for command in world.mission.legal(&context) {
        let answer = world.mission.decide(&command, &context);
        assert!(
            matches!(answer, Ok(Decision::Accepted { .. })),
            "{command:?} is legal: {answer:?}\n{}",
            shown(&world.records)
        );
    }
    // All invariants at every record take a hundred times as long as the commands did.
    if kind >= 240 {
        let found = invariants::assert_trace(&world.records, class).err();
        assert!(found.is_none(), "{found:#?}\n{}", shown(&world.records));
    }
}
