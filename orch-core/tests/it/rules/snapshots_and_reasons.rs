//! Snapshots at every cut, and the reasons of what is derived.

use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_core::snapshot::SnapshotError;

use super::dispatched;
use super::order_and_fold::story;
use crate::support::*;

// spec: FOLD-2
#[test]
fn a_snapshot_at_every_cut_and_the_rest_of_the_log_give_the_same_mission() {
    let mut world = story();
    world.happens(&by("coder"), dispatched("ui", 7, "ghost"));
    let whole = world.mission.digest().unwrap();
    let mut mission = Mission::new();
    for cut in 0..=world.records.len() {
        let mut resumed = mission.snapshot().unwrap().restore().unwrap();
        for record in &world.records[cut..] {
            resumed.apply(record);
        }
        assert_eq!(resumed.digest().unwrap(), whole, "cut after {cut}");
        if let Some(record) = world.records.get(cut) {
            mission.apply(record);
        }
    }
    let history = History::new(world.records.clone());
    assert_eq!(history.at(Seq(7)).digest().unwrap(), {
        Mission::fold(&world.records[..7]).digest().unwrap()
    });
}

// spec: FOLD-2
#[test]
fn a_snapshot_that_was_changed_or_made_by_another_fold_is_refused() {
    let json = serde_json::to_string(&story().mission.snapshot().unwrap()).unwrap();
    let restored = |json: &str| {
        serde_json::from_str::<orch_core::snapshot::Snapshot>(json)
            .unwrap()
            .restore()
    };
    assert!(restored(&json).is_ok());
    let changed = json.replace("\"tester\"", "\"taster\"");
    assert!(matches!(
        restored(&changed),
        Err(SnapshotError::Damaged { .. })
    ));
    let other = json.replace(orch_core::snapshot::FOLD, "0000");
    assert!(matches!(
        restored(&other),
        Err(SnapshotError::OtherFold { .. })
    ));
}

// spec: FOLD-3
#[test]
fn everything_that_is_derived_names_records_that_are_there() {
    let mut world = story();
    world.happens(&by("coder"), dispatched("ui", 1, "coder"));
    let head = world.mission.head();
    let mut reasons: Vec<Vec<Seq>> = vec![world.mission.phase().because];
    reasons.extend(world.mission.anomalies().iter().map(|it| vec![it.seq]));
    reasons.extend(world.mission.obstacles().into_iter().map(|it| it.because));
    reasons.extend(world.mission.progress().into_iter().map(|it| it.because));
    reasons.extend(
        world
            .mission
            .roots(world.now)
            .into_iter()
            .map(|it| it.because),
    );
    for view in world.mission.tasks() {
        let found = world.mission.blockers(view.id(), world.now).unwrap();
        reasons.extend(found.into_iter().map(|it| it.because));
        assert!(view.since().seq <= head && view.gates().all(|gate| gate.since() <= head));
    }
    assert!(reasons.len() > 10);
    assert!(
        reasons
            .iter()
            .all(|it| !it.is_empty() && it.iter().all(|seq| *seq <= head))
    );
}
