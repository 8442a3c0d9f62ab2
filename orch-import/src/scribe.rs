//! The writing side of an import: drafts out, report kept, first references declared.

use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, Utc};
use orch_core::event::Event;
use orch_core::event::agent::AgentJoined;
use orch_core::event::attempt::Dispatched;
use orch_core::event::mission::MissionOpened;
use orch_core::event::note::Note;
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{
    AgentName, AgentRef, CommandKey, FormatName, HumanName, IdError, Incarnation, Label, MissionId,
    TaskId,
};
use orch_core::party::{Actor, Party};
use orch_core::policy::Policy;
use orch_core::record::Source;
use uuid::Uuid;

use crate::draft::{Draft, Taken};
use crate::error::ImportError;
use crate::format::Family;
use crate::identity::{self, Ordinals};
use crate::input::Opened;
use crate::moment::Stamp;
use crate::report::odd::Oddity;
use crate::report::{FileReport, Report};

/// The version of the rules that imported logs are folded under (RULES-1).
const RULES_VERSION: u32 = 1;

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The index of its file in the report.
    pub(crate) file: usize,
    /// Its line, counted from 1.
    pub(crate) line: u64,
}

/// One foreign row on its way to being one or more records.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) place: Place,
    pub(crate) at: DateTime<Utc>,
    pub(crate) source: Source,
    command: Uuid,
    key: CommandKey,
    written: u32,
    /// Whether the importer made it up, because a row refers to what no row tells.
    invented: bool,
}

impl Row {
    /// Returns whether nothing has been written of the row.
    pub(crate) const fn is_unwritten(&self) -> bool {
        self.written == 0
    }
}

/// What receives the drafts.
pub(crate) type Sink<'s> = &'s mut dyn FnMut(Draft) -> Result<Taken, ImportError>;

/// Writes drafts and keeps the report.
pub(crate) struct Scribe<'s> {
    pub(crate) report: Report,
    sink: Sink<'s>,
    by: Actor,
    source: Uuid,
    ordinals: Ordinals,
    labels: Vec<Option<Label>>,
    opened: bool,
    tasks: HashSet<TaskId>,
    agents: HashSet<AgentName>,
    before: DateTime<Utc>,
    /// The records of one row, held back so that nothing invented comes between them.
    pending: Vec<(Place, Draft)>,
}

