//! What the tests share: a mission with a lead, an agent and tasks.

use std::path::PathBuf;
use std::time::Duration;

use orch_core::command::Command;
use orch_core::event::Event;
use orch_core::event::note::Note;
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{AgentName, MissionId, Seq, TaskId};
use orch_core::party::{Actor, Party};
use orch_store::coordinator::{Ask, Coordinator, Outcome};
use orch_store::cursor::Cursor;
use orch_store::error::StoreError;
use orch_store::index::MemoryIndex;
use orch_store::journal::Journal;
use orch_store::memory::MemoryJournal;
use orch_store::segments::{self, Kind, Options, Segments};

pub(crate) fn mission(name: &str) -> MissionId {
    MissionId::parse(name).unwrap()
}

pub(crate) fn lead() -> Actor {
    Actor::parse("human:ada").unwrap()
}

pub(crate) fn ask() -> Ask {
    Ask::new(lead())
}

pub(crate) fn memory() -> Coordinator {
    Coordinator::on(MemoryJournal::new())
}

pub(crate) fn open() -> Command {
    Command::open("sign-in", Party::parse("human:ada").unwrap())
}

pub(crate) fn task(id: &str) -> Command {
    Command::DeclareTask(TaskDeclared::new(TaskId::parse(id).unwrap(), id))
}

pub(crate) fn note(text: &str) -> Command {
    let text = text.to_owned();
    Command::Note(Note { task: None, text })
}

pub(crate) fn join(name: &str) -> Command {
    Command::join(AgentName::parse(name).unwrap())
}

pub(crate) fn dispatch(task: &str, agent: &str) -> Command {
    Command::dispatch(
        TaskId::parse(task).unwrap(),
        AgentName::parse(agent).unwrap(),
    )
}

pub(crate) fn done(coordinator: &Coordinator, name: &str, command: &Command) -> Outcome {
    let outcome = coordinator.execute(&mission(name), command, &ask());
    outcome.unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// A folder with an empty store in it.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        segments::create(&folder.path().join("store"), Kind::Jsonl).unwrap();
        Self { folder }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub(crate) fn open(&self) -> Segments<MemoryIndex> {
        self.try_open().unwrap().journal
    }

    /// Opens it so that it stays in one segment.
    pub(crate) fn roomy(&self) -> Segments<MemoryIndex> {
        let mut options = options();
        options.segment_max_bytes = u64::MAX;
        segments::open(&self.root(), &options).unwrap().journal
    }

    pub(crate) fn try_open(&self) -> Result<segments::Opened<MemoryIndex>, StoreError> {
        segments::open(&self.root(), &options())
    }
}

/// Options under which even a short test sees several segments.
pub(crate) fn options() -> Options {
    let mut options = Options::default();
    options.lock_wait = Duration::from_millis(50);
    options.segment_max_bytes = 2000;
    options
}

/// Fills a store with a few missions, each with a few commands.
pub(crate) fn fill(coordinator: &Coordinator) {
    for name in ["auth", "auth2"] {
        for command in [
            open(),
            join("coder"),
            task("t1"),
            task("t2"),
            dispatch("t1", "coder"),
        ] {
            done(coordinator, name, &command);
        }
    }
}

/// Everything that a journal tells, in words that can be compared.
pub(crate) fn story(journal: &dyn Journal) -> Result<Vec<String>, StoreError> {
    let mut story = Vec::new();
    for head in journal.missions()? {
        story.push(format!("{} {}", head.mission, head.head));
        let records = journal.read(&head.mission, Seq::ZERO, usize::MAX)?;
        story.extend(records.iter().map(|record| record.as_line().to_owned()));
    }
    let all = journal.read_all(&Cursor::start(journal.id()), usize::MAX)?;
    story.extend(
        all.records
            .iter()
            .map(|(at, record)| format!("{at} {}", record.as_line())),
    );
    Ok(story)
}

/// The events of a task that is declared.
pub(crate) fn planned(id: &str) -> Vec<Event> {
    vec![TaskDeclared::new(TaskId::parse(id).unwrap(), id).into()]
}

/// Polls a future once.
pub(crate) async fn polled_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = std::future::ready(()) => None,
    }
}
