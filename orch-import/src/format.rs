//! Recognising a foreign file by what it holds.
//!
//! Every row of the head votes with the keys it has; a name only breaks a tie, because names
//! mislead: files called `interactions.jsonl` have been seen to hold issues.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserializer as _, Serialize};

/// A tool whose journals can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Family {
    /// The beads issue tracker.
    Beads,
    /// The NEEDLE dispatcher.
    Needle,
}

impl Family {
    /// Returns the word for it, as in the actor `import:beads`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Beads => "beads",
            Self::Needle => "needle",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the rows of a foreign file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// Beads issues, one snapshot a row.
    BeadsIssues,
    /// Beads events, from a backup.
    BeadsEvents,
    /// Beads dependencies, from a backup.
    BeadsDependencies,
    /// NEEDLE events.
    Needle,
}

impl Format {
    /// Every format, in the order in which a tie without a telling name is broken.
    const ALL: [Self; 4] = [
        Self::Needle,
        Self::BeadsEvents,
        Self::BeadsDependencies,
        Self::BeadsIssues,
    ];

    /// Returns the tool that writes it.
    pub const fn family(self) -> Family {
        match self {
            Self::BeadsIssues | Self::BeadsEvents | Self::BeadsDependencies => Family::Beads,
            Self::Needle => Family::Needle,
        }
    }

    /// The keys that all rows of the format have, and no row of another.
    const fn marks(self) -> &'static [&'static str] {
        match self {
            Self::BeadsIssues => &["id", "title", "status"],
            Self::BeadsEvents => &["issue_id", "event_type", "created_at"],
            Self::BeadsDependencies => &["issue_id", "depends_on_id", "type"],
            Self::Needle => &["bead", "worker", "event", "ts"],
        }
    }

    /// A word that a file of the format often has in its name.
    const fn hint(self) -> &'static str {
        match self {
            Self::BeadsIssues => "issues",
            Self::BeadsEvents | Self::Needle => "events",
            Self::BeadsDependencies => "dependencies",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::BeadsIssues => "beads issues",
            Self::BeadsEvents => "beads events",
            Self::BeadsDependencies => "beads dependencies",
            Self::Needle => "needle events",
        })
    }
}

/// A recognised format.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sniffed {
    /// What the rows are.
    pub format: Format,
    /// How that was found out, in words.
    pub why: String,
}

/// Recognises a file by its first bytes; the name only breaks a tie.
///
/// `None` when no row is of a known format, and for a log of orch itself.
pub fn sniff(head: &[u8], name: &str) -> Option<Sniffed> {
    match judge(head, name) {
        Judged::Foreign(sniffed) => Some(sniffed),
        Judged::Own | Judged::Strange { .. } => None,
    }
}

/// What the head of a file turned out to be.
pub(crate) enum Judged {
    Foreign(Sniffed),
    Own,
    Strange { reason: String },
}

/// Lets every row of the head vote.
pub(crate) fn judge(head: &[u8], name: &str) -> Judged {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut votes = [0_u32; Format::ALL.len()];
    let (mut rows, mut objects, mut own) = (0_u32, 0_u32, 0_u32);
    let mut lines = head.split(|&byte| byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        // A row that the head cuts off votes only if there is no other.
        let is_cut = lines.peek().is_none() && rows > 0;
        if line.trim_ascii().is_empty() || (is_cut && !line.ends_with(b"}")) {
            continue;
        }
        rows = rows.saturating_add(1);
        let keys = keys_of(line);
        if keys.is_empty() {
            continue;
        }
        objects = objects.saturating_add(1);
        let has = |mark: &&str| keys.iter().any(|key| key == mark);
        // Our own records carry foreign rows inside, never beside these keys.
        if ["v", "seq", "kind", "data"].iter().all(has) {
            own = own.saturating_add(1);
            continue;
        }
        for (format, votes) in Format::ALL.iter().zip(&mut votes) {
            if format.marks().iter().all(has) {
                *votes = votes.saturating_add(1);
            }
        }
    }
    let named = |format: Format| name.to_ascii_lowercase().contains(format.hint());
    let best = Format::ALL
        .into_iter()
        .zip(votes)
        .rev()
        .max_by_key(|&(format, votes)| (votes, named(format)));
    match best {
        Some((format, votes)) if votes > own => Judged::Foreign(Sniffed {
            format,
            why: format!(
                "{votes} of the first {rows} rows have {}",
                format.marks().join(", ")
            ),
        }),
        Some(_) | None if own > 0 => Judged::Own,
        Some(_) | None => Judged::Strange {
            reason: match objects {
                0 => format!("none of the first {rows} lines is a JSON object"),
                _ => format!("none of the first {objects} rows has the keys of a known format"),
            },
        },
    }
}

