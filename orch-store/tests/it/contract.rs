//! The contract, kept alike by the memory store and the journal of segments.

use std::sync::Arc;
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, Seq};
use orch_core::record::Record;
use orch_store::coordinator::Coordinator;
use orch_store::cursor::{Cursor, JournalId, Position};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Expect, Journal};
use orch_store::memory::MemoryJournal;
use orch_store::segments::Reader;
use proptest::prelude::*;

use crate::support::{Home, ask, done, fill, memory, mission, open, story, task};

/// Runs a check on each store.
fn each(check: impl Fn(Arc<dyn Journal>)) {
    check(Arc::new(MemoryJournal::new()));
    let home = Home::new();
    check(Arc::new(home.open()));
}

/// Records that open a mission, as somebody sealed them.
fn opening(name: &str, key: &str) -> Vec<Record> {
    let elsewhere = Coordinator::new(Arc::new(MemoryJournal::new()));
    let ask = ask().key(CommandKey::parse(key).unwrap());
    let outcome = elsewhere.execute(&mission(name), &open(), &ask).unwrap();
    outcome.records().to_vec()
}

// spec: IDEM-1, ACK-1
#[test]
fn the_command_id_is_judged_before_the_position() {
    each(|journal| {
        let append = || Append::new(Expect::New, opening("m", "k")).unwrap();
        let first = append();
        let again = Append::new(Expect::New, first.records().to_vec()).unwrap();
        let (one, two) = (Seq(1), Seq(1));
        assert_eq!(
            journal.append(first).unwrap(),
            Appended::Now {
                first: one,
                last: two
            }
        );
        // The position is wrong by now, but the answer is that of the first time.
        assert_eq!(
            journal.append(again).unwrap(),
            Appended::Before {
                first: one,
                last: two
            }
        );
        // Another command, wrong position as well: the id decides.
        let mut other = opening("m", "k");
        let text = other[0]
            .as_line()
            .replace("sign-in", "else")
            .replace("\"request\"", "\"re\"");
        other = vec![Record::parse(text.as_bytes()).unwrap()];
        let refused = journal.append(Append::new(Expect::New, other).unwrap());
        assert!(
            matches!(refused, Err(AppendError::Reused { .. })),
            "{refused:?}"
        );
    });
}

// spec: ACK-1
#[test]
fn a_loser_is_told_who_won() {
    each(|journal| {
        let winner = opening("m", "a");
        journal
            .append(Append::new(Expect::New, winner.clone()).unwrap())
            .unwrap();
        let loser = journal.append(Append::new(Expect::New, opening("m", "b")).unwrap());
        let Err(AppendError::Conflict { actual, since }) = loser else {
            panic!("{loser:?}");
        };
        assert_eq!((actual, since), (Seq(1), winner));
    });
}

#[test]
fn missions_whose_names_begin_alike_do_not_mix() {
    each(|journal| {
        let coordinator = Coordinator::new(Arc::clone(&journal));
        for name in ["m", "m1", "m10", "m/", "m 1", "é"] {
            done(&coordinator, name, &open());
            done(&coordinator, name, &task(&format!("of {name}")));
        }
        for name in ["m", "m1", "m10", "m/", "m 1", "é"] {
            let records = journal.read(&mission(name), Seq::ZERO, 9).unwrap();
            assert_eq!(records.len(), 2);
            assert!(
                records
                    .iter()
                    .all(|record| record.envelope().mission.as_str() == name)
            );
        }
        assert_eq!(journal.head(&mission("none")).unwrap(), Seq::ZERO);
        assert!(
            journal
                .read(&mission("none"), Seq::ZERO, 9)
                .unwrap()
                .is_empty()
        );
    });
}

