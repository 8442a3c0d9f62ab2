//! Validated ids: the names a log uses for missions, tasks, agents, gates and runs.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// The longest id the log accepts, in bytes.
pub const ID_MAX_BYTES: usize = 256;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdError {
    /// The text is empty.
    #[error("{kind} is empty")]
    Empty {
        /// What the text should have named.
        kind: &'static str,
    },
    /// The text is longer than [`ID_MAX_BYTES`].
    #[error("{kind} is {bytes} bytes long, more than {ID_MAX_BYTES}")]
    TooLong {
        /// What the text should have named.
        kind: &'static str,
        /// How long the text is, in bytes.
        bytes: usize,
    },
    /// The text holds a control character, which could steer a terminal.
    #[error("{kind} {text:?} holds a control character")]
    Control {
        /// What the text should have named.
        kind: &'static str,
        /// The text itself.
        text: String,
    },
    /// The text starts or ends with white space.
    #[error("{kind} {text:?} starts or ends with white space")]
    Padded {
        /// What the text should have named.
        kind: &'static str,
        /// The text itself.
        text: String,
    },
    /// The text is not of the form its kind asks for.
    #[error("{kind} {text:?} is not of the form {form}")]
    Form {
        /// What the text should have named.
        kind: &'static str,
        /// The text itself.
        text: String,
        /// The form it should have.
        form: &'static str,
    },
}

/// Checks what every id must hold, whatever it names.
fn check(kind: &'static str, text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { kind });
    }
    if text.len() > ID_MAX_BYTES {
        return Err(IdError::TooLong {
            kind,
            bytes: text.len(),
        });
    }
    if text.chars().any(char::is_control) {
        return Err(IdError::Control {
            kind,
            text: text.to_owned(),
        });
    }
    if text.trim() != text {
        return Err(IdError::Padded {
            kind,
            text: text.to_owned(),
        });
    }
    Ok(())
}

/// Deserializes a value from its string form.
pub(crate) struct FromText<T>(pub(crate) fn(&str) -> Result<T, IdError>);

impl<T> de::Visitor<'_> for FromText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

/// Gives a type that has `parse(&str)` and `Display` its serde form: a string.
macro_rules! serde_as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::ids::FromText(Self::parse))
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
    };
}
pub(crate) use serde_as_text;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// One to [`ID_MAX_BYTES`] bytes of UTF-8 without control characters and without white
        /// space at either end; otherwise free, so that foreign ids stay as they are. Cheap to
        /// clone.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks the text and makes it an id.
            ///
            /// # Errors
            /// When the text is empty, too long, padded or holds a control character.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check($kind, text)?;
                Ok(Self(Arc::from(text)))
            }

            /// Returns the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        serde_as_text!($name);
    )*};
}

ids! {
    /// Names a mission: one piece of coordinated work with one log.
    MissionId = "mission id";
    /// Names a task within a mission.
    TaskId = "task id";
    /// Names an agent; each time it joins it is a new incarnation, see [`AgentRef`].
    AgentName = "agent name";
    /// Names a human.
    HumanName = "human name";
    /// Names a gate of a task, such as `tester` or `reviewer`.
    GateName = "gate name";
    /// Names a run: one sitting of an orchestrator.
    RunId = "run id";
    /// A short word that a mission chooses itself: a role, a phase, a kind of task or of evidence.
    Label = "label";
    /// Names a foreign format that records were imported from, such as `beads`.
    FormatName = "format name";
    /// An idempotency key: the id of the command that asked for a record (IDEM-1).
    CommandKey = "command key";
}

/// Which join of an agent under its name: 1 for the first, then 2, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Incarnation(pub u32);

/// One incarnation of an agent, written `NAME#INCARNATION`, such as `coder#2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentRef {
    /// The agent's name.
    pub name: AgentName,
    /// Which join of that name.
    pub incarnation: Incarnation,
}

impl AgentRef {
    /// Refers to the given incarnation of an agent.
    pub const fn new(name: AgentName, incarnation: Incarnation) -> Self {
        Self { name, incarnation }
    }

    /// Parses `NAME#INCARNATION`; a text without `#` names the first incarnation.
    ///
    /// # Errors
    /// When the name is not a valid [`AgentName`] or the incarnation is 0 or not a number.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let Some((name, number)) = text.rsplit_once('#') else {
            return Ok(Self::new(AgentName::parse(text)?, Incarnation(1)));
        };
        match number.parse::<u32>() {
            Ok(number) if number > 0 => Ok(Self::new(AgentName::parse(name)?, Incarnation(number))),
            Ok(_) | Err(_) => Err(IdError::Form {
                kind: "agent",
                text: text.to_owned(),
                form: "NAME#INCARNATION, counted from 1",
            }),
        }
    }
}

impl fmt::Display for AgentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.name, self.incarnation.0)
    }
}

serde_as_text!(AgentRef);

/// The number of an attempt within its task, counted from 1: the fencing token (FENCE-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptNo(pub u32);

impl AttemptNo {
    /// Returns the number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for AttemptNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The position of a record in its mission's log, counted from 1 without gaps (ORDER-1).
///
/// `Seq(0)` is the position before the first record: the empty mission.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position before the first record.
    pub const ZERO: Self = Self(0);

    /// Returns the position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_keeps_foreign_text_as_it_is() {
        for text in [
            "gastown/polecats/furiosa",
            "Nathan Delacrétaz",
            "3.4.1",
            "a#b",
        ] {
            assert_eq!(TaskId::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn an_id_refuses_what_could_steer_a_terminal_or_hide() {
        assert!(matches!(TaskId::parse(""), Err(IdError::Empty { .. })));
        assert!(matches!(
            TaskId::parse("a\u{1b}[2J"),
            Err(IdError::Control { .. })
        ));
        assert!(matches!(TaskId::parse(" a"), Err(IdError::Padded { .. })));
        assert!(matches!(
            TaskId::parse(&"x".repeat(257)),
            Err(IdError::TooLong { .. })
        ));
        assert!(TaskId::parse(&"x".repeat(256)).is_ok());
    }

    #[test]
    fn an_id_that_is_no_string_is_refused_by_what_it_should_be() {
        let refused = serde_json::from_str::<TaskId>("7").unwrap_err();
        assert!(refused.to_string().contains("expected a string"));
    }

    #[test]
    fn an_agent_reference_round_trips_and_counts_incarnations_from_one() {
        let agent = AgentRef::parse("team#a#2").unwrap();
        assert_eq!((agent.name.as_str(), agent.incarnation.0), ("team#a", 2));
        assert_eq!(agent.to_string(), "team#a#2");
        assert_eq!(
            AgentRef::parse("coder").unwrap().incarnation,
            Incarnation(1)
        );
        assert!(matches!(
            AgentRef::parse("coder#0"),
            Err(IdError::Form { .. })
        ));
        assert!(matches!(
            AgentRef::parse("coder#x"),
            Err(IdError::Form { .. })
        ));
    }
}
