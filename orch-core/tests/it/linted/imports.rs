//! What an importer says about its records: gaps, what a snapshot only implies, clocks that lie.

use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::note::Note;
use orch_core::event::task::{Need, TaskDeclared};
use orch_core::record::Record;
use serde_json::{Value, json};

use super::{Situation, imported, page};
use crate::rules::stage::dispatched;
use crate::support::*;

// spec: ID-1, COMPLETE-3, DEP-3, ORDER-1
#[test]
fn what_is_found_in_a_log_that_was_imported() {
    let mut all = of_gaps();
    all.extend(of_snapshots());
    all.extend(of_clocks());
    insta::assert_snapshot!(page(all));
}

/// An attempt that an importer made up, and the report for which it did, as records 4 and 5.
fn made_up(number: u32, implicit: bool, report: impl FnOnce(&mut World)) -> World {
    let mut world = World::unlimited().agents(&["a"]);
    world.happens(
        &import(),
        TaskDeclared {
            implicit,
            ..TaskDeclared::new(task("t1"), "t1")
        },
    );
    world.happens(&import(), dispatched("t1", number, "a"));
    report(&mut world);
    world
}

/// The last two records answer one row of the foreign log, and the first was made up.
fn of_row(what: &'static str, world: &World, own: Option<(usize, Value)>) -> Situation {
    let mut fields = vec![
        (
            4,
            json!({"command": "row-2", "source": {"row": 2, "gaps": ["dispatch"]}}),
        ),
        (5, json!({"command": "row-2", "source": {"row": 2}})),
    ];
    fields.extend(own);
    (what, imported(world, &fields), Vec::new())
}

fn of_gaps() -> Vec<Situation> {
    let hands = |id: &'static str, number, status| {
        move |world: &mut World| {
            world.happens(&by("a"), handoff(id, number, "a", status));
        }
    };
    let done =
        |number, implicit| made_up(number, implicit, hands("t1", number, HandoffStatus::Done));
    let ends = |world: &mut World| {
        world.happens(&by("a"), ended("t1", 1, "a", AttemptEnd::Lost));
    };
    let notes = |world: &mut World| {
        let (task, text) = (Some(task("t1")), "released by nobody".to_owned());
        world.happens(&import(), Note { task, text });
    };
    let another_row = (5, json!({"command": "row-3"}));
    let noted = made_up(1, false, notes);
    let lost = json!({"source": {"row": 3, "gaps": ["dispatch"]}});
    vec![
        of_row(
            "the first attempt at a task was made up for its end",
            &done(1, false),
            None,
        ),
        of_row("the same, and the log begins later", &done(1, true), None),
        of_row(
            "a second attempt at a task was made up for its end",
            &done(2, false),
            None,
        ),
        of_row(
            "an attempt was made up for what another row says",
            &done(1, false),
            Some(another_row),
        ),
        of_row(
            "an attempt was made up for a report on another task",
            &made_up(1, false, hands("t2", 1, HandoffStatus::Done)),
            None,
        ),
        of_row(
            "an attempt was made up for a report on another attempt",
            &made_up(1, false, hands("t1", 2, HandoffStatus::Done)),
            None,
        ),
        of_row(
            "an attempt was made up for a partial result",
            &made_up(1, false, hands("t1", 1, HandoffStatus::Partial)),
            None,
        ),
        of_row(
            "an attempt was made up for its loss",
            &made_up(1, false, ends),
            None,
        ),
        of_row("an attempt was made up for a note", &noted, None),
        (
            "a note names what has no dispatch",
            imported(&noted, &[(5, lost)]),
            Vec::new(),
        ),
    ]
}

