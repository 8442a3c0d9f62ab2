//! Laws of what is kept: every byte, every name, every number, and nothing that is too large.

use orch_core::ids::{ID_MAX_BYTES, MissionId, Seq};
use orch_core::record::Record;
use orch_store::capabilities::Durability;
use orch_store::cursor::Cursor;
use orch_store::error::AppendError;
use orch_store::journal::{Append, Expect, Journal};
use proptest::prelude::*;

use crate::store::known::{Known, same};
use crate::store::law::ensure;
use crate::store::{Bench, Draft, Failed, Tier, Verdict, mission};

/// The longest record that a law makes up: what is allowed beyond it is not tried.
const LONG_BYTES: usize = 5 * 1024 * 1024;

pub(super) fn fidelity(bench: &Bench<'_>) -> Verdict {
    let text = prop_oneof![
        Just(String::new()),
        Just("\0".to_owned()),
        Just("\u{FEFF}\u{202E}\u{1F980}\u{10FFFF}\"\\/\n\r\u{2028}".to_owned()),
        any::<String>(),
        "[ -~]{0,300}",
    ];
    let texts = prop::collection::vec((text, 0..4_u8), 1..6);
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let mut known = std::cell::RefCell::new(Known::default());
    let n_cases = bench.each(&texts, bench.n_cases(30), |texts| {
        let m = bench.mission();
        let written: Vec<Record> = Draft::new(&m, 0)
            .texts(texts.iter().map(|(text, _)| text.as_str()))
            .command("k")
            .seal();
        let styles = texts.iter().map(|(_, style)| *style);
        let written = written
            .iter()
            .zip(styles)
            .map(|(it, style)| styled(it, style));
        let append = Append::new(Expect::New, written.collect())?;
        known.borrow_mut().append(&*journal, append)?;
        same(
            m.as_str(),
            &journal.read(&m, Seq::ZERO, usize::MAX)?,
            known.borrow().of(&m),
        )
    })?;
    let known = known.get_mut();
    known.holds_order(&*journal)?;
    longest(bench, &*journal, known)?;
    drop(journal);
    if bench.capabilities().durability > Durability::None {
        known.holds_each(&*bench.open(&folder)?)?;
    }
    if let Some(reader) = bench.open_reader(&folder)? {
        known.holds_each(&*reader)?;
    }
    Ok(n_cases + 1)
}

/// Writes a record down as others do: with spaces, with fields that nobody knows, with escapes.
fn styled(record: &Record, style: u8) -> Record {
    let line = record.as_line();
    let line = match style {
        1 => line.replacen("\"kind\":", " \"kind\" :\t", 1),
        2 => line.replacen('{', "{\"later\":{\"a\":[1e400,-0,null]},", 1),
        3 => line.replacen("human:ada", "hum\\u0061n:ada", 1),
        _ => line.to_owned(),
    };
    Record::parse(line.as_bytes()).unwrap()
}

/// The longest record that is taken is read as it was written.
fn longest(bench: &Bench<'_>, journal: &dyn Journal, known: &mut Known) -> Result<(), Failed> {
    let limit = bench.capabilities().record_max_bytes;
    if limit <= LONG_BYTES {
        let append = of_bytes(&mission("longest"), limit);
        known.append(journal, append)?;
    }
    Ok(())
}

/// Makes an append of one record that is exactly as long.
fn of_bytes(m: &MissionId, n_bytes: usize) -> Append {
    let draft = |n_text| Draft::new(m, 0).texts(["x".repeat(n_text)]).append();
    let empty = draft(0).records()[0].as_line().len();
    let append = draft(n_bytes - empty);
    assert_eq!(append.records()[0].as_line().len(), n_bytes);
    append
}

