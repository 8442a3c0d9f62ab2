//! What is shown as the reason why nothing moves: true now, about somebody who is there.

use std::collections::BTreeSet;

use orch_core::codes::Code;
use orch_core::command::{Command, Rebind};
use orch_core::decide::{Context, Decision};
use orch_core::diagnosis::{Blocker, Cause};
use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::event::talk::MessageClass;
use orch_core::mission::ObligationKind;
use orch_core::party::{Actor, Party};
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;

use super::fold::apply_events;
use super::{Probe, Scene};

// spec: GATE-2, RETRY-2, FOLD-3
pub(super) fn blocker_live(s: &Scene<'_>, probe: &mut Probe) {
    let of_tasks = s.new.tasks.keys().flat_map(|id| s.blockers(id));
    for blocker in of_tasks.chain(&s.diagnosis().causes) {
        let (cause, next) = (blocker.cause, &blocker.next);
        probe.expect(s.step.ghost.is_present(next), || {
            format!("{cause} waits for {next}, who is gone")
        });
        let head = s.step.after.head();
        let is_proved =
            !blocker.because.is_empty() && blocker.because.iter().all(|seq| *seq <= head);
        probe.expect(is_proved, || {
            format!("{cause} follows from {:?}", blocker.because)
        });
        for on in &blocker.on {
            let is_known = s.new.tasks.contains_key(on);
            probe.expect(is_known, || {
                format!("{cause} is about task {on}, which is not known")
            });
        }
    }
    for owed in s.step.after.obligations() {
        probe.expect(s.step.ghost.is_present(&owed.next), || {
            format!("{} is owed by {}, who is gone", owed.kind, owed.next)
        });
    }
}

// spec: GATE-2
pub(super) fn reviewer_live(s: &Scene<'_>, probe: &mut Probe) {
    for view in s
        .step
        .after
        .tasks()
        .filter(|it| it.status() == TaskStatus::InReview)
    {
        let id = view.id();
        let mut there = BTreeSet::new();
        for gate in view.gates() {
            let told = s
                .step
                .ghost
                .task(id)
                .and_then(|it| it.gates.get(gate.name()));
            let held = told.and_then(|it| it.holder.as_ref());
            let shown = gate
                .holder()
                .filter(|_| gate.status() == GateStatus::Requested);
            probe.expect(
                shown.map(|(_, party)| party) == held.map(|(party, _)| party),
                || {
                    format!(
                        "gate {} of task {id} is with {shown:?}, by the log {held:?}",
                        gate.name()
                    )
                },
            );
            let Some((party, incarnation)) = held else {
                continue;
            };
            let is_there = match party {
                Party::Agent(_) => incarnation
                    .as_ref()
                    .is_some_and(|it| s.step.ghost.is_there(it)),
                other => s.step.ghost.is_present(other),
            };
            if is_there {
                there.insert(party);
            }
        }
        if !s.is_live() {
            continue;
        }
        let blockers = s.blockers(id);
        let is_gate = |it: &&Blocker| matches!(it.cause, Cause::GateOpen | Cause::GateStale);
        let of_gates: Vec<_> = blockers.iter().filter(is_gate).collect();
        let holds = !of_gates.is_empty()
            && of_gates
                .iter()
                .all(|it| it.next == Party::Lead || there.contains(&it.next));
        probe.expect(holds, || {
            format!(
                "task {id} is in review, {there:?} are there to judge it, and it shows {of_gates:?}"
            )
        });
    }
}

