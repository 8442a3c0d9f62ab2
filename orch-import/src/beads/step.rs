//! One row of a beads event log, turned into records.

use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::event::task::{TaskDeclared, Unmet};
use orch_core::ids::{AgentName, Label, TaskId};

use super::event_row::{Assigns, EventRow, Kind};
use super::snapshot::{NOT_TOLD, Snapshot, UNKNOWN_AGENT};
use super::status::Standing;
use super::track::{Track, shift_minutes};
use crate::error::ImportError;
use crate::moment::Moment;
use crate::reading::NotMapped;
use crate::report::odd::Oddity;
use crate::scribe::{Row, Scribe};
use crate::text::{Text, clipped, filled};

/// How much of a text is copied into a note, in characters.
const NOTE_MAX_CHARS: usize = 500;

/// What an update says about the task itself.
pub(super) struct Amends {
    amendment: Option<Box<Amendment>>,
}

impl Amends {
    const FIELDS: [&'static str; 3] = ["title", "issue_type", "priority"];

    pub(super) fn read(event: &EventRow<'_>) -> Result<Self, NotMapped> {
        let kind = match event.changes.filled("issue_type") {
            Some(kind) => Some(Label::parse(&kind)?),
            None => None,
        };
        let title = event.changes.filled("title");
        let priority = event.changes.filled("priority");
        let priority = priority.and_then(|text| text.parse().ok());
        let says_something = kind.is_some() || title.is_some() || priority.is_some();
        Ok(Self {
            amendment: says_something.then(|| {
                let mut amendment = Amendment::default();
                amendment.kind = kind;
                amendment.title = title;
                amendment.priority = priority;
                Box::new(amendment)
            }),
        })
    }
}

/// One row on its way to records.
pub(super) struct Step<'a, 's> {
    pub(super) scribe: &'a mut Scribe<'s>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) event: EventRow<'a>,
    pub(super) track: Track,
}

impl Step<'_, '_> {
    /// Writes the records of the row.
    pub(super) fn take(&mut self, row: &mut Row, amends: Amends) -> Result<(), ImportError> {
        match self.event.kind {
            Kind::Created => return self.create(row),
            Kind::Renamed => return self.rename(row),
            Kind::Updated
            | Kind::StatusChanged
            | Kind::Claimed
            | Kind::Closed
            | Kind::Reopened
            | Kind::Commented
            | Kind::Remark => self.ensure(row)?,
        }
        match self.event.kind {
            Kind::Created | Kind::Renamed => Ok(()),
            Kind::Updated | Kind::StatusChanged => self.change(row, amends),
            Kind::Claimed => {
                self.status(row, "in_progress")?;
                self.rest(row, &["status", "assignee"])
            }
            Kind::Closed => self.close(row),
            Kind::Reopened => self.reopen(row),
            Kind::Commented => {
                self.track.has_comments = true;
                self.remark(row)
            }
            Kind::Remark => self.remark(row),
        }
    }

    /// Declares the issue that the row is about, unless it is.
    fn ensure(&mut self, row: &Row) -> Result<(), ImportError> {
        let title = filled(self.event.before.title.as_ref());
        self.snapshot
            .ensure(self.scribe, row, &self.event.task, title)
            .map(|_| ())
    }

    fn create(&mut self, row: &mut Row) -> Result<(), ImportError> {
        let task = &self.event.task;
        if self.track.created.is_some() {
            let example = || format!("line {}: {task}", row.place.line);
            self.scribe.report.odd(Oddity::CreatedAgain, example);
            return self.remark(row);
        }
        self.track.created = Some(row.at);
        self.track.status.get_or_insert_with(|| "open".to_owned());
        let declared = match self.snapshot.issue(task) {
            // An earlier row had it declared already, with all that the snapshot tells.
            Some(_) if self.scribe.knows_task(task) => return self.remark(row),
            Some(issue) => issue.declaration(),
            None => {
                let title = self.event.changes.filled("title");
                TaskDeclared::new(task.clone(), title.unwrap_or_else(|| task.to_string()))
            }
        };
        self.scribe.declare(row, declared)
    }

