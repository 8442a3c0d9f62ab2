//! What somebody owes, as the command line that settles it.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is owed in a new way is looked at, until its command is known here"
)]

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::decide::Context;
use orch_core::event::agent::{Shutdown, ShutdownStage};
use orch_core::event::attempt::AttemptStarted;
use orch_core::event::correction::{Change, Correction};
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::talk::{Message, MessageClass};
use orch_core::ids::Seq;
use orch_core::mission::{Mission, ObligationKind};
use orch_core::party::{Actor, Party};
use orch_core::view::{AttemptView, OwedView};

use super::{actor, shell};
use crate::cli::Globals;

/// Returns the command line that settles what somebody owes, or at least says what it is about.
///
/// `asker` is whoever asked, if it is an answer that is owed. The line for a gate is the one that
/// lets the work pass: what else can be decided is in the manual of `gate`.
pub(crate) fn settling(
    globals: &Globals,
    mission: &Mission,
    now: DateTime<Utc>,
    owed: &OwedView,
    asker: Option<&Party>,
) -> String {
    let by = match (&owed.kind, &owed.agent) {
        (ObligationKind::Acknowledgement, Some(agent)) => Some(Actor::Agent(agent.clone())),
        _ => actor::of_party(mission, &owed.next),
    };
    let command = by
        .as_ref()
        .and_then(|by| command(mission, owed, by, asker))
        .zip(by.as_ref())
        .filter(|(command, by)| {
            let context = Context::new((*by).clone(), now);
            mission.can(command, &context).is_ok()
        });
    if let Some((command, by)) = command {
        let words = shell::faithful(&command, mission, by, now);
        return shell::as_actor(globals, Some(by), &words);
    }
    let words = match &owed.task {
        Some(task) => shell::Words::of(&["why"]).arg(task.as_str()),
        None => shell::Words::of(&["show"]).arg(owed.opened.seq.to_string()),
    };
    shell::as_actor(globals, None, &words.into_words())
}

/// Returns the command line with which a party says that it has read records.
pub(crate) fn reading(globals: &Globals, mission: &Mission, by: &Party, of: &[Seq]) -> String {
    let by = actor::of_party(mission, by);
    let words = shell::Words::of(&["ack"]).args(of);
    shell::as_actor(globals, by.as_ref(), &words.into_words())
}

/// Returns the command line with which the agent of an attempt takes it up.
///
/// The attempt is named, as whoever copies the line is not taken for a later one (FENCE-1).
// spec: FENCE-1
pub(crate) fn taking_up(
    globals: &Globals,
    mission: &Mission,
    now: DateTime<Utc>,
    attempt: &AttemptView<'_>,
) -> String {
    let by = Actor::Agent(attempt.agent());
    let start = Command::Start(AttemptStarted {
        task: attempt.task().clone(),
        attempt: attempt.number(),
        agent: attempt.agent(),
    });
    let words = shell::faithful(&start, mission, &by, now);
    shell::as_actor(globals, Some(&by), &words)
}

fn command(
    mission: &Mission,
    owed: &OwedView,
    by: &Actor,
    asker: Option<&Party>,
) -> Option<Command> {
    let task = owed.task.clone();
    Some(match owed.kind {
        ObligationKind::Reply | ObligationKind::Answer => Command::Send(Message {
            from: by.party()?,
            to: asker?.clone(),
            class: MessageClass::Fyi,
            task: None,
            reply_to: Some(owed.opened.seq),
            text: "the answer".to_owned(),
        }),
        ObligationKind::Acknowledgement => Command::Shutdown(Shutdown {
            agent: owed.agent.clone()?,
            stage: ShutdownStage::Acknowledged,
            reason: String::new(),
        }),
        ObligationKind::GateDecision => {
            let task = task?;
            let token = mission.task(&task)?.token();
            let revision = token.and_then(|token| token.revision());
            Command::DecideGate(GateDecided {
                revision: revision.map(str::to_owned),
                task,
                attempt: owed.attempt?,
                gate: owed.gate.clone()?,
                decider: by.party()?,
                verdict: Verdict::Approved,
                findings: Vec::new(),
                reason: String::new(),
            })
        }
        ObligationKind::Unblocking => Command::Correct(Correction {
            task: task?,
            change: Change::Unblock,
            reason: "it can go on".to_owned(),
            supersedes: Vec::new(),
        }),
        _ => return None,
    })
}
