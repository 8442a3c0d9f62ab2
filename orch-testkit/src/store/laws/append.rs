//! Laws of appending: what an append expects, what it answers, and the order that comes of it.

use std::sync::Barrier;
use std::thread;

use orch_core::ids::Seq;
use orch_store::capabilities::Durability;
use orch_store::cursor::Cursor;
use orch_store::error::AppendError;
use orch_store::journal::{Append, Appended, Expect, InvalidAppend, Journal, SINCE_MAX};

use crate::store::known::{Known, brief};
use crate::store::law::ensure;
use crate::store::steps::{Play, Step, steps};
use crate::store::{Bench, Draft, Failed, Verdict, mission};

/// Plays histories, and looks at the store after each step.
fn played(bench: &Bench<'_>, look: impl Fn(&Play<'_, '_>) -> Result<(), Failed>) -> Verdict {
    bench.each(&steps(24), bench.n_cases(5), |steps: Vec<Step>| {
        let mut play = Play::new(bench)?;
        for step in &steps {
            play.take(step)?;
            look(&play)?;
        }
        Ok(())
    })
}

pub(super) fn expected_seq(bench: &Bench<'_>) -> Verdict {
    let n_played = played(bench, |_| Ok(()))?;
    let journal = bench.fresh()?;
    let n_rounds = u64::from(bench.n_cases(12));
    let m = mission("raced");
    for head in 0..n_rounds {
        one_wins(&*journal, &m, head)?;
    }
    Ok(n_played + n_rounds)
}

/// Has several threads append at the same position: one wins, and each other is told who.
fn one_wins(journal: &dyn Journal, m: &orch_core::ids::MissionId, head: u64) -> Result<(), Failed> {
    let drafts: Vec<Append> = (0..4)
        .map(|n| {
            Draft::new(m, head)
                .texts([format!("of racer {n}")])
                .append()
        })
        .collect();
    let start = Barrier::new(drafts.len());
    let answers: Vec<_> = thread::scope(|scope| {
        let racing = drafts.iter().map(|append| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                journal.append(append.clone())
            })
        });
        let racing: Vec<_> = racing.collect();
        racing.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let has_won = |answer: &Result<Appended, AppendError>| answer.is_ok();
    let n_won = answers.iter().filter(|it| has_won(it)).count();
    ensure!(
        n_won == 1,
        "{n_won} of 4 appends at {head} won: {:?}",
        answers.iter().map(brief).collect::<Vec<_>>()
    );
    let winner = answers.iter().position(has_won).unwrap();
    for answer in answers.iter().filter(|it| !has_won(it)) {
        let Err(AppendError::Conflict { actual, since }) = answer else {
            return Err(Failed::broken(format!(
                "a loser was answered {}",
                brief(answer)
            )));
        };
        ensure!(
            actual.0 == head + 1 && since == drafts[winner].records(),
            "the loser at {head} was answered {}",
            brief(answer)
        );
    }
    Ok(())
}

pub(super) fn expect_kinds(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    ensure!(
        Append::new(Expect::New, Vec::new()).err() == Some(InvalidAppend::Empty),
        "an append of no records was made"
    );
    let mut known = Known::default();
    let present = mission("present");
    known.append(&*journal, Draft::new(&present, 0).records(3).append())?;
    let mut n_cases = 0;
    for at in 0..6 {
        for name in ["absent", "present"] {
            // Only the right one of each is written, and each is of a mission of its own.
            let m = mission(&format!("{name}-{at}"));
            if name == "present" {
                known.append(&*journal, Draft::new(&m, 0).records(3).append())?;
            }
            known.append(&*journal, Draft::new(&m, at).append())?;
            n_cases += 1;
        }
    }
    // More won than a conflict returns: the oldest are told, and the head is the real one.
    let more = (0..SINCE_MAX as u64 + 9).map(|n| Draft::new(&present, 3 + n).append());
    known.append_all(&*journal, more)?;
    known.append(&*journal, Draft::new(&present, 2).append())?;
    known.append(&*journal, Draft::new(&present, 0).append())?;
    Ok(n_cases + upon(&mut known, &*journal)?)
}

/// An append that names the record before it lands upon that one only.
fn upon(known: &mut Known, journal: &dyn Journal) -> Verdict {
    let m = mission("upon");
    known.append(journal, Draft::new(&m, 0).append())?;
    let next = Draft::new(&m, 1).append();
    let lost = journal.append(next.clone().upon(Draft::id()));
    ensure!(
        matches!(&lost, Err(AppendError::Conflict { actual: Seq(1), since }) if since.is_empty()),
        "an append upon a record that is not there was answered {}",
        brief(&lost)
    );
    let last = known.log().last().unwrap().envelope().id;
    known.append(journal, next.upon(last))?;
    Ok(2)
}

pub(super) fn gapless_stream(bench: &Bench<'_>) -> Verdict {
    played(bench, |play| {
        for m in play.known.missions() {
            let read = play.journal().read(m, Seq::ZERO, usize::MAX)?;
            let seqs: Vec<u64> = read.iter().map(|record| record.seq().0).collect();
            let head = play.known.head(m);
            ensure!(
                seqs.iter().copied().eq(1..=head),
                "{m} has {head} records, they are numbered {seqs:?}"
            );
        }
        Ok(())
    })
}

