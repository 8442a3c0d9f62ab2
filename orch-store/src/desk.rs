//! The desk: the coordinator for tasks.
//!
//! ```text
//! execute ─▶ decide, hand in ─▶ await the journal ─▶ settle ─▶ answer
//!            └── on a thread ──┘ └── no thread ──┘
//! ```
//! What may read from a disk runs on one thread of the desk. While an append is in flight only the
//! task waits, so that any number of tasks share a sync of the journal.

use std::sync::Arc;
use std::time::Duration;

use orch_core::command::Command;
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;

use crate::coordinator::{Ask, CommandError, Coordinator, Outcome, ROUNDS_MAX};
use crate::error::StoreError;
use crate::journal::Journal;
use crate::mirror::{AsyncJournal as _, Mirror};

/// The most records that [`changed`](Desk::changed) returns at once.
const CHUNK: usize = 1024;

/// Carries commands out for tasks, in any runtime.
///
/// Clones are the same desk: give one to each task. Each future can be dropped at any moment: before its command was handed to the journal nothing happens, afterwards it is carried
/// out all the same. Who has to know which gives the command a [key](Ask::key) and asks again.
///
/// ```
/// use orch_core::command::Command;
/// use orch_core::event::task::TaskDeclared;
/// use orch_core::ids::{HumanName, MissionId, TaskId};
/// use orch_core::mission::Mission;
/// use orch_store::coordinator::Ask;
/// use orch_store::desk::Desk;
/// use orch_store::memory::MemoryJournal;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let desk = Desk::on(MemoryJournal::new());
/// let mission = MissionId::parse("auth")?;
/// let ada = HumanName::parse("ada")?;
///
/// let open = Command::open("sign-in", ada.clone());
/// desk.execute(&mission, &open, &Ask::new(ada.clone())).await?;
/// let task = Command::DeclareTask(TaskDeclared::new(TaskId::parse("login")?, "a login form"));
/// let done = desk.execute(&mission, &task, &Ask::new(ada)).await?;
/// assert_eq!(desk.read(&mission, Mission::head).await?, done.records()[0].seq());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Desk {
    coordinator: Arc<Coordinator>,
    mirror: Arc<Mirror>,
}

impl Desk {
    /// Works with a coordinator, which threads may use beside it.
    pub fn new(coordinator: Arc<Coordinator>) -> Self {
        let mirror = Arc::new(Mirror::new(Arc::clone(coordinator.journal())));
        Self {
            coordinator,
            mirror,
        }
    }

    /// Works on a journal, with a coordinator of its own.
    pub fn on(journal: impl Journal + 'static) -> Self {
        Self::new(Arc::new(Coordinator::on(journal)))
    }

    /// Returns the coordinator.
    pub const fn coordinator(&self) -> &Arc<Coordinator> {
        &self.coordinator
    }

    /// Returns the journal, for tasks.
    pub const fn journal(&self) -> &Arc<Mirror> {
        &self.mirror
    }

    /// Carries a command out: decides it, appends what it leads to, and is ready once that is
    /// durable.
    ///
    /// # Errors
    /// When a rule refuses it, the expected position is not the head, or the journal fails.
    pub async fn execute(
        &self,
        mission: &MissionId,
        command: &Command,
        ask: &Ask,
    ) -> Result<Outcome, CommandError> {
        let (by, command) = (ask.by.clone(), command.clone());
        self.execute_with(mission, ask, move |_| Ok((by.clone(), command.clone())))
            .await
    }

    /// Carries a command out that is made from the state it will be decided against.
    ///
    /// `make` runs on the thread of the desk, again for each newer state: see
    /// [`Coordinator::execute_with`].
    ///
    /// # Errors
    /// As `make` fails, or as [`execute`](Self::execute) does.
    pub async fn execute_with<E: From<CommandError> + Send + 'static>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: impl Fn(&Mission) -> Result<(Actor, Command), E> + Send + Sync + 'static,
    ) -> Result<Outcome, E> {
        let asked = Arc::new((mission.clone(), ask.clone(), make));
        for _ in 0..ROUNDS_MAX {
            let question = Arc::clone(&asked);
            let begun = self.on_thread(move |coordinator| {
                let (mission, ask, make) = &*question;
                coordinator.begin(mission, ask, make)
            });
            let begun = begun.await??;
            let answer = match begun.pending.clone() {
                Some(pending) => Some(pending.await),
                None => None,
            };
            let settled = if begun.is_light(answer.as_ref()) {
                self.coordinator.settle(mission, begun, answer.as_ref())
            } else {
                let mission = mission.clone();
                self.on_thread(move |coordinator| {
                    coordinator.settle(&mission, begun, answer.as_ref())
                })
                .await?
            };
            if let Some(answer) = settled {
                return answer;
            }
        }
        Err(E::from(CommandError::Contended { rounds: ROUNDS_MAX }))
    }

    /// Reads a mission as of its last durable record.
    ///
    /// `look` runs on the thread of the desk, and again if what it saw did not become durable.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn read<R: Send + 'static>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Mission) -> R + Send + Sync + 'static,
    ) -> Result<R, CommandError> {
        self.glance(mission, &Arc::new(look)).await
    }

    /// Waits until a look at a mission finds something, and returns that.
    ///
    /// It looks at once, and then whenever the journal has grown; nothing is polled. How long to
    /// wait at most is for the runtime to say.
    ///
    /// # Errors
    /// When the journal cannot be read, or not be waited for.
    pub async fn until<R: Send + 'static>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Mission) -> Option<R> + Send + Sync + 'static,
    ) -> Result<R, CommandError> {
        let look = Arc::new(look);
        loop {
            // What is written after this look is after this end.
            let end = self.mirror.end().await?;
            if let Some(found) = self.glance(mission, &look).await? {
                return Ok(found);
            }
            self.mirror.wait(end, Duration::MAX).await?;
        }
    }

    /// Waits for records of a mission after a position, and returns those there are: at least one,
    /// and more at the next call if there are many.
    ///
    /// # Errors
    /// When the journal cannot be read, or not be waited for.
    pub async fn changed(
        &self,
        mission: &MissionId,
        after: Seq,
    ) -> Result<Vec<Record>, StoreError> {
        loop {
            let end = self.mirror.end().await?;
            let records = self.mirror.read(mission, after, CHUNK).await?;
            if !records.is_empty() {
                return Ok(records);
            }
            self.mirror.wait(end, Duration::MAX).await?;
        }
    }

    async fn glance<R: Send + 'static>(
        &self,
        mission: &MissionId,
        look: &Arc<impl Fn(&Mission) -> R + Send + Sync + 'static>,
    ) -> Result<R, CommandError> {
        loop {
            let (mission, look) = (mission.clone(), Arc::clone(look));
            let glance = self.on_thread(move |coordinator| coordinator.glance(&mission, &*look));
            let mut glance = glance.await??;
            let answer = match glance.pending.take() {
                Some(pending) => Some(pending.await),
                None => None,
            };
            if let Some(seen) = glance.confirm(answer.as_ref()) {
                return Ok(seen);
            }
        }
    }

    /// Does what may block on the thread of the desk.
    async fn on_thread<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Coordinator) -> R + Send + 'static,
    ) -> Result<R, CommandError> {
        let coordinator = Arc::clone(&self.coordinator);
        let worker = self.mirror.worker();
        Ok(worker.run(move || work(&coordinator)).await?)
    }
}
