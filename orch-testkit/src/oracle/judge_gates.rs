//! What is wrong with the record of a gate.

use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::task::{GateSpec, GateStage, TaskDelivered};
use orch_core::ids::{AgentRef, AttemptNo, GateName, TaskId};
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

/// The live incarnation of an agent that is a party, or its newest.
fn incarnation(log: &Log<'_>, party: &Party) -> Option<AgentRef> {
    let Party::Agent(name) = log.behind(party) else {
        return None;
    };
    judge::of_name(log, &name).into_iter().max()
}

/// What is wrong with asking for, or deciding, a gate of an attempt.
fn of_gate(log: &Log<'_>, task: &TaskId, gate: &GateName, attempt: AttemptNo) -> Codes {
    let mut codes = judge::task(log, task);
    let gates = log.gates(task);
    let Some(spec) = gates.iter().find(|spec| spec.gate == *gate) else {
        codes.push("unknown_gate");
        return codes;
    };
    if log.token(task) != Some(attempt) {
        codes.push("stale_decision");
    }
    let is_time = match spec.stage {
        GateStage::Accept => log.status(task) == "in_review",
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
    if let Party::Agent(name) = &data.holder {
        match incarnation(log, &data.holder) {
            Some(agent) => codes.extend(judge::recipient(log, &agent)),
            None => {
                let _ = name;
                codes.push("unknown_agent");
            }
        }
    }
    if is_author(log, &data.task, data.attempt, &data.holder) {
        codes.push("self_approval");
    }
    let author = log.owner(&data.task, data.attempt);
    let is_holder = log
        .holder(&data.task, &data.gate)
        .is_some_and(|it| log.speaks_for(by, &it));
    if !log.has_authority(by) && by.agent() != author.as_ref() && !is_holder {
        codes.push("not_authorised");
    }
    codes
}

pub(super) fn decided(log: &Log<'_>, by: &Actor, data: &GateDecided) -> Codes {
    let mut codes = of_gate(log, &data.task, &data.gate, data.attempt);
    if data.verdict == Verdict::Waived {
        codes.extend(judge::authority(log, by));
        if data.reason.is_empty() {
            codes.push("reason_missing");
        }
        return codes;
    }
    if !log.speaks_for(by, &log.behind(&data.decider)) && !log.has_authority(by) {
        codes.push("not_owner");
    }
    if is_author(log, &data.task, data.attempt, &data.decider) {
        codes.push("self_approval");
    }
    let is_holder = log
        .holder(&data.task, &data.gate)
        .is_some_and(|it| log.behind(&it) == log.behind(&data.decider));
    if matches!(data.decider, Party::Agent(_)) && !is_holder {
        codes.push("not_gate_holder");
    }
    let judged = log.revision(&data.task, data.attempt);
    if judged.is_some() && data.revision.as_deref() != judged {
        codes.push("stale_decision");
    }
    codes
}

pub(super) fn delivered(log: &Log<'_>, by: &Actor, data: &TaskDelivered) -> Codes {
    let mut codes = judge::authority(log, by);
    codes.extend(judge::task(log, &data.task));
    match log.status(&data.task) {
        "delivered" => {}
        "accepted" if log.all_passed(&data.task, GateStage::Deliver) => {}
        "accepted" => codes.push("gate_open"),
        _ => codes.push("not_permitted"),
    }
    codes
}