pub(super) fn limits_declared(bench: &Bench<'_>) -> Verdict {
    let own = bench.capabilities();
    let journal = bench.fresh()?;
    let m = mission("m");
    let mut n_cases = 1;
    let mut refused = |append: Append, limit: usize| {
        let answer = journal.append(append);
        ensure!(
            matches!(answer, Err(AppendError::TooLarge { limit: told, .. }) if told == limit),
            "the limit is {limit}, what exceeds it was answered {answer:?}"
        );
        ensure!(
            journal.end()?.position.0 == 0 && journal.head(&m)? == Seq::ZERO,
            "what was too large is on record"
        );
        n_cases += 1;
        Ok(())
    };
    let longer = own.record_max_bytes.saturating_add(1);
    if longer <= 4 * LONG_BYTES {
        refused(of_bytes(&m, longer), own.record_max_bytes)?;
    }
    if longer <= LONG_BYTES {
        // The long one is the second of its append.
        let mut records = Draft::new(&m, 0).seal();
        let line =
            of_bytes(&m, longer).records()[0]
                .as_line()
                .replacen("\"seq\":1", "\"seq\":2", 1);
        records.push(Record::parse(line.as_bytes()).unwrap());
        refused(Append::new(Expect::New, records)?, own.record_max_bytes)?;
    }
    let more = own.batch_max_records.saturating_add(1);
    if more <= n_many() {
        refused(many(&m, 0, more), own.batch_max_records)?;
    }
    // What is within the limits is taken afterwards.
    journal.append(Draft::new(&m, 0).append())?;
    if more <= n_many() {
        journal.append(many(&m, 1, own.batch_max_records))?;
        let head = journal.head(&m)?.0;
        ensure!(
            head == more as u64,
            "{more} records were appended, the head is {head}"
        );
    }
    Ok(n_cases)
}

/// How many records may be made up for one append.
fn n_many() -> usize {
    match Tier::from_env() {
        Tier::Fast => 10_000,
        Tier::Full => 200_000,
    }
}

/// Makes an append of many short records, each from the line of one.
fn many(m: &MissionId, head: u64, n_records: usize) -> Append {
    let note = Draft::new(m, 1).texts([""]).seal().remove(0);
    let line = note.as_line();
    let records = (head + 1..).take(n_records).map(|seq| {
        let line = line.replacen("\"seq\":2", &format!("\"seq\":{seq}"), 1);
        Record::parse(line.as_bytes()).unwrap()
    });
    Append::new(Expect::head(Seq(head)), records.collect()).unwrap()
}

pub(super) fn name_isolation(bench: &Bench<'_>) -> Verdict {
    let long = "n".repeat(ID_MAX_BYTES);
    let fixed = [
        "m",
        "m1",
        "m10",
        "M",
        "m/",
        "m/1",
        "m 1",
        "m:1",
        "m.1",
        "m-1",
        "m\u{e9}",
        "me\u{301}",
        "..",
        ".",
        "/",
        "\\",
        "con",
        "lock",
        "0",
        "00",
        "\u{10FFFF}",
        "'",
        "\"",
        "%2F",
        "m\u{1F980}",
        &long[1..],
        &long,
    ];
    let journal = bench.fresh()?;
    among_others(&*journal, &fixed.map(mission))?;
    let piece = prop_oneof![
        Just("m"),
        Just("1"),
        Just("/"),
        Just("\u{e9}"),
        Just(":"),
        Just("\u{ff}")
    ];
    let name = prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat());
    let names = prop::collection::btree_set(name, 2..8);
    let n_cases = bench.each(&names, bench.n_cases(8), |names| {
        // Apart from those of the cases before: what is common to all comes first.
        let own = bench.mission();
        let names: Vec<MissionId> = names
            .iter()
            .map(|it| mission(&format!("{own}|{it}")))
            .collect();
        among_others(&*journal, &names)
    })?;
    Ok(n_cases + fixed.len() as u64)
}

