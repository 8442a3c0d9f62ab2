//! Foreign times: parsed, with the raw text kept where parsing loses something.

use chrono::{DateTime, Datelike as _, NaiveDateTime, Utc};

/// A point in time as a foreign log wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The time in UTC.
    pub(crate) at: DateTime<Utc>,
    /// The text, where `at` does not keep it: another offset, or none at all.
    pub(crate) raw: Option<Box<str>>,
}

impl Moment {
    /// Reads RFC 3339; a time without an offset is taken as UTC.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            let raw = (time.offset().local_minus_utc() != 0).then(|| text.into());
            return Self::of(time.to_utc(), raw);
        }
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .and_then(|time| Self::of(time.and_utc(), Some(text.into())))
    }

    /// A year that RFC 3339 cannot write would make a record that others cannot read, and one
    /// before all computers is what a program writes that has no time to write.
    fn of(at: DateTime<Utc>, raw: Option<Box<str>>) -> Option<Self> {
        (1970..=9999)
            .contains(&at.year())
            .then_some(Self { at, raw })
    }
}

/// The time of a row, even of one that tells none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) at: DateTime<Utc>,
    pub(crate) raw: Option<Box<str>>,
    /// Whether `at` is borrowed from elsewhere, because the row tells no time.
    pub(crate) borrowed: bool,
}

impl Stamp {
    /// Reads the time of a row; one that tells none is given the time before it.
    pub(crate) fn read(text: Option<&str>, before: DateTime<Utc>) -> Self {
        match text.map(|text| Moment::parse(text).ok_or(text)) {
            Some(Ok(moment)) => Self::from(moment),
            Some(Err(text)) => Self {
                at: before,
                raw: Some(text.into()),
                borrowed: true,
            },
            None => Self::borrowed(before),
        }
    }

    /// A time taken from elsewhere.
    pub(crate) const fn borrowed(at: DateTime<Utc>) -> Self {
        Self {
            at,
            raw: None,
            borrowed: true,
        }
    }
}

impl From<Moment> for Stamp {
    fn from(moment: Moment) -> Self {
        Self {
            at: moment.at,
            raw: moment.raw,
            borrowed: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_text_is_kept_only_where_the_time_would_lose_something() {
        let raw = |text| Moment::parse(text).map(|moment| moment.raw.is_some());
        assert_eq!(raw("2026-08-06T02:09:14.796263892+00:00"), Some(false));
        assert_eq!(raw("2026-08-06T02:09:14Z"), Some(false));
        assert_eq!(raw("2026-08-06T02:09:14+01:00"), Some(true));
        assert_eq!(raw("2026-08-06T02:09:14"), Some(true));
        assert_eq!(raw("2026-08-06 02:09:14.5"), Some(true));
        assert_eq!(raw("yesterday"), None);
        assert_eq!(raw("9999-12-31T23:59:59-01:00"), None);
        assert_eq!(raw("0001-01-01T00:00:00Z"), None);
    }

    #[test]
    fn a_row_without_a_time_takes_the_one_before_it() {
        let before = Moment::parse("2026-08-06T02:09:14Z").unwrap().at;
        assert_eq!(Stamp::read(None, before), Stamp::borrowed(before));
        let stamp = Stamp::read(Some("soon"), before);
        assert_eq!((stamp.at, stamp.raw.as_deref()), (before, Some("soon")));
        assert!(stamp.borrowed);
    }
}
