//! The fold itself: total, the same in one piece and in two, and nobody else's business.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use orch_core::codes::Code;
use orch_core::decide::Decision;
use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::fold::{Applied, Outcome};
use orch_core::ids::{AgentName, MissionId, Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::record::{Batch, Envelope, Record};
use orch_core::snapshot::Snapshot;
use orch_core::status::task::TaskStatus;
use orch_core::view::AttemptView;
use uuid::Uuid;

use super::facts::Facts;
use super::{Apply, Asked, LogClass, Probe, Replay, Scene};

/// How many cuts, copies or pairs of a long log are tried; all of those of a short one.
const TRIED_MAX: usize = 16;

/// Positions of a log, evenly spread, at most so many.
fn spread(n: usize) -> impl Iterator<Item = usize> {
    (0..=n).step_by(n / TRIED_MAX + 1)
}

/// Writes a record down again, with another envelope.
fn reseal(record: &Record, change: impl FnOnce(&mut Envelope)) -> Record {
    let mut envelope = record.envelope().clone();
    change(&mut envelope);
    Record::seal(envelope, record.event().clone()).expect("what was sealed once can be again")
}

/// Folds events onto a mission, as if they were its next records.
pub(super) fn apply_events(
    mission: &mut Mission,
    by: &Actor,
    at: DateTime<Utc>,
    events: Vec<Event>,
) -> Vec<Applied> {
    let fallback = || MissionId::parse("unopened").expect("a valid id");
    let batch = Batch {
        mission: mission.id().cloned().unwrap_or_else(fallback),
        head: mission.head(),
        at,
        by: by.clone(),
        command: None,
        request: None,
        cause: None,
    };
    let records = batch
        .seal(events, Uuid::nil)
        .expect("a decided event can be written");
    records.iter().map(|record| mission.apply(record)).collect()
}

// spec: COUNT-1, FOLD-3
pub(super) fn counts_derived(s: &Scene<'_>, probe: &mut Probe) {
    let (after, counts) = (s.step.after, s.step.after.counts());
    let n =
        |is: &dyn Fn(TaskStatus) -> bool| s.new.tasks.values().filter(|it| is(it.status)).count();
    probe.expect(counts.total == s.new.tasks.len(), || {
        format!(
            "{} tasks are counted, there are {}",
            counts.total,
            s.new.tasks.len()
        )
    });
    for status in TaskStatus::ALL {
        let told = n(&|it| it == *status);
        let because = after.because(*status).len();
        probe.expect(counts.of(*status) == told && because == told, || {
            format!(
                "{} tasks are counted as {status} because of {because} records, {told} are",
                counts.of(*status)
            )
        });
    }
    let done = n(&|it| matches!(it, TaskStatus::Accepted | TaskStatus::Delivered));
    let unwanted = n(&|it| {
        matches!(
            it,
            TaskStatus::Skipped | TaskStatus::Cancelled | TaskStatus::Superseded
        )
    });
    let wanted = s.new.tasks.len() - unwanted;
    let percent = (wanted > 0).then(|| u8::try_from(done * 100 / wanted).unwrap_or(u8::MAX));
    probe.expect(
        (counts.done, counts.wanted, counts.percent()) == (done, wanted, percent),
        || format!("{counts:?}, recounted {done} of {wanted}"),
    );
    let in_flight = s
        .step
        .ghost
        .attempts()
        .filter(|(.., it)| it.is_in_flight())
        .count();
    probe.expect(counts.in_flight == in_flight, || {
        format!(
            "{} attempts are counted in flight, by the log {in_flight}",
            counts.in_flight
        )
    });
    let progress = after.progress();
    let by_phase: (usize, usize) = progress.iter().fold((0, 0), |(total, flying), it| {
        (total + it.counts.total, flying + it.counts.in_flight)
    });
    probe.expect(by_phase == (counts.total, counts.in_flight), || {
        format!("the phases hold {by_phase:?} of {counts:?}")
    });
}

// spec: FOLD-2
pub(super) fn fold_split(replay: &Replay<'_>, probe: &mut Probe) {
    let log = replay.records;
    let whole = replay.fold_onto(Mission::new(), log).digest().ok();
    for cut in spread(log.len()) {
        let (head, tail) = log.split_at(cut);
        let stored = replay.fold_onto(Mission::new(), head).snapshot().ok();
        let written = stored.and_then(|it| serde_json::to_string(&it).ok());
        let read = written.and_then(|it| serde_json::from_str::<Snapshot>(&it).ok());
        let restored = read.and_then(|it| it.restore().ok()).unwrap_or_default();
        let digest = replay.fold_onto(restored, tail).digest().ok();
        probe.expect(digest.is_some() && digest == whole, || {
            format!("cut at {cut} the log comes to something else")
        });
    }
}

// spec: DECIDE-1
pub(super) fn deterministic(replay: &Replay<'_>, probe: &mut Probe) {
    let lines = replay.records.iter().map(Record::as_line);
    let again: Vec<Record> = lines
        .filter_map(|line| Record::parse(line.as_bytes()).ok())
        .collect();
    let digest = |records: &[Record]| replay.fold_onto(Mission::new(), records).digest().ok();
    let (once, twice) = (digest(replay.records), digest(&again));
    probe.expect(once.is_some() && once == twice, || {
        "the log, written out and read again, comes to something else".to_owned()
    });
}

// spec: FOLD-1, FOLD-4
pub(super) fn total(s: &Scene<'_>, probe: &mut Probe) {
    match s.step.applied.outcome {
        Outcome::Ignored => probe.expect(s.old == s.new, || {
            format!("{} was ignored, and changed something", s.event().kind())
        }),
        Outcome::Fenced => {
            let moved: Vec<_> = s.old.moved(&s.new).collect();
            let is_same = s.old.agents == s.new.agents && s.old.owed == s.new.owed;
            probe.expect(moved.is_empty() && is_same, || {
                format!("{} is late evidence, and moved {moved:?}", s.event().kind())
            });
        }
        _ => {}
    }
    let (old, new) = (s.step.before.anomalies().len(), s.step.after.anomalies());
    let raised = new.get(old..).unwrap_or_default();
    let is_named = raised.iter().all(|it| it.seq == s.step.record.seq());
    probe.expect(
        raised.len() == s.step.applied.n_anomalies && is_named,
        || {
            format!(
                "{} anomalies were raised, {raised:?} are new",
                s.step.applied.n_anomalies
            )
        },
    );
}

// spec: DECIDE-2
pub(super) fn decide_apply(asked: &Asked<'_>, probe: &mut Probe) {
    let (mission, command, context) = (asked.mission, asked.command, asked.context);
    let fold = |events| {
        let mut after = mission.clone();
        let applied = apply_events(&mut after, &context.actor, context.now, events);
        (applied, after)
    };
    match asked.answer {
        Ok(Decision::Accepted { events, .. }) => {
            let (applied, after) = fold(events.clone());
            let is_clean = applied
                .iter()
                .all(|it| it.outcome == Outcome::Changed && it.n_anomalies == 0);
            let raised = after.anomalies().get(mission.anomalies().len()..);
            probe.expect(is_clean, || {
                format!("{command:?} was accepted, and raised {raised:?}")
            });
        }
        Ok(Decision::Late { events, .. }) => {
            let (applied, _) = fold(events.clone());
            let is_late = applied.iter().all(|it| it.outcome == Outcome::Fenced);
            probe.expect(is_late, || {
                format!("{command:?} is late, and came to {applied:?}")
            });
        }
        Ok(_) => {}
        Err(rejection) => {
            // Under newer rules, and for a key that was used, no event would tell.
            if matches!(rejection.code, Code::RulesNewer | Code::CommandReused) {
                return;
            }
            let (applied, _) = fold(mission.plan(command, context.now));
            let is_wrong = applied
                .iter()
                .any(|it| it.n_anomalies > 0 || it.outcome == Outcome::Fenced);
            probe.expect(is_wrong, || {
                format!("{command:?} was rejected, and would fold clean: {rejection:?}")
            });
        }
    }
}

// spec: IDEM-1
pub(super) fn dup_noop(replay: &Replay<'_>, probe: &mut Probe) {
    let log = replay.records;
    let mut mission = replay.fold_onto(Mission::new(), log);
    let told = Facts::of(&mission);
    for record in spread(log.len()).filter_map(|at| log.get(at)) {
        let applied = (replay.apply)(&mut mission, record);
        probe.expect(
            applied.outcome == Outcome::Ignored && Facts::of(&mission) == told,
            || {
                format!(
                    "record {} changed something when it came again",
                    record.seq()
                )
            },
        );
    }
}

// spec: FOLD-1
pub(super) fn unknown_kept(s: &Scene<'_>, probe: &mut Probe) {
    let (before, after) = (s.step.before.tally(), s.step.after.tally());
    let count = |tally: &orch_core::mission::Tally, kind: &str| {
        tally.unknown_kinds.get(kind).copied().unwrap_or(0)
    };
    // One that has no place in the log is marked, and does not even move the head.
    let is_marked = s.step.applied.n_anomalies > 0;
    let is_placed = s.step.after.head() == s.step.record.seq() || !is_marked;
    if let Event::Unknown { kind, .. } | Event::Unreadable { kind, .. } = s.event() {
        let is_unknown = matches!(s.event(), Event::Unknown { .. });
        let added = count(after, kind) - count(before, kind);
        let is_counted = added == u64::from(is_unknown && is_placed);
        let is_told = is_unknown || is_marked;
        probe.expect(s.old == s.new && !s.is_changed() && is_counted && is_told, || {
            format!("{kind} is not known, counted {added} times, and had an effect or none that shows")
        });
    }
    if s.step.record.unknown_fields() > 0 && is_placed {
        let added = after.unknown_fields - before.unknown_fields;
        probe.expect(added == u64::from(s.step.record.unknown_fields()), || {
            format!("{added} unknown fields are counted")
        });
    }
}

/// The tasks and agents that a record touches.
struct Footprint {
    tasks: BTreeSet<TaskId>,
    agents: BTreeSet<AgentName>,
}

/// The tasks and agents that a record touches, if it touches nothing else.
fn footprint(mission: &Mission, record: &Record) -> Option<Footprint> {
    let (task, agent) = match record.event() {
        Event::Dispatched(it) => (Some(&it.task), Some(&it.agent.name)),
        Event::AttemptStarted(it) => (Some(&it.task), Some(&it.agent.name)),
        Event::Progress(it) => (Some(&it.task), Some(&it.agent.name)),
        Event::Heartbeat(it) => (Some(&it.task), Some(&it.agent.name)),
        Event::Handoff(it) => (Some(&it.task), Some(&it.agent.name)),
        Event::AttemptEnded(it) => (Some(&it.task), Some(&it.agent.name)),
        Event::TaskClosed(it) => (Some(&it.task), None),
        Event::TaskDelivered(it) => (Some(&it.task), None),
        Event::GateDecided(it) => (Some(&it.task), party_name(&it.decider)),
        Event::GateRequested(it) => (Some(&it.task), party_name(&it.holder)),
        Event::AgentJoined(it) => (None, Some(&it.agent)),
        Event::AgentLeft(it) => (None, Some(&it.agent.name)),
        Event::Shutdown(it) => (None, Some(&it.agent.name)),
        Event::Correction(it)
            if matches!(it.change, Change::Unblock) && it.supersedes.is_empty() =>
        {
            (Some(&it.task), None)
        }
        _ => return None,
    };
    let mut agents: BTreeSet<AgentName> = agent.into_iter().cloned().collect();
    agents.extend(record.envelope().by.agent().map(|by| by.name.clone()));
    // What becomes of a task depends on whether its owner is there, and the other way round.
    let touches =
        |it: &AttemptView<'_>| Some(it.task()) == task || agents.contains(&it.agent().name);
    let open: Vec<_> = mission.open_attempts().filter(touches).collect();
    let tasks = task.into_iter().chain(open.iter().map(AttemptView::task));
    let tasks = tasks.cloned().collect();
    agents.extend(open.iter().map(|it| it.agent().name));
    Some(Footprint { tasks, agents })
}

const fn party_name(party: &Party) -> Option<&AgentName> {
    match party {
        Party::Agent(name) => Some(name),
        _ => None,
    }
}

/// What a mission says, but for the positions of the records that made it so.
fn placeless(mission: &Mission) -> Facts {
    let mut facts = Facts::of(mission);
    facts.owed.iter_mut().for_each(|owed| owed.2 = Seq::ZERO);
    facts.owed.sort();
    facts
}

/// Whether two records that come next are about disjoint tasks and agents, so that their order cannot
/// matter.
pub(crate) fn are_apart(mission: &Mission, first: &Record, second: &Record) -> bool {
    let (Some(one), Some(other)) = (footprint(mission, first), footprint(mission, second)) else {
        return false;
    };
    let is_apart = one.tasks.is_disjoint(&other.tasks) && one.agents.is_disjoint(&other.agents);
    // The first record that is folded says whose log it is: see `ISOLATION`.
    let is_of_one = first.envelope().mission == second.envelope().mission;
    is_apart && is_of_one && mission.closed().is_none()
}

/// Folds two records in either order and says what differs; `None` when they are not about disjoint
/// tasks and agents, so that their order may matter.
pub fn check_commute(
    mission: &Mission,
    first: &Record,
    second: &Record,
    apply: Apply,
) -> Option<Result<(), String>> {
    if !are_apart(mission, first, second) {
        return None;
    }
    let fold = |order: [&Record; 2]| {
        let mut mission = mission.clone();
        for record in order {
            let seq = mission.head().next();
            apply(&mut mission, &reseal(record, |it| it.seq = seq));
        }
        placeless(&mission)
    };
    let answer = if fold([first, second]) == fold([second, first]) {
        Ok(())
    } else {
        let (one, other) = (first.event().kind(), second.event().kind());
        Err(format!("{one} and {other} do not commute"))
    };
    Some(answer)
}

// spec: DEP-1
pub(super) fn independent_commute(replay: &Replay<'_>, probe: &mut Probe) {
    let mut mission = Mission::new();
    let mut n = 0;
    for pair in replay.records.windows(2) {
        let [first, second] = pair else { continue };
        if n < TRIED_MAX
            && let Some(answer) = check_commute(&mission, first, second, replay.apply)
        {
            n += 1;
            probe.expect(answer.is_ok(), || format!("at {}: {answer:?}", first.seq()));
        }
        (replay.apply)(&mut mission, first);
    }
}

// spec: FOLD-1
pub(super) fn isolation(replay: &Replay<'_>, probe: &mut Probe) {
    let log = replay.records;
    let mut mission = replay.fold_onto(Mission::new(), log);
    let Some(id) = mission.id().cloned() else {
        return;
    };
    let other = MissionId::parse("another-mission").expect("a valid id");
    if id == other {
        return;
    }
    let told = Facts::of(&mission);
    for record in spread(log.len()).filter_map(|at| log.get(at)) {
        let seq = mission.head().next();
        let foreign = reseal(record, |it| {
            it.mission = other.clone();
            it.seq = seq;
        });
        let applied = (replay.apply)(&mut mission, &foreign);
        let is_still = applied.outcome == Outcome::Ignored && mission.head().next() == seq;
        probe.expect(is_still && Facts::of(&mission) == told, || {
            format!(
                "record {} of another mission changed this one",
                record.seq()
            )
        });
    }
}

// spec: DECIDE-2
pub(super) fn decided_is_clean(s: &Scene<'_>, probe: &mut Probe) {
    if s.step.class == LogClass::Decided {
        let applied = s.step.applied;
        let holds = match applied.outcome {
            Outcome::Changed => applied.n_anomalies == 0,
            Outcome::Fenced => true,
            _ => matches!(s.event(), Event::Unknown { .. }),
        };
        probe.expect(holds, || {
            format!("{} was decided, and came to {applied:?}", s.event().kind())
        });
    }
}