#[test]
fn all_records_are_read_in_one_order_from_any_cursor() {
    each(|journal| {
        fill(&Coordinator::new(Arc::clone(&journal)));
        let whole = journal
            .read_all(&Cursor::start(journal.id()), 1000)
            .unwrap();
        let positions: Vec<u64> = whole.records.iter().map(|(at, _)| at.0).collect();
        assert_eq!(positions, (1..=10).collect::<Vec<_>>());
        let mut cursor = Cursor::start(journal.id());
        let mut paged = Vec::new();
        loop {
            let page = journal.read_all(&cursor, 3).unwrap();
            if page.records.is_empty() {
                break;
            }
            cursor = page.next;
            paged.extend(page.records);
        }
        assert_eq!(paged, whole.records);
        assert_eq!(cursor, journal.end().unwrap());
        let start = Cursor::start(journal.id());
        let none = journal.read_all(&start, 0).unwrap();
        assert!(none.records.is_empty());
        assert_eq!(none.next, start);
    });
}

#[test]
fn a_cursor_of_another_journal_or_beyond_the_end_is_refused() {
    each(|journal| {
        let foreign = journal.read_all(&Cursor::start(JournalId::random()), 1);
        assert!(matches!(foreign, Err(StoreError::ForeignCursor { .. })));
        let ahead = Cursor {
            journal: journal.id(),
            position: Position(1),
        };
        let ahead = journal.wait(&ahead, Duration::ZERO);
        assert!(matches!(ahead, Err(StoreError::CursorAhead { .. })));
    });
}

#[test]
fn who_waits_is_woken_by_the_append_and_by_nothing_else() {
    each(|journal| {
        let start = Cursor::start(journal.id());
        let end = journal.wait(&start, Duration::from_millis(5)).unwrap();
        assert_eq!(end, start);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| journal.wait(&start, Duration::from_secs(60)));
            journal
                .append(Append::new(Expect::New, opening("m", "a")).unwrap())
                .unwrap();
            assert_eq!(waiting.join().unwrap().unwrap().position, Position(1));
        });
        // What is there already does not have to come again.
        assert_eq!(
            journal
                .wait(&start, Duration::from_secs(60))
                .unwrap()
                .position,
            Position(1)
        );
    });
}

#[test]
fn what_is_too_large_or_of_a_kind_that_is_not_offered_is_refused_before_it_is_written() {
    let home = Home::new();
    let mut options = crate::support::options();
    options.record_max_bytes = 400;
    let journal = orch_store::segments::open(&home.root(), &options)
        .unwrap()
        .journal;
    let coordinator = Coordinator::new(Arc::new(journal));
    done(&coordinator, "m", &open());
    let long = coordinator.execute(&mission("m"), &task(&"x".repeat(200)), &ask());
    assert!(long.unwrap_err().to_string().contains("at most 400"));
    done(&coordinator, "m", &task("short"));
    let reader = Reader::open(&home.root()).unwrap();
    let refused = reader.append(Append::new(Expect::New, opening("n", "a")).unwrap());
    assert!(matches!(refused, Err(AppendError::Unsupported { .. })));
    assert_eq!(
        story(&reader).unwrap(),
        story(&**coordinator.journal()).unwrap()
    );
}

#[test]
fn a_snapshot_is_never_replaced_by_an_older_one() {
    each(|journal| {
        let coordinator = Coordinator::new(Arc::clone(&journal));
        done(&coordinator, "m", &open());
        let old = coordinator
            .read(&mission("m"), |mission| mission.snapshot().unwrap())
            .unwrap();
        done(&coordinator, "m", &task("t"));
        let new = coordinator
            .read(&mission("m"), |mission| mission.snapshot().unwrap())
            .unwrap();
        journal.save_snapshot(&new).unwrap();
        journal.save_snapshot(&old).unwrap();
        let kept = journal.snapshot(&mission("m")).unwrap().unwrap();
        assert_eq!(kept.seq(), Seq(2));
        assert_eq!(kept.digest(), new.digest());
        assert!(journal.snapshot(&mission("other")).unwrap().is_none());
    });
}

