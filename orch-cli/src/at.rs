//! Positions in a log, as a person writes them, and the evaluation clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use orch_core::history::History;
use orch_core::ids::Seq;

use crate::error::{CliError, ErrorCode};
use crate::store::Warning;

/// A position in a log, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Position {
    /// `42`: after the record of this number.
    Seq(Seq),
    /// `~3`: so many records before the last.
    Back(usize),
    /// `e:ID`: after the record of this id, or of an id that begins like this.
    Id(String),
    /// After everything before the first record that is later than this.
    Time(DateTime<Utc>),
    /// `-15m`: so long before the evaluation clock.
    Ago(Duration),
}

impl fmt::Display for Position {
    /// Writes it so that it can be read again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq(seq) => write!(f, "{seq}"),
            Self::Back(back) => write!(f, "~{back}"),
            Self::Id(id) => write!(f, "e:{id}"),
            Self::Time(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Self::Ago(ago) => write!(f, "-{}", humantime::format_duration(*ago)),
        }
    }
}

impl FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(back) = text.strip_prefix('~') {
            let n = if back.is_empty() { "1" } else { back };
            return n.parse().map(Self::Back).map_err(|_| unreadable());
        }
        if let Some(id) = text.strip_prefix("e:") {
            let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
            return is_id
                .then(|| Self::Id(id.to_ascii_lowercase()))
                .ok_or_else(unreadable);
        }
        if let Some(ago) = text.strip_prefix('-') {
            return humantime::parse_duration(ago)
                .map(Self::Ago)
                .map_err(|_| unreadable());
        }
        if let Ok(seq) = text.parse() {
            return Ok(Self::Seq(Seq(seq)));
        }
        time(text).map(Self::Time).ok_or_else(unreadable)
    }
}

fn unreadable() -> String {
    "a position is a record number such as 42, ~3 for the third before the last, e:RECORD-ID, \
     a time such as 2026-11-20T10:00Z, or -15m"
        .to_owned()
}

/// The evaluation clock, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The latest time that the log has up to the position.
    Last,
    /// The clock of this machine.
    Now,
    /// This time.
    Time(DateTime<Utc>),
}

impl FromStr for Clock {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            "now" => Ok(Self::Now),
            other => time(other).map(Self::Time).ok_or_else(|| {
                "a clock is `last`, `now` or a time such as 2026-11-20T10:00Z".to_owned()
            }),
        }
    }
}

/// Reads a time: RFC 3339, also without seconds, without a zone (then UTC) or without a time of
/// day (then midnight).
fn time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    for form in [
        "%Y-%m-%dT%H:%M%#z",
        "%Y-%m-%d %H:%M%#z",
        "%Y-%m-%d %H:%M:%S%.f%#z",
    ] {
        if let Ok(time) = DateTime::parse_from_str(text, form) {
            return Some(time.to_utc());
        }
    }
    let bare = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    for form in [
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S%.f",
    ] {
        if let Ok(time) = NaiveDateTime::parse_from_str(bare, form) {
            return Some(time.and_utc());
        }
    }
    let day = NaiveDate::parse_from_str(bare, "%Y-%m-%d").ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

/// Finds a position in a log of which the records up to another are looked at: `~3` counts from there.
///
/// # Errors
/// When the log has no such position.
pub(crate) fn resolve(
    position: &Position,
    history: &History,
    until: Seq,
    now: DateTime<Utc>,
) -> Result<Seq, CliError> {
    let records = history.records();
    let head = history.head().head();
    let unknown = |what: String| {
        let first = records.first().map(|record| (record.seq(), record.at()));
        let last = records.last().map(|record| (record.seq(), record.at()));
        let ends = [first, last].into_iter().flatten();
        let ends = ends.zip(["first", "last"]);
        CliError::new(ErrorCode::UnknownPosition, what)
            .evidence_all(
                ends.map(|((seq, at), end)| format!("the {end} record is {seq}, of {at}")),
            )
            .hint("orch help positions")
    };
    match position {
        Position::Seq(seq) if *seq <= head => Ok(*seq),
        Position::Seq(seq) => Err(unknown(format!("the log has no record {seq}"))),
        Position::Back(back) => records
            .iter()
            .filter(|record| record.seq() <= until)
            .nth_back(*back)
            .map(orch_core::record::Record::seq)
            .ok_or_else(|| unknown(format!("the log has no {back} records before its last"))),
        Position::Id(id) => by_id(id, history),
        Position::Time(time) => {
            at_time(*time, history).ok_or_else(|| unknown(format!("the log begins after {time}")))
        }
        Position::Ago(ago) => chrono::TimeDelta::from_std(*ago)
            .ok()
            .and_then(|ago| now.checked_sub_signed(ago))
            .and_then(|time| at_time(time, history))
            .ok_or_else(|| {
                let ago = humantime::format_duration(*ago);
                unknown(format!("the log begins later than {ago} before {now}"))
            }),
    }
}

