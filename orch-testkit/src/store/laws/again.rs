//! Laws of what is appended again: after an answer, after none, after the store was opened anew.

use std::sync::Arc;

use orch_core::ids::{MissionId, Seq};
use orch_store::capabilities::Durability;
use orch_store::error::AppendError;
use orch_store::journal::{Append, Appended, Journal};
use proptest::prelude::*;

use crate::store::faulty::{AppendFault, Faulty};
use crate::store::known::{Known, Wanted};
use crate::store::law::ensure;
use crate::store::steps::decided_again;
use crate::store::worker::{Ask, Told, Worker};
use crate::store::{Bench, Draft, Failed, Verdict, mission};

pub(super) fn idempotent_by_id(bench: &Bench<'_>) -> Verdict {
    let sizes = prop::collection::vec((1..5_usize, any::<bool>()), 1..8);
    bench.each(&sizes, bench.n_cases(5), |sizes| {
        let folder = bench.folder()?;
        let journal = bench.open(&folder)?;
        let m = mission("m");
        let mut known = Known::default();
        let mut asked = Vec::new();
        for (n, (n_records, has_request)) in sizes.into_iter().enumerate() {
            let mut draft = Draft::new(&m, known.head(&m)).records(n_records);
            draft = draft.command(&format!("k{n}"));
            if has_request {
                draft = draft.request(&format!("digest-{n}"));
            }
            let append = draft.append();
            asked.push(append.clone());
            known.append(&*journal, append)?;
        }
        all_again(&*journal, &mut known, &asked)?;
        drop(journal);
        if bench.capabilities().durability > Durability::None {
            all_again(&*bench.open(&folder)?, &mut known, &asked)?;
        }
        Ok(())
    })
}

/// Appends everything again: the very records, and decided anew upon the head.
fn all_again(journal: &dyn Journal, known: &mut Known, asked: &[Append]) -> Result<(), Failed> {
    for append in asked {
        known.append(journal, append.clone())?;
        let head = known.head(append.mission());
        // Where no digest of the command is carried, the events tell it: they differ only in the
        // first record of a mission, which opens it.
        known.append(journal, decided_again(append, head))?;
    }
    known.holds_order(journal)?;
    known.holds_answers(journal)
}

pub(super) fn id_reuse_refused(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let m = mission("m");
    let mut known = Known::default();
    known.append(&*journal, Draft::new(&m, 0).append())?;
    known.append(
        &*journal,
        Draft::new(&m, 1)
            .texts(["a", "b", "c"])
            .command("plain")
            .append(),
    )?;
    let digested = Draft::new(&m, 4)
        .texts(["a", "b"])
        .command("digested")
        .request("one");
    known.append(&*journal, digested.append())?;
    let reused = |head| {
        let plain = |texts: &[&str]| {
            Draft::new(&m, head)
                .texts(texts.iter().copied())
                .command("plain")
        };
        let digested = |digest| {
            Draft::new(&m, head)
                .texts(["a", "b"])
                .command("digested")
                .request(digest)
        };
        [
            plain(&["a", "b", "x"]),
            plain(&["a", "b"]),
            plain(&["a", "b", "c", "d"]),
            plain(&["b", "c"]),
            plain(&["c", "b", "a"]),
            plain(&["a", "b", "c"]).request("one"),
            digested("two"),
            Draft::new(&m, head).texts(["a", "b"]).command("digested"),
        ]
    };
    let mut n_cases = 0;
    let mut all = |journal: &dyn Journal| {
        for head in [1, 4, 6, 9] {
            for draft in reused(head) {
                let append = draft.append();
                let wanted = known.wanted(&append);
                if !matches!(wanted, Wanted::Reused(..)) {
                    return Err(Failed::Harness(format!("{draft:?} is no reuse")));
                }
                wanted.check(&append, &journal.append(append.clone()))?;
                n_cases += 1;
            }
        }
        known.holds_order(journal)?;
        known.holds_answers(journal)
    };
    all(&*journal)?;
    drop(journal);
    if bench.capabilities().durability > Durability::None {
        all(&*bench.open(&folder)?)?;
    }
    Ok(n_cases)
}

