//! What a record says, in one line; may hold text from the journal, on several lines.

use chrono::{DateTime, SecondsFormat, Utc};
use orch_core::event::Event;
use orch_core::event::agent::{AgentJoined, AgentLeft, Inventory, Shutdown};
use orch_core::event::attempt::{
    AttemptEnded, AttemptStarted, Dispatched, Handoff, Heartbeat, Progress,
};
use orch_core::event::clock::Timeout;
use orch_core::event::correction::Correction;
use orch_core::event::gate::{GateDecided, GateRequested};
use orch_core::event::mission::{
    MissionArchived, MissionClosed, MissionOpened, RunEnded, RunStarted,
};
use orch_core::event::note::{FindingRecorded, Note};
use orch_core::event::talk::{Message, Receipt, WaitDeclared};
use orch_core::event::task::{TaskClosed, TaskDeclared, TaskDelivered};
use orch_core::ids::{GateName, Label, TaskId};

use crate::render::time::records;
use crate::words;

/// Says in one line what a record says.
pub(crate) fn summary(event: &Event) -> String {
    match event {
        Event::MissionOpened(it) => it.says(),
        Event::TaskDeclared(it) => it.says(),
        Event::AgentJoined(it) => it.says(),
        Event::AgentLeft(it) => it.says(),
        Event::Dispatched(it) => it.says(),
        Event::AttemptStarted(it) => it.says(),
        Event::Progress(it) => it.says(),
        Event::Heartbeat(it) => it.says(),
        Event::Handoff(it) => it.says(),
        Event::AttemptEnded(it) => it.says(),
        Event::Message(it) => it.says(),
        Event::Receipt(it) => it.says(),
        Event::WaitDeclared(it) => it.says(),
        Event::GateRequested(it) => it.says(),
        Event::GateDecided(it) => it.says(),
        Event::Correction(it) => it.says(),
        Event::Shutdown(it) => it.says(),
        Event::Timeout(it) => it.says(),
        Event::Inventory(it) => it.says(),
        Event::TaskClosed(it) => it.says(),
        Event::TaskDelivered(it) => it.says(),
        Event::MissionClosed(it) => it.says(),
        Event::MissionArchived(it) => it.says(),
        Event::FindingRecorded(it) => it.says(),
        Event::Note(it) => it.says(),
        Event::RunStarted(it) => it.says(),
        Event::RunEnded(it) => it.says(),
        Event::Unknown { data, .. } => data.to_string(),
        Event::Unreadable { problem, data, .. } => format!("{problem}: {data}"),
        // The core may know more kinds than this list.
        _ => String::new(),
    }
}

/// The data of an event that can be said in one line.
trait Says {
    fn says(&self) -> String;
}

impl Says for MissionOpened {
    fn says(&self) -> String {
        format!("{:?} led by {}", self.title, self.lead)
    }
}

impl Says for TaskDeclared {
    fn says(&self) -> String {
        let needs: Vec<&str> = self.needs.iter().map(|need| need.task.as_str()).collect();
        let gates: Vec<&str> = self
            .gates
            .iter()
            .map(|gate| GateName::as_str(&gate.gate))
            .collect();
        let kind = self.kind.as_ref().map_or("", Label::as_str);
        format!(
            "{} {:?}{}{}{}",
            self.task,
            self.title,
            with(", ", kind),
            with(", needs ", &needs.join(", ")),
            with(", gates ", &gates.join(", "))
        )
    }
}

impl Says for AgentJoined {
    fn says(&self) -> String {
        let roles: Vec<&str> = self.roles.iter().map(Label::as_str).collect();
        format!(
            "{}#{}{}",
            self.agent,
            self.incarnation.0,
            with(" as ", &roles.join(", "))
        )
    }
}

impl Says for AgentLeft {
    fn says(&self) -> String {
        format!("{}{}", self.agent, with(": ", &self.reason))
    }
}

impl Says for Dispatched {
    fn says(&self) -> String {
        let note = with(": ", &self.note);
        format!(
            "{} attempt {} to {}{note}",
            self.task, self.attempt, self.agent
        )
    }
}

impl Says for AttemptStarted {
    fn says(&self) -> String {
        format!("{} attempt {} by {}", self.task, self.attempt, self.agent)
    }
}

impl Says for Progress {
    fn says(&self) -> String {
        let percent = self
            .percent
            .map_or_else(String::new, |percent| format!(", {percent}%"));
        let (note, quiet) = (with(": ", &self.note), silence(self.silent_until));
        format!(
            "{} attempt {} by {}{percent}{quiet}{note}",
            self.task, self.attempt, self.agent
        )
    }
}

impl Says for Heartbeat {
    fn says(&self) -> String {
        let quiet = silence(self.silent_until);
        format!(
            "{} attempt {} by {}{quiet}",
            self.task, self.attempt, self.agent
        )
    }
}

