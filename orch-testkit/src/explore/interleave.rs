//! All orders of a story: each actor keeps to its script, and nobody waits for anybody.
//!
//! Whatever is refused is not written, and its actor goes on with the next step, as a program does
//! that does not look at the answer. Once each, a step is left out, asked for twice, or comes later
//! than the one after it.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::command::Command;
use orch_core::decide::Decision;
use orch_core::party::Actor;

use super::project::Key;
use super::stand::Stand;
use super::symbol::{Act, Symbol};
use crate::invariants::{self, Coverage, LogClass, check_step_counted};
use crate::world::World;

/// What one actor does, in its order.
pub type Script = Vec<Symbol>;

/// A step of a script: somebody asks for a command.
pub fn asks(by: &Actor, command: Command) -> Symbol {
    Symbol::new(by, command)
}

/// A step of a script: the next clock runs out, and the host asks for a `tick`.
pub fn time_passes() -> Symbol {
    Symbol {
        by: Actor::Host,
        act: Act::TimePasses,
    }
}

/// What all orders of a story come to.
#[derive(Debug, Default)]
pub struct Endings {
    /// How many orders there are, those with a step left out, doubled or late included.
    pub orders: u64,
    /// The final states, in words.
    pub ends: BTreeSet<String>,
    /// What did not hold on the way.
    pub breaches: Vec<String>,
    /// How often each invariant had something to look at.
    pub coverage: Coverage,
}

/// Tells a story in every order, and with every single mishap; says each final state with `tell`.
pub fn endings(start: &World, scripts: &[Script], tell: impl Fn(&World) -> String) -> Endings {
    let mut endings = Endings::default();
    for scripts in mishaps(scripts) {
        endings.orders += n_orders(&scripts);
        let root = Stand::of(start.records.clone(), start.now);
        let mut layer = BTreeMap::from([((vec![0; scripts.len()], Key::of_stand(&root)), root)]);
        // Orders that have led to the same state with the same steps to come go on as one.
        for _ in 0..scripts.iter().map(Vec::len).sum() {
            let mut next = BTreeMap::new();
            for ((places, _), stand) in &layer {
                for (actor, script) in scripts.iter().enumerate() {
                    let Some(symbol) = script.get(places[actor]) else {
                        continue;
                    };
                    let after = endings.take(stand, symbol);
                    let mut places = places.clone();
                    places[actor] += 1;
                    next.insert((places, Key::of_stand(&after)), after);
                }
            }
            layer = next;
        }
        endings
            .ends
            .extend(layer.values().map(|stand| tell(&stand.world)));
    }
    endings
}

impl Endings {
    /// Asks for one step; nothing happens where it is refused.
    fn take(&mut self, stand: &Stand, symbol: &Symbol) -> Stand {
        let mut after = stand.clone();
        let Some(asked) = symbol.ask(&stand.world) else {
            return after;
        };
        after.world.now = asked.context.now;
        let answer = stand.world.mission.decide(&asked.command, &asked.context);
        let Ok(Decision::Accepted { events, .. } | Decision::Late { events, .. }) = answer else {
            return after;
        };
        for record in after.world.sealed(&asked.context.actor, events) {
            let past = after.ghost.clone();
            let before = after.world.mission.clone();
            let applied = after.take(record.clone());
            let step = invariants::Step {
                record: &record,
                before: &before,
                after: &after.world.mission,
                applied,
                past: &past,
                ghost: &after.ghost,
                now: after.world.now,
                class: LogClass::Decided,
            };
            let found = check_step_counted(&step, &mut self.coverage);
            self.breaches.extend(found.iter().map(ToString::to_string));
        }
        after
    }
}

/// The scripts as they are, and with each step left out, doubled, or behind the one after it.
fn mishaps(scripts: &[Script]) -> Vec<Vec<Script>> {
    let mut all = vec![scripts.to_vec()];
    for (actor, script) in scripts.iter().enumerate() {
        let mut with = |change: &dyn Fn(&mut Script)| {
            let mut changed = scripts.to_vec();
            change(&mut changed[actor]);
            all.push(changed);
        };
        for at in 0..script.len() {
            with(&|script| drop(script.remove(at)));
            with(&|script| script.insert(at, script[at].clone()));
            if at + 1 < script.len() {
                with(&|script| script.swap(at, at + 1));
            }
        }
    }
    all
}

/// In how many orders the scripts can be told: the multinomial coefficient of their lengths.
fn n_orders(scripts: &[Script]) -> u64 {
    let (mut orders, mut total) = (1_u64, 0_u64);
    for script in scripts {
        for step in 1..=script.len() as u64 {
            total += 1;
            orders = orders * total / step;
        }
    }
    orders
}
