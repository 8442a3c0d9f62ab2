//! Bytes that change by themselves: the same history, or an error that names it.

use std::path::{Path, PathBuf};

use orch_store::cursor::Position;

use super::super::bench::Bench;
use super::super::judgement::{all, read};
use super::super::law::{Failed, Verdict, ensure};
use super::super::script::Script;
use super::super::trial::{Least, Place, Sweep, Trial, shown, stride, stride_of, used};
use super::super::worker::Told;
use crate::fault::{Dice, Image, Kind, Reached};

/// The size of a block that is lost, or is one of before.
const BLOCKS: [usize; 2] = [512, 4096];

/// How many bytes at the beginning of a line are changed, each by itself.
const BEGINNING: usize = 6;

/// How many of these are changed in one file, evenly spread.
const BEGINNINGS_MAX: usize = 64;

type Log = Vec<(Position, String)>;

/// A store at one of the moments at which it can be damaged.
struct Stage {
    name: &'static str,
    image: Image,
    /// As it was before the last appends.
    earlier: Image,
    log: Log,
}

/// One change of the files of a store.
struct Change {
    what: String,
    image: Image,
}

/// 22: no change of a file, and no read that fails, makes a history shorter or different in silence.
pub(super) fn no_silent_corruption(bench: &Bench<'_>) -> Verdict {
    let trial = Trial::new(bench)?;
    let mut dice = Dice(bench.seed());
    let mut reached = Reached::default();
    let mut n_noticed = 0;
    for stage in stages(&trial)? {
        for change in changes(&stage, &mut dice) {
            reached.points += 1;
            let told = |how: &str| {
                let (name, what) = (stage.name, &change.what);
                format!("{name}, {what}: {how} tells another history, and no error")
            };
            let place = Place::with(&change.image)?;
            let reader = bench.subject().open_reader(&place.store());
            let told_by_reader = reader.map(|reader| reader.and_then(|reader| all(&*reader)));
            if let Some(Ok(log)) = told_by_reader {
                ensure!(log == stage.log, "{}", told("a reader"));
            }
            match read(bench.subject(), &place.store()) {
                Ok(log) => ensure!(log == stage.log, "{}", told("the store")),
                Err(_) => n_noticed += 1,
            }
        }
    }
    ensure!(n_noticed > 0, "no change was ever noticed");
    shown(bench, "a file changes", reached, Least::points(30, 300))?;
    let reads = reads_fail(&trial)?;
    shown(bench, "a read fails", reads, Least::points(1, 4))
}

/// Each read fails, once, and from then on: what is told then is everything, or an error.
fn reads_fail(trial: &Trial<'_>) -> Result<Reached, Failed> {
    let (base, before) = used(trial)?;
    let script = Script::default().open().read().close().look();
    let place = Place::with(&base)?;
    let log = read(trial.subject(), &place.store())?;
    ensure!(
        log.len() as u64 == before.n_records(),
        "it is not all there"
    );
    let mut reached = Reached::default();
    for kind in [Kind::ReadBroken, Kind::ReadBrokenFrom] {
        let sweep = Sweep {
            base: &base,
            script: &script,
            kind,
            stride: stride(5),
        };
        reached += trial.sweep(&sweep, |_, ran, _| {
            let answers = ran.heard.answers.iter();
            for (_, _, told) in answers {
                if let Told::Page { records, .. } = told {
                    let (n, of) = (records.len(), log.len());
                    ensure!(
                        *records == log,
                        "a read failed, and {n} of {of} records were told"
                    );
                }
            }
            Ok(())
        })?;
    }
    Ok(reached)
}

/// The moments: after a close, after a death, and after the opening that mends what a death left.
fn stages(trial: &Trial<'_>) -> Result<Vec<Stage>, Failed> {
    let (earlier, before) = used(trial)?;
    let script = before
        .then()
        .open()
        .append("m", 7)
        .long("m")
        .together(2)
        .long("m")
        .long("m");
    let closed = Place::with(&earlier)?;
    trial.run(&closed, &script.clone().close(), None)?;
    // The worker dies after what it did last, with the store open.
    let killed = Place::with(&earlier)?;
    let n_calls = trial.run(&killed, &script, None)?.run.log.n_counted();
    killed.put(&earlier)?;
    let fault = crate::fault::Fault {
        at: n_calls,
        kind: Kind::KillAfter,
    };
    trial.run(&killed, &script, fault)?;
    let reopened = Place::with(&killed.image()?)?;
    trial.run(&reopened, &Script::default().open().read().close(), None)?;
    let places = [
        ("after a close", closed),
        ("after a death", killed),
        ("after it was mended", reopened),
    ];
    let stage = |(name, place): (&'static str, Place)| {
        let image = place.image()?;
        let log = read(trial.subject(), &place.store())?;
        ensure!(
            log.len() as u64 > before.n_records(),
            "{name}: it took nothing more"
        );
        Ok(Stage {
            name,
            image,
            earlier: earlier.clone(),
            log,
        })
    };
    places.into_iter().map(stage).collect()
}