// spec: CORRECT-1
pub(super) fn correction_supersedes(s: &Scene<'_>, probe: &mut Probe) {
    let Event::Correction(data) = s.event() else {
        return;
    };
    let supersedes = matches!(
        data.change,
        Change::Rebind { .. } | Change::Supersede { .. } | Change::Reopen
    );
    let Some(past) = s
        .step
        .past
        .task(&data.task)
        .filter(|_| s.is_changed() && supersedes)
    else {
        return;
    };
    let Some(view) = s.step.after.task(&data.task) else {
        return;
    };
    for (number, _) in past.open() {
        let found = view.attempts().find(|it| it.number() == number);
        let is_over = found.is_some_and(|it| it.closed().is_some());
        probe.expect(is_over, || {
            format!("attempt {number} of {} outlives its correction", data.task)
        });
    }
    let to = match &data.change {
        Change::Rebind { to, .. } => Some(to),
        _ => None,
    };
    let owner = view.owner();
    probe.expect(owner.as_ref() == to, || {
        format!("corrected to {to:?}, task {} has {owner:?}", data.task)
    });
    let held = view
        .gates()
        .find(|gate| gate.status() == GateStatus::Requested);
    probe.expect(held.is_none(), || {
        format!("a gate of {} is still with its old holder", data.task)
    });
    let about_it = |it: &orch_core::view::OwedView| it.task.as_ref() == Some(&data.task);
    let is_moot = |kind| {
        matches!(
            kind,
            ObligationKind::Unblocking | ObligationKind::Ruling | ObligationKind::GateDecision
        )
    };
    let left = s
        .step
        .after
        .obligations()
        .into_iter()
        .find(|it| about_it(it) && is_moot(it.kind));
    probe.expect(left.is_none(), || format!("this is still owed: {left:?}"));
    let old: BTreeSet<_> = past
        .open()
        .map(|(_, it)| Party::Agent(it.owner.name.clone()))
        .collect();
    let is_talk = |it: &Blocker| matches!(it.cause, Cause::ReplyOwed | Cause::NeedsInput);
    let blockers = s.blockers(&data.task);
    for blocker in blockers.iter().filter(|it| !is_talk(it)) {
        let is_new = to.is_some_and(|to| blocker.next == Party::Agent(to.name.clone()));
        // Who has a task that this one needs may be the same agent.
        let is_other = !blocker.on.is_empty();
        probe.expect(is_new || is_other || !old.contains(&blocker.next), || {
            format!("{} still waits for {}", data.task, blocker.next)
        });
    }
}

// spec: CORRECT-1
pub(super) fn owner_index(s: &Scene<'_>, probe: &mut Probe) {
    for (id, task) in &s.new.tasks {
        let told = s.step.ghost.task(id).and_then(|it| it.open_token());
        let owner = told.map(|(_, it)| &it.owner);
        if owner.is_some() || task.owner.is_some() {
            probe.expect(task.owner.as_ref() == owner, || {
                format!(
                    "task {id} is with {:?}, by the log with {owner:?}",
                    task.owner
                )
            });
        }
    }
    for agent in s.step.after.agents() {
        let name = agent.agent();
        let shown: BTreeSet<_> = agent.holds().map(|it| (it.task(), it.number())).collect();
        let told = s.step.ghost.attempts();
        let told: BTreeSet<_> = told
            .filter(|(.., it)| it.is_open() && it.owner == name)
            .map(|(id, number, _)| (id, number))
            .collect();
        if !shown.is_empty() || !told.is_empty() {
            probe.expect(shown == told, || {
                format!("{name} holds {shown:?}, by the log {told:?}")
            });
        }
    }
}

// spec: CORRECT-3
pub(super) fn rebind_converges(s: &Scene<'_>, probe: &mut Probe) {
    if !s.is_live() {
        return;
    }
    for found in s.step.after.divergences() {
        let standing = s.step.ghost.agents.get(&found.agent);
        if found.correction.is_none() || standing != Some(&super::Standing::Live) {
            continue;
        }
        let command = Command::Rebind(Rebind {
            task: found.task.clone(),
            to: found.agent.name.clone(),
            reason: "as its runtime says".to_owned(),
            supersedes: Vec::new(),
        });
        let answer = s
            .step
            .after
            .decide(&command, &Context::new(Actor::Host, s.step.now));
        let Ok(Decision::Accepted { events, .. }) = answer else {
            // Only a declared task can be rebound; a log that names others is marked.
            let is_known = s.step.ghost.task(&found.task).is_some();
            probe.expect(!is_known, || {
                format!("{found:?} cannot be corrected: {answer:?}")
            });
            continue;
        };
        let mut mission = s.step.after.clone();
        apply_events(&mut mission, &Actor::Host, s.step.now, events);
        let owner = mission.task(&found.task).and_then(|it| it.owner());
        let left = mission
            .divergences()
            .into_iter()
            .find(|it| it.task == found.task && it.agent == found.agent);
        probe.expect(
            owner.as_ref() == Some(&found.agent) && left.is_none(),
            || {
                format!(
                    "after the rebind task {} is with {owner:?}, and {left:?} is left",
                    found.task
                )
            },
        );
    }
}

