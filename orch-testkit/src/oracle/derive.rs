//! What a record makes true, where a transition table decides it.

use orch_core::event::Event;
use orch_core::event::agent::AgentJoined;
use orch_core::event::attempt::{AttemptEnd, AttemptEnded, Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::task::{GateSpec, GateStage};
use orch_core::ids::{AgentRef, AttemptNo, GateName, TaskId};
use orch_core::record::Record;

use super::facts::Standing;
use super::log::{Log, Said};
use super::tables::{AGENT, ATTEMPT, Cell, GATE, TASK, cell};
use super::{judge, plan};

/// Adds what the newest record makes true.
pub(super) fn effects(log: &mut Log<'_>, record: &Record) {
    let Some(row) = log.rows.last() else {
        return;
    };
    if !row.happened() {
        let beside = row.standing == Standing::Evidence && row.codes.contains(&"parallel_report");
        if let (true, Event::Handoff(data)) = (beside, record.event()) {
            let is_success = data.status == Some(HandoffStatus::Done);
            end_beside(log, &data.task, data.attempt, is_success);
        }
        return;
    }
    match record.event() {
        Event::AgentJoined(data) => joined(log, data),
        Event::AgentLeft(data) => agent(log, &data.agent, "left"),
        Event::Shutdown(data) => agent(log, &data.agent, judge::ladder(data.stage)),
        Event::Inventory(data) => know(log, &data.agent),
        Event::Dispatched(data) => {
            know(log, &data.agent);
            hand_out(log, &data.task, data.attempt);
            moves(log, &data.task, "dispatched");
            log.say(Said::MovedOn(data.task.clone()));
        }
        Event::AttemptStarted(data) => works(log, &data.task, data.attempt, "started"),
        Event::Progress(data) => works(log, &data.task, data.attempt, "progressed"),
        Event::Handoff(data) => {
            log.say(Said::MovedOn(data.task.clone()));
            handoff(log, data);
        }
        Event::AttemptEnded(data) => ended(log, data),
        Event::Message(data) if !log.reaches(&data.to) => log.say(Said::Undelivered),
        Event::GateRequested(data) => gate(log, &data.task, &data.gate, "requested"),
        Event::GateDecided(data) => decided(log, data),
        Event::Correction(data) => correction(log, data),
        Event::TaskClosed(data) => {
            moves(log, &data.task, judge::closing(data.outcome));
            fence(log, &data.task, "closed");
            settle(log, &data.task);
        }
        Event::TaskDelivered(data) => moves(log, &data.task, "delivered"),
        Event::MissionClosed(_) => log
            .tasks()
            .iter()
            .for_each(|task| fence(log, task, "closed")),
        _ => {}
    }
}

fn moves(log: &mut Log<'_>, task: &TaskId, event: &'static str) {
    let from = log.status(task);
    if let Cell::To(to) | Cell::Marked(to) = cell(TASK, event, from) {
        log.say(Said::Status(task.clone(), to));
    }
}

fn stage(log: &mut Log<'_>, task: &TaskId, number: AttemptNo, event: &'static str) {
    let from = log.stage(task, number);
    if let Cell::To(to) = cell(ATTEMPT, event, from) {
        log.say(Said::Stage(task.clone(), number, to));
    }
}

/// Takes a step that may end an attempt, and says how it ended if it did.
fn end(
    log: &mut Log<'_>,
    task: &TaskId,
    number: AttemptNo,
    event: &'static str,
    how: &'static str,
) {
    if log.stage(task, number) == "closed" {
        return;
    }
    stage(log, task, number, event);
    if log.stage(task, number) != "closed" {
        return;
    }
    log.say(Said::Over(task.clone(), number, how));
    if matches!(how, "corrected" | "closed" | "gone") {
        unask(log, task, number);
    }
}

/// Nobody waits any more for the answers to questions of an attempt.
fn unask(log: &mut Log<'_>, task: &TaskId, number: AttemptNo) {
    if let Some(owner) = log.owner(task, number) {
        log.say(Said::Unasked(task.clone(), owner.name));
    }
}

fn gate(log: &mut Log<'_>, task: &TaskId, name: &GateName, event: &'static str) {
    if !log.gates(task).iter().any(|spec| spec.gate == *name) {
        return;
    }
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

/// Somebody rules on a task: what it asked for is settled, and nobody holds its gates any more.
fn settle(log: &mut Log<'_>, task: &TaskId) {
    gates(log, task, "withdrawn");
    log.say(Said::Settled(task.clone()));
}

fn fence(log: &mut Log<'_>, task: &TaskId, how: &'static str) {
    for (number, _, _) in log.attempts(task) {
        end(log, task, number, "fenced", how);
    }
}

/// An incarnation that is only named is believed, unless another of its name is live.
fn know(log: &mut Log<'_>, agent: &AgentRef) {
    if log.agent(agent).is_none() {
        let status = if log.live(&agent.name).is_some() {
            "left"
        } else {
            "live"
        };
        log.say(Said::Agent(agent.clone(), status));
    }
}

fn joined(log: &mut Log<'_>, data: &AgentJoined) {
    if log.live(&data.agent).is_none() {
        let agent = AgentRef::new(data.agent.clone(), data.incarnation);
        log.say(Said::Agent(agent, "live"));
    }
}

/// Moves an incarnation; one that is gone leaves its attempts behind.
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
        if owner == *agent {
            orphan(log, &task, number);
        }
    }
}