fn changes(stage: &Stage, dice: &mut Dice) -> Vec<Change> {
    let mut changes = Vec::new();
    let image = &stage.image;
    let files: Vec<(&PathBuf, &[u8])> = image
        .files()
        .map(|(path, bytes)| (path, &**bytes))
        .collect();
    for (path, bytes) in &files {
        let mut add = |what: String, bytes: Vec<u8>| {
            changes.push(Change {
                what: format!("{what} of {}", path.display()),
                image: image.with(path, bytes),
            });
        };
        // Most of a file that is laid out in advance says nothing.
        let end = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        for _ in 0..stride_of(5, 60).min(end * 8) {
            let bit = usize::try_from(dice.roll()).unwrap_or_default() % (end * 8);
            let mut flipped = bytes.to_vec();
            if let Some(byte) = flipped.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            add(format!("bit {bit}"), flipped);
        }
        let places = beginnings(bytes);
        let every = places.len().div_ceil(BEGINNINGS_MAX).max(1);
        for at in places.into_iter().step_by(every) {
            let mut flipped = bytes.to_vec();
            if let Some(byte) = flipped.get_mut(at) {
                *byte ^= 1;
            }
            add(format!("bit 0 of byte {at}"), flipped);
        }
        for _ in 0..stride_of(3, 20).min(end) {
            let length = usize::try_from(dice.roll()).unwrap_or_default() % end;
            add(
                format!("all behind {length}"),
                bytes.iter().copied().take(length).collect(),
            );
        }
        let earlier = stage.earlier.entries.get(*path).and_then(Option::as_ref);
        for (at, n, block) in blocks(end, stride_of(3, 1)) {
            let mut zeros = bytes.to_vec();
            fill(&mut zeros, at, &vec![0; n]);
            add(format!("block {block}, zeros"), zeros);
            let stale = earlier.and_then(|earlier| earlier.get(at..(at + n).min(earlier.len())));
            if let Some(stale) = stale.filter(|stale| !stale.is_empty()) {
                let mut mixed = bytes.to_vec();
                fill(&mut mixed, at, stale);
                add(format!("block {block}, as it was"), mixed);
            }
        }
    }
    changes.extend(moved(image, &files));
    // What is as it was before shows nothing.
    changes.retain(|change| change.image != *image);
    changes
}

/// Returns the first bytes of each line of a text: what stands before records, such as a number, is
/// short, and flips that are drawn miss it.
fn beginnings(bytes: &[u8]) -> Vec<usize> {
    if std::str::from_utf8(bytes).is_err() || bytes.contains(&0) {
        return Vec::new();
    }
    let mut starts = vec![0];
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    starts.extend(ends.map(|(at, _)| at + 1));
    let places = starts
        .into_iter()
        .flat_map(|start| start..start + BEGINNING);
    places.filter(|at| *at < bytes.len()).collect()
}

/// Files that are gone, or have changed places with another of their folder.
fn moved(image: &Image, files: &[(&PathBuf, &[u8])]) -> Vec<Change> {
    let mut changes = Vec::new();
    for (n, (path, bytes)) in files.iter().enumerate() {
        changes.push(Change {
            what: format!("the loss of {}", path.display()),
            image: image.without(path),
        });
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let others = files.iter().skip(n + 1);
        for (other, theirs) in others.filter(|(other, _)| other.parent() == Some(folder)) {
            changes.push(Change {
                what: format!("the places of {} and {}", path.display(), other.display()),
                image: image.with(path, *theirs).with(other, *bytes),
            });
        }
    }
    changes
}

/// The blocks of a file: where each begins, how long it is, and its name.
fn blocks(end: usize, every: usize) -> Vec<(usize, usize, String)> {
    let blocks = BLOCKS.into_iter().flat_map(move |size| {
        let starts = (0..end).step_by(size).step_by(every);
        starts.map(move |at| (at, size.min(end - at), format!("{} of {size}", at / size)))
    });
    blocks.collect()
}

fn fill(bytes: &mut [u8], at: usize, with: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + with.len()) {
        place.copy_from_slice(with);
    }
}
