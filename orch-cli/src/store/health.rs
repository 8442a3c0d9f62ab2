//! What is wrong with a log as such: records that are missing, there twice, or unreadable.
//!
//! The fold marks all of it; here it is said up front, because every answer rests on what is left.

use orch_core::codes::Code;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_core::record::Record;

use super::warning::{Warning, first_few};

/// Says what is wrong with a log up to where the mission was folded.
// spec: ORDER-1, FOLD-1
pub(crate) fn warnings(mission: &Mission, records: &[Record]) -> Vec<Warning> {
    let marked = |code: Code| -> Vec<Seq> {
        let all = mission.anomalies().iter();
        all.filter(|one| one.code == code)
            .map(|one| one.seq)
            .collect()
    };
    let missing = missing(records, mission.head());
    let mut found = Vec::new();
    let mut warn = |code: Code, message: String, records: Vec<Seq>| {
        found.push(Warning {
            message,
            records,
            ..Warning::new(code.as_str())
        });
    };
    if !missing.is_empty() {
        let message = format!(
            "the log has no records {}: everything here follows from what is left",
            first_few(&missing)
        );
        warn(Code::SeqGap, message, marked(Code::SeqGap));
    }
    let unopened = marked(Code::NotOpened);
    if !unopened.is_empty() {
        let message = "the log does not begin with the opening of its mission: lead and policy are \
                       not known";
        warn(Code::NotOpened, message.to_owned(), unopened);
    }
    let twice = marked(Code::DuplicateRecord);
    if !twice.is_empty() {
        let message = format!(
            "the log has positions twice, and the first record at each counts: {}",
            first_few(&twice)
        );
        warn(Code::DuplicateRecord, message, twice);
    }
    let unreadable = marked(Code::UnreadableData);
    if !unreadable.is_empty() {
        let message = format!(
            "the log has records whose data cannot be read, and they change nothing: {}",
            first_few(&unreadable)
        );
        warn(Code::UnreadableData, message, unreadable);
    }
    found
}

/// Lists the positions that a log leaves out, as numbers or spans of numbers.
fn missing(records: &[Record], until: Seq) -> Vec<String> {
    let mut last = Seq::ZERO;
    let mut missing = Vec::new();
    for seq in records.iter().map(Record::seq) {
        if seq <= last || seq > until {
            continue;
        }
        let (first, before) = (last.next(), Seq(seq.0.saturating_sub(1)));
        if first == before {
            missing.push(first.to_string());
        } else if first < before {
            missing.push(format!("{first} to {before}"));
        }
        last = seq;
    }
    missing
}
