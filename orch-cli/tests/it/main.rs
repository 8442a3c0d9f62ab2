//! The binary, run as a person or a script runs it: output, errors and exit code together.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "helpers of tests; a failure is the message"
)]

mod support;

mod at;
mod bisect;
mod blame;
mod blocked;
mod check;
mod colour;
mod completions;
mod conform;
mod contract;
#[cfg(unix)]
mod crash;
mod diff;
mod docs;
mod edges;
mod example;
mod examples;
mod explain;
mod export;
#[cfg(unix)]
mod global;
mod health;
mod help_lines;
mod hostile;
mod import;
mod import_at_once;
mod incidents;
mod lint;
mod log;
mod manual_examples;
mod missions;
mod next;
mod prime;
mod problems;
#[cfg(unix)]
mod processes;
mod progress;
mod ready;
mod reconcile;
mod replay;
mod rules;
mod samples;
#[cfg(unix)]
mod serve;
mod show;
mod store;
mod timeline;
mod wait;
mod what_if;
mod why;
mod why_not;
mod write;
