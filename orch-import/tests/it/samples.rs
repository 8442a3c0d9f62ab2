//! Real journals, where they are at hand: the numbers that are known of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use orch_core::mission::Mission;
use orch_import::{Oddity, Report};

use crate::support::{Log, import};

/// Reads samples, or says that there are none.
fn samples(names: &[&str]) -> Option<Vec<(String, Vec<u8>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/journals");
    if !folder.is_dir() {
        // Written to the handle: the test runner would keep what is printed to itself.
        let said = writeln!(std::io::stderr(), "skipped: no samples");
        said.unwrap();
        return None;
    }
    let read = |name: &&str| ((*name).to_owned(), fs::read(folder.join(name)).unwrap());
    Some(names.iter().map(read).collect())
}

fn import_samples(names: &[&str]) -> Option<(Log, Report)> {
    let samples = samples(names)?;
    let files: Vec<(&str, &[u8])> = samples
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let (mut log, report) = import(&files);
    assert!(report.total.adds_up());
    assert_eq!(report.total.malformed, 0);
    let again = log.import(&files).unwrap();
    assert_eq!(again.total.written, 0);
    Some((log, report))
}

#[test]
fn the_seam_log_has_six_open_dispatches_by_worker_and_seven_by_task_and_worker() {
    let Some((_, report)) = import_samples(&["needle/SEAM.events.jsonl"]) else {
        return;
    };
    assert_eq!((report.total.read, report.total.mapped), (17_672, 17_672));
    let pairing = report.pairing.unwrap();
    assert_eq!((pairing.dispatches, pairing.ends), (477, 472));
    assert_eq!(
        (pairing.open_by_worker, pairing.open_by_task_and_worker),
        (6, 7)
    );
    assert_eq!((pairing.paired_by_worker, pairing.unpaired), (1, 1));
    assert_eq!(report.mission.as_str(), "SEAM");
}

#[test]
fn every_beads_sample_is_mapped_to_its_last_row() {
    for (files, rows) in [
        (&["beads/SEAM.issues.jsonl"][..], 294),
        (&["beads/relay.issues.jsonl"], 439),
        (&["beads/skyhook.issues.jsonl"], 7),
        (&["beads/beads_viewer.issues.jsonl"], 39),
        (&["beads/compound-agent.issues.jsonl"], 644),
        (
            &[
                "beads/gastown.events.jsonl",
                "beads/gastown.dependencies.jsonl",
            ],
            4_462,
        ),
    ] {
        let Some((_, report)) = import_samples(files) else {
            return;
        };
        assert_eq!(
            (report.total.read, report.total.mapped),
            (rows, rows),
            "{files:?}"
        );
    }
}

#[test]
fn the_clocks_of_two_backups_are_found_to_lie() {
    let Some((_, gastown)) = import_samples(&["beads/gastown.events.jsonl"]) else {
        return;
    };
    assert!(gastown.clock_shifts[&-480] > 200);
    assert_eq!(gastown.count_of(Oddity::Renamed), 1);
    let three = [
        "beads/compound-agent.issues.jsonl",
        "beads/compound-agent.events.jsonl",
        "beads/compound-agent.dependencies.jsonl",
    ];
    if let Some((_, compound)) = import_samples(&three) {
        assert_eq!(compound.clock_shifts.keys().collect::<Vec<_>>(), [&60]);
        assert_eq!(compound.count_of(Oddity::SnapshotContradicts), 1);
    }
}

/// What `why` says about every task: how many are settled, and how many of each cause and
/// confidence there are among the first steps of the others.
fn answers(log: &Log) -> (usize, BTreeMap<String, usize>) {
    let mission = Mission::fold(&log.records);
    let now = mission.head_at().unwrap();
    let mut settled = 0;
    let mut causes = BTreeMap::new();
    for task in mission.tasks() {
        let chains = mission.why(task.id(), now).unwrap();
        if task.status().is_ended() {
            settled += 1;
            continue;
        }
        assert!(!chains.is_empty(), "nothing to say about {}", task.id());
        for chain in &chains {
            let first = chain.first().unwrap();
            assert_eq!(first.task.as_ref(), Some(task.id()));
            assert!(!first.because.is_empty(), "{first:?}");
            let key = format!("{} {}", first.cause, first.confidence);
            *causes.entry(key).or_insert(0) += 1;
        }
    }
    (settled, causes)
}

#[test]
fn every_bead_of_the_seam_journals_has_its_chain_or_is_settled() {
    let Some((log, _)) = import_samples(&["needle/SEAM.events.jsonl"]) else {
        return;
    };
    let (settled, causes) = answers(&log);
    assert_eq!(settled, 0, "an exit code of 0 settles nothing");
    // 60 beads are only claimed, and 6 attempts are in flight of which the log tells no start.
    assert_eq!(causes["evidence_gap unknown"], 66);
    assert_eq!(causes["reported_not_accepted proved"], 124);

    let Some((snapshot, _)) = import_samples(&["beads/SEAM.issues.jsonl"]) else {
        return;
    };
    let (settled, causes) = answers(&snapshot);
    assert_eq!(settled, 194);
    // What a snapshot cannot know: whether the one in progress is worked on, and what holds the
    // five that are blocked and need nothing that is open.
    let unknown = causes.iter().filter(|(key, _)| key.ends_with(" unknown"));
    assert_eq!(unknown.map(|(_, n)| n).sum::<usize>(), 1 + 5, "{causes:?}");
    assert_eq!(causes["evidence_gap unknown"], 1);
}
