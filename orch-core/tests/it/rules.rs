//! The rules, one file per family: what each refuses, and what it makes of a log that did it anyway.

mod authority_and_keys;
mod clocks;
mod complete;
mod correct;
mod counts_and_version;
mod decide;
mod divergence;
mod done;
mod doubt;
mod gate;
mod gate_authors;
mod handoff_and_fence;
mod happened_anyway;
mod ids_and_names;
mod late_evidence;
mod needs;
mod order_and_fold;
mod retry;
mod rings;
mod shutdown;
mod snapshots_and_reasons;
pub(crate) mod stage;
mod talk;
mod time;
mod wip;

use stage::*;
