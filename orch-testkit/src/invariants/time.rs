//! Time and retry: what a clock may do, and how often is enough.

use chrono::TimeDelta;
use orch_core::diagnosis::Verdict;
use orch_core::diagnosis::{Blocker, Cause};
use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::clock::ClockSubject;
use orch_core::mission::Mission;
use orch_core::party::Party;
use orch_core::record::{Envelope, Record};
use orch_core::status::task::TaskStatus;

use super::facts::Facts;
use super::{GhostAttempt, Probe, Replay, Scene};

// spec: TIME-1, ORDER-1
pub(super) fn no_clock(replay: &Replay<'_>, probe: &mut Probe) {
    let still = |record: &Record| {
        let envelope = Envelope {
            at: chrono::DateTime::UNIX_EPOCH,
            ..record.envelope().clone()
        };
        Record::seal(envelope, record.event().clone()).expect("what was sealed once can be again")
    };
    let timeless: Vec<Record> = replay.records.iter().map(still).collect();
    let fold = |records: &[Record]| Facts::of(&replay.fold_onto(Mission::new(), records));
    let (shown, told) = (fold(replay.records), fold(&timeless));
    probe.expect(shown == told, || {
        let moved: Vec<_> = told.moved(&shown).collect();
        format!("without its times the log comes to something else, such as {moved:?}")
    });
}

// spec: TIME-3
pub(super) fn timeout_targeted(s: &Scene<'_>, probe: &mut Probe) {
    let Event::Timeout(data) = s.event() else {
        return;
    };
    let moved: Vec<_> = s.old.moved(&s.new).collect();
    let is_still = s.old.tasks.iter().all(|(id, old)| {
        s.new
            .tasks
            .get(id)
            .is_some_and(|new| new.attempts == old.attempts)
    });
    probe.expect(moved.is_empty() && is_still, || {
        format!("a clock moved {moved:?}")
    });
    let ClockSubject::Attempt { task, attempt } = &data.subject else {
        return;
    };
    let is_open = s
        .step
        .past
        .attempt(task, *attempt)
        .is_some_and(GhostAttempt::is_open);
    probe.expect(is_open || !s.is_changed(), || {
        format!(
            "the {} clock ran out on attempt {attempt} at task {task}, which is over",
            data.clock
        )
    });
    let doubts = |mission: &Mission| -> Vec<_> {
        let others = mission
            .open_attempts()
            .filter(|it| it.task() != task || it.number() != *attempt);
        others
            .map(|it| (it.task().clone(), it.number(), it.liveness()))
            .collect()
    };
    probe.expect(doubts(s.step.before) == doubts(s.step.after), || {
        "a clock of one attempt cast doubt on another".to_owned()
    });
}

/// How much later a mission is looked at again.
const LATER: [TimeDelta; 2] = [TimeDelta::minutes(1), TimeDelta::days(30)];

/// What is stuck or deadlocked is so later, because time alone gives nobody a move.
fn judged_the_same(s: &Scene<'_>, probe: &mut Probe) {
    let verdict = s.diagnosis().verdict;
    if matches!(verdict, Verdict::Stuck | Verdict::Deadlocked) {
        for later in LATER {
            let then = s.step.after.diagnose(s.step.now + later).verdict;
            probe.expect(then == verdict, || {
                format!("the mission was {verdict}, and later without a record is {then}")
            });
        }
    }
}

// spec: TIME-1
pub(super) fn stuck_monotone(s: &Scene<'_>, probe: &mut Probe) {
    let (after, now) = (s.step.after, s.step.now);
    judged_the_same(s, probe);
    let is_ahead = |at: Option<chrono::DateTime<chrono::Utc>>| at.is_some_and(|at| now < at);
    let may_change = after.tasks().any(|it| is_ahead(it.retry_at()))
        || s.step
            .ghost
            .tasks
            .values()
            .any(|it| is_ahead(it.wait.as_ref().and_then(|it| it.1)));
    if may_change || !s.is_live() {
        return;
    }
    for id in s.new.tasks.keys() {
        let stuck = s.blockers(id);
        if stuck.is_empty() || stuck.iter().any(Blocker::is_moving) {
            continue;
        }
        for later in LATER {
            let then = after.blockers(id, now + later).unwrap_or_default();
            probe.expect(then == stuck, || {
                format!("task {id} was stuck, and later without a record is {then:?}")
            });
        }
    }
}

// spec: RETRY-1, RETRY-2
pub(super) fn retry_bound(s: &Scene<'_>, probe: &mut Probe) {
    let Event::Handoff(data) = s.event() else {
        return;
    };
    if !s.is_changed() || data.status != Some(HandoffStatus::Failed) {
        return;
    }
    let Some(task) = s.step.ghost.task(&data.task) else {
        return;
    };
    let Some(view) = s.step.after.task(&data.task) else {
        return;
    };
    let limit = task
        .max_attempts
        .or_else(|| s.step.after.policy().retry.max_attempts);
    let is_last = limit.is_some_and(|limit| task.n_failed >= limit);
    let expected = match (data.not_retryable, is_last) {
        (true, _) => TaskStatus::Failed,
        (false, true) => TaskStatus::Exhausted,
        (false, false) => TaskStatus::Open,
    };
    let status = view.status();
    probe.expect(status == expected, || {
        format!(
            "task {} failed {} times of {limit:?} and is {status}",
            data.task, task.n_failed
        )
    });
    let said = data.error.as_deref().unwrap_or(&data.summary);
    let kept = view.last_error();
    probe.expect(kept == Some((s.step.record.seq(), said)), || {
        format!("the last error is {kept:?}")
    });
    if expected == TaskStatus::Exhausted && s.is_live() {
        let blockers = s.blockers(&data.task);
        let parked = blockers.iter().find(|it| it.cause == Cause::Exhausted);
        let is_owned = parked.is_some_and(|it| it.next == Party::Lead);
        probe.expect(is_owned, || {
            format!("task {} is exhausted, and nobody owns that", data.task)
        });
    }
}