/// The owner of an attempt is gone.
fn orphan(log: &mut Log<'_>, task: &TaskId, number: AttemptNo) {
    let is_token = log.token(task) == Some(number);
    let event = match log.stage(task, number) {
        "dispatched" => "owner_gone_unstarted",
        "started" => "owner_gone",
        _ if is_token && log.status(task) == "rework" => "changes_orphaned",
        _ => {
            // Its work is handed over, and needs it no more.
            unask(log, task, number);
            return;
        }
    };
    end(log, task, number, "fenced", "gone");
    if is_token {
        moves(log, task, event);
        gates(log, task, "withdrawn");
        log.say(Said::MovedOn(task.clone()));
        if event == "changes_orphaned" {
            log.say(Said::Success(task.clone(), false));
        }
    }
}

/// A new attempt takes the token; work that was handed over before it is not judged any more.
fn hand_out(log: &mut Log<'_>, task: &TaskId, number: AttemptNo) {
    for (before, _, _) in log.attempts(task) {
        if before != number && log.stage(task, before) == "handed_over" {
            end(log, task, before, "fenced", "corrected");
        }
    }
    log.say(Said::Stage(task.clone(), number, "dispatched"));
    gates(log, task, "new_attempt");
}

fn works(log: &mut Log<'_>, task: &TaskId, number: AttemptNo, event: &'static str) {
    stage(log, task, number, event);
    if log.token(task) == Some(number) {
        moves(log, task, event);
    }
}

/// Counts an attempt that ends as fruitful or not.
fn fruit(log: &mut Log<'_>, task: &TaskId, number: AttemptNo, got_somewhere: bool) {
    let said = if got_somewhere || !log.progress(task, number).is_empty() {
        Said::Fruitful(task.clone())
    } else {
        Said::Fruitless(task.clone())
    };
    log.say(said);
}

fn handoff(log: &mut Log<'_>, data: &Handoff) {
    let (task, number) = (&data.task, data.attempt);
    match data.status {
        None => {
            gates(log, task, "new_revision");
            stage(log, task, number, "handed_over");
            moves(log, task, "handed_bare");
        }
        Some(HandoffStatus::Partial) => {
            let is_news = plan::left_before(log, task) != data.remaining;
            give_back(log, data, "handed_partial", is_news);
        }
        Some(HandoffStatus::Blocked) => {
            log.say(Said::Blocked(task.clone()));
            give_back(log, data, "handed_blocked", false);
        }
        Some(HandoffStatus::Failed) => {
            let event = failed(log, data);
            give_back(log, data, event, false);
        }
        Some(_) => done(log, data),
    }
}