/// Appends to missions in turns, under the same command ids; each has its own and nothing else.
fn among_others(journal: &dyn Journal, names: &[MissionId]) -> Result<(), Failed> {
    let mut known = Known::default();
    for head in 0..3 {
        for m in names {
            let text = format!("of {m}");
            let draft = Draft::new(m, head)
                .texts([text])
                .command(&format!("k{head}"));
            known.append(journal, draft.append())?;
        }
    }
    known.holds_each(journal)?;
    known.holds_answers(journal)?;
    let listed = journal.missions()?;
    for m in names {
        let found = listed.iter().filter(|it| it.mission == *m).count();
        ensure!(found == 1, "{m} is listed {found} times");
    }
    Ok(())
}

pub(super) fn key_order(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let (one, other) = (mission("one"), mission("other"));
    let mut head = 0;
    // The other mission moves the positions of the journal away from those of the first.
    journal.append(Draft::new(&other, 0).records(3).append())?;
    let borders: &[u64] = match Tier::from_env() {
        Tier::Fast => &[9, 99, 255, 999],
        Tier::Full => &[9, 99, 255, 999, 65_535],
    };
    for border in borders {
        // Up to just before the border in long appends, and over it in single steps.
        while head < border - 1 {
            let n_records = usize::try_from(border - 1 - head).unwrap();
            let n_records = n_records.min(bench.capabilities().batch_max_records);
            journal.append(many(&one, head, n_records))?;
            head += n_records as u64;
        }
        for _ in 0..6 {
            journal.append(many(&one, head, 1))?;
            head += 1;
        }
        around(&*journal, &one, *border, head)?;
    }
    drop(journal);
    if bench.capabilities().durability > Durability::None {
        let journal = bench.open(&folder)?;
        for border in borders {
            around(&*journal, &one, *border, head)?;
        }
    }
    Ok(borders.len() as u64)
}

/// Reads around a border, by mission and by position.
fn around(journal: &dyn Journal, m: &MissionId, border: u64, head: u64) -> Result<(), Failed> {
    for after in border - 3..=border + 3 {
        for max in [1, 2, 6] {
            let read = journal.read(m, Seq(after), max)?;
            let seqs: Vec<u64> = read.iter().map(|it| it.seq().0).collect();
            let wanted: Vec<u64> = (after + 1..=head).take(max).collect();
            ensure!(
                seqs == wanted,
                "after {after}, {seqs:?} are read instead of {wanted:?}"
            );
        }
        let cursor = Cursor {
            journal: journal.id(),
            position: orch_store::cursor::Position(after),
        };
        let page = journal.read_all(&cursor, 1)?;
        let first = page.records.first().map(|(at, _)| at.0);
        ensure!(
            first == Some(after + 1),
            "behind position {after} comes {first:?}"
        );
    }
    let all = journal.read(m, Seq::ZERO, usize::MAX)?;
    let wrong = all.iter().zip(1..).find(|(it, n)| it.seq().0 != *n);
    ensure!(
        wrong.is_none() && all.len() as u64 == head,
        "{head} records are read as {wrong:?}"
    );
    Ok(())
}

pub(super) fn unknown_kinds_kept(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let m = mission("m");
    let mut known = Known::default();
    known.append(&*journal, Draft::new(&m, 0).append())?;
    let kinds = ["", "never_heard_of", "note", "mission_opened"];
    let data = ["null", "[]", "{\"a\":{\"b\":1.0}}", "\"text\"", "1e999"];
    for (n, (kind, data)) in kinds.iter().flat_map(|k| data.map(|d| (k, d))).enumerate() {
        let (head, id) = (n as u64 + 1, Draft::id());
        let line = format!(
            "{{\"v\":1,\"seq\":{},\"id\":\"{id}\",\"at\":\"2026-11-20T08:00:00Z\",\"mission\":\"m\",\
             \"by\":\"human:ada\",\"kind\":\"{kind}\",\"data\":{data}}}",
            head + 1
        );
        let record = Record::parse(line.as_bytes()).unwrap();
        known.append(&*journal, Append::new(Expect::At(Seq(head)), vec![record])?)?;
    }
    known.holds(&*journal)?;
    drop(journal);
    if bench.capabilities().durability > Durability::None {
        known.holds(&*bench.open(&folder)?)?;
    }
    Ok((kinds.len() * data.len()) as u64)
}
