//! The fold itself, as a machine shows it: total, repeatable, and nobody else's business.

use chrono::DateTime;
use orch_core::command::{Command, Dispatch};
use orch_core::decide::Context;
use orch_core::event::Event;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{MissionId, Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::{Envelope, Record};

use crate::invariants::{Probe, are_apart};
use crate::machine::seen::{Seen, still};
use crate::machine::trial::Trial;
use crate::machine::under_test::{Ask, Failure, Reply};
use crate::machine::unlike::unlike;
use crate::oracle::{Facts, Standing};

/// How many cuts, copies or pairs of a log are tried.
const TRIED_MAX: usize = 4;

/// Positions of a log, evenly spread, at most so many and one.
fn spread(n: usize) -> impl Iterator<Item = usize> {
    (0..=n).step_by(n / TRIED_MAX + 1)
}

/// Writes a record down again, with another envelope or another event.
fn again(record: &Record, event: Option<Event>, change: impl FnOnce(&mut Envelope)) -> Record {
    let mut envelope = record.envelope().clone();
    change(&mut envelope);
    let event = event.unwrap_or_else(|| record.event().clone());
    Record::seal(envelope, event).expect("what was sealed once can be again")
}

// spec: FOLD-1, FOLD-4
pub(super) fn total(s: &Seen<'_>, probe: &mut Probe) {
    match s.wrong().map(|it| it.standing) {
        Some(Standing::Ignored) => probe.expect(s.is_still(), || {
            format!(
                "{} is to be ignored, and changed something",
                s.event().kind()
            )
        }),
        Some(Standing::Evidence) => {
            let moved = s.moved();
            let is_same = s.old.agents == s.new.agents;
            probe.expect(moved.is_empty() && is_same, || {
                format!("{} is late evidence, and moved {moved:?}", s.event().kind())
            });
        }
        _ => {}
    }
}

// spec: FOLD-1
pub(super) fn reference(s: &Seen<'_>, probe: &mut Probe) {
    let (shown, told) = (s.new, s.claims.mask(s.is));
    let found = unlike(shown, &told);
    probe.expect(found.is_empty(), || found.join("; "));
}

// spec: CORRECT-2
pub(super) fn terminal_reachable(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let Some(last) = trial.log.last() else {
        return Ok(());
    };
    let is_open = matches!(&*trial.told().phase, "planning" | "executing" | "reviewing");
    let close = MissionClosed {
        outcome: MissionOutcome::Cancelled,
        forced: true,
        reason: "over".to_owned(),
    };
    let end = again(last, Some(close.into()), |it| {
        it.seq = it.seq.next();
        it.by = Actor::Host;
        it.command = None;
    });
    if is_open && trial.permits(&end) {
        let log: Vec<Record> = trial.log.iter().cloned().chain([end]).collect();
        let shown = trial.fold(&log)?;
        probe.expect(shown.phase == "cancelled", || {
            format!("closed by force, the mission is {}", shown.phase)
        });
    }
    Ok(())
}

// spec: TIME-1, ORDER-1
pub(super) fn no_clock(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let timeless = |record: &Record| again(record, None, |it| it.at = DateTime::UNIX_EPOCH);
    let timeless: Vec<Record> = trial.log.iter().map(timeless).collect();
    let (shown, without) = (trial.fold(trial.log)?, trial.fold(&timeless)?);
    probe.expect(still(&shown) == still(&without), || {
        format!(
            "without its times the log comes to something else: {}",
            first(&shown, &without)
        )
    });
    Ok(())
}

/// The first of what differs.
fn first(one: &Facts, other: &Facts) -> String {
    let found = unlike(&still(one), &still(other));
    found.into_iter().next().unwrap_or_default()
}

// spec: FOLD-2
pub(super) fn fold_split(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let whole = trial.fold(trial.log)?;
    for cut in spread(trial.log.len()).filter(|cut| *cut < trial.log.len()) {
        let (head, tail) = trial.log.split_at(cut);
        trial.fold(head)?;
        let stored = trial.subject.snapshot()?;
        trial.subject.reset()?;
        trial.subject.restore(&stored)?;
        let shown = trial.go_on(tail)?;
        probe.expect(shown == whole, || {
            format!(
                "cut at {cut} the log comes to something else: {}",
                first(&whole, &shown)
            )
        });
    }
    Ok(())
}

// spec: DECIDE-1
pub(super) fn deterministic(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let lines = trial.log.iter().map(Record::as_line);
    let read = lines.filter_map(|line| Record::parse(line.as_bytes()).ok());
    let read: Vec<Record> = read.collect();
    let (once, twice) = (trial.fold(trial.log)?, trial.fold(&read)?);
    probe.expect(once == twice, || {
        format!(
            "folded twice, the log comes to something else: {}",
            first(&once, &twice)
        )
    });
    Ok(())
}

/// Folds the log, then records that must change nothing, and expects that they do not.
fn changes_nothing(
    trial: &mut Trial<'_>,
    probe: &mut Probe,
    more: &[Record],
    what: &str,
) -> Result<(), Failure> {
    let told = trial.fold(trial.log)?;
    for record in more {
        let shown = trial.go_on(std::slice::from_ref(record))?;
        probe.expect(still(&shown) == still(&told), || {
            let (seq, kind) = (record.seq(), record.event().kind());
            format!(
                "{kind} at {seq}, {what}, changed something: {}",
                first(&told, &shown)
            )
        });
    }
    Ok(())
}

// spec: IDEM-1
pub(super) fn dup_noop(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let copies: Vec<Record> = spread(trial.log.len())
        .filter_map(|at| trial.log.get(at).cloned())
        .collect();
    changes_nothing(trial, probe, &copies, "which came again")
}

// spec: FOLD-1
pub(super) fn isolation(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let Some(last) = trial.log.last() else {
        return Ok(());
    };
    let other = MissionId::parse("another-mission").expect("a valid id");
    let mut seq = last.seq();
    let mut foreign = |record: &Record, event: Option<Event>| {
        seq = seq.next();
        again(record, event, |it| {
            it.mission = other.clone();
            it.seq = seq;
            it.command = None;
        })
    };
    // What would be news in this mission, and then some of its own records again.
    let id = TaskId::parse("foreign-task").expect("a valid id");
    let news = foreign(
        last,
        Some(TaskDeclared::new(id, "of another mission").into()),
    );
    let copies: Vec<Record> = spread(trial.log.len())
        .filter_map(|at| trial.log.get(at))
        .map(|record| foreign(record, None))
        .collect();
    let news = Some(news).filter(|record| trial.permits(record));
    let all: Vec<Record> = news.into_iter().chain(copies).collect();
    changes_nothing(trial, probe, &all, "which is of another mission")
}

// spec: FOLD-1
pub(super) fn unknown_kept(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let Some(last) = trial.log.last() else {
        return Ok(());
    };
    let unknown = Event::Unknown {
        kind: "brainwave".into(),
        data: r#"{"task":"t1","status":"done"}"#.into(),
    };
    let unknown = again(last, Some(unknown), |it| {
        it.seq = it.seq.next();
        it.command = None;
    });
    changes_nothing(trial, probe, &[unknown], "which nobody knows")
}

/// A state without positions, which change with the order.
fn placeless(facts: &Facts) -> Facts {
    let mut facts = still(facts);
    facts.unread.clear();
    facts.undeliverable.clear();
    let nowhere = |mut owed: crate::oracle::Owed| {
        owed.since = Seq::ZERO;
        owed
    };
    facts.owed = facts.owed.into_iter().map(nowhere).collect();
    for task in facts.tasks.values_mut() {
        if let Some((seq, _)) = &mut task.last_error {
            *seq = Seq::ZERO;
        }
    }
    facts
}

// spec: DEP-1
pub(super) fn independent_commute(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    let mut mission = Mission::new();
    let mut n = 0;
    for (at, pair) in trial.log.windows(2).enumerate() {
        let [one, other] = pair else { continue };
        if n < TRIED_MAX && are_apart(&mission, one, other) {
            n += 1;
            let (before, _) = trial.log.split_at(at);
            let swapped = [
                again(other, None, |it| it.seq = one.seq()),
                again(one, None, |it| it.seq = other.seq()),
            ];
            trial.fold(before)?;
            let straight = placeless(&trial.go_on(pair)?);
            trial.fold(before)?;
            let swapped = placeless(&trial.go_on(&swapped)?);
            probe.expect(straight == swapped, || {
                let (one, other) = (one.event().kind(), other.event().kind());
                format!(
                    "{one} and {other} do not commute: {}",
                    first(&straight, &swapped)
                )
            });
        }
        mission.apply(one);
    }
    Ok(())
}

// spec: DECIDE-2
pub(super) fn decide_apply(trial: &mut Trial<'_>, probe: &mut Probe) -> Result<(), Failure> {
    trial.fold(trial.log)?;
    let mission = Mission::fold(trial.log);
    let now = mission.head_at().unwrap_or_default();
    for by in [
        Actor::Host,
        Actor::parse("human:ada").expect("a valid actor"),
    ] {
        let context = Context::new(by.clone(), now);
        let mut commands = mission.legal(&context);
        commands.push(Command::CloseMission(MissionClosed {
            outcome: MissionOutcome::Completed,
            forced: false,
            reason: String::new(),
        }));
        for agent in mission.agents() {
            let name = agent.agent().name;
            let ids = mission.tasks().map(|task| task.id().clone());
            commands.extend(ids.map(|id| Command::Dispatch(Dispatch::new(id, name.clone()))));
        }
        for command in &commands {
            let told = Reply::of(&mission.decide(command, &context));
            let ask = Ask {
                by: &by,
                now,
                command,
            };
            let shown = trial.subject.decide(&ask)?;
            probe.expect(shown == told, || {
                format!("{command:?} by {by} is {shown:?}, by the rules {told:?}")
            });
        }
    }
    Ok(())
}
