//! One connection to an owner: a request, its answer, and then the next.

use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use orch_core::record::Record;

use super::address;
use super::fault::Fault;
use super::frame::{Broken, Lines, send};
use super::wire::{Greeting, Line, PROTOCOL, Reply, Request};
use crate::coordinator::CommandError;
use crate::error::StoreError;
use crate::segments::lock::{holder, program};
use crate::segments::{self, Layout};

/// The longest line of an answer, in bytes: the largest is a snapshot.
const REPLY_MAX_BYTES: usize = 256 * 1024 * 1024;

/// A connection on which both have said hello.
#[derive(Debug)]
pub(super) struct Link {
    stream: UnixStream,
    lines: Lines,
}

/// Why a connection has no answer.
#[derive(Debug)]
pub(super) struct Lost {
    /// Whether the owner may have got the request.
    pub(super) is_sent: bool,
    /// Whether no answer came in time, as of a process that is stopped.
    pub(super) is_late: bool,
    /// What happened.
    pub(super) why: String,
}

/// An answer, and the records that came with it.
pub(super) type Answer = (Reply, Vec<Record>);

impl Link {
    /// Knocks, and says hello; `None` if nobody answers at the door.
    ///
    /// # Errors
    /// When the owner is stopped, speaks another version, or has another store.
    pub(super) fn open(
        root: &Path,
        patience: Duration,
    ) -> Result<Option<(Self, Greeting)>, StoreError> {
        let Some(stream) = address::connect(root)? else {
            return Ok(None);
        };
        let failed = |error| StoreError::io("open", root.join(address::DOOR), error);
        drop(stream.set_write_timeout(Some(patience)));
        let lines = Lines::new(stream.try_clone().map_err(failed)?, REPLY_MAX_BYTES);
        let mut link = Self { stream, lines };
        let hello = Request::Hello {
            protocol: PROTOCOL,
            program: program(),
        };
        let (reply, _) = match link.ask(&hello, Some(patience)) {
            Ok(answer) => answer,
            // It has just closed its door.
            Err(lost) if !lost.is_late => return Ok(None),
            Err(_) => return Err(Lost::busy(root)),
        };
        let Reply::Hello(greeting) = reply else {
            return Err(not_greeted(root, reply));
        };
        let identity = segments::identity(root)?;
        if greeting.journal != identity.journal {
            let what = format!(
                "it has journal {}, the folder is of journal {}",
                greeting.journal, identity.journal
            );
            return Err(StoreError::Owner { what });
        }
        Ok(Some((link, greeting)))
    }

    /// Asks, and waits so long for each line of the answer.
    pub(super) fn ask(
        &mut self,
        request: &Request,
        patience: Option<Duration>,
    ) -> Result<Answer, Lost> {
        let lost = |is_sent, is_late, why: String| Lost {
            is_sent,
            is_late,
            why,
        };
        // Of a request that was cut off nothing is carried out, but what was given to the system may
        // have arrived.
        send(&self.stream, request).map_err(|error| lost(true, false, error.to_string()))?;
        let mut records = Vec::new();
        loop {
            let line = self.lines.next(patience, patience);
            let line = line.map_err(|broken| match broken {
                Broken::End => lost(true, false, "it hung up".to_owned()),
                Broken::TooLong => lost(true, false, "its answer has no end".to_owned()),
                Broken::Failed(error) => {
                    let is_late = matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    );
                    lost(true, is_late, error.to_string())
                }
            })?;
            let unreadable =
                |what: String| lost(true, false, format!("its answer is none: {what}"));
            let reply = serde_json::from_slice(&line);
            let reply = reply.map_err(|error| unreadable(error.to_string()))?;
            let Reply::Part(part) = reply else {
                return Ok((reply, records));
            };
            let part = Line::read(&part).map_err(|error| unreadable(error.to_string()))?;
            records.extend(part);
        }
    }

    /// Whether the owner has not hung up, as far as can be seen.
    pub(super) fn is_alive(&self) -> bool {
        self.lines.is_quiet()
    }

    /// Returns what hangs up, from any thread.
    pub(super) fn hanger(&self) -> std::io::Result<Hanger> {
        self.stream.try_clone().map(Hanger)
    }
}

/// Hangs up when it is dropped.
#[derive(Debug)]
pub(super) struct Hanger(UnixStream);

impl Drop for Hanger {
    fn drop(&mut self) {
        drop(self.0.shutdown(Shutdown::Both));
    }
}

impl Lost {
    /// Says that the owner has the store and does not answer.
    fn busy(root: &Path) -> StoreError {
        let (holder, stopped) = holder(&Layout::new(root));
        StoreError::Busy {
            path: root.to_owned(),
            holder: format!("{holder}, which serves it and does not answer"),
            stopped,
        }
    }

    /// Says that the owner is gone, or silent.
    pub(super) fn into_error(self, root: &Path) -> StoreError {
        if self.is_late {
            return Self::busy(root);
        }
        StoreError::OwnerGone {
            path: root.to_owned(),
            why: self.why,
        }
    }
}

/// Says why a hello was not answered with one.
fn not_greeted(root: &Path, reply: Reply) -> StoreError {
    let (holder, stopped) = holder(&Layout::new(root));
    let path = root.to_owned();
    if let Reply::Failed(Fault::Protocol { spoken, .. }) = reply {
        return StoreError::OtherProtocol {
            path,
            holder,
            theirs: spoken,
            ours: PROTOCOL,
        };
    }
    if let Reply::Failed(Fault::Crowded { connections }) = reply {
        return StoreError::Busy {
            path,
            holder: format!("{holder}, which serves {connections} others"),
            stopped,
        };
    }
    unexpected(reply)
}

/// Says why a command was not carried out, by an answer that is not what became of it.
pub(super) fn why_not(reply: Reply) -> CommandError {
    if let Reply::Failed(fault) = reply {
        return fault.into_error();
    }
    let what = "it answered something else than was asked".to_owned();
    StoreError::Owner { what }.into()
}

/// The same, where no rule can have refused it.
pub(super) fn unexpected(reply: Reply) -> StoreError {
    let error = why_not(reply);
    if let CommandError::Store(error) = error {
        return error;
    }
    let what = error.to_string();
    StoreError::Owner { what }
}