/// A snapshot in which `t1` needs `t0`, and both are done; the records of `t1` with these fields.
fn snapshot(own: &Value) -> Vec<Record> {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["t0"]);
    world.happens(
        &import(),
        TaskDeclared {
            needs: vec![Need::accepted(task("t0"))],
            ..TaskDeclared::new(task("t1"), "t1")
        },
    );
    let mut fields = Vec::new();
    for id in ["t0", "t1"] {
        world.happens(&import(), dispatched(id, 1, "a"));
        world.happens(&import(), handoff(id, 1, "a", HandoffStatus::Done));
    }
    let implied = json!({"source": {"reconstructed": true, "gaps": ["start"]}});
    fields.extend([5, 6, 7].map(|seq| (seq, implied.clone())));
    fields.push((6, json!({"at": "2026-11-20T09:00:00Z"})));
    fields.push((8, own.clone()));
    imported(&world, &fields)
}

/// A snapshot of a task that was closed before what it needs, which is open still.
fn early(seqs: &[usize]) -> Vec<Record> {
    early_with(seqs, &json!({"source": {"reconstructed": true}}))
}

fn early_with(seqs: &[usize], implied: &Value) -> Vec<Record> {
    let mut world = World::new().agents(&["a"]).tasks(&["t0"]);
    world.declare_after("t1", &["t0"]);
    world.happens(&import(), dispatched("t1", 1, "a"));
    world.happens(&import(), handoff("t1", 1, "a", HandoffStatus::Done));
    let fields: Vec<(usize, Value)> = seqs.iter().map(|&seq| (seq, implied.clone())).collect();
    imported(&world, &fields)
}

fn of_snapshots() -> Vec<Situation> {
    let at = |minute: u8, source: Value| json!({"at": format!("2026-11-20T09:{minute:02}:00Z"), "source": source});
    let before = json!({"at": "2026-11-20T08:30:00Z", "source": {"reconstructed": true}});
    let undated =
        json!({"at": "2026-11-20T08:30:00Z", "source": {"reconstructed": true, "gaps": ["at"]}});
    let told = json!({"at": "2026-11-20T08:30:00Z", "source": {}});
    let implied = json!({"reconstructed": true});
    vec![
        ("closed before what it needs", snapshot(&before), Vec::new()),
        (
            "closed when what it needs was",
            snapshot(&at(0, implied.clone())),
            Vec::new(),
        ),
        (
            "closed after what it needs",
            snapshot(&at(1, implied)),
            Vec::new(),
        ),
        (
            "closed at a time that nobody knows",
            snapshot(&undated),
            Vec::new(),
        ),
        (
            "closed before what it needs, as a log tells",
            snapshot(&told),
            Vec::new(),
        ),
        (
            "a snapshot says closed over an open need",
            early(&[5, 6]),
            Vec::new(),
        ),
        (
            "a log says closed over an open need",
            early(&[]),
            Vec::new(),
        ),
        (
            "a snapshot that does not know of beginnings says closed over an open need",
            early_with(
                &[5, 6],
                &json!({"source": {"reconstructed": true, "gaps": ["start"]}}),
            ),
            Vec::new(),
        ),
        (
            "a snapshot implies an attempt over an open need",
            early(&[5]),
            Vec::new(),
        ),
    ]
}

fn of_clocks() -> Vec<Situation> {
    let mut world = World::new();
    for id in ["t1", "t2", "t3", "t4", "t5"] {
        world.declare_after(id, &[]);
    }
    let lies = json!({"source": {"clock_suspect": true}});
    let implied = json!({"source": {"reconstructed": true}});
    let two: Vec<(usize, Value)> = [2, 3, 5].map(|seq| (seq, lies.clone())).to_vec();
    let mut beside = two.clone();
    beside.push((4, implied));
    let back = json!({"at": "2026-11-20T01:00:00Z", "source": {"reconstructed": true}});
    vec![
        (
            "clocks lie in two stretches",
            imported(&world, &two),
            Vec::new(),
        ),
        (
            "clocks lie on both sides of what a snapshot says",
            imported(&world, &beside),
            Vec::new(),
        ),
        (
            "a snapshot has no order",
            imported(&world, &[(3, back)]),
            Vec::new(),
        ),
    ]
}
