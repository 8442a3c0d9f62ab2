//! Times and ages.

use chrono::{DateTime, Local, SecondsFormat, TimeDelta, Utc};
use orch_core::ids::Seq;
use orch_core::mission::Moment;
use serde::Serialize;

use crate::cli::TimeStyle;

/// How a command writes times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    style: Option<TimeStyle>,
    now: DateTime<Utc>,
}

impl Times {
    /// Writes times as asked, ages by the evaluation clock.
    pub(crate) const fn new(style: Option<TimeStyle>, now: DateTime<Utc>) -> Self {
        Self { style, now }
    }

    /// Writes a time that stands for itself: UTC unless asked otherwise.
    pub(crate) fn point(&self, at: DateTime<Utc>) -> String {
        self.write(at, TimeStyle::Iso)
    }

    /// Writes since when something is so: its age unless asked otherwise.
    pub(crate) fn since(&self, at: DateTime<Utc>) -> String {
        self.write(at, TimeStyle::Relative)
    }

    /// Writes a record and since when.
    pub(crate) fn moment(&self, moment: Moment) -> String {
        format!("record {}, {}", moment.seq, self.since(moment.at))
    }

    /// Writes how old something is, whatever the style.
    pub(crate) fn age(&self, at: DateTime<Utc>) -> String {
        span(self.now.signed_duration_since(at))
    }

    fn write(&self, at: DateTime<Utc>, default: TimeStyle) -> String {
        match self.style.unwrap_or(default) {
            TimeStyle::Relative if at > self.now => {
                format!("in {}", span(at.signed_duration_since(self.now)))
            }
            TimeStyle::Relative => format!("{} ago", self.age(at)),
            TimeStyle::Iso => at.to_rfc3339_opts(SecondsFormat::Secs, true),
            TimeStyle::Local => at
                .with_timezone(&Local)
                .format("%Y-%m-%d %H:%M:%S%:z")
                .to_string(),
            TimeStyle::Raw => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        }
    }

    /// Returns a moment as JSON has it.
    pub(crate) fn out(&self, moment: Moment) -> MomentOut {
        MomentOut {
            record: moment.seq,
            at: moment.at,
            age_s: self.now.signed_duration_since(moment.at).num_seconds(),
        }
    }
}

/// A moment in the log as JSON has it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct MomentOut {
    /// The record.
    pub(crate) record: Seq,
    /// Its time.
    pub(crate) at: DateTime<Utc>,
    /// How long ago that was by the evaluation clock, in seconds.
    pub(crate) age_s: i64,
}

impl From<MomentOut> for Moment {
    fn from(out: MomentOut) -> Self {
        Self {
            seq: out.record,
            at: out.at,
        }
    }
}

/// Writes a length of time in its two largest units.
pub(crate) fn span(length: TimeDelta) -> String {
    let seconds = length.num_seconds();
    if seconds < 0 {
        return format!(
            "-{}",
            span(length.checked_mul(-1).unwrap_or(TimeDelta::MAX))
        );
    }
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (length, name) in units {
        let n = left / length;
        left %= length;
        // The second unit is the next smaller one, or none: `2d` rather than `2d 5s`.
        if n == 0 && !parts.is_empty() {
            break;
        }
        if n > 0 {
            parts.push(format!("{n}{name}"));
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() {
        "0s".to_owned()
    } else {
        parts.join(" ")
    }
}

/// Writes a few record numbers.
pub(crate) fn records(seqs: &[Seq]) -> String {
    const SHOWN_MAX: usize = 6;
    let mut seqs = seqs.to_vec();
    seqs.sort_unstable();
    seqs.dedup();
    let shown: Vec<String> = seqs.iter().take(SHOWN_MAX).map(Seq::to_string).collect();
    let more = seqs.len().saturating_sub(SHOWN_MAX);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let word = if seqs.len() == 1 { "record" } else { "records" };
    format!("{word} {}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_at_most_two_neighbouring_units() {
        for (seconds, text) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (3_725, "1h 2m"),
            (86_405, "1d"),
            (90_000, "1d 1h"),
            (-90, "-1m 30s"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), text);
        }
    }

    #[test]
    fn record_numbers_are_sorted_and_not_endless() {
        let seqs: Vec<Seq> = [9, 1, 2, 3, 4, 5, 6, 7, 8, 1].map(Seq).to_vec();
        assert_eq!(records(&seqs), "records 1, 2, 3, 4, 5, 6 and 3 more");
        assert_eq!(records(&[Seq(4)]), "record 4");
    }
}
