//! The fold, given any bytes and any log: total, the same in two pieces, and as the oracle sees it.

use orch_core::coverage::Coverage;
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::lint::lint;
use orch_core::mission::Mission;
use orch_core::record::{Reading, Record, read_lines};
use orch_core::snapshot::Snapshot;

use super::{drawn, split_byte, views};
use crate::agree::compare;
use crate::corpus::staged;
use crate::invariants::{self, LogClass, Replay};
use crate::strategy;
use crate::world::World;

/// A log up to this length is held against the laws of whole logs, which take its square.
const SHORT: usize = 24;

/// The most events of a log that is made of bytes.
const LONG: usize = 40;

/// Reads bytes as a log, folds it, and asks for everything: nothing may panic, and no line be lost.
// spec: FOLD-1
pub fn fold_bytes(bytes: &[u8]) {
    let Reading {
        records,
        bad,
        blank,
    } = read_lines(bytes);
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let n_lines = match text.strip_suffix(b"\n").unwrap_or(text) {
        [] => 0,
        body => body.split(|&byte| byte == b'\n').count(),
    };
    let n_blank = usize::try_from(blank).unwrap();
    assert_eq!(records.len() + bad.len() + n_blank, n_lines);
    let mission = Mission::fold(&records);
    assert_eq!(digest(&mission), digest(&Mission::fold(&records)));
    views::look(&mission);
    lint(&records);
    let mut coverage = Coverage::new();
    for record in &records {
        coverage.push(record);
    }
    let coverage = coverage.finish();
    assert!(coverage.rules().count() > 0);
}

/// Reads bytes as a log and a cut, and folds it whole, in two pieces over a snapshot, and backwards
/// through its history: all must come to the same.
// spec: FOLD-2
pub fn fold_split(bytes: &[u8]) {
    let (cut, bytes) = split_byte(bytes);
    let records = read_lines(bytes).records;
    let cut = usize::from(cut) % (records.len() + 1);
    let (head, tail) = records.split_at(cut);
    let whole = Mission::fold(&records);
    let first = Mission::fold(head);
    let stored = first.snapshot().expect("a state can be written");
    let text = serde_json::to_string(&stored).unwrap();
    let read: Snapshot = serde_json::from_str(&text).unwrap();
    let mut restored = read
        .restore()
        .expect("what was just stored can be restored");
    assert_eq!(digest(&restored), digest(&first));
    for record in tail {
        restored.apply(record);
    }
    assert_eq!(digest(&restored), digest(&whole));
    if records.len() <= SHORT {
        let replay = Replay {
            records: &records,
            apply: Mission::apply,
        };
        let found =
            invariants::check_log(&replay, LogClass::Any, &mut invariants::Coverage::default());
        assert!(found.is_empty(), "{found:#?}\n{}", shown(&records));
    }
    let history = History::with_checkpoints_every(3, records.clone());
    let at = head.last().map_or(Seq::ZERO, Record::seq);
    history.at(at);
    history.spans(at);
}

/// Makes a log of bytes, folds it, and asks the oracle what it comes to, on the way and at the end.
pub fn fold_vs_oracle(bytes: &[u8]) {
    let (kind, bytes) = split_byte(bytes);
    let mut world = if kind == 255 {
        World::unopened()
    } else {
        staged(drawn(strategy::policies(), &[kind], 1).remove(0))
    };
    strategy::impose(&mut world, &drawn(strategy::event(), bytes, LONG));
    let middle = world.records.len() / 2;
    for n in [middle, world.records.len()] {
        let records = world.records.get(..n).unwrap();
        let found = compare(records, &Mission::fold(records));
        assert!(found.is_empty(), "{found:#?}\n{}", shown(records));
    }
}

fn digest(mission: &Mission) -> String {
    mission.digest().expect("a state can be written")
}

pub(super) fn shown(records: &[Record]) -> String {
    let lines: Vec<&str> = records.iter().map(Record::as_line).collect();
    lines.join("\n")
}