impl Says for Handoff {
    fn says(&self) -> String {
        let status = self
            .status
            .map_or("without a status", words::handoff_status);
        let on = self
            .blocked_on
            .as_ref()
            .map_or_else(String::new, |on| format!(" on {on}"));
        let said = with(": ", self.error.as_deref().unwrap_or(&self.summary));
        format!(
            "{} attempt {} by {}: {status}{on}{said}",
            self.task, self.attempt, self.agent
        )
    }
}

impl Says for AttemptEnded {
    fn says(&self) -> String {
        let code = self
            .code
            .map_or_else(String::new, |code| format!(" with code {code}"));
        let (how, why) = (words::attempt_end(self.how), with(": ", &self.reason));
        format!(
            "{} attempt {} by {}: {how}{code}{why}",
            self.task, self.attempt, self.agent
        )
    }
}

impl Says for Message {
    fn says(&self) -> String {
        let class = words::message_class(self.class);
        let about = with(" about ", self.task.as_ref().map_or("", TaskId::as_str));
        let reply = self
            .reply_to
            .map_or_else(String::new, |seq| format!(" in reply to {seq}"));
        format!(
            "{class} from {} to {}{about}{reply}: {}",
            self.from, self.to, self.text
        )
    }
}

impl Says for Receipt {
    fn says(&self) -> String {
        records(&self.of)
    }
}

impl Says for WaitDeclared {
    fn says(&self) -> String {
        let until = self
            .until
            .map_or_else(String::new, |until| format!(" until {}", iso(until)));
        format!("{} waits for {}{until}", self.who, self.on)
    }
}

impl Says for GateRequested {
    fn says(&self) -> String {
        let holder = &self.holder;
        format!(
            "{} gate {} of attempt {} to {holder}",
            self.task, self.gate, self.attempt
        )
    }
}

impl Says for GateDecided {
    fn says(&self) -> String {
        let (verdict, why) = (words::gate_verdict(self.verdict), with(": ", &self.reason));
        let (gate, attempt, by) = (&self.gate, self.attempt, &self.decider);
        format!(
            "{} gate {gate} of attempt {attempt}: {verdict} by {by}{why}",
            self.task
        )
    }
}

impl Says for Correction {
    fn says(&self) -> String {
        let change = words::change(&self.change);
        format!("{} {change}{}", self.task, with(": ", &self.reason))
    }
}

impl Says for Shutdown {
    fn says(&self) -> String {
        format!(
            "{} {}{}",
            self.agent,
            words::shutdown_stage(self.stage),
            with(": ", &self.reason)
        )
    }
}

impl Says for Timeout {
    fn says(&self) -> String {
        format!(
            "{} clock of {}",
            self.clock,
            words::clock_subject(&self.subject)
        )
    }
}

impl Says for Inventory {
    fn says(&self) -> String {
        let carried = self.carries.iter();
        let carried: Vec<String> = carried
            .map(|one| format!("{} attempt {}", one.task, one.attempt))
            .collect();
        let carried = carried.join(", ");
        let carried = if carried.is_empty() {
            "nothing"
        } else {
            &carried
        };
        format!("{} carries {carried}", self.agent)
    }
}

impl Says for TaskClosed {
    fn says(&self) -> String {
        format!(
            "{} {}{}",
            self.task,
            words::unmet(self.outcome),
            with(": ", &self.reason)
        )
    }
}

impl Says for TaskDelivered {
    fn says(&self) -> String {
        format!("{}{}", self.task, with(": ", &self.note))
    }
}

impl Says for MissionClosed {
    fn says(&self) -> String {
        let forced = if self.forced { ", forced" } else { "" };
        format!(
            "{}{forced}{}",
            words::mission_outcome(self.outcome),
            with(": ", &self.reason)
        )
    }
}

impl Says for MissionArchived {
    fn says(&self) -> String {
        self.reason.clone()
    }
}

impl Says for FindingRecorded {
    fn says(&self) -> String {
        format!("{}{}", about(self.task.as_ref()), self.title)
    }
}

impl Says for Note {
    fn says(&self) -> String {
        format!("{}{}", about(self.task.as_ref()), self.text)
    }
}

impl Says for RunStarted {
    fn says(&self) -> String {
        self.run.to_string()
    }
}

impl Says for RunEnded {
    fn says(&self) -> String {
        self.run.to_string()
    }
}

fn with(before: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{before}{text}")
    }
}

fn about(task: Option<&TaskId>) -> String {
    task.map_or_else(String::new, |task| format!("{task}: "))
}

fn silence(until: Option<DateTime<Utc>>) -> String {
    until.map_or_else(String::new, |until| {
        format!(", silent until {}", iso(until))
    })
}

fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
