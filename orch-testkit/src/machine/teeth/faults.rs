//! A fault for each law that none of the twenty mutants breaks.

use std::collections::BTreeMap;

use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::ids::{AttemptNo, TaskId};
use orch_core::record::Record;

use super::Sabotaged;
use super::folds::{absent_minded, curious, gullible, inventive, late_riser, superstitious};
use crate::invariants::Apply;
use crate::machine::claims::Claims;
use crate::machine::under_test::{Ask, Core, InProcess, MachineUnderTest, Reply, Subject};
use crate::oracle::{Facts, GateFacts};
use crate::sabotage::{Fault, Sabotage};

/// A machine with one fault.
#[derive(Debug, Clone, Copy)]
pub struct Wrong {
    /// The law that it must break.
    pub law: &'static str,
    /// What is wrong with it.
    pub text: &'static str,
    /// Makes it.
    pub make: fn() -> Box<dyn Subject>,
}

/// The laws that no machine can break, each with the reason.
pub const UNBREAKABLE: &[(&str, &str)] = &[
    (
        "ALWAYS_NEXT",
        "it asks a mission whom it names next: whatever was folded wrongly, the diagnosis of what is there is orch's own. That it can fail is shown by a lie about the diagnosis, among the tests of the invariants",
    ),
    (
        "STUCK_MONOTONE",
        "it asks a mission for its verdict at two times, which no record comes between; shown by a lie as well",
    ),
];

const fn wrong(law: &'static str, text: &'static str, make: fn() -> Box<dyn Subject>) -> Wrong {
    Wrong { law, text, make }
}

/// A fault for each of the other laws.
#[rustfmt::skip]
pub const FAULTS: &[Wrong] = &[
    wrong("MONOTONE_KNOWLEDGE", "forgets agents once they have left", || tells(forgets_who_left)),
    wrong("ATTEMPT_MONOTONE", "numbers attempts in twos", || tells(counts_in_twos)),
    wrong("NO_SELF_APPROVAL", "takes the word of whoever did the work", || tells(believes_authors)),
    wrong("WAIVER_EXPLICIT", "lets anybody waive a gate", || tells(lets_anybody_waive)),
    wrong("REBIND_CONVERGES", "leaves a task with its old owner when it is rebound", || tells(deaf_to_rebinds)),
    wrong("DEP_FAILURE_VISIBLE", "takes a need that was given up for one that is met", || tells(serves_the_failed)),
    wrong("NO_CLOCK", "hands nothing out before nine o'clock", || folds(late_riser)),
    wrong("DETERMINISTIC", "forgets every seventh record that it is ever given", || folds(absent_minded)),
    wrong("DUP_NOOP", "takes a record that comes again for a new one", || folds(gullible)),
    wrong("UNKNOWN_KEPT", "takes a record that it does not know for a task", || folds(inventive)),
    wrong("INDEPENDENT_COMMUTE", "hands nothing out at an even position", || folds(superstitious)),
    wrong("ISOLATION", "takes the records of all missions for its own", || folds(curious)),
    wrong("FOLD_SPLIT", "writes down nothing in a snapshot", || Box::new(InProcess::<Amnesiac>::new())),
    wrong("DECIDE_APPLY", "accepts whatever it is asked", || Box::new(InProcess::<Obliging>::new())),
    wrong("TOTAL", "panics over a record of a kind that it has not thought of", || Box::new(InProcess::<Nervous>::new())),
];

fn tells(tells: fn(&[Record], &[Facts]) -> Facts) -> Box<dyn Subject> {
    sabotaged(Fault::Tells(tells))
}

fn folds(apply: Apply) -> Box<dyn Subject> {
    sabotaged(Fault::Folds(apply))
}

fn sabotaged(fault: Fault) -> Box<dyn Subject> {
    Box::new(Sabotaged::new(Sabotage {
        number: 0,
        text: "a fault of its own",
        seen_in: "",
        fault,
    }))
}

fn newest(told: &[Facts]) -> Facts {
    told.last().cloned().unwrap_or_default()
}

fn forgets_who_left(_: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    facts.agents.retain(|_, status| status != "left");
    facts
}

