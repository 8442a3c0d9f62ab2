//! What really went wrong with teams of agents, each as a log that orch tells record by record.
//!
//! ```text
//! a world ─▶ Story ─▶ fixtures/…/ID.jsonl   the log, byte for byte
//!                 ├─▶ snapshots/ID.snap     what orch shows after every record
//!                 └─▶ never, shows          what no view may say, and what one must
//! ```
//! A log is made of what `decide` accepts, and of what happened although a rule forbids it: that is
//! imposed, so that the story shows what orch makes of exactly what was seen.

mod glance;
mod incidents;
mod list;
mod seeds;
mod story;
mod telling;
mod words;
