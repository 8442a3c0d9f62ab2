//! Why an answer has to be taken with care.

use orch_core::ids::Seq;
use serde::Serialize;

/// How many numbers of lines or records a message names.
const SHOWN_MAX: usize = 10;

/// Why an answer has to be taken with care.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Warning {
    /// A stable word.
    pub(crate) code: &'static str,
    /// What it is; may hold text from a journal.
    pub(crate) message: String,
    /// The lines it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<u64>,
    /// The records it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) records: Vec<Seq>,
}

impl Warning {
    /// A warning that says nothing yet.
    pub(crate) fn new(code: &'static str) -> Self {
        Self {
            code,
            ..Self::default()
        }
    }
}

/// Lists the first few line numbers.
pub(crate) fn listed(lines: &[u64]) -> String {
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("{word} {}", first_few(lines))
}

/// Lists the first few of something, and how many more there are.
pub(crate) fn first_few<T: std::fmt::Display>(all: &[T]) -> String {
    let shown: Vec<String> = all.iter().take(SHOWN_MAX).map(T::to_string).collect();
    let more = all.len().saturating_sub(SHOWN_MAX);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}
