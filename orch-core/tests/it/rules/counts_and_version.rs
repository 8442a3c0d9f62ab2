//! Counts that are recounted each time, and the version of the rules.

use orch_core::codes::Code;
use orch_core::command::{Command, OpenMission};
use orch_core::event::mission::{MissionOpened, RunEnded, RunStarted};
use orch_core::event::task::{TaskDeclared, Unmet};
use orch_core::ids::{RunId, Seq};
use orch_core::party::{Actor, Party};
use orch_core::rules::{RULES_VERSION, rule};
use orch_core::status::task::TaskStatus;

use super::{close_task, in_status};
use crate::support::*;

// spec: COUNT-1
#[test]
fn nothing_of_nothing_is_a_count() {
    let counts = World::new().mission.counts();
    assert_eq!(
        (counts.total, counts.done, counts.wanted, counts.percent()),
        (0, 0, 0, None)
    );
    assert!(World::new().mission.progress().is_empty());
    let mut dropped = World::new().tasks(&["t1"]);
    dropped.accepts(&lead(), close_task("t1", Unmet::Skipped));
    let counts = dropped.mission.counts();
    assert_eq!(
        (counts.total, counts.wanted, counts.percent()),
        (1, 0, None)
    );
}

// spec: COUNT-1
#[test]
fn each_status_counts_once_and_only_accepted_work_is_done() {
    for &status in TaskStatus::ALL {
        let counts = in_status(status).mission.counts();
        assert!(counts.of(status) >= 1);
        assert_eq!(
            (counts.total, counts.by_status.values().sum::<usize>()),
            (2, 2)
        );
        let is_done = matches!(status, TaskStatus::Accepted | TaskStatus::Delivered);
        assert_eq!(counts.done, usize::from(is_done), "{status}");
    }
}

// spec: COUNT-1
#[test]
fn a_subtask_counts_once_and_under_the_phase_of_its_parent() {
    let mut world = World::unlimited().agents(&["a"]);
    let phase = Some(label("one"));
    world.declare(TaskDeclared {
        phase,
        ..TaskDeclared::new(task("3"), "3")
    });
    for (id, parent) in [("3.4", "3"), ("3.4.1", "3.4")] {
        let parent = Some(task(parent));
        world.declare(TaskDeclared {
            parent,
            ..TaskDeclared::new(task(id), id)
        });
    }
    world.declare(TaskDeclared::new(task("loose"), "loose"));
    world.finish("3.4.1", "a");
    let progress = world.mission.progress();
    let of: Vec<_> = progress
        .iter()
        .map(|it| (it.phase.clone(), it.counts.total))
        .collect();
    assert_eq!(of, [(None, 1), (Some(label("one")), 3)]);
    assert_eq!(
        (progress[1].counts.percent(), world.mission.counts().total),
        (Some(33), 4)
    );
}

// spec: COUNT-1
#[test]
fn the_counts_of_a_run_are_those_of_the_mission_where_it_ended() {
    let mut world = in_status(TaskStatus::Accepted);
    let run = || RunId::parse("monday").unwrap();
    world.accepts(&Actor::Host, Command::StartRun(RunStarted { run: run() }));
    let again = Command::StartRun(RunStarted { run: run() });
    world.forbids(&Actor::Host, again, Code::RunExists);
    let end = world.accepts(&Actor::Host, Command::EndRun(RunEnded { run: run() }));
    let (_, monday) = world.mission.runs().next().unwrap();
    assert_eq!(monday.ended.unwrap().seq, end);
    let there = orch_core::history::History::new(world.records.clone()).at(end);
    assert_eq!(there.counts().done, 1);
    let never = Command::EndRun(RunEnded {
        run: RunId::parse("tuesday").unwrap(),
    });
    world.forbids(&Actor::Host, never, Code::UnknownRun);
}

// spec: RULES-1
#[test]
fn a_mission_names_the_rules_it_was_opened_under() {
    assert_eq!(World::new().mission.rules_version(), Some(RULES_VERSION));
    for &code in Code::ALL {
        assert!(
            rule(code.rule()).is_some(),
            "{code} cites a rule that is not one"
        );
    }
}

// spec: RULES-1
#[test]
fn a_log_under_newer_rules_is_refused_by_their_number() {
    let mut world = World::unopened();
    let opened = MissionOpened {
        title: "from the future".to_owned(),
        lead: party("human:ada"),
        policy: None,
        rules: RULES_VERSION + 1,
        empty: false,
    };
    world.happens(&lead(), opened);
    assert_eq!(world.mission.rules_newer(), Some(RULES_VERSION + 1));
    assert_eq!(world.anomalies(), [Code::RulesNewer]);
    let open = OpenMission {
        title: String::new(),
        lead: Party::Host,
        policy: None,
        empty: true,
    };
    for command in [join("a"), Command::Tick, Command::OpenMission(open)] {
        let refused = world.rejects(&lead(), command, Code::RulesNewer);
        assert_eq!(refused.message, "rules version 2, newest known 1");
    }
    assert_eq!(world.mission.head(), Seq(1), "the log can still be read");
}