    /// An issue that gets another id goes on under that one.
    fn rename(&mut self, row: &mut Row) -> Result<(), ImportError> {
        let (old, new) = (self.event.old_text, self.event.new_text);
        if new != self.event.task.as_str() {
            self.ensure(row)?;
            let mut amendment = Amendment::default();
            amendment.title = Some(new.to_owned()).filter(|title| !title.is_empty());
            let change = Change::Amend(Box::new(amendment));
            let correction = self.track.correction(change, &self.event.by());
            return self.scribe.write(row, correction);
        }
        let example = || format!("line {}: {old:?} to {new:?}", row.place.line);
        self.scribe.report.odd(Oddity::Renamed, example);
        self.ensure(row)?;
        let known = TaskId::parse(old).ok();
        match known.filter(|task| self.scribe.knows_task(task) && *task != self.event.task) {
            Some(task) => {
                let by = self.event.task.clone();
                let correction = Correction {
                    task,
                    change: Change::Supersede { by },
                    reason: self.event.by(),
                    supersedes: Vec::new(),
                };
                self.scribe.write(row, correction)
            }
            None => self.say(row, format!("{} from {old}", self.event.by())),
        }
    }

    fn change(&mut self, row: &mut Row, amends: Amends) -> Result<(), ImportError> {
        if self.event.changes.is_empty() {
            return self.remark(row);
        }
        if let Some(amendment) = amends.amendment {
            let change = Change::Amend(amendment);
            let correction = self.track.correction(change, &self.event.by());
            self.scribe.write(row, correction)?;
        }
        let [title, kind, priority] = Amends::FIELDS;
        if let Some(status) = self.event.changes.filled("status") {
            self.status(row, &status)?;
            let (until, reason) = ("defer_until", "close_reason");
            let handled = ["status", "assignee", until, reason, title, kind, priority];
            return self.rest(row, &handled);
        }
        self.assign(row)?;
        self.rest(row, &["assignee", title, kind, priority])?;
        // A title that is cleared or a priority that is no number amends nothing.
        if row.is_unwritten() {
            return self.remark(row);
        }
        Ok(())
    }

    /// Notes the changes that no record is made of.
    fn rest(&mut self, row: &mut Row, handled: &[&str]) -> Result<(), ImportError> {
        let others = self.event.changes.others(handled);
        if others.is_empty() {
            return Ok(());
        }
        let mut text = format!("{}: {}", self.event.by(), others.join(", "));
        if let Some(notes) = self.event.changes.filled("notes") {
            text.push_str("; notes: ");
            text.push_str(&clipped(&notes, NOTE_MAX_CHARS));
        }
        self.say(row, text)
    }

    /// Takes an assignment that comes without a status.
    fn assign(&mut self, row: &mut Row) -> Result<(), ImportError> {
        let words = self.event.by();
        match self.event.assigns.clone() {
            Assigns::Unsaid => Ok(()),
            Assigns::To(agent) if self.track.is_held() => {
                self.track.give(self.scribe, row, &agent, &words, &[])
            }
            Assigns::To(agent) => self.say(row, format!("{words}: assigned to {agent}")),
            Assigns::Nobody => {
                let words = format!("{words}: assigned to nobody");
                if self.track.release(self.scribe, row, &words)? {
                    return Ok(());
                }
                self.say(row, words)
            }
        }
    }

