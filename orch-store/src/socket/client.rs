//! The client: the journal of a store as seen through the door of its owner.

mod watching;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orch_core::command::Command;
use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::party::Actor;
use orch_core::record::Record;
use orch_core::snapshot::{FOLD, Snapshot};

use super::link::{Answer, Link, Lost, unexpected, why_not};
use super::owner::WAIT_MAX;
use super::wire::{Execute, Executed, Given, Greeting, Line, Reply, Request};
use crate::capabilities::Capabilities;
use crate::coordinator::{Ask, Basis, CommandError, Outcome, Since, Upon};
use crate::cursor::{Cursor, JournalId, Position};
use crate::error::{AppendError, StoreError};
use crate::journal::{Append, Journal, MissionHead, Page, Progress, Verified};
use crate::pending::{Pending, lock};
use crate::watch::{Watch, Woken};

/// How long at least an answer to a command is waited for: that of a slow disk.
const EXECUTE_PATIENCE: Duration = Duration::from_secs(60);

/// How long at least an answer is waited for, however little patience there is for a lock.
const PATIENCE_MIN: Duration = Duration::from_secs(1);

/// The most connections that are kept while nobody uses them.
const IDLE_MAX: usize = 8;

/// The journal of a store as seen through the door of its owner.
///
/// It reads, and carries commands out; records are not appended through it, so that it claims
/// nothing about that. Share it between threads: each call has a connection of its own. One that
/// was lost is made anew once, also to another owner, if that cannot do anything twice.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    patience: Duration,
    greeting: Greeting,
    idle: Mutex<Vec<Link>>,
}

impl Client {
    /// Finds the owner of the store in a folder; `None` if nobody serves it.
    ///
    /// `patience` is how long an answer is waited for, though never less than a second.
    ///
    /// # Errors
    /// When the owner gives no sign of life, speaks another version of the protocol, or has another
    /// store.
    pub fn connect(root: &Path, patience: Duration) -> Result<Option<Self>, StoreError> {
        let patience = patience.max(PATIENCE_MIN);
        let Some((link, greeting)) = Link::open(root, patience)? else {
            return Ok(None);
        };
        let inner = Inner {
            root: root.to_owned(),
            patience,
            greeting,
            idle: Mutex::new(vec![link]),
        };
        let inner = Arc::new(inner);
        Ok(Some(Self { inner }))
    }

    /// Says who serves the store.
    pub fn owner(&self) -> String {
        let Greeting { pid, program, .. } = &self.inner.greeting;
        format!("process {pid} ({program})")
    }

    /// Has a command carried out, if the mission is in the state that it was made from.
    pub(super) fn execute_upon(
        &self,
        mission: &MissionId,
        by: Actor,
        command: Command,
        ask: &Ask,
        basis: Option<Basis>,
    ) -> Result<Upon, CommandError> {
        let execute = Execute::new(mission, by, command, ask, basis);
        let request = Request::Execute(Box::new(execute));
        let patience = self.inner.patience.max(EXECUTE_PATIENCE);
        let answer = self.ask_for(&request, Some(patience));
        let (reply, _) = answer.map_err(|lost| {
            let is_sent = lost.is_sent;
            let error = lost.into_error(&self.inner.root);
            if is_sent {
                AppendError::Unknown(error)
            } else {
                AppendError::NotWritten(error)
            }
        })?;
        if let Reply::Executed(executed) = reply {
            return upon(executed);
        }
        Err(why_not(reply))
    }

    /// Waits until what is in flight on a mission has landed or failed.
    pub(super) fn settle(&self, mission: &MissionId) -> Result<(), StoreError> {
        let mission = mission.clone();
        match self.ask(&Request::Settle { mission })? {
            (Reply::Head { .. }, _) => Ok(()),
            (other, _) => Err(unexpected(other)),
        }
    }

    fn ask(&self, request: &Request) -> Result<Answer, StoreError> {
        let answer = self.ask_for(request, Some(self.inner.patience));
        answer.map_err(|lost| lost.into_error(&self.inner.root))
    }

    /// Asks on a connection that is free, or a new one.
    fn ask_for(&self, request: &Request, patience: Option<Duration>) -> Result<Answer, Lost> {
        let mut lost = None;
        if let Some(link) = self.kept() {
            match self.ask_on(link, request, patience) {
                Err(error) if !error.is_late && request.is_repeatable() => lost = Some(error),
                answer => return answer,
            }
        }
        // It may have been hung up for being silent, or there is another owner.
        let link = self.open().map_err(|error| Lost {
            is_sent: lost.is_some(),
            ..error
        })?;
        let answer = self.ask_on(link, request, patience);
        answer.map_err(|error| Lost {
            is_sent: error.is_sent || lost.is_some(),
            ..error
        })
    }

    /// Returns a connection that is free and was not hung up meanwhile.
    fn kept(&self) -> Option<Link> {
        loop {
            let link = lock(&self.inner.idle).pop()?;
            if link.is_alive() {
                return Some(link);
            }
        }
    }

    fn ask_on(
        &self,
        mut link: Link,
        request: &Request,
        patience: Option<Duration>,
    ) -> Result<Answer, Lost> {
        let answer = link.ask(request, patience)?;
        let mut idle = lock(&self.inner.idle);
        if idle.len() < IDLE_MAX {
            idle.push(link);
        }
        Ok(answer)
    }

