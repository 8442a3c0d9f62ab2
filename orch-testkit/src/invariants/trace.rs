//! A whole log against all invariants.

use orch_core::command::{Command, Dispatch};
use orch_core::decide::Context;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;

use super::{
    Breach, Check, Coverage, Ghost, INVARIANTS, LogClass, Probe, Step, check_step_counted,
};

/// Holds a log against every invariant: at every prefix, as a whole, and in what its mission decides
/// at the end.
///
/// Views are asked for at the time of each record.
///
/// # Errors
/// Every breach, in the order of the records.
pub fn assert_trace(records: &[Record], class: LogClass) -> Result<Coverage, Vec<Breach>> {
    let mut coverage = Coverage::default();
    let mut found = Vec::new();
    let (mut mission, mut ghost) = (Mission::new(), Ghost::default());
    for record in records {
        let (before, past) = (mission.clone(), ghost.clone());
        let applied = mission.apply(record);
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
    found.extend(check_log(records, class, &mut coverage));
    found.extend(check_answers(&mission, &mut coverage));
    if found.is_empty() {
        Ok(coverage)
    } else {
        Err(found)
    }
}

/// Holds a log against the invariants that look at whole logs.
pub fn check_log(records: &[Record], class: LogClass, coverage: &mut Coverage) -> Vec<Breach> {
    let last = records.last().map(Record::seq).unwrap_or_default();
    let mut found = Vec::new();
    for invariant in INVARIANTS.iter().filter(|it| it.class <= class) {
        let mut probe = Probe::default();
        for check in invariant.checks {
            if let Check::Log(check) = check {
                check(records, &mut probe);
            }
        }
        found.extend(probe.report(invariant.name, last, coverage));
    }
    found
}

/// Puts to a mission what its host could do, and a few things that it may refuse.
fn check_answers(mission: &Mission, coverage: &mut Coverage) -> Vec<Breach> {
    let now = mission.head_at().unwrap_or_default();
    let context = Context::new(Actor::Host, now);
    let mut asked = mission.legal(&context);
    asked.push(Command::CloseMission(MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: false,
        reason: String::new(),
    }));
    for agent in mission.agents() {
        let name = agent.agent().name;
        asked.extend(
            mission
                .tasks()
                .map(|task| Command::Dispatch(Dispatch::new(task.id().clone(), name.clone()))),
        );
    }
    let answers = asked
        .iter()
        .flat_map(|command| check_decision_counted(mission, command, &context, coverage));
    answers.collect()
}

/// Puts a command to a mission and says where `decide` and the fold disagree (DECIDE-2).
///
/// Nothing is written; what is asked for is folded onto a copy.
pub fn check_decision(mission: &Mission, command: &Command, context: &Context) -> Vec<Breach> {
    check_decision_counted(mission, command, context, &mut Coverage::default())
}

fn check_decision_counted(
    mission: &Mission,
    command: &Command,
    context: &Context,
    coverage: &mut Coverage,
) -> Vec<Breach> {
    let mut found = Vec::new();
    for invariant in INVARIANTS {
        let mut probe = Probe::default();
        for check in invariant.checks {
            if let Check::Decision(check) = check {
                check(mission, command, context, &mut probe);
            }
        }
        found.extend(probe.report(invariant.name, mission.head(), coverage));
    }
    found
}