/// When an append comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    AtOnce,
    Later,
    Closed,
    Dropped,
}

pub(super) fn retry_matrix(bench: &Bench<'_>) -> Verdict {
    let mut n_cases = 0;
    let is_kept = bench.capabilities().durability > Durability::None;
    let whens = [When::AtOnce, When::Later, When::Closed, When::Dropped];
    for when in whens.into_iter().filter(|it| is_kept || *it < When::Closed) {
        let folder = bench.folder()?;
        let mut journal = bench.open(&folder)?;
        let mut known = Known::default();
        let retries: Vec<_> = cells().collect();
        let missions: Vec<MissionId> = (0..retries.len())
            .map(|n| mission(&format!("m{n}")))
            .collect();
        let firsts = retries.iter().zip(&missions).flat_map(|(cell, m)| {
            let before = Draft::new(m, 0).records(2);
            [before.append(), cell.first(m).append()]
        });
        known.append_all(&*journal, firsts)?;
        if when == When::AtOnce {
            for (cell, m) in retries.iter().zip(&missions) {
                known.append(&*journal, cell.second(m, 4).append())?;
            }
            known.holds_order(&*journal)?;
            n_cases += retries.len() as u64;
            continue;
        }
        let behind = missions.iter().map(|m| Draft::new(m, 4).append());
        known.append_all(&*journal, behind)?;
        if when == When::Closed {
            journal.close()?;
        }
        if when >= When::Closed {
            drop(journal);
            journal = bench.open(&folder)?;
        }
        let seconds = retries
            .iter()
            .zip(&missions)
            .map(|(cell, m)| cell.second(m, 5).append());
        known.append_all(&*journal, seconds)?;
        n_cases += retries.len() as u64;
        known.holds_order(&*journal)?;
        known.holds_answers(&*journal)?;
    }
    Ok(n_cases)
}

/// One combination of what can be alike and what not.
#[derive(Debug, Clone, Copy)]
struct Cell {
    key: Option<&'static str>,
    digest: Option<&'static str>,
    texts: [&'static str; 2],
    /// Behind, at or ahead of the head.
    at: i8,
    /// Whether the first carries a digest.
    is_digested: bool,
}

impl Cell {
    fn first(&self, m: &MissionId) -> Draft {
        let draft = Draft::new(m, 2).texts(["a", "b"]).command("k");
        if self.is_digested {
            draft.request("one")
        } else {
            draft
        }
    }