pub(super) fn global_order(bench: &Bench<'_>) -> Verdict {
    played(bench, |play| play.known.holds_order(play.journal()))
}

pub(super) fn immutable(bench: &Bench<'_>) -> Verdict {
    played(bench, |play| play.known.holds_each(play.journal()))
}

pub(super) fn missions_listed(bench: &Bench<'_>) -> Verdict {
    played(bench, |play| play.known.holds_list(play.journal()))
}

pub(super) fn verified(bench: &Bench<'_>) -> Verdict {
    played(bench, |play| {
        let told = play.journal().verify(&mut |_| ())?;
        let (records, missions) = (play.known.log().len(), play.known.missions().len());
        ensure!(
            told.records == records as u64 && told.missions == missions as u64,
            "{records} records of {missions} missions are on record, {told:?} was verified"
        );
        Ok(())
    })
}

pub(super) fn read_your_writes(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let reader = bench.open_reader(&folder)?;
    let n_cases = u64::from(bench.n_cases(24));
    let m = mission("m");
    for head in 0..n_cases {
        let append = Draft::new(&m, head).append();
        journal.append(append.clone())?;
        thread::scope(|scope| {
            let elsewhere = scope.spawn(|| is_read("another thread", &*journal, &append));
            is_read("the same handle", &*journal, &append)?;
            elsewhere.join().unwrap()
        })?;
        if let Some(reader) = &reader {
            is_read("a reader that was open", &**reader, &append)?;
        }
        if let Some(reader) = bench.open_reader(&folder)? {
            is_read("a new reader", &*reader, &append)?;
        }
    }
    Ok(n_cases)
}

fn is_read(who: &str, journal: &dyn Journal, append: &Append) -> Result<(), Failed> {
    let (m, at) = (append.mission(), append.expect().seq());
    let read = journal.read(m, at, usize::MAX)?;
    ensure!(
        read == append.records(),
        "record {} of {m} was acknowledged, {who} reads {} records from there",
        at.next(),
        read.len()
    );
    let head = journal.head(m)?;
    ensure!(head == at.next(), "{who} finds the head of {m} at {head}");
    let cursor = Cursor {
        journal: journal.id(),
        position: orch_store::cursor::Position(at.0),
    };
    let page = journal.read_all(&cursor, usize::MAX)?;
    ensure!(
        page.records.iter().map(|(_, it)| it).eq(append.records()),
        "{who} reads {} records behind position {at}",
        page.records.len()
    );
    Ok(())
}

pub(super) fn refused_writes_nothing(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let m = mission("m");
    let mut known = Known::default();
    known.append(
        &*journal,
        Draft::new(&m, 0).records(2).command("k").append(),
    )?;
    let unseen = mission("never written");
    let refused = [
        Draft::new(&m, 0),
        Draft::new(&m, 1),
        Draft::new(&m, 9),
        Draft::new(&unseen, 3),
        Draft::new(&m, 2).command("k"),
        Draft::new(&m, 0).command("k"),
        Draft::new(&m, 0).records(2).command("k"),
    ];
    for draft in &refused {
        known.append(&*journal, draft.append())?;
        known.holds(&*journal)?;
        ensure!(
            journal.head(&unseen)? == Seq::ZERO && journal.read(&unseen, Seq::ZERO, 9)?.is_empty(),
            "a mission that nothing was written to has records"
        );
    }
    Ok(refused.len() as u64)
}

pub(super) fn submit_order(bench: &Bench<'_>) -> Verdict {
    let sizes = proptest::collection::vec((0..4_u8, 1..4_usize), 1..30);
    let journal = bench.fresh()?;
    bench.each(&sizes, bench.n_cases(8), |sizes| {
        let m = bench.mission();
        let mut known = Known::default();
        let mut head = 0;
        let appends = sizes.into_iter().map(|(kind, n_records)| {
            // Some are behind what was handed in before them, and some say the same again.
            let draft = match kind {
                0 if head > 0 => return Draft::new(&m, head - 1).records(n_records).append(),
                1 => Draft::new(&m, head).records(1).command(&format!("k{head}")),
                _ => Draft::new(&m, head).records(n_records),
            };
            let append = draft.append();
            head += append.records().len() as u64;
            append
        });
        let mut appends: Vec<Append> = appends.collect();
        let again = appends.iter().find(|it| it.command().is_some()).cloned();
        appends.extend(again);
        known.append_all(&*journal, appends)?;
        known.holds_each(&*journal)
    })
}

pub(super) fn claims_stated(bench: &Bench<'_>) -> Verdict {
    let journal = bench.fresh()?;
    let (own, said) = (bench.capabilities(), journal.capabilities());
    ensure!(
        own == said,
        "the store says {said:?} of itself, its author {own:?}"
    );
    let m = mission("m");
    let mut head = 0;
    for asked in [
        Durability::None,
        Durability::ProcessCrash,
        Durability::PowerCut,
    ] {
        let answer = journal.append(Draft::new(&m, head).append().durability(asked));
        match answer {
            Ok(_) if asked <= own.durability => head += 1,
            Err(AppendError::Unsupported { .. }) if asked > own.durability => {}
            other => {
                return Err(Failed::broken(format!(
                    "an append that is to survive {asked:?} was answered {other:?}"
                )));
            }
        }
        ensure!(
            journal.head(&m)?.0 == head,
            "what was refused as {asked:?} is on record"
        );
    }
    Ok(3)
}