    /// Makes a connection.
    fn open(&self) -> Result<Link, Lost> {
        let lost = |why| Lost {
            is_sent: false,
            is_late: false,
            why,
        };
        match Link::open(&self.inner.root, self.inner.patience) {
            Ok(Some((link, _))) => Ok(link),
            Ok(None) => Err(lost("nobody serves it any more".to_owned())),
            Err(StoreError::Busy { .. }) => Err(Lost {
                is_late: true,
                ..lost("it does not answer".to_owned())
            }),
            Err(error) => Err(lost(error.to_string())),
        }
    }
}

fn upon(executed: Executed) -> Result<Upon, CommandError> {
    let outcome = match executed {
        Executed::Accepted { records, effects } => Outcome::Accepted {
            records: Line::read(&records)?,
            effects,
        },
        Executed::Late {
            records,
            code,
            message,
            because,
        } => Outcome::Late {
            records: Line::read(&records)?,
            code,
            message,
            because,
        },
        Executed::AlreadyDone { first, last } => Outcome::AlreadyDone { first, last },
        Executed::NoChange { since } => Outcome::NoChange { since },
        Executed::Behind { head, records } => {
            let records = records.as_deref().map(Line::read).transpose()?;
            return Ok(Upon::Behind(Since { head, records }));
        }
    };
    Ok(Upon::Answered(outcome))
}

impl Journal for Client {
    fn id(&self) -> JournalId {
        self.inner.greeting.journal
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            durability: self.inner.greeting.durability,
            subscribe: true,
            snapshots: true,
            ..Capabilities::none()
        }
    }

    fn submit(&self, _append: Append) -> Pending {
        Pending::ready(Err(AppendError::Unsupported {
            what: "be appended to: its owner takes commands",
        }))
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        let mission = mission.clone();
        match self.ask(&Request::Head { mission })? {
            (Reply::Head { seq }, _) => Ok(seq),
            (other, _) => Err(unexpected(other)),
        }
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        let (mission, max) = (mission.clone(), max as u64);
        let request = Request::Read {
            mission,
            after,
            max,
        };
        match self.ask(&request)? {
            (Reply::Done {}, records) => Ok(records),
            (other, _) => Err(unexpected(other)),
        }
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        let (after, max) = (*after, max as u64);
        let (next, records) = match self.ask(&Request::ReadAll { after, max })? {
            (Reply::Page { next }, records) => (next, records),
            (other, _) => return Err(unexpected(other)),
        };
        // Positions have no gaps.
        let positions = (1..).map(|n| after.position.plus(n));
        let records: Vec<(Position, Record)> = positions.zip(records).collect();
        let last = records.last().map_or(after.position, |(at, _)| *at);
        if last != next.position {
            let what = format!("it sent records up to {last} and said {}", next.position);
            return Err(StoreError::Owner { what });
        }
        Ok(Page { records, next })
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        let (mission, command) = (mission.clone(), command.clone());
        match self.ask(&Request::Prior { mission, command })? {
            (Reply::Prior(given), _) => Ok(given.map_or(Prior::Unseen, Given::prior)),
            (other, _) => Err(unexpected(other)),
        }
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        match self.ask(&Request::Missions {})? {
            (Reply::Missions(heads), _) => Ok(heads.into_iter().map(MissionHead::from).collect()),
            (other, _) => Err(unexpected(other)),
        }
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        match self.ask(&Request::End {})? {
            (Reply::End(cursor), _) => Ok(cursor),
            (other, _) => Err(unexpected(other)),
        }
    }

    fn wait(&self, after: &Cursor, timeout: Duration) -> Result<Cursor, StoreError> {
        let until = Instant::now().checked_add(timeout);
        loop {
            let left = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            let at_most = left.min(WAIT_MAX);
            let request = wait_request(*after, at_most);
            let patience = at_most.saturating_add(self.inner.patience);
            let answer = self.ask_for(&request, Some(patience));
            let end = match answer.map_err(|lost| lost.into_error(&self.inner.root))? {
                (Reply::End(end), _) => end,
                (other, _) => return Err(unexpected(other)),
            };
            if end.position > after.position || left <= at_most {
                return Ok(end);
            }
        }
    }

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        let link = self.open();
        let link = link.map_err(|lost| lost.into_error(&self.inner.root))?;
        watching::start(link, self.inner.patience, &self.inner.root, woken)
    }

    fn save_snapshot(&self, _snapshot: &Snapshot) -> Result<(), StoreError> {
        let what = "keep a snapshot: its owner does that";
        Err(StoreError::Unsupported { what })
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        let mission = mission.clone();
        match self.ask(&Request::Snapshot { mission })? {
            (Reply::Snapshot(snapshot), _) => {
                Ok(snapshot.filter(|snapshot| snapshot.fold() == FOLD))
            }
            (other, _) => Err(unexpected(other)),
        }
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        // It reads everything, and says nothing before its end.
        let answer = self.ask_for(&Request::Verify {}, None);
        match answer.map_err(|lost| lost.into_error(&self.inner.root))? {
            (Reply::Verified(whole), _) => {
                let verified = Verified::from(whole);
                progress(Progress {
                    done: verified.bytes,
                    total: verified.bytes,
                });
                Ok(verified)
            }
            (other, _) => Err(unexpected(other)),
        }
    }
}

fn wait_request(after: Cursor, at_most: Duration) -> Request {
    Request::Wait {
        after,
        at_most_ms: u64::try_from(at_most.as_millis()).unwrap_or(u64::MAX),
    }
}
