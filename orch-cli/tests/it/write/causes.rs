//! What `why` says to run is run, for every cause there is, until the cause is gone.

use std::path::PathBuf;

use orch_core::diagnosis::Cause;
use orch_core::record::{Record, read_lines};
use orch_store::journal::{Append, Expect, Journal as _};
use orch_store::segments::{Options, open};
use serde_json::Value;

use crate::support::live::Live;

/// How many lines may have to be run for one cause.
const LINES_MAX: usize = 8;

/// The log that raises a cause.
fn fixture(cause: Cause) -> Vec<Record> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../orch-testkit/fixtures/causes");
    let text = std::fs::read(folder.join(format!("{cause}.jsonl"))).unwrap();
    read_lines(&text).records
}

/// A store with that log, at the time of its end.
fn store(cause: Cause) -> Live {
    let mut live = Live::empty();
    let records = fixture(cause);
    let span = records.last().unwrap().at() - records[0].at();
    let opened = open(&live.folder().join(".orch"), &Options::default()).unwrap();
    let append = Append::new(Expect::New, records).unwrap();
    opened.journal.append(append).unwrap();
    opened.journal.close().unwrap();
    live.after(span.num_minutes());
    live
}

/// Where a cause shows: of the mission, or down the chains of a task.
fn find<'a>(mission: &'a Value, chains: &'a [Value], cause: Cause) -> Option<&'a Value> {
    let of_mission = mission["data"]["causes"].as_array().unwrap().iter();
    let steps = chains.iter().flat_map(|chain| chain.as_array().unwrap());
    of_mission
        .chain(steps)
        .find(|one| one["cause"] == cause.as_str())
}

fn first_line(one: &Value) -> Option<String> {
    one["fixes"][0]["command"].as_str().map(str::to_owned)
}

/// Runs what is suggested for a cause; `false` when the cause does not show.
fn bring_forward(live: &mut Live, cause: Cause) -> bool {
    let mission = live.json("why");
    let task = if cause == Cause::DepOpen { "t2" } else { "t1" };
    let why = live.json(&format!("why task:{task}"));
    let chains = why["data"]["chains"].as_array().unwrap().clone();
    let Some(found) = find(&mission, &chains, cause) else {
        return false;
    };
    // What only waits is cleared at the end of its chain.
    let mut ends = chains
        .iter()
        .filter_map(|chain| chain.as_array().unwrap().last());
    let line = first_line(found).or_else(|| ends.find_map(first_line));
    assert!(line.is_some(), "nothing to run for {cause}: {found:#}");
    live.ok(line.unwrap().strip_prefix("orch ").unwrap());
    true
}

// spec: DECIDE-3
#[test]
fn what_is_suggested_for_each_cause_is_run_and_clears_it() {
    for &cause in Cause::ALL {
        let mut live = store(cause);
        assert!(bring_forward(&mut live, cause), "{cause} does not show");
        let n_more = (1..LINES_MAX)
            .take_while(|_| bring_forward(&mut live, cause))
            .count();
        assert!(
            n_more + 1 < LINES_MAX,
            "{cause} stands after {n_more} more lines"
        );
    }
}
