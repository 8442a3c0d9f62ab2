//! Faults that fold something else than the record that was given.

use orch_core::event::Event;
use orch_core::event::agent::{AgentJoined, Shutdown, ShutdownStage};
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::clock::{ClockSubject, Timeout};
use orch_core::event::correction::Change;
use orch_core::event::mission::{MissionClosed, MissionOpened, MissionOutcome};
use orch_core::event::note::Note;
use orch_core::fold::Applied;
use orch_core::ids::{AgentName, Incarnation, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::record::Record;

/// The record with another event in it.
fn saying(record: &Record, event: impl Into<Event>) -> Record {
    Record::seal(record.envelope().clone(), event.into()).unwrap()
}

/// The record with an event that moves nothing.
pub(super) fn nothing(record: &Record) -> Record {
    let text = "unseen".to_owned();
    saying(record, Note { task: None, text })
}

/// Whether a record ends an incarnation.
pub(super) fn ends_an_agent(record: &Record) -> bool {
    match record.event() {
        Event::AgentLeft(_) => true,
        Event::Shutdown(data) => {
            matches!(
                data.stage,
                ShutdownStage::Acknowledged | ShutdownStage::Terminated
            )
        }
        _ => false,
    }
}

/// Whether a record closes the mission.
pub(super) fn closes_the_mission(record: &Record) -> bool {
    matches!(record.event(), Event::MissionClosed(_))
}

/// Whether a record binds a task to another agent.
pub(super) fn rebinds(record: &Record) -> bool {
    match record.event() {
        Event::Correction(data) => matches!(data.change, Change::Rebind { .. }),
        _ => false,
    }
}

/// 2: whoever hands over, it is taken for the owner of the newest attempt.
pub(super) fn handoff_of_the_newest_attempt(mission: &mut Mission, record: &Record) -> Applied {
    let Event::Handoff(data) = record.event() else {
        return mission.apply(record);
    };
    let Some(token) = mission.task(&data.task).and_then(|task| task.token()) else {
        return mission.apply(record);
    };
    let taken_for = Handoff {
        attempt: token.number(),
        agent: token.agent(),
        ..data.clone()
    };
    let mut envelope = record.envelope().clone();
    envelope.by = Actor::Agent(token.agent());
    mission.apply(&Record::seal(envelope, taken_for.into()).unwrap())
}

/// 3: what is half done is done.
pub(super) fn partial_as_done(mission: &mut Mission, record: &Record) -> Applied {
    match record.event() {
        Event::Handoff(data) if data.status == Some(HandoffStatus::Partial) => {
            let done = Handoff {
                status: Some(HandoffStatus::Done),
                remaining: Vec::new(),
                blocked_on: None,
                ..data.clone()
            };
            mission.apply(&saying(record, done))
        }
        _ => mission.apply(record),
    }
}

/// 7: whatever is open, the mission completes, and nothing says that it was forced to.
pub(super) fn completion_unchecked(mission: &mut Mission, record: &Record) -> Applied {
    match record.event() {
        Event::MissionClosed(data) if data.outcome == MissionOutcome::Completed => {
            let unchecked = MissionClosed {
                forced: true,
                reason: "unchecked".to_owned(),
                ..data.clone()
            };
            mission.apply(&saying(record, unchecked))
        }
        _ => mission.apply(record),
    }
}

/// 9: nobody remembers that a task was handed out.
pub(super) fn dispatch_dropped(mission: &mut Mission, record: &Record) -> Applied {
    match record.event() {
        Event::Dispatched(_) => mission.apply(&nothing(record)),
        _ => mission.apply(record),
    }
}

/// 11: who joins under a live name is given another.
pub(super) fn duplicate_name_suffixed(mission: &mut Mission, record: &Record) -> Applied {
    match record.event() {
        Event::AgentJoined(data) if !data.alias && mission.live_agent(&data.agent).is_some() => {
            let suffixed = AgentJoined {
                agent: AgentName::parse(&format!("{}-2", data.agent)).unwrap(),
                incarnation: Incarnation(1),
                ..data.clone()
            };
            mission.apply(&saying(record, suffixed))
        }
        _ => mission.apply(record),
    }
}

/// 12: words are taken for a shutdown.
pub(super) fn text_stops_an_agent(mission: &mut Mission, record: &Record) -> Applied {
    let Event::Message(data) = record.event() else {
        return mission.apply(record);
    };
    let live = match &data.to {
        Party::Agent(name) if data.text.contains("stand down") => mission.live_agent(name),
        _ => None,
    };
    let Some(agent) = live.map(|view| view.agent()) else {
        return mission.apply(record);
    };
    let stop = Shutdown {
        agent,
        stage: ShutdownStage::Terminated,
        reason: data.text.clone(),
    };
    mission.apply(&saying(record, stop))
}

/// 14: a clock runs out on the newest attempt, whichever it ran on.
pub(super) fn timeout_of_the_newest_attempt(mission: &mut Mission, record: &Record) -> Applied {
    let newest = |task: &TaskId| mission.task(task)?.token().map(|token| token.number());
    let subject = match record.event() {
        Event::Timeout(Timeout {
            subject: ClockSubject::Attempt { task, .. },
            ..
        }) => newest(task).map(|attempt| ClockSubject::Attempt {
            task: task.clone(),
            attempt,
        }),
        _ => None,
    };
    match (record.event(), subject) {
        (Event::Timeout(data), Some(subject)) => {
            let anyone = Timeout {
                subject,
                ..data.clone()
            };
            mission.apply(&saying(record, anyone))
        }
        _ => mission.apply(record),
    }
}

/// 18: each limit lets one more through.
pub(super) fn one_more_in_flight(mission: &mut Mission, record: &Record) -> Applied {
    let Event::MissionOpened(data) = record.event() else {
        return mission.apply(record);
    };
    let mut policy = data.policy.clone().unwrap_or_default();
    policy.wip.mission = policy.wip.mission.map(|limit| limit + 1);
    policy.wip.agent = policy.wip.agent.map(|limit| limit + 1);
    policy.wip.roles.values_mut().for_each(|limit| *limit += 1);
    let looser = MissionOpened {
        policy: Some(policy),
        ..data.clone()
    };
    mission.apply(&saying(record, looser))
}