    /// Moves the issue to a status.
    fn status(&mut self, row: &mut Row, status: &str) -> Result<(), ImportError> {
        let standing = Standing::of(status);
        let was = self.standing_before();
        let was_hooked = self.track.status.as_deref() == Some("hooked");
        self.track.status = Some(status.to_owned());
        if !standing.is_defined() {
            let (line, task) = (row.place.line, &self.event.task);
            let example = || format!("line {line}: {task} is {status:?}");
            self.scribe.report.odd(Oddity::StatusOffEnum, example);
        }
        let by = self.event.by();
        let words = match (standing, &self.event.assigns) {
            // An open issue that is assigned is not taken up yet.
            (Standing::Open, Assigns::To(agent)) => format!("{by}: {status}, assigned to {agent}"),
            (_, _) => format!("{by}: {status}"),
        };
        let actor = self.event.actor.clone();
        match standing {
            Standing::Open => self.open(row, was, &words),
            // Hooked to an agent, which now says itself that it is at it.
            Standing::InProgress
                if was_hooked && status != "hooked" && self.track.is_held_by(actor.as_ref()) =>
            {
                self.track.start(self.scribe, row)
            }
            Standing::InProgress => self.begin(row, &words),
            Standing::Blocked if self.track.is_held() => self.track.hand_over(
                self.scribe,
                row,
                None,
                Some(HandoffStatus::Blocked),
                (words, &["blocked_on"]),
            ),
            Standing::Blocked => self.wait(row, NOT_TOLD, &["blocked_on"]),
            Standing::Deferred => {
                self.track.release(self.scribe, row, &words)?;
                self.wait(row, "deferred", &[])
            }
            Standing::Closed => {
                let reason = self
                    .event
                    .changes
                    .filled("close_reason")
                    .unwrap_or_default();
                self.track.close(self.scribe, row, actor.as_ref(), &reason)
            }
            Standing::Tombstone => self
                .track
                .give_up(self.scribe, row, Unmet::Cancelled, &words),
            Standing::Reported => {
                self.track
                    .hand_over(self.scribe, row, actor.as_ref(), None, (words, &[]))
            }
            Standing::Pinned | Standing::Other => self.say(row, words),
        }
    }

    /// Returns where the issue stood; the row tells it where the log begins mid-story.
    fn standing_before(&self) -> Standing {
        match (
            &self.track.status,
            filled(self.event.before.status.as_ref()),
        ) {
            (None, Some(status)) => Standing::of(status),
            (_, _) => self.track.standing(),
        }
    }

    /// Nobody has it any more.
    fn open(&mut self, row: &mut Row, was: Standing, words: &str) -> Result<(), ImportError> {
        if self.track.is_closed() && !self.track.is_held() {
            return self.track.reopen(self.scribe, row, words);
        }
        if self.track.release(self.scribe, row, words)? {
            return Ok(());
        }
        match was {
            Standing::Closed | Standing::Tombstone => self.track.reopen(self.scribe, row, words),
            Standing::Blocked | Standing::Deferred => {
                let correction = self.track.correction(Change::Unblock, words);
                self.scribe.write(row, correction)
            }
            Standing::Open
            | Standing::InProgress
            | Standing::Pinned
            | Standing::Reported
            | Standing::Other => self.say(row, words.to_owned()),
        }
    }

    /// Somebody has it now.
    fn begin(&mut self, row: &mut Row, words: &str) -> Result<(), ImportError> {
        let assignee = match self.event.assigns.clone() {
            Assigns::To(agent) => Some(agent),
            Assigns::Unsaid | Assigns::Nobody => self.event.assignee_before.clone(),
        };
        let (agent, gaps): (_, &[&str]) = match (assignee, self.event.actor.clone()) {
            (Some(assignee), _) => (assignee, &[]),
            // Who claims an issue takes it; any other status may be set for somebody else.
            (None, Some(actor)) if self.event.kind == Kind::Claimed => (actor, &[]),
            (None, actor) => {
                let (line, task) = (row.place.line, &self.event.task);
                let example = || format!("line {line}: {task}");
                self.scribe
                    .report
                    .odd(Oddity::InProgressUnassigned, example);
                match actor {
                    Some(actor) => (actor, &["assignee"]),
                    None => (AgentName::parse(UNKNOWN_AGENT)?, &["assignee"]),
                }
            }
        };
        self.track.give(self.scribe, row, &agent, words, gaps)
    }

