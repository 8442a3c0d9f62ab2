//! Every refusal, and every reason why a report comes too late: the shortest log that was found for it.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::corpus::staged;
use crate::explore::Tier;
use crate::explore::alphabet::alphabet;
use crate::strategy;
use crate::vectors::told;
use crate::world::World;

/// How many missions are drawn to put commands to.
const DRAWN: usize = 250;

/// A command that is not carried out.
#[derive(Debug, Serialize)]
pub struct Refusal {
    /// What is answered: `rejected`, or `late` for what becomes evidence.
    pub answer: &'static str,
    /// Why, by code.
    pub code: String,
    /// The rule.
    pub rule: &'static str,
    /// Who asks.
    by: String,
    /// When.
    now: String,
    /// For what, as `orch do` takes it.
    command: Command,
    /// The log before, each record byte for byte.
    records: Vec<Box<RawValue>>,
}

/// What was asked in a mission.
#[derive(Debug, Clone)]
struct Asked {
    log: Vec<Record>,
    by: Actor,
    now: DateTime<Utc>,
    command: Command,
}

impl Asked {
    /// The answer and its code, if it is not carried out.
    fn answer(&self) -> Option<(&'static str, orch_core::codes::Code)> {
        let context = Context::new(self.by.clone(), self.now);
        match Mission::fold(&self.log).decide(&self.command, &context) {
            Err(rejection) => Some(("rejected", rejection.code)),
            Ok(Decision::Late { code, .. }) => Some(("late", code)),
            Ok(_) => None,
        }
    }

    /// Leaves out records as long as the answer stays.
    fn cut(mut self) -> Self {
        let answer = self.answer();
        let mut at = self.log.len();
        while at > 0 {
            at -= 1;
            let mut shorter = self.clone();
            let kept = self.log.iter().enumerate().filter(|(n, _)| *n != at);
            let kept = kept.zip(1..).filter_map(|((_, record), seq)| {
                let mut envelope = record.envelope().clone();
                envelope.seq = orch_core::ids::Seq(seq);
                Record::seal(envelope, record.event().clone()).ok()
            });
            shorter.log = kept.collect();
            // A log that was clean stays so: only then it is one that could be decided on.
            let is_clean = |log: &[Record]| Mission::fold(log).anomalies().is_empty();
            if shorter.answer() == answer && (is_clean(&shorter.log) || !is_clean(&self.log)) {
                self = shorter;
            }
        }
        self
    }
}

/// The first for each answer and code, cut down.
pub(super) fn find() -> Vec<Refusal> {
    let mut found: BTreeMap<(&'static str, &'static str), Asked> = BTreeMap::new();
    let mut ask = |world: &World, by: &Actor, command: &Command| {
        let context = Context::new(by.clone(), world.now);
        let key = match world.mission.decide(command, &context) {
            Err(rejection) => ("rejected", rejection.code.as_str()),
            Ok(Decision::Late { code, .. }) => ("late", code.as_str()),
            Ok(_) => return,
        };
        let is_shorter = found
            .get(&key)
            .is_none_or(|it| world.records.len() < it.log.len());
        if is_shorter {
            let asked = Asked {
                log: world.records.clone(),
                by: by.clone(),
                now: world.now,
                command: command.clone(),
            };
            found.insert(key, asked);
        }
    };
    for scope in Tier::Fast.scopes(0) {
        for symbol in alphabet(&scope) {
            for root in &scope.roots {
                if let Some(asked) = symbol.ask(&root.world) {
                    let mut world = root.world.clone();
                    world.now = asked.context.now;
                    ask(&world, &asked.context.actor, &asked.command);
                }
            }
        }
    }
    for (world, by, command) in told::questions() {
        ask(&world, &by, &command);
    }
    let mut runner = TestRunner::deterministic();
    let commands = strategy::commands(60);
    for n in 0..DRAWN {
        let policy = strategy::policies()
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let mut world = if n % 4 == 0 {
            World::unopened()
        } else {
            staged(policy)
        };
        for step in commands.new_tree(&mut runner).unwrap().current() {
            world.now += TimeDelta::seconds(step.seconds);
            ask(&world, &step.by, &step.what);
            world.ask(&step.by, &step.what);
        }
    }
    found.into_values().filter_map(refusal).collect()
}

fn refusal(asked: Asked) -> Option<Refusal> {
    let asked = asked.cut();
    let (answer, code) = asked.answer()?;
    let raw = |record: &Record| RawValue::from_string(record.as_line().to_owned()).ok();
    Some(Refusal {
        answer,
        code: code.to_string(),
        rule: code.rule(),
        by: asked.by.to_string(),
        now: asked.now.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        records: asked.log.iter().filter_map(raw).collect(),
        command: asked.command,
    })
}
