//! Which records answer which command of a mission: the memory behind idempotency.

use std::collections::BTreeMap;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, Seq};

use crate::error::AppendError;
use crate::journal::{Append, Appended, Fingerprint};

/// The records that an append put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The command id; `None` if the command had none.
    pub command: Option<CommandKey>,
    /// The first record.
    pub first: Seq,
    /// The last record.
    pub last: Seq,
    /// What tells this use of the id from another.
    pub fingerprint: Fingerprint,
}

impl Given {
    /// What an append will have put on record.
    pub fn of(append: &Append) -> Self {
        let first = append.expect().seq().next();
        let more = append.records().len().saturating_sub(1) as u64;
        Self {
            command: append.command().cloned(),
            first,
            last: Seq(first.0.saturating_add(more)),
            fingerprint: append.fingerprint(),
        }
    }

    /// Judges an append with the same command id (IDEM-1).
    ///
    /// # Errors
    /// [`AppendError::Reused`] if it says something else.
    // spec: IDEM-1
    pub fn judge(&self, append: &Append) -> Result<Appended, AppendError> {
        let (first, last) = (self.first, self.last);
        if self.fingerprint == append.fingerprint() {
            Ok(Appended::Before { first, last })
        } else {
            Err(AppendError::Reused { first, last })
        }
    }

    /// Returns what the core has to know about the command id.
    pub fn prior(&self) -> Prior {
        Prior::Seen {
            first: self.first,
            last: self.last,
            request: match &self.fingerprint {
                Fingerprint::Request(request) => Some(request.clone()),
                Fingerprint::Events(_) => None,
            },
        }
    }
}

/// The answered commands of one mission.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    given: BTreeMap<CommandKey, Given>,
}

impl Answers {
    /// Remembers what an append put on record.
    pub fn take(&mut self, given: Given) {
        if let Some(command) = &given.command {
            self.given.entry(command.clone()).or_insert(given);
        }
    }

    /// Returns what answers a command.
    pub fn find(&self, command: &CommandKey) -> Option<&Given> {
        self.given.get(command)
    }

    /// Judges an append whose command may have been answered; `None` if it was not.
    ///
    /// # Errors
    /// [`AppendError::Reused`] if the id was used for something else.
    pub fn judge(&self, append: &Append) -> Result<Option<Appended>, AppendError> {
        let given = append.command().and_then(|command| self.find(command));
        given.map(|given| given.judge(append)).transpose()
    }

    /// Returns what the core has to know about a command id.
    pub fn prior(&self, command: &CommandKey) -> Prior {
        self.find(command).map_or(Prior::Unseen, Given::prior)
    }
}