fn give_back(log: &mut Log<'_>, data: &Handoff, event: &'static str, got_somewhere: bool) {
    moves(log, &data.task, event);
    end(log, &data.task, data.attempt, "given_back", "given_back");
    fruit(log, &data.task, data.attempt, got_somewhere);
}

fn failed(log: &mut Log<'_>, data: &Handoff) -> &'static str {
    log.say(Said::Failed(data.task.clone()));
    let limit = log
        .limits(&data.task)
        .max_attempts
        .or_else(|| log.policy().retry.max_attempts);
    let failures = log.count(&Said::Failed(data.task.clone()), &data.task);
    if data.not_retryable {
        "handed_failed_final"
    } else if limit.is_some_and(|limit| failures >= limit) {
        "handed_failed_last"
    } else {
        "handed_failed"
    }
}

fn done(log: &mut Log<'_>, data: &Handoff) {
    let (task, number) = (&data.task, data.attempt);
    let contract = log.evidence(task);
    let is_brought = contract
        .iter()
        .all(|kind| data.evidence.iter().any(|it| it.kind == *kind));
    let names_more = !data.remaining.is_empty() || data.blocked_on.is_some();
    gates(log, task, "new_revision");
    stage(log, task, number, "handed_over");
    if !is_brought || names_more {
        moves(log, task, "handed_unproven");
        return;
    }
    log.say(Said::Success(task.clone(), true));
    if log.all_passed(task, GateStage::Accept) {
        accept(log, task, "handed_done");
    } else {
        moves(log, task, "handed_for_review");
    }
}

fn accept(log: &mut Log<'_>, task: &TaskId, event: &'static str) {
    moves(log, task, event);
    if let Some(token) = log.token(task) {
        end(log, task, token, "accepted", "accepted");
    }
    fence(log, task, "corrected");
    settle(log, task);
}

/// An attempt beside the one with the token ends: its task stays where it is.
fn end_beside(log: &mut Log<'_>, task: &TaskId, number: AttemptNo, is_success: bool) {
    end(
        log,
        task,
        number,
        "fenced",
        if is_success { "clean" } else { "dirty" },
    );
    if is_success {
        log.say(Said::Success(task.clone(), true));
    }
}

fn ended(log: &mut Log<'_>, data: &AttemptEnded) {
    let (task, number) = (&data.task, data.attempt);
    let is_clean = data.how == AttemptEnd::Exited && data.code == Some(0);
    if log.token(task) != Some(number) {
        end_beside(log, task, number, is_clean);
        return;
    }
    if log.stage(task, number) == "handed_over" {
        return;
    }
    let was_started = log.stage(task, number) != "dispatched";
    log.say(Said::MovedOn(task.clone()));
    let (event, how) = match data.how {
        AttemptEnd::Released => ("released", "released"),
        AttemptEnd::Exited if is_clean => {
            log.say(Said::Success(task.clone(), true));
            ("ended_clean", "clean")
        }
        AttemptEnd::Lost if was_started => ("ended_lost", "dirty"),
        AttemptEnd::Lost => ("owner_gone_unstarted", "dirty"),
        _ => (crashed(log, task), "dirty"),
    };
    moves(log, task, event);
    end(log, task, number, "ended", how);
    fruit(log, task, number, false);
}

fn crashed(log: &mut Log<'_>, task: &TaskId) -> &'static str {
    log.say(Said::Crashed(task.clone()));
    let crashes = log.count(&Said::Crashed(task.clone()), task);
    let is_last = log
        .policy()
        .retry
        .max_crashes
        .is_some_and(|limit| crashes >= limit);
    if is_last { "ended_last" } else { "ended_dirty" }
}

fn decided(log: &mut Log<'_>, data: &GateDecided) {
    let task = &data.task;
    let event = match data.verdict {
        Verdict::Approved => "approved",
        Verdict::ChangesRequested => "changes_requested",
        _ => "waived",
    };
    let gates = log.gates(task);
    let Some(spec) = gates.iter().find(|spec| spec.gate == data.gate) else {
        return;
    };
    gate(log, task, &data.gate, event);
    if spec.stage == GateStage::Deliver {
        return;
    }
    if data.verdict == Verdict::ChangesRequested {
        send_back(log, task, data.attempt);
    } else if log.status(task) == "in_review" && log.all_passed(task, GateStage::Accept) {
        accept(log, task, "gates_passed");
    }
}

/// Sends the work back: to its author, or to whoever is given the task next.
fn send_back(log: &mut Log<'_>, task: &TaskId, number: AttemptNo) {
    log.say(Said::SentBack(task.clone()));
    log.say(Said::Success(task.clone(), false));
    if log
        .owner(task, number)
        .is_some_and(|owner| log.is_live(&owner))
    {
        stage(log, task, number, "sent_back");
        moves(log, task, "changes_requested");
    } else {
        moves(log, task, "changes_orphaned");
        end(log, task, number, "fenced", "gone");
    }
}

fn correction(log: &mut Log<'_>, data: &Correction) {
    let task = &data.task;
    match &data.change {
        Change::Rebind { to, attempt } => {
            know(log, to);
            for (number, _, _) in log.attempts(task) {
                if number != *attempt {
                    end(log, task, number, "fenced", "corrected");
                }
            }
            settle(log, task);
            log.say(Said::Success(task.clone(), false));
            hand_out(log, task, *attempt);
            log.say(Said::Stage(task.clone(), *attempt, "started"));
            moves(log, task, "rebound");
        }
        Change::Supersede { .. } => {
            fence(log, task, "corrected");
            settle(log, task);
            moves(log, task, "superseded");
        }
        Change::Reopen => {
            resume(log);
            fence(log, task, "corrected");
            settle(log, task);
            log.say(Said::Success(task.clone(), false));
            moves(log, task, "reopened");
        }
        Change::Adopt { seq } => {
            if let Some(adopted) = log.handoff_at(*seq) {
                adopt(log, adopted);
            }
        }
        Change::Unblock => {
            moves(log, task, "unblocked");
            settle(log, task);
        }
        Change::Amend(amendment) => amend(log, task, amendment),
        _ => {}
    }
}

/// A closed mission goes on: what its close had cut off lost its owner.
fn resume(log: &mut Log<'_>) {
    if !log.was_closed() {
        return;
    }
    for task in log.tasks() {
        let Some(token) = log
            .token(&task)
            .filter(|token| log.stage(&task, *token) == "closed")
        else {
            continue;
        };
        let event = match log.status(&task) {
            "rework" => "changes_orphaned",
            "dispatched" | "running" if log.was_ever(&task, token, "started") => "owner_gone",
            "dispatched" | "running" => "owner_gone_unstarted",
            _ => continue,
        };
        moves(log, &task, event);
    }
}

fn adopt(log: &mut Log<'_>, adopted: &Handoff) {
    let (task, own) = (&adopted.task, adopted.attempt);
    for (number, _, _) in log.attempts(task) {
        if number != own {
            end(log, task, number, "fenced", "corrected");
        }
    }
    settle(log, task);
    log.say(Said::Success(task.clone(), false));
    moves(log, task, "adopted");
    stage(log, task, own, "adopted");
    handoff(log, adopted);
}

fn amend(log: &mut Log<'_>, task: &TaskId, amendment: &Amendment) {
    let Some(specs) = &amendment.gates else {
        return;
    };
    let newest = log.rows.last().map(|row| row.record.seq());
    for old in log.gates_before(task, newest) {
        let stands = |spec: &GateSpec| spec.gate == old.gate && spec.stage == old.stage;
        if !specs.iter().any(stands) {
            log.say(Said::GateGone(task.clone(), old.gate.clone()));
        }
    }
    let is_clear = log.all_passed(task, GateStage::Accept);
    if log.status(task) == "in_review" && is_clear {
        accept(log, task, "gates_passed");
    }
}