// spec: NOTE-1
pub(super) fn fyi_inert(s: &Scene<'_>, probe: &mut Probe) {
    let is_inert = match s.event() {
        Event::Message(data) => data.class == MessageClass::Fyi && data.reply_to.is_none(),
        Event::Note(_) | Event::FindingRecorded(_) => true,
        _ => false,
    };
    if is_inert {
        let mut new = s.new.clone();
        // A task that is only named is known from then on; that it is, is marked.
        new.tasks
            .retain(|id, _| s.old.tasks.contains_key(id) || !s.is_marked(&[Code::UnknownTask]));
        probe.expect(new == s.old, || {
            format!("{} changed more than what is said", s.event().kind())
        });
    }
}

// spec: NOTE-1
pub(super) fn actionable_never_lost(s: &Scene<'_>, probe: &mut Probe) {
    let is_ask = |kind| matches!(kind, ObligationKind::Reply | ObligationKind::Answer);
    let ends_work = matches!(
        s.event(),
        Event::Dispatched(_)
            | Event::Handoff(_)
            | Event::GateDecided(_)
            | Event::Correction(_)
            | Event::TaskClosed(_)
            | Event::MissionClosed(_)
            | Event::AgentLeft(_)
            | Event::Shutdown(_)
    );
    for owed in s.old.owed.iter().filter(|(kind, ..)| is_ask(*kind)) {
        let (kind, by, seq) = owed;
        let is_resolved = match s.event() {
            Event::Message(data) => data.reply_to == Some(*seq),
            Event::Correction(data) => data.supersedes.contains(seq),
            _ => false,
        };
        // Whoever asked a question may have lost the work that it was about.
        let is_moot = *kind == ObligationKind::Answer && ends_work;
        let may_go = s.is_changed() && (is_resolved || is_moot);
        probe.expect(may_go || s.new.owed.contains(owed), || {
            format!("{} made what {by} owes for {seq} go away", s.event().kind())
        });
    }
    if let Event::Message(data) = s.event()
        && s.is_changed()
        && data.class != MessageClass::Fyi
    {
        let seq = s.step.record.seq();
        let n = s
            .new
            .owed
            .iter()
            .filter(|(kind, by, at)| is_ask(*kind) && *by == data.to && *at == seq)
            .count();
        probe.expect(n == 1, || format!("message {seq} is owed {n} answers"));
    }
}

// spec: RETRY-2
pub(super) fn always_next(s: &Scene<'_>, probe: &mut Probe) {
    if !s.is_live() {
        return;
    }
    let (after, now) = (s.step.after, s.step.now);
    for view in after.tasks().filter(|it| !it.status().is_settled()) {
        let chains = after.why(view.id(), now).unwrap_or_default();
        let is_named = !chains.is_empty() && chains.iter().all(|chain| !chain.is_empty());
        probe.expect(is_named, || {
            format!(
                "nobody is next on task {}, which is {}",
                view.id(),
                view.status()
            )
        });
    }
    let causes = after.diagnose(now).causes;
    probe.expect(!causes.is_empty(), || {
        "an open mission has no cause".to_owned()
    });
    // The recommended way on of each cause is accepted from whom it names, and folds clean.
    for cause in &causes {
        let moves = cause.fixes.first().is_some_and(|fix| {
            if fix.by.agent().is_some_and(|by| !s.step.ghost.is_there(by)) {
                return false;
            }
            let answer = after.decide(&fix.command, &Context::new(fix.by.clone(), now));
            matches!(answer, Ok(Decision::Accepted { .. }))
        });
        probe.expect(moves, || {
            format!("{} is next and can do nothing: {cause:?}", cause.next)
        });
    }
}
