//! What is kept up to date beside the rows says the same as the rows.

use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;
use orch_core::view::{Readiness, TaskView};
use proptest::prelude::*;

use crate::support::World;
use orch_testkit::strategy::{Step, impose, log, policies};

/// Asks every task, where the mission asks only those it keeps note of.
fn check(world: &World) -> Result<(), TestCaseError> {
    let (mission, now) = (&world.mission, world.now);
    let is_ready = |readiness| readiness == Some(Readiness::Ready);
    let mut ready: Vec<_> = mission
        .tasks()
        .filter(|it| is_ready(mission.readiness(it.id(), now)))
        .collect();
    ready.sort_by_key(|it| it.priority().unwrap_or(i32::MAX));
    let ready: Vec<_> = ready.iter().map(TaskView::id).collect();
    prop_assert_eq!(mission.ready(now), ready);
    let causes = mission.diagnose(now).causes;
    for task in mission.tasks() {
        if task.status() == TaskStatus::Accepted {
            continue;
        }
        for blocker in mission.blockers(task.id(), now).unwrap() {
            let is_root = blocker.cause != Cause::DepOpen;
            prop_assert!(!is_root || causes.contains(&blocker), "{blocker:#?}");
        }
    }
    Ok(())
}

fn each_prefix(steps: &[Step<Event>], world: &mut World) -> Result<(), TestCaseError> {
    for step in steps {
        let mut made_again: Mission = world.mission.snapshot().unwrap().restore().unwrap();
        let n_before = world.records.len();
        impose(world, std::slice::from_ref(step));
        check(world)?;
        // What was made again is kept up to date like what always was.
        for record in &world.records[n_before..] {
            made_again.apply(record);
        }
        let kept = world.mission.diagnose(world.now);
        prop_assert_eq!(&made_again.diagnose(world.now), &kept);
        prop_assert_eq!(made_again.rings(world.now), world.mission.rings(world.now));
        prop_assert_eq!(made_again.ready(world.now), world.mission.ready(world.now));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    // spec: FOLD-2, DEP-1
    #[test]
    fn what_is_kept_up_to_date_is_what_is_made_again_and_what_every_row_says(
        policy in policies(),
        steps in log(40),
    ) {
        let mut world = World::with_policy(policy);
        each_prefix(&steps, &mut world)?;
    }
}