fn counts_in_twos(_: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    for task in facts.tasks.values_mut() {
        let attempts = std::mem::take(&mut task.attempts).into_iter();
        task.attempts = attempts.map(|(n, it)| (AttemptNo(n.0 * 2), it)).collect();
    }
    facts
}

/// The gate that a record decides, if it is the last record.
fn decided<'a>(
    log: &'a [Record],
    facts: &'a mut Facts,
) -> Option<(&'a GateDecided, &'a mut GateFacts)> {
    let Event::GateDecided(data) = log.last()?.event() else {
        return None;
    };
    let gates = &mut facts.tasks.get_mut(&data.task)?.gates;
    Some((data, gates.get_mut(&data.gate)?))
}

fn believes_authors(log: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    if let Some((data, gate)) = decided(log, &mut facts)
        && data.verdict == Verdict::Approved
    {
        "approved".clone_into(&mut gate.status);
    }
    facts
}

fn lets_anybody_waive(log: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    if let Some((data, gate)) = decided(log, &mut facts)
        && data.verdict == Verdict::Waived
    {
        "waived".clone_into(&mut gate.status);
    }
    facts
}

fn deaf_to_rebinds(log: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    let Some(Event::Correction(data)) = log.last().map(Record::event) else {
        return facts;
    };
    let before = told.iter().rev().nth(1);
    let old = before.and_then(|it| it.tasks.get(&data.task));
    if let (Change::Rebind { .. }, Some(old)) = (&data.change, old) {
        facts.tasks.insert(data.task.clone(), old.clone());
    }
    facts
}

fn serves_the_failed(_: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    let statuses: BTreeMap<TaskId, String> = facts
        .tasks
        .iter()
        .map(|(id, task)| (id.clone(), task.status.clone()))
        .collect();
    let is_over = |id: &TaskId| {
        let status = statuses.get(id).map(String::as_str);
        matches!(
            status,
            Some("failed" | "exhausted" | "skipped" | "cancelled")
        )
    };
    for task in facts.tasks.values_mut() {
        for (need, is_met) in &mut task.needs {
            *is_met |= is_over(need);
        }
        task.ready |= task.status == "open" && task.needs.values().all(|met| *met);
    }
    facts
}

/// Declares a machine that is the fold of orch but for some functions.
macro_rules! core_but {
    ($(#[$doc:meta])* $name:ident $($function:item)*) => {
        $(#[$doc])*
        #[derive(Debug)]
        struct $name(Core);

        impl MachineUnderTest for $name {
            fn claims() -> Claims {
                Core::claims()
            }

            fn new() -> Self {
                Self(Core::new())
            }

            $($function)*
        }
    };
}

core_but! {
    /// Keeps nothing in a snapshot.
    Amnesiac

    fn apply(&mut self, record: &Record) -> Facts {
        self.0.apply(record)
    }

    fn decide(&self, ask: &Ask<'_>) -> Option<Reply> {
        self.0.decide(ask)
    }

    fn snapshot(&self) -> Option<String> {
        Some(String::new())
    }

    fn restore(_: &str) -> Option<Self> {
        Some(Self::new())
    }
}

core_but! {
    /// Accepts everything.
    Obliging

    fn apply(&mut self, record: &Record) -> Facts {
        self.0.apply(record)
    }

    fn decide(&self, _: &Ask<'_>) -> Option<Reply> {
        Some(Reply::Accepted)
    }

    fn snapshot(&self) -> Option<String> {
        self.0.snapshot()
    }

    fn restore(snapshot: &str) -> Option<Self> {
        Core::restore(snapshot).map(Self)
    }
}

core_but! {
    /// Panics over inventories.
    Nervous

    fn apply(&mut self, record: &Record) -> Facts {
        assert!(!matches!(record.event(), Event::Inventory(_)), "nobody told me of inventories");
        self.0.apply(record)
    }

    fn decide(&self, ask: &Ask<'_>) -> Option<Reply> {
        self.0.decide(ask)
    }

    fn snapshot(&self) -> Option<String> {
        self.0.snapshot()
    }

    fn restore(snapshot: &str) -> Option<Self> {
        Core::restore(snapshot).map(Self)
    }
}