/// Says that a time is no exact position, where the log does not keep the order of its times.
// spec: ORDER-1
pub(crate) fn doubt(position: &Position, history: &History, seq: Seq) -> Option<Warning> {
    match position {
        Position::Time(_) | Position::Ago(_) => {}
        Position::Seq(_) | Position::Back(_) | Position::Id(_) => return None,
    }
    let times = history.records().iter().map(orch_core::record::Record::at);
    let next = times.clone().skip(1);
    let n_back = times.zip(next).filter(|(one, next)| next < one).count();
    let count = match n_back {
        0 => return None,
        1 => "once".to_owned(),
        n => format!("{n} times"),
    };
    Some(Warning {
        message: format!(
            "the times of this log run backwards {count}; record {seq} is where that time was \
             first passed, and only a record number is exact"
        ),
        ..Warning::new("times_backwards")
    })
}

fn at_time(time: DateTime<Utc>, history: &History) -> Option<Seq> {
    Some(history.at_time(time)).filter(|&seq| seq > Seq::ZERO)
}

/// Finds a record by its id, or by how its id begins.
fn by_id(id: &str, history: &History) -> Result<Seq, CliError> {
    if let Ok(id) = id.parse()
        && let Some(record) = history.by_id(id)
    {
        return Ok(record.seq());
    }
    let begins = |record: &&orch_core::record::Record| {
        let written = record.envelope().id;
        written.to_string().starts_with(id) || written.simple().to_string().starts_with(id)
    };
    let mut found = history.records().iter().filter(begins);
    let (first, second) = (found.next(), found.next());
    match (first, second) {
        (Some(record), None) => Ok(record.seq()),
        (None, _) => Err(CliError::new(
            ErrorCode::UnknownPosition,
            format!("no record has an id that begins with {id}"),
        )
        .hint("orch help positions")),
        (Some(first), Some(second)) => {
            let shown = [first, second].into_iter().chain(found.take(3));
            Err(CliError::new(
                ErrorCode::AmbiguousId,
                format!("several records have an id that begins with {id}"),
            )
            .evidence_all(shown.map(|record| format!("e:{}", record.envelope().id)))
            .hint("orch help positions"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_in_each_of_its_forms() {
        assert_eq!("42".parse(), Ok(Position::Seq(Seq(42))));
        assert_eq!("~3".parse(), Ok(Position::Back(3)));
        assert_eq!("~".parse(), Ok(Position::Back(1)));
        assert_eq!("e:0189A".parse(), Ok(Position::Id("0189a".to_owned())));
        assert_eq!("-15m".parse(), Ok(Position::Ago(Duration::from_secs(900))));
        for text in ["42", "~3", "e:0189a", "-15m", "2026-11-20T10:00:00Z"] {
            assert_eq!(text.parse::<Position>().unwrap().to_string(), text);
        }
        for wrong in ["", "~x", "e:", "e:zz", "-", "-x", "soon"] {
            assert!(wrong.parse::<Position>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_may_leave_out_seconds_zone_and_hour() {
        let ten: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().unwrap();
        for text in [
            "2026-11-20T10:00:00Z",
            "2026-11-20T10:00Z",
            "2026-11-20T10:00",
            "2026-11-20 10:00",
            "2026-11-20T11:00+01:00",
        ] {
            assert_eq!(time(text), Some(ten), "{text}");
        }
        assert!(time("2026-11-20").is_some());
        assert_eq!("now".parse(), Ok(Clock::Now));
    }
}
