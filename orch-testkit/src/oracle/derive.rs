//! What a record makes true, where a transition table decides it.

use orch_core::event::Event;
use orch_core::event::agent::AgentJoined;
use orch_core::event::attempt::{AttemptEnd, AttemptEnded, Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::task::GateStage;
use orch_core::ids::{AgentRef, AttemptNo, TaskId};
use orch_core::party::Party;
use orch_core::record::Record;

use super::judge;
use super::log::{Log, Said};
use super::tables::{AGENT, ATTEMPT, Cell, GATE, TASK, cell};

/// Adds what the newest record makes true.
pub(super) fn effects(log: &mut Log<'_>, record: &Record) {
    match record.event() {
        Event::AgentJoined(data) => joined(log, data),
        Event::AgentLeft(data) => agent(log, &data.agent, "left"),
        Event::Shutdown(data) => agent(log, &data.agent, judge::ladder(data.stage)),
        Event::Inventory(data) => know(log, &data.agent),
        Event::Dispatched(data) => {
            know(log, &data.agent);
            handed_out(log, &data.task, data.attempt, "dispatched");
        }
        Event::AttemptStarted(data) => works(log, &data.task, data.attempt, "started"),
        Event::Progress(data) => works(log, &data.task, data.attempt, "progressed"),
        Event::Handoff(data) => handoff(log, data),
        Event::AttemptEnded(data) => ended(log, data),
        Event::GateRequested(data) => gate(log, &data.task, &data.gate, "requested"),
        Event::GateDecided(data) => decided(log, data),
        Event::Correction(data) => correction(log, data),
        Event::TaskClosed(data) => {
            moves(log, &data.task, judge::closing(data.outcome));
            fence(log, &data.task);
        }
        Event::TaskDelivered(data) => moves(log, &data.task, "delivered"),
        _ => {}
    }
}

fn moves(log: &mut Log<'_>, task: &TaskId, event: &'static str) {
    let from = log.status(task);
    if let Cell::To(to) | Cell::Marked(to) = cell(TASK, event, from) {
        log.say(Said::Status(task.clone(), to));
        if to == "accepted" {
            for (number, _, _) in log.attempts(task) {
                stage(log, task, number, "accepted");
            }
        }
    }
}

fn stage(log: &mut Log<'_>, task: &TaskId, number: AttemptNo, event: &'static str) {
    let from = log.stage(task, number);
    if let Cell::To(to) = cell(ATTEMPT, event, from) {
        log.say(Said::Stage(task.clone(), number, to));
    }
}

fn gate(log: &mut Log<'_>, task: &TaskId, name: &orch_core::ids::GateName, event: &'static str) {
    let from = log.gate_status(task, name);
    if let Cell::To(to) = cell(GATE, event, from) {
        log.say(Said::Gate(task.clone(), name.clone(), to));
    }
}

fn gates(log: &mut Log<'_>, task: &TaskId, event: &'static str) {
    for spec in log.gates(task) {
        gate(log, task, &spec.gate, event);
    }
}

/// An incarnation that is only named is believed to be there.
fn know(log: &mut Log<'_>, agent: &AgentRef) {
    if log.agent(agent).is_none() {
        log.say(Said::Agent(agent.clone(), "live"));
    }
}

fn joined(log: &mut Log<'_>, data: &AgentJoined) {
    let known = judge::of_name(log, &data.agent);
    if known.iter().any(|agent| log.is_live(agent)) {
        return;
    }
    let agent = AgentRef::new(data.agent.clone(), data.incarnation);
    log.say(Said::Agent(agent, "live"));
}

/// Moves an incarnation; one that is gone leaves its attempts and gates behind.
fn agent(log: &mut Log<'_>, agent: &AgentRef, event: &'static str) {
    know(log, agent);
    let from = log.agent(agent).unwrap_or("live");
    if let Cell::To(to) | Cell::Marked(to) = cell(AGENT, event, from) {
        log.say(Said::Agent(agent.clone(), to));
    }
    if log.is_live(agent) {
        return;
    }
    for (task, number, owner) in log.open_attempts() {
        if owner != *agent {
            continue;
        }
        let is_token = log.token(&task) == Some(number);
        let was_started = log.stage(&task, number) != "dispatched";
        if log.is_in_flight(&task, number) {
            fruit(log, &task, number);
        }
        stage(log, &task, number, "ended");
        if is_token {
            moves(
                log,
                &task,
                if was_started {
                    "owner_gone"
                } else {
                    "owner_gone_unstarted"
                },
            );
        }
    }
    for task in log.tasks() {
        for spec in log.gates(&task) {
            let holder = log.holder(&task, &spec.gate);
            if holder == Some(Party::Agent(agent.name.clone())) {
                gate(log, &task, &spec.gate, "withdrawn");
            }
        }
    }
}

fn handed_out(log: &mut Log<'_>, task: &TaskId, number: AttemptNo, event: &'static str) {
    log.say(Said::Stage(task.clone(), number, "dispatched"));
    gates(log, task, "new_attempt");
    moves(log, task, event);
}

fn works(log: &mut Log<'_>, task: &TaskId, number: AttemptNo, event: &'static str) {
    stage(log, task, number, event);
    moves(log, task, event);
}

/// Whether an attempt reported progress.
fn made_progress(log: &Log<'_>, task: &TaskId, number: AttemptNo) -> bool {
    log.events().any(|(_, event)| match event {
        Event::Progress(data) => data.task == *task && data.attempt == number,
        _ => false,
    })
}

/// Counts an attempt that ends as fruitful or not.
fn fruit(log: &mut Log<'_>, task: &TaskId, number: AttemptNo) {
    let said = if made_progress(log, task, number) {
        Said::Fruitful(task.clone())
    } else {
        Said::Fruitless(task.clone())
    };
    log.say(said);
}

fn handoff(log: &mut Log<'_>, data: &Handoff) {
    let task = &data.task;
    let is_back = matches!(
        data.status,
        Some(HandoffStatus::Partial | HandoffStatus::Blocked | HandoffStatus::Failed)
    );
    stage(
        log,
        task,
        data.attempt,
        if is_back { "given_back" } else { "handed_over" },
    );
    let event = match data.status {
        None => "handed_bare",
        Some(HandoffStatus::Partial) => {
            partial(log, data);
            "handed_partial"
        }
        Some(HandoffStatus::Blocked) => {
            log.say(Said::Blocked(task.clone()));
            fruit(log, task, data.attempt);
            "handed_blocked"
        }
        Some(HandoffStatus::Failed) => {
            fruit(log, task, data.attempt);
            failed(log, data)
        }
        Some(_) => {
            log.say(Said::Fruitful(task.clone()));
            gates(log, task, "new_revision");
            done(log, data)
        }
    };
    moves(log, task, event);
}

fn partial(log: &mut Log<'_>, data: &Handoff) {
    let before = log
        .events()
        .rev()
        .skip(1)
        .find_map(|(_, event)| match event {
            Event::Handoff(before) if before.task == data.task => Some(before.remaining.clone()),
            _ => None,
        });
    if before.unwrap_or_default() == data.remaining {
        fruit(log, &data.task, data.attempt);
    } else {
        log.say(Said::Fruitful(data.task.clone()));
    }
}

fn failed(log: &mut Log<'_>, data: &Handoff) -> &'static str {
    log.say(Said::Failed(data.task.clone()));
    let limit = log
        .limits(&data.task)
        .max_attempts
        .or(log.policy().retry.max_attempts);
    let failures = log.count(&Said::Failed(data.task.clone()), &data.task);
    if data.not_retryable {
        "handed_failed_final"
    } else if limit.is_some_and(|limit| failures >= limit) {
        "handed_failed_last"
    } else {
        "handed_failed"
    }
}

fn done(log: &Log<'_>, data: &Handoff) -> &'static str {
    let contract = log.evidence(&data.task);
    let is_proven = contract
        .iter()
        .all(|kind| data.evidence.iter().any(|it| it.kind == *kind));
    let names_more = !data.remaining.is_empty() || data.blocked_on.is_some();
    if !is_proven || names_more {
        "handed_unproven"
    } else if log.all_passed(&data.task, GateStage::Accept) {
        "handed_done"
    } else {
        "handed_for_review"
    }
}

fn ended(log: &mut Log<'_>, data: &AttemptEnded) {
    let task = &data.task;
    let is_token = log.token(task) == Some(data.attempt);
    let was_flying = log.is_in_flight(task, data.attempt);
    let was_started = log.stage(task, data.attempt) != "dispatched";
    let event = match data.how {
        AttemptEnd::Exited if data.code == Some(0) => "ended_clean",
        AttemptEnd::SessionEnded => "ended_clean",
        AttemptEnd::Lost if was_started => "ended_lost",
        AttemptEnd::Lost | AttemptEnd::Released => "released",
        _ => "ended_dirty",
    };
    stage(log, task, data.attempt, "ended");
    if !was_flying {
        return;
    }
    fruit(log, task, data.attempt);
    if event == "ended_dirty" {
        log.say(Said::Crashed(task.clone()));
    }
    if !is_token {
        return;
    }
    let crashes = log.count(&Said::Crashed(task.clone()), task);
    let is_last = log
        .policy()
        .retry
        .max_crashes
        .is_some_and(|limit| crashes >= limit);
    moves(
        log,
        task,
        if event == "ended_dirty" && is_last {
            "ended_last"
        } else {
            event
        },
    );
}

fn decided(log: &mut Log<'_>, data: &GateDecided) {
    let task = &data.task;
    let event = match data.verdict {
        Verdict::Approved => "approved",
        Verdict::ChangesRequested => "changes_requested",
        Verdict::Waived => "waived",
        _ => return,
    };
    gate(log, task, &data.gate, event);
    if data.verdict == Verdict::ChangesRequested {
        log.say(Said::SentBack(task.clone()));
        stage(log, task, data.attempt, "sent_back");
        let owner = log.owner(task, data.attempt);
        let is_there = owner.is_some_and(|owner| log.is_live(&owner));
        moves(
            log,
            task,
            if is_there {
                "changes_requested"
            } else {
                "changes_orphaned"
            },
        );
    } else if log.all_passed(task, GateStage::Accept) {
        moves(log, task, "gates_passed");
    }
}

fn fence(log: &mut Log<'_>, task: &TaskId) {
    for (number, _, _) in log.attempts(task) {
        stage(log, task, number, "fenced");
    }
}

fn correction(log: &mut Log<'_>, data: &Correction) {
    let task = &data.task;
    match &data.change {
        Change::Rebind { to, attempt } => {
            know(log, to);
            for (number, _, _) in log.attempts(task) {
                if number != *attempt {
                    stage(log, task, number, "fenced");
                }
            }
            log.say(Said::Stage(task.clone(), *attempt, "started"));
            gates(log, task, "new_attempt");
            moves(log, task, "rebound");
        }
        Change::Supersede { .. } => {
            fence(log, task);
            gates(log, task, "withdrawn");
            moves(log, task, "superseded");
        }
        Change::Reopen => {
            fence(log, task);
            gates(log, task, "new_attempt");
            moves(log, task, "reopened");
        }
        Change::Adopt { .. } => adopt(log, data),
        Change::Unblock => moves(log, task, "unblocked"),
        Change::Amend(amendment) => amend(log, task, amendment),
        _ => {}
    }
}

fn adopt(log: &mut Log<'_>, data: &Correction) {
    let Some(adopted) = log.adopted(&data.change).cloned() else {
        return;
    };
    for (number, _, _) in log.attempts(&data.task) {
        let event = if number == adopted.attempt {
            "adopted"
        } else {
            "fenced"
        };
        stage(log, &data.task, number, event);
    }
    moves(log, &data.task, "adopted");
    handoff(log, &adopted);
}

fn amend(log: &mut Log<'_>, task: &TaskId, amendment: &Amendment) {
    if amendment.gates.is_some()
        && log.status(task) == "in_review"
        && log.all_passed(task, GateStage::Accept)
    {
        moves(log, task, "gates_passed");
    }
}