/// Returns the keys of a JSON object, as far as the line goes: the head may end within a row.
fn keys_of(line: &[u8]) -> Vec<String> {
    struct Keys<'k>(&'k mut Vec<String>);

    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<String>()? {
                self.0.push(key);
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let mut keys = Vec::new();
    let read = serde_json::Deserializer::from_slice(line).deserialize_map(Keys(&mut keys));
    match read {
        // An error means that the row is cut off or broken; the keys before it count all the same.
        Ok(()) | Err(_) => keys,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUE: &str = r#"{"id":"a-1","title":"t","status":"open","priority":2}"#;
    const EVENT: &str =
        r#"{"id":1,"issue_id":"a-1","event_type":"created","created_at":"2026-01-01T00:00:00Z"}"#;
    const EDGE: &str = r#"{"issue_id":"a-1","depends_on_id":"a-2","type":"blocks"}"#;
    const NEEDLE: &str =
        r#"{"bead":"a-1","event":"claim","ts":"2026-01-01T00:00:00Z","worker":"w"}"#;

    fn format_of(head: &str, name: &str) -> Option<Format> {
        sniff(head.as_bytes(), name).map(|sniffed| sniffed.format)
    }

    #[test]
    fn a_file_is_known_by_its_rows_whatever_its_name_says() {
        for (row, format) in [
            (ISSUE, Format::BeadsIssues),
            (EVENT, Format::BeadsEvents),
            (EDGE, Format::BeadsDependencies),
            (NEEDLE, Format::Needle),
        ] {
            assert_eq!(format_of(row, "interactions.jsonl"), Some(format));
        }
    }

    #[test]
    fn most_rows_win_and_a_name_breaks_a_tie() {
        let both = format!("{ISSUE}\n{EDGE}\n");
        assert_eq!(
            format_of(&both, "dependencies.jsonl"),
            Some(Format::BeadsDependencies)
        );
        assert_eq!(format_of(&both, "issues.jsonl"), Some(Format::BeadsIssues));
        let mostly = format!("{both}{ISSUE}\n");
        assert_eq!(
            format_of(&mostly, "dependencies.jsonl"),
            Some(Format::BeadsIssues)
        );
    }

    #[test]
    fn a_row_that_the_head_cuts_off_still_counts() {
        let cut = r#"{"id":"a-1","title":"t","status":"open","description":"and so o"#;
        assert_eq!(format_of(cut, "x"), Some(Format::BeadsIssues));
    }

    #[test]
    fn records_of_orch_are_not_foreign() {
        let own = r#"{"v":1,"seq":7,"id":"01890a5d-ac96-774b-bcce-b302099a8057","at":"2026-11-20T08:00:00Z","mission":"a","by":"host","kind":"beads.memory","data":{"id":"a","title":"t","status":"open"}}"#;
        assert_eq!(format_of(own, "issues.jsonl"), None);
        assert!(matches!(judge(own.as_bytes(), "x"), Judged::Own));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for head in ["", "hello\n", "[1]\n", "{\"ts\":1,\"type\":\"sling\"}\n"] {
            assert_eq!(format_of(head, "issues.jsonl"), None, "{head:?}");
        }
    }
}