    fn second(&self, m: &MissionId, head: u64) -> Draft {
        let at = head.saturating_add_signed(i64::from(self.at));
        let mut draft = Draft::new(m, at).texts(self.texts);
        if let Some(key) = self.key {
            draft = draft.command(key);
        }
        if let Some(digest) = self.digest {
            draft = draft.request(digest);
        }
        draft
    }
}

/// Every combination.
fn cells() -> impl Iterator<Item = Cell> {
    let keys = [None, Some("k"), Some("other")];
    let digests = [None, Some("one"), Some("two")];
    let texts = [["a", "b"], ["a", "c"]];
    keys.into_iter().flat_map(move |key| {
        digests.into_iter().flat_map(move |digest| {
            texts.into_iter().flat_map(move |texts| {
                [-2, 0, 2].into_iter().flat_map(move |at| {
                    [false, true].into_iter().map(move |is_digested| Cell {
                        key,
                        digest,
                        texts,
                        at,
                        is_digested,
                    })
                })
            })
        })
    })
}

pub(super) fn unknown_resolves(bench: &Bench<'_>) -> Verdict {
    let mut n_cases = 0;
    let is_kept = bench.capabilities().durability > Durability::None;
    for is_written in [true, false] {
        for has_key in [true, false] {
            for is_reopened in [false, true] {
                for is_decided_again in [false, true] {
                    if is_reopened && !is_kept {
                        continue;
                    }
                    let fault = if is_written {
                        AppendFault::AnswerLost
                    } else {
                        AppendFault::NeverWritten
                    };
                    resolved(bench, fault, has_key, is_reopened, is_decided_again)?;
                    n_cases += 1;
                }
            }
        }
    }
    if is_kept {
        n_cases += killed(bench)?;
    }
    Ok(n_cases)
}

/// An answer gets lost, and whoever asked tries once more.
fn resolved(
    bench: &Bench<'_>,
    fault: AppendFault,
    has_key: bool,
    is_reopened: bool,
    is_decided_again: bool,
) -> Result<(), Failed> {
    let folder = bench.folder()?;
    let mut journal = bench.open(&folder)?;
    let m = mission("m");
    let mut known = Known::default();
    known.append(&*journal, Draft::new(&m, 0).append())?;
    let mut draft = Draft::new(&m, 1).records(3);
    if has_key {
        draft = draft.command("k");
    }
    let append = draft.append();
    let faulty = Faulty::new(Arc::clone(&journal) as Arc<dyn Journal>);
    faulty.fail_append(fault);
    let lost = faulty.append(append.clone());
    drop(faulty);
    if !matches!(lost, Err(AppendError::Unknown(_))) {
        return Err(Failed::Harness(format!("the fault was answered {lost:?}")));
    }
    if is_reopened {
        drop(journal);
        journal = bench.open(&folder)?;
    }
    let n_found = journal.read(&m, Seq(1), usize::MAX)?.len();
    let is_there = fault == AppendFault::AnswerLost;
    ensure!(
        n_found == if is_there { 3 } else { 0 },
        "{n_found} of 3 records are there"
    );
    if is_there {
        known.take(append.clone());
    }
    // Without a command id, the conflict tells whose records they are.
    let again = if is_decided_again {
        draft.append()
    } else {
        append
    };
    known.append(&*journal, again)?;
    known.holds(&*journal)
}

/// The process of the store is killed in the middle of an append, and it is tried once more.
fn killed(bench: &Bench<'_>) -> Verdict {
    let Ok(worker) = bench.worker() else {
        // The rest of the law was measured: process laws say what they need.
        return Ok(0);
    };
    let n_kills = u64::from(bench.n_cases(4));
    let folder = bench.folder()?;
    let m = mission("m");
    let mut head = 0;
    for n in 0..n_kills {
        let mut process = Worker::start(worker, bench.subject().name(), [("", ""); 0])?;
        let name = folder.to_string_lossy().into_owned();
        let opened = process.ask(&Ask::Open { folder: name })?;
        ensure!(
            matches!(opened, Told::Opened { .. }),
            "it was opened: {opened:?}"
        );
        let drafts = (0..3).map(|k| (k, Draft::new(&m, head + k * 2).records(2)));
        let drafts: Vec<_> = drafts
            .map(|(k, it)| it.command(&format!("{n}-{k}")))
            .collect();
        let appends: Vec<Append> = drafts.iter().map(Draft::append).collect();
        for append in &appends {
            process.hand_in(&Ask::append(append));
        }
        // Some are killed at once, some while they append.
        let mut n_told = 0;
        for _ in 0..n % 4 {
            let told = process.answer()?;
            ensure!(
                matches!(told, Told::Now { .. }),
                "an append was answered {told:?}"
            );
            n_told += 1;
        }
        drop(process.kill()?);
        let journal = bench.open(&folder)?;
        let found = journal.head(&m)?.0;
        ensure!(
            found >= head + n_told * 2 && (found - head).is_multiple_of(2),
            "{n_told} appends of two records were acknowledged behind {head}, the head is {found}"
        );
        for (k, append) in (0..).zip(&appends) {
            let answer = journal.append(append.clone());
            let is_there = found >= head + k * 2 + 2;
            let is_right = match &answer {
                Ok(Appended::Before { .. }) => is_there,
                Ok(Appended::Now { .. }) => !is_there,
                Err(_) => false,
            };
            ensure!(
                is_right,
                "there are {found} records, append {k} again: {answer:?}"
            );
        }
        head += 6;
        let now = journal.read(&m, Seq::ZERO, usize::MAX)?;
        ensure!(
            now.len() as u64 == head,
            "{} records instead of {head}",
            now.len()
        );
    }
    Ok(n_kills)
}