    fn wait(&mut self, row: &mut Row, job: &str, gaps: &[&str]) -> Result<(), ImportError> {
        let until = self.event.changes.filled("defer_until");
        let waits = WaitDeclared {
            who: WaitRef::Task(self.event.task.clone()),
            on: WaitRef::Job(Label::parse(job)?),
            until: until
                .and_then(|text| Moment::parse(&text))
                .map(|until| until.at),
        };
        self.scribe.write_with_gaps(row, waits, gaps)
    }

    fn close(&mut self, row: &mut Row) -> Result<(), ImportError> {
        self.track.status = Some("closed".to_owned());
        let actor = self.event.actor.clone();
        let inner = self.event.changes.filled("close_reason");
        let reason = if self.event.changes.is_empty() {
            self.event.new_text
        } else {
            inner.as_deref().unwrap_or_default()
        };
        self.track.close(self.scribe, row, actor.as_ref(), reason)
    }

    fn reopen(&mut self, row: &mut Row) -> Result<(), ImportError> {
        let words = self.event.by();
        self.track.reopen(self.scribe, row, &words)?;
        let status = self.event.changes.filled("status");
        let status = status.unwrap_or_else(|| "open".to_owned());
        match Standing::of(&status) {
            Standing::Open => self.track.status = Some(status),
            Standing::InProgress
            | Standing::Blocked
            | Standing::Deferred
            | Standing::Closed
            | Standing::Pinned
            | Standing::Tombstone
            | Standing::Reported
            | Standing::Other => self.status(row, &status)?,
        }
        self.rest(row, &["status", "assignee"])
    }

    /// Notes a row that moves nothing.
    fn remark(&mut self, row: &mut Row) -> Result<(), ImportError> {
        let by = self.event.by();
        let plain = Some(self.event.new_text).filter(|text| !text.is_empty());
        let text = match self.event.comment.or(plain) {
            Some(text) => format!("{by}: {}", clipped(text, NOTE_MAX_CHARS)),
            None => by,
        };
        self.say(row, text)
    }

    fn say(&mut self, row: &mut Row, text: String) -> Result<(), ImportError> {
        self.scribe.note(row, &self.event.task, text)
    }

    /// Compares the creation of the issue by its row and by its snapshot, once for each issue;
    /// returns whether the clock lies, if that could be told.
    pub(super) fn check_clock(&mut self, row: &Row) -> Option<bool> {
        if self.track.shift_checked {
            return None;
        }
        let event = match self.event.kind {
            Kind::Created => row.at,
            Kind::Updated
            | Kind::StatusChanged
            | Kind::Claimed
            | Kind::Closed
            | Kind::Reopened
            | Kind::Renamed
            | Kind::Commented
            | Kind::Remark => self.track.created?,
        };
        let before = self.event.before.created_at.as_ref().map(Text::as_str);
        let by_snapshot = || {
            let issue = self.snapshot.issue(&self.event.task)?;
            (!issue.created.borrowed).then_some(issue.created.at)
        };
        let by_row = before.and_then(Moment::parse).map(|moment| moment.at);
        let issue = by_row.or_else(by_snapshot)?;
        let minutes = shift_minutes(event, issue)?;
        self.track.shift_checked = true;
        let count = self.scribe.report.clock_shifts.entry(minutes).or_insert(0);
        *count = count.saturating_add(1);
        if minutes != 0 {
            let (line, task) = (row.place.line, &self.event.task);
            let example = || format!("line {line}: {task} by {minutes} minutes");
            self.scribe.report.odd(Oddity::ClockShift, example);
        }
        Some(minutes != 0)
    }
}
