//! What is wrong with the record of a gate.

use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::task::{GateSpec, GateStage, TaskDelivered};
use orch_core::ids::{AttemptNo, GateName, TaskId};
use orch_core::party::{Actor, Party};

use super::judge::{self, Codes};
use super::log::Log;

/// Whether each gate has a name of its own and opens after gates before it at its stage.
pub(super) fn specs(gates: &[GateSpec]) -> Codes {
    let is_sound = gates.iter().enumerate().all(|(n, spec)| {
        let before = gates.get(..n).unwrap_or_default();
        let is_before = |name: &GateName| {
            before
                .iter()
                .any(|it| it.gate == *name && it.stage == spec.stage)
        };
        before.iter().all(|it| it.gate != spec.gate) && spec.after.iter().flatten().all(is_before)
    });
    if is_sound {
        Vec::new()
    } else {
        vec!["gate_spec"]
    }
}

/// What is wrong with asking for, or deciding, a gate of an attempt.
fn of_gate(log: &Log<'_>, task: &TaskId, gate: &GateName, attempt: AttemptNo) -> Codes {
    let mut codes = judge::task(log, task);
    if !codes.is_empty() {
        return codes;
    }
    let gates = log.gates(task);
    let Some(spec) = gates.iter().find(|spec| spec.gate == *gate) else {
        codes.push("unknown_gate");
        return codes;
    };
    if log.owner(task, attempt).is_none() {
        codes.push("unknown_attempt");
    } else if log.token(task) != Some(attempt) {
        codes.push("stale_decision");
    }
    let is_time = match spec.stage {
        GateStage::Accept => matches!(log.status(task), "in_review" | "rework"),
        GateStage::Deliver => log.status(task) == "accepted",
        _ => false,
    };
    if !is_time || !log.is_reached(task, gate) {
        codes.push("gate_not_open");
    }
    codes
}

fn is_author(log: &Log<'_>, task: &TaskId, attempt: AttemptNo, party: &Party) -> bool {
    let owner = log
        .owner(task, attempt)
        .map(|owner| Party::Agent(owner.name));
    owner.is_some() && owner == Some(log.behind(party))
}

pub(super) fn requested(log: &Log<'_>, by: &Actor, data: &GateRequested) -> Codes {
    let mut codes = of_gate(log, &data.task, &data.gate, data.attempt);
    if codes.iter().any(|code| *code != "gate_not_open") {
        return codes;
    }
    if let Party::Agent(name) = &data.holder {
        let known = judge::of_name(log, name);
        match log.live(name) {
            Some(agent) => codes.extend(judge::recipient(log, &agent)),
            None if known.is_empty() => codes.push("unknown_agent"),
            None => codes.push("agent_gone"),
        }
    }
    if is_author(log, &data.task, data.attempt, &data.holder) {
        codes.push("self_approval");
    }
    let author = log.owner(&data.task, data.attempt);
    let holder = log.holder(&data.task, &data.gate);
    let holds = log.is_held(&data.task, &data.gate) && holder == by.party();
    if by
        .agent()
        .is_none_or(|agent| author.as_ref() != Some(agent))
        && !holds
    {
        codes.extend(judge::authority(log, by));
    }
    codes
}

pub(super) fn decided(log: &Log<'_>, by: &Actor, data: &GateDecided) -> Codes {
    let mut codes = of_gate(log, &data.task, &data.gate, data.attempt);
    if codes.iter().any(|code| *code != "gate_not_open") {
        return codes;
    }
    let stage = log
        .gates(&data.task)
        .iter()
        .find(|it| it.gate == data.gate)
        .map(|it| it.stage);
    if log.closed().is_some() && stage == Some(GateStage::Accept) {
        codes.push("after_close");
    }
    if is_author(log, &data.task, data.attempt, &data.decider) {
        codes.push("self_approval");
    }
    if !log.speaks_for(by, &data.decider) {
        codes.push("not_owner");
    }
    let judged = log.revision(&data.task, data.attempt);
    let is_same = data.revision.as_deref() == judged;
    if data.verdict == Verdict::Waived {
        codes.extend(judge::authority(log, by));
        if data.reason.trim().is_empty() {
            codes.push("reason_missing");
        }
        if !is_same && data.revision.is_some() {
            codes.push("stale_decision");
        }
        return codes;
    }
    let is_holder = log.holder(&data.task, &data.gate).as_ref() == Some(&data.decider);
    let holds = is_holder && log.is_held(&data.task, &data.gate);
    if !holds && !log.has_authority(by) {
        codes.push("not_gate_holder");
    }
    if !is_same {
        codes.push("stale_decision");
    }
    codes
}

pub(super) fn delivered(log: &Log<'_>, by: &Actor, data: &TaskDelivered) -> Codes {
    let mut codes = judge::authority(log, by);
    if !log.tasks().contains(&data.task) {
        codes.push("unknown_task");
        return codes;
    }
    match log.status(&data.task) {
        "delivered" => return codes,
        "accepted" => {}
        _ => codes.push("not_permitted"),
    }
    if !log.all_passed(&data.task, GateStage::Deliver) {
        codes.push("gate_open");
    }
    codes
}