impl<'s> Scribe<'s> {
    pub(crate) fn new(
        mission: MissionId,
        family: Family,
        files: &[Opened<'_>],
        sink: Sink<'s>,
    ) -> Result<Self, IdError> {
        let several = files.len() > 1;
        let label = |file: &Opened<'_>| several.then(|| Label::parse(&file.name).ok()).flatten();
        let mut report = Report::new(mission, family);
        report.files = files
            .iter()
            .map(|file| FileReport::new(&file.name, file.format, &file.why))
            .collect();
        Ok(Self {
            by: Actor::Import(FormatName::parse(family.as_str())?),
            source: identity::source(family, &report.mission),
            report,
            sink,
            ordinals: Ordinals::default(),
            labels: files.iter().map(label).collect(),
            opened: false,
            tasks: HashSet::new(),
            agents: HashSet::new(),
            before: DateTime::UNIX_EPOCH,
            pending: Vec::new(),
        })
    }

    /// Reads the time of a row; one that tells none takes that of the row before it.
    pub(crate) fn stamp(&self, text: Option<&str>) -> Stamp {
        Stamp::read(text, self.before)
    }

    /// Begins a row of a log; the same identity again is another row.
    pub(crate) fn row(
        &mut self,
        place: Place,
        stamp: Stamp,
        identity: &[&str],
    ) -> Result<Row, ImportError> {
        let command = identity::derive(self.source, identity);
        let command = self.ordinals.place(command);
        if stamp.borrowed {
            self.report
                .odd(Oddity::TimeUnreadable, || match &stamp.raw {
                    Some(raw) => format!("line {}: {raw:?}", place.line),
                    None => format!("line {}: none", place.line),
                });
        }
        self.row_of(place, stamp, command)
    }

    /// Begins a fact: the same identity again is the same fact.
    pub(crate) fn fact(
        &mut self,
        place: Place,
        stamp: Stamp,
        identity: &[&str],
    ) -> Result<Row, ImportError> {
        let command = identity::derive(self.source, identity);
        let mut row = self.row_of(place, stamp, command)?;
        row.source.reconstructed = true;
        Ok(row)
    }

    fn row_of(&mut self, place: Place, stamp: Stamp, command: Uuid) -> Result<Row, ImportError> {
        self.flush()?;
        let mut source = Source {
            row: Some(place.line),
            file: self.labels.get(place.file).cloned().flatten(),
            at: stamp.raw.map(String::from),
            ..Source::default()
        };
        if stamp.borrowed {
            gap(&mut source, "at");
        } else {
            self.before = stamp.at;
        }
        Ok(Row {
            place,
            at: stamp.at,
            source,
            command,
            key: CommandKey::parse(
                command
                    .hyphenated()
                    .encode_lower(&mut Uuid::encode_buffer()),
            )?,
            written: 0,
            invented: false,
        })
    }

    /// Writes one record of a row.
    pub(crate) fn write(
        &mut self,
        row: &mut Row,
        event: impl Into<Event>,
    ) -> Result<(), ImportError> {
        self.write_with_gaps(row, event, &[])
    }

    /// Writes that a task was handed out. No journal read here records when work begins.
    pub(crate) fn dispatch(
        &mut self,
        row: &mut Row,
        dispatched: Dispatched,
        gaps: &[&str],
    ) -> Result<(), ImportError> {
        let gaps: Vec<&str> = gaps.iter().copied().chain(["start"]).collect();
        self.write_with_gaps(row, dispatched, &gaps)
    }

    /// Writes one record of a row that had to leave something open.
    pub(crate) fn write_with_gaps(
        &mut self,
        row: &mut Row,
        event: impl Into<Event>,
        gaps: &[&str],
    ) -> Result<(), ImportError> {
        self.open_mission(row)?;
        let mut source = row.source.clone();
        for name in gaps {
            gap(&mut source, name);
        }
        let n = row.written;
        row.written = n.saturating_add(1);
        let draft = Draft {
            at: row.at,
            id: identity::nth(row.command, n),
            command: row.key.clone(),
            by: self.by.clone(),
            source,
            event: event.into(),
        };
        if row.invented {
            return self.send(row.place, draft);
        }
        // A command is one batch: its records must stand together.
        if self
            .pending
            .last()
            .is_some_and(|(_, last)| last.command != draft.command)
        {
            self.flush()?;
        }
        self.pending.push((row.place, draft));
        Ok(())
    }

    /// Hands on what is held back and closes the report.
    pub(crate) fn finish(mut self) -> Result<Report, ImportError> {
        self.flush()?;
        self.report.close();
        Ok(self.report)
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        let mut pending = std::mem::take(&mut self.pending);
        for (place, draft) in pending.drain(..) {
            self.send(place, draft)?;
        }
        self.pending = pending;
        Ok(())
    }

    /// Writes a note on a task.
    pub(crate) fn note(
        &mut self,
        row: &mut Row,
        task: &TaskId,
        text: String,
    ) -> Result<(), ImportError> {
        let task = Some(task.clone());
        self.write(row, Note { task, text })
    }

    /// Returns a task id, sharing the text with the task if it is declared.
    pub(crate) fn task_id(&self, text: &str) -> Result<TaskId, IdError> {
        match self.tasks.get(text) {
            Some(task) => Ok(task.clone()),
            None => TaskId::parse(text),
        }
    }

    /// Returns whether a task is declared.
    pub(crate) fn knows_task(&self, task: &TaskId) -> bool {
        self.tasks.contains(task)
    }

    /// Writes a declaration.
    pub(crate) fn declare(
        &mut self,
        row: &mut Row,
        declared: TaskDeclared,
    ) -> Result<(), ImportError> {
        self.tasks.insert(declared.task.clone());
        self.write(row, declared)
    }

    /// Declares a task that a row refers to, unless it is; returns whether it had to.
    ///
    /// What is invented is a command of its own, not a part of the row's: another row may be the
    /// first to refer to it in a later import of the same file.
    pub(crate) fn ensure_task(
        &mut self,
        row: &Row,
        task: &TaskId,
        title: Option<&str>,
    ) -> Result<bool, ImportError> {
        if self.knows_task(task) {
            return Ok(false);
        }
        let mut invented = self.invented(row, &["task", task.as_str()])?;
        let mut declared = TaskDeclared::new(task.clone(), title.unwrap_or(task.as_str()));
        declared.implicit = true;
        self.declare(&mut invented, declared)?;
        Ok(true)
    }

    /// Lets an agent join that a row refers to, unless it has; returns its only incarnation.
    pub(crate) fn ensure_agent(
        &mut self,
        row: &Row,
        agent: &AgentName,
    ) -> Result<AgentRef, ImportError> {
        let incarnation = Incarnation(1);
        if !self.agents.contains(agent) {
            let mut invented = self.invented(row, &["agent", agent.as_str()])?;
            let joined = AgentJoined {
                agent: agent.clone(),
                incarnation,
                roles: Vec::new(),
                session: None,
                alias: false,
                implicit: true,
            };
            self.write(&mut invented, joined)?;
            self.agents.insert(agent.clone());
        }
        Ok(AgentRef::new(agent.clone(), incarnation))
    }

    /// Begins something that a row refers to without telling it; it goes before the row.
    fn invented(&self, row: &Row, identity: &[&str]) -> Result<Row, ImportError> {
        let command = identity::derive(self.source, identity);
        Ok(Row {
            place: row.place,
            at: row.at,
            source: row.source.clone(),
            command,
            key: CommandKey::parse(&command.to_string())?,
            written: 0,
            invented: true,
        })
    }

    /// Writes the first record of the mission, at the time of the first row.
    fn open_mission(&mut self, row: &Row) -> Result<(), ImportError> {
        if self.opened {
            return Ok(());
        }
        self.opened = true;
        let mut invented = self.invented(row, &["mission"])?;
        let (mission, family) = (&self.report.mission, self.report.family);
        let opened = MissionOpened {
            title: format!("{mission}, imported from {family}"),
            lead: Party::Human(HumanName::parse("operator")?),
            policy: Some(Policy::unlimited()),
            rules: RULES_VERSION,
            empty: false,
        };
        self.write(&mut invented, opened)
    }

    fn send(&mut self, place: Place, draft: Draft) -> Result<(), ImportError> {
        let taken = (self.sink)(draft)?;
        if let Some(file) = self.report.files.get_mut(place.file) {
            let count = match taken {
                Taken::Written => &mut file.tally.written,
                Taken::Present => &mut file.tally.present,
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }
}

impl fmt::Debug for Scribe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scribe")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Adds a gap; the names are words of this crate, which are always valid labels.
pub(crate) fn gap(source: &mut Source, name: &str) {
    source.gaps.extend(Label::parse(name).ok());
}
