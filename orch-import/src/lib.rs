//! Foreign journals of agent work, read into orch records.
//!
//! ```text
//! readers ─▶ sniff ─▶ rows ─▶ drafts ─▶ Sealer ─▶ records
//!                       └────▶ report
//! ```
//!
//! [`Import::open`] looks at the head of every input, says what it is and names the mission;
//! [`Import::run`] reads the rows one after another and hands each record on as a [`Draft`]. A
//! [`Sealer`] numbers the drafts and leaves out what the destination has already, so that the same
//! file twice adds nothing and a grown file adds only its new rows.
//!
//! ```
//! use orch_core::ids::Seq;
//! use orch_import::{Import, Input, Options, Sealer, Taken};
//!
//! # fn main() -> Result<(), orch_import::ImportError> {
//! let rows = r#"{"bead":"bf-1","event":"dispatch","ts":"2026-08-06T02:09:14Z","worker":"echo"}"#;
//! let input = Input::new("SEAM.events.jsonl", rows.as_bytes());
//! let import = Import::open(vec![input], &Options::default())?;
//! let mut sealer = Sealer::new(import.mission().clone(), Seq::ZERO, []);
//! let mut log = Vec::new();
//! let report = import.run(&mut |_bytes| {}, &mut |draft| match sealer.seal(draft)? {
//!     Some(record) => {
//!         log.push(record);
//!         Ok(Taken::Written)
//!     }
//!     None => Ok(Taken::Present),
//! })?;
//! assert_eq!(report.total.mapped, 1);
//! assert_eq!(log.len(), 4); // opened, declared, joined, dispatched
//! # Ok(())
//! # }
//! ```
//!
//! **Invariant:** every line read is mapped, kept as unknown, malformed or blank, and the report
//! says which; nothing is dropped in silence. Records keep the order of their rows.
//!
//! **Not here:** files (a reader is handed in), clocks, randomness, and the fold.

mod beads;
mod draft;
mod error;
mod format;
mod identity;
mod import;
mod input;
mod lines;
mod moment;
mod naming;
mod needle;
mod reading;
mod report;
mod scribe;
mod sealer;
mod text;

pub use draft::{Draft, Taken};
pub use error::ImportError;
pub use format::{Family, Format, Sniffed, sniff};
pub use import::Import;
pub use input::{Input, Options};
pub use lines::LINE_MAX_BYTES;
pub use report::odd::{Finding, Oddity};
pub use report::{FileReport, LineReason, NamedLines, NeverEnded, Pairing, Report, Tally};
pub use sealer::Sealer;