#[test]
fn a_snapshot_of_records_that_are_not_there_is_not_kept_for_others() {
    each(|journal| {
        let elsewhere = memory();
        done(&elsewhere, "m", &open());
        done(&elsewhere, "m", &task("never-here"));
        let other = elsewhere
            .read(&mission("m"), |mission| mission.snapshot().unwrap())
            .unwrap();
        let coordinator = Coordinator::new(Arc::clone(&journal));
        done(&coordinator, "m", &open());
        journal.save_snapshot(&other).unwrap();
        done(&coordinator, "m", &task("t"));
        assert!(journal.snapshot(&mission("m")).unwrap().is_none());
    });
}

#[test]
fn a_store_is_whole_though_somebody_writes_while_it_is_verified() {
    each(|journal| {
        let coordinator = Coordinator::new(Arc::clone(&journal));
        fill(&coordinator);
        let mut n_written = 0;
        let verified = journal.verify(&mut |_| {
            done(&coordinator, "auth", &task(&format!("more{n_written}")));
            done(&coordinator, &format!("new{n_written}"), &open());
            n_written += 1;
        });
        assert_eq!(verified.unwrap().records, 10);
        journal.verify(&mut |_| ()).unwrap();
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    // spec: IDEM-1, ACK-1
    #[test]
    fn always_the_same_answers_from_segments_as_from_memory(
        steps in prop::collection::vec((0..3_u8, 0..4_u64, 0..6_u8, prop::bool::weighted(0.1)), 1..60)
    ) {
        let home = Home::new();
        let memory = MemoryJournal::new();
        let mut segments = Some(home.open());
        for (name, at, key, reopen) in steps {
            if reopen {
                drop(segments.take());
                segments = Some(home.open());
            }
            let journal = segments.as_ref().unwrap();
            let name = format!("m{name}");
            let key = CommandKey::parse(&format!("k{key}")).unwrap();
            let line = opening(&name, key.as_str())[0]
                .as_line()
                .replace("\"seq\":1", &format!("\"seq\":{}", at + 1));
            let record = Record::parse(line.as_bytes()).unwrap();
            let append = || Append::new(Expect::head(Seq(at)), vec![record.clone()]).unwrap();
            let (a, b) = (memory.append(append()), journal.append(append()));
            prop_assert_eq!(format!("{a:?}"), format!("{b:?}"));
            let mission = mission(&name);
            prop_assert_eq!(
                memory.prior(&mission, &key).unwrap(),
                journal.prior(&mission, &key).unwrap()
            );
        }
        let journal = segments.unwrap();
        prop_assert_eq!(story(&memory).unwrap(), story(&journal).unwrap());
        journal.verify(&mut |_| ()).unwrap();
        drop(journal);
        prop_assert_eq!(story(&memory).unwrap(), story(&Reader::open(&home.root()).unwrap()).unwrap());
    }
}

#[test]
fn what_is_known_about_a_command_survives_reopening() {
    let home = Home::new();
    let key = CommandKey::parse("k").unwrap();
    home.open()
        .append(Append::new(Expect::New, opening("m", "k")).unwrap())
        .unwrap();
    let prior = home.open().prior(&mission("m"), &key).unwrap();
    assert!(matches!(
        prior,
        Prior::Seen {
            first: Seq(1),
            request: Some(_),
            ..
        }
    ));
}

// spec: ACK-1
#[test]
fn an_append_that_names_the_record_before_it_does_not_land_upon_another() {
    each(|journal| {
        let before = opening("m", "a");
        let append = Append::new(Expect::New, before.clone()).unwrap();
        journal.append(append).unwrap();
        let line = opening("m", "b")[0]
            .as_line()
            .replace("\"seq\":1", "\"seq\":2");
        let next = vec![Record::parse(line.as_bytes()).unwrap()];
        let upon = |id| {
            Append::new(Expect::At(Seq(1)), next.clone())
                .unwrap()
                .upon(id)
        };
        let lost = journal.append(upon(next[0].envelope().id));
        assert!(matches!(
            lost,
            Err(AppendError::Conflict { actual: Seq(1), .. })
        ));
        journal.append(upon(before[0].envelope().id)).unwrap();
    });
}
