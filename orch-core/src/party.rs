//! Who acts and who owes: the author of a record, and the parties that talk and decide.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{AgentName, AgentRef, FormatName, HumanName, IdError, serde_as_text};

/// Who wrote a record: the `by` of its envelope.
///
/// Written `host`, `agent:NAME#INCARNATION`, `human:NAME` or `import:FORMAT`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Actor {
    /// The program that runs the mission.
    Host,
    /// One incarnation of an agent.
    Agent(AgentRef),
    /// A person.
    Human(HumanName),
    /// An importer, speaking for a foreign log that cannot be asked for its authority.
    Import(FormatName),
}

impl Actor {
    /// Parses the written form.
    ///
    /// # Errors
    /// When the text has none of the four forms, or the name in it is not valid.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            None if text == "host" => Ok(Self::Host),
            Some(("agent", agent)) => AgentRef::parse(agent).map(Self::Agent),
            Some(("human", name)) => HumanName::parse(name).map(Self::Human),
            Some(("import", format)) => FormatName::parse(format).map(Self::Import),
            None | Some(_) => Err(IdError::Form {
                kind: "actor",
                text: text.to_owned(),
                form: "host, agent:NAME#INCARNATION, human:NAME or import:FORMAT",
            }),
        }
    }

    /// Returns the agent that acts, if it is one.
    pub const fn agent(&self) -> Option<&AgentRef> {
        match self {
            Self::Agent(agent) => Some(agent),
            Self::Host | Self::Human(_) | Self::Import(_) => None,
        }
    }

    /// Returns the party this actor speaks for; `None` for an importer, which nobody can talk to.
    pub fn party(&self) -> Option<Party> {
        match self {
            Self::Host => Some(Party::Host),
            Self::Agent(agent) => Some(Party::Agent(agent.name.clone())),
            Self::Human(name) => Some(Party::Human(name.clone())),
            Self::Import(_) => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Agent(agent) => write!(f, "agent:{agent}"),
            Self::Human(name) => write!(f, "human:{name}"),
            Self::Import(format) => write!(f, "import:{format}"),
        }
    }
}

serde_as_text!(Actor);

impl From<AgentRef> for Actor {
    fn from(agent: AgentRef) -> Self {
        Self::Agent(agent)
    }
}

impl From<HumanName> for Actor {
    fn from(name: HumanName) -> Self {
        Self::Human(name)
    }
}

/// Somebody who can be talked to or can owe something.
///
/// Written `lead`, `host`, `agent:NAME` or `human:NAME`. An agent is named without its
/// incarnation: what it owes stays owed to and by the name while its incarnation lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Party {
    /// Whoever leads the mission.
    Lead,
    /// The program that runs the mission.
    Host,
    /// An agent, in whichever incarnation is live.
    Agent(AgentName),
    /// A person.
    Human(HumanName),
}

impl Party {
    /// Parses the written form.
    ///
    /// # Errors
    /// When the text has none of the four forms, or the name in it is not valid.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            None if text == "lead" => Ok(Self::Lead),
            None if text == "host" => Ok(Self::Host),
            Some(("agent", name)) => AgentName::parse(name).map(Self::Agent),
            Some(("human", name)) => HumanName::parse(name).map(Self::Human),
            None | Some(_) => Err(IdError::Form {
                kind: "party",
                text: text.to_owned(),
                form: "lead, host, agent:NAME or human:NAME",
            }),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lead => f.write_str("lead"),
            Self::Host => f.write_str("host"),
            Self::Agent(name) => write!(f, "agent:{name}"),
            Self::Human(name) => write!(f, "human:{name}"),
        }
    }
}

serde_as_text!(Party);

impl From<AgentName> for Party {
    fn from(name: AgentName) -> Self {
        Self::Agent(name)
    }
}

impl From<HumanName> for Party {
    fn from(name: HumanName) -> Self {
        Self::Human(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_party_is_refused() {
        for word in ["robot", "hosts", "agent", ""] {
            assert!(Actor::parse(word).is_err(), "{word}");
            assert!(Party::parse(word).is_err(), "{word}");
        }
    }

    #[test]
    fn actors_and_parties_round_trip_through_their_written_form() {
        for text in ["host", "agent:coder#2", "human:ada", "import:beads"] {
            assert_eq!(Actor::parse(text).unwrap().to_string(), text);
        }
        for text in ["lead", "host", "agent:coder", "human:ada"] {
            assert_eq!(Party::parse(text).unwrap().to_string(), text);
        }
        assert!(Actor::parse("robot:x").is_err());
        assert!(Party::parse("import:beads").is_err());
    }
}
