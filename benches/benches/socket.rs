//! Commands a second through the owner of a store, beside threads that share a coordinator.
//!
//! ```text
//! cargo bench -p orch-benches --bench socket
//! ```
//! Commands that are made from the state are made anew when the mission went on meanwhile; how often
//! that was is the column `behind`. Each sync wakes whoever watches the journal once, so that syncs
//! can be counted from outside.
//!
//! The rounds are interleaved, so that whatever else the machine does falls on all alike; the figures
//! are medians. Each round checks that everything that was acknowledged is there, and nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that goes wrong stops, and its figures are printed"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orch_core::command::{Command, OpenMission};
use orch_core::event::note::Note;
use orch_core::ids::{CommandKey, MissionId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_store::coordinator::{Ask, CommandError, Coordinator, Outcome};
use orch_store::segments::{self, Kind, Options};
use orch_store::socket::{Owner, Remote};
use uuid::Uuid;

/// How long each round runs.
const ROUND: Duration = Duration::from_millis(500);
/// How many rounds there are; their median counts.
const ROUNDS: usize = 7;

/// How commands get to the store.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// Threads share a coordinator.
    Coordinator,
    /// Clients say what they want, whatever the mission is like.
    Owner,
    /// Clients make each command from the state it is decided upon.
    OwnerMade,
}

/// What is measured.
struct Row {
    name: &'static str,
    by: By,
    n_writers: usize,
    n_missions: usize,
}

const fn row(name: &'static str, by: By, n_writers: usize, n_missions: usize) -> Row {
    Row {
        name,
        by,
        n_writers,
        n_missions,
    }
}

const ROWS: [Row; 9] = [
    row("coordinator, 1 on 1", By::Coordinator, 1, 1),
    row("owner, 1 on 1", By::Owner, 1, 1),
    row("owner, made, 1 on 1", By::OwnerMade, 1, 1),
    row("coordinator, 64 on 1", By::Coordinator, 64, 1),
    row("owner, 64 on 1", By::Owner, 64, 1),
    row("owner, made, 64 on 1", By::OwnerMade, 64, 1),
    row("coordinator, 64 on 64", By::Coordinator, 64, 64),
    row("owner, 64 on 64", By::Owner, 64, 64),
    row("owner, made, 64 on 64", By::OwnerMade, 64, 64),
];

/// What a round has shown.
#[derive(Clone, Copy)]
struct Shown {
    rate: f64,
    per_sync: f64,
    behind: f64,
}

fn main() {
    println!(
        "{:24} {:>12} {:>8} {:>10} {:>8}",
        "", "commands/s", "ratio", "per sync", "behind"
    );
    let mut shown: Vec<Vec<Shown>> = ROWS.iter().map(|_| Vec::new()).collect();
    // Removed at the end: a file system that is busy with that syncs slowly.
    let mut folders = Vec::new();
    for n in 0..ROUNDS {
        let rows = ROWS.iter().zip(&mut shown);
        let mut rows: Vec<_> = rows.collect();
        // What one leaves for the disk to do falls on another each time.
        rows.rotate_left(n % ROWS.len());
        for (row, shown) in rows {
            let folder = tempfile::tempdir_in(".").unwrap();
            shown.push(round(row, folder.path()));
            folders.push(folder);
        }
    }
    let mut beside = f64::NAN;
    for (row, shown) in ROWS.iter().zip(shown) {
        let of = |what: fn(&Shown) -> f64| median(shown.iter().map(what).collect());
        let rate = of(|shown| shown.rate);
        if row.by == By::Coordinator {
            beside = rate;
        }
        println!(
            "{:24} {rate:>12.0} {:>8.2} {:>10.1} {:>8.2}",
            row.name,
            rate / beside,
            of(|shown| shown.per_sync),
            of(|shown| shown.behind),
        );
    }
}

/// Lets writers have commands carried out for a while.
fn round(row: &Row, folder: &Path) -> Shown {
    let root = folder.join("store");
    segments::create(&root, Kind::Sled).unwrap();
    let journal = orch_store_sled::open(&root, &Options::default()).unwrap();
    let coordinator = Arc::new(Coordinator::on(journal.journal));
    for n in 0..row.n_missions {
        coordinator.execute(&name(n), &open(), &ask()).unwrap();
    }
    let before = coordinator.journal().end().unwrap().position.0;
    let owner = Owner::serve(Arc::clone(&coordinator), &root).unwrap();
    let n_syncs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&n_syncs);
    let watch = coordinator.journal().watch(Arc::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    let watch = watch.unwrap();
    let (n_done, n_made) = (AtomicU64::new(0), AtomicU64::new(0));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..row.n_writers {
            let (coordinator, root, n_done, n_made) = (&coordinator, &root, &n_done, &n_made);
            scope.spawn(move || {
                let mission = name(writer % row.n_missions);
                let one = door(row.by, coordinator, root);
                while begin.elapsed() < ROUND {
                    let done = one(&mission, n_made);
                    assert_eq!(done.records().len(), 1);
                    n_done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let seconds = begin.elapsed().as_secs_f64();
    drop(watch);
    drop(owner);
    let n = n_done.into_inner();
    let end = coordinator.journal().end().unwrap().position.0;
    assert_eq!(end - before, n, "{}: not all is there, or more", row.name);
    let n_behind = n_made.into_inner().saturating_sub(n);
    #[expect(clippy::cast_precision_loss, reason = "counts of one round are small")]
    let [n, n_syncs, n_behind] = [n, n_syncs.load(Ordering::Relaxed), n_behind].map(|n| n as f64);
    Shown {
        rate: n / seconds,
        per_sync: n / n_syncs,
        behind: n_behind / n,
    }
}

/// Has one command carried out on a mission, and counts how often it was made.
type One<'a> = Box<dyn Fn(&MissionId, &AtomicU64) -> Outcome + 'a>;

/// Returns how a writer has a command carried out.
fn door<'a>(by: By, coordinator: &'a Coordinator, root: &Path) -> One<'a> {
    let connect = || {
        let remote = Remote::connect(root, Duration::from_secs(60));
        remote.unwrap().unwrap()
    };
    match by {
        By::Coordinator => {
            Box::new(|mission, _| coordinator.execute(mission, &note(), &ask()).unwrap())
        }
        By::Owner => {
            let remote = connect();
            Box::new(move |mission, _| remote.execute(mission, &note(), &ask()).unwrap())
        }
        By::OwnerMade => {
            let remote = connect();
            Box::new(move |mission, n_made| {
                let make = |_: &Mission| {
                    n_made.fetch_add(1, Ordering::Relaxed);
                    Ok::<_, CommandError>((lead(), note()))
                };
                remote.execute_with(mission, &ask(), make).unwrap()
            })
        }
    }
}

fn name(n: usize) -> MissionId {
    MissionId::parse(&format!("mission-{n}")).unwrap()
}

fn lead() -> Actor {
    Actor::parse("human:ada").unwrap()
}

fn ask() -> Ask {
    let key = CommandKey::parse(&Uuid::now_v7().to_string());
    Ask::new(lead()).key(key.unwrap())
}

fn open() -> Command {
    Command::OpenMission(OpenMission {
        title: "measured".to_owned(),
        lead: Party::parse("human:ada").unwrap(),
        policy: None,
        empty: false,
    })
}

fn note() -> Command {
    let text = "a remark of a writer that has something to say".to_owned();
    Command::Note(Note { task: None, text })
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
