//! A whole log against all invariants.

use orch_core::command::{Command, Dispatch};
use orch_core::decide::Context;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;

use super::{
    Apply, Asked, Breach, Check, Coverage, Ghost, INVARIANTS, LogClass, Probe, Replay, Step,
    check_step_counted,
};

/// Holds a log against every invariant: at every prefix, as a whole, and in what its mission decides
/// at the end.
///
/// Views are asked for at the time of each record.
///
/// # Errors
/// Every breach, in the order of the records.
pub fn assert_trace(records: &[Record], class: LogClass) -> Result<Coverage, Vec<Breach>> {
    assert_trace_of(records, class, Mission::apply)
}

/// As [`assert_trace`], with something else than [`Mission::apply`] that folds the records.
///
/// # Errors
/// Every breach, in the order of the records.
pub fn assert_trace_of(
    records: &[Record],
    class: LogClass,
    apply: Apply,
) -> Result<Coverage, Vec<Breach>> {
    let mut coverage = Coverage::default();
    let mut found = Vec::new();
    let (mut mission, mut ghost) = (Mission::new(), Ghost::default());
    for record in records {
        let (before, past) = (mission.clone(), ghost.clone());
        let applied = apply(&mut mission, record);
        ghost.follow(record, &before, &mission, applied);
        let step = Step {
            record,
            before: &before,
            after: &mission,
            applied,
            past: &past,
            ghost: &ghost,
            now: record.at(),
            class,
        };
        found.extend(check_step_counted(&step, &mut coverage));
    }
    let replay = Replay { records, apply };
    found.extend(check_log(&replay, class, &mut coverage));
    found.extend(check_answers(&mission, &mut coverage));
    if found.is_empty() {
        Ok(coverage)
    } else {
        Err(found)
    }
}

/// Holds a log against the invariants that look at whole logs.
pub fn check_log(replay: &Replay<'_>, class: LogClass, coverage: &mut Coverage) -> Vec<Breach> {
    let last = replay.records.last().map(Record::seq).unwrap_or_default();
    let mut found = Vec::new();
    for invariant in INVARIANTS.iter().filter(|it| it.class <= class) {
        let mut probe = Probe::default();
        for check in invariant.checks {
            if let Check::Log(check) = check {
                check(replay, &mut probe);
            }
        }
        found.extend(probe.report(invariant.name, last, coverage));
    }
    found
}

/// Holds the answer to a command against the invariants that look at answers (DECIDE-2).
///
/// Nothing is written; what is asked for is folded onto a copy.
pub fn check_decision(asked: &Asked<'_>, coverage: &mut Coverage) -> Vec<Breach> {
    let mut found = Vec::new();
    for invariant in INVARIANTS {
        let mut probe = Probe::default();
        for check in invariant.checks {
            if let Check::Decision(check) = check {
                check(asked, &mut probe);
            }
        }
        found.extend(probe.report(invariant.name, asked.mission.head(), coverage));
    }
    found
}

/// Puts to a mission what its host could do, and a few things that it may refuse.
fn check_answers(mission: &Mission, coverage: &mut Coverage) -> Vec<Breach> {
    let now = mission.head_at().unwrap_or_default();
    let context = Context::new(Actor::Host, now);
    let mut commands = mission.legal(&context);
    commands.push(Command::CloseMission(MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: false,
        reason: String::new(),
    }));
    for agent in mission.agents() {
        let name = agent.agent().name;
        let to = |id: &orch_core::ids::TaskId| Dispatch::new(id.clone(), name.clone());
        commands.extend(mission.tasks().map(|task| Command::Dispatch(to(task.id()))));
    }
    let answers = commands.iter().flat_map(|command| {
        let answer = mission.decide(command, &context);
        let asked = Asked {
            mission,
            command,
            context: &context,
            answer: &answer,
        };
        check_decision(&asked, coverage)
    });
    answers.collect()
}
