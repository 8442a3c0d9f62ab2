//! Power cuts under a real file system, where this process may mount one.

use std::io::Write as _;

use orch_testkit::fault::{Syncs, say_skipped};
use orch_testkit::store::stores::Jsonl;
use orch_testkit::store::{Failed, Subject, Tier, WorkerSpec, power_cuts};

use super::sled::Sled;

/// How often the power is cut.
const ROUNDS: u64 = 25;

/// How often it is cut with syncs that do nothing, which has to lose something.
const TEETH: u64 = 3;

fn power_is_cut(subject: &dyn Subject, module: &str) {
    if Tier::from_env() == Tier::Fast {
        return say_skipped("power cuts on a mount are of the full tier: ORCH_TIER=full");
    }
    let worker = WorkerSpec::this_test(&module_path!().replace("mounts", module));
    let cuts = match power_cuts(subject, &worker, ROUNDS, Syncs::Real) {
        Ok(cuts) => cuts,
        Err(Failed::NotMeasured(why)) => return say_skipped(&why),
        Err(failed) => panic!("{failed}"),
    };
    let blind = power_cuts(subject, &worker, TEETH, Syncs::Skipped).unwrap();
    let mut error = std::io::stderr();
    writeln!(
        error,
        "mounted, {module}: {cuts:?}; without syncs: {blind:?}"
    )
    .unwrap();
    assert!(cuts.acknowledged >= ROUNDS, "{cuts:?}");
    assert!(blind.broken > 0, "without syncs nothing is lost: {blind:?}");
}

#[test]
fn a_power_cut_under_ext4_loses_nothing_of_a_plain_text_journal() {
    power_is_cut(&Jsonl, "jsonl");
}

#[test]
fn a_power_cut_under_ext4_loses_nothing_of_a_store_with_sled() {
    power_is_cut(&Sled, "sled");
}
