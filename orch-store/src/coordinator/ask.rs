//! Who asks for a command, when, and under which conditions.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use orch_core::ids::{CommandKey, Seq};
use orch_core::party::Actor;
use uuid::Uuid;

use crate::capabilities::Durability;

/// Who asks for a command, when, and under which conditions.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Who asks.
    pub by: Actor,
    /// The time that the records will carry, and that clocks are judged by.
    pub now: DateTime<Utc>,
    /// The idempotency key: the same command under the same key is carried out once (IDEM-1).
    pub key: Option<CommandKey>,
    /// The record that led to this command.
    pub cause: Option<Uuid>,
    /// The position at which the mission must be for the command to be carried out; `None` for
    /// any, because the rules are judged in either case.
    pub expect: Option<Seq>,
    /// How durable its records must be before it is answered; `None` for the most there is.
    pub durability: Option<Durability>,
}

impl Ask {
    /// Asks now, without conditions.
    ///
    /// Make one for each command: its time is that of the records.
    pub fn new(by: impl Into<Actor>) -> Self {
        Self::at(by.into(), SystemTime::now().into())
    }

    /// Asks at a given time, without conditions.
    pub const fn at(by: Actor, now: DateTime<Utc>) -> Self {
        Self {
            by,
            now,
            key: None,
            cause: None,
            expect: None,
            durability: None,
        }
    }

    /// Gives the command an idempotency key.
    #[must_use]
    pub fn key(mut self, key: CommandKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Demands that the mission is at a position.
    #[must_use]
    pub const fn expect(mut self, seq: Seq) -> Self {
        self.expect = Some(seq);
        self
    }
}
