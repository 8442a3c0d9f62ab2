//! One row of a beads event log, with the JSON inside its JSON unpacked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use orch_core::ids::{AgentName, TaskId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::issue::parsed;
use crate::reading::NotMapped;
use crate::scribe::Scribe;
use crate::text::{Text, filled};

/// The kinds of rows that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Created,
    Updated,
    StatusChanged,
    Claimed,
    Closed,
    Reopened,
    Renamed,
    Commented,
    /// Changes nothing that a record is made of: labels, dependencies, compaction.
    Remark,
}

impl Kind {
    fn of(event_type: &str) -> Option<Self> {
        Some(match event_type {
            "created" => Self::Created,
            "updated" => Self::Updated,
            "status_changed" => Self::StatusChanged,
            "claimed" => Self::Claimed,
            "closed" => Self::Closed,
            "reopened" => Self::Reopened,
            "renamed" => Self::Renamed,
            "commented" => Self::Commented,
            "label_added" | "label_removed" | "dependency_added" | "dependency_removed"
            | "compacted" => Self::Remark,
            _ => return None,
        })
    }
}

/// One row as written.
#[derive(Deserialize)]
pub(super) struct Fields<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    issue_id: Option<Text<'a>>,
    #[serde(borrow)]
    event_type: Option<Text<'a>>,
    #[serde(borrow)]
    actor: Option<Text<'a>>,
    #[serde(borrow)]
    comment: Option<Text<'a>>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
    #[serde(borrow)]
    old_value: Option<&'a RawValue>,
    #[serde(borrow)]
    new_value: Option<&'a RawValue>,
}

impl Fields<'_> {
    /// Returns the value before, without the string around it.
    pub(super) fn old_text(&self) -> Cow<'_, str> {
        unpacked(self.old_value)
    }

    /// Returns the value after, without the string around it.
    pub(super) fn new_text(&self) -> Cow<'_, str> {
        unpacked(self.new_value)
    }
}

/// The issue before the event, as far as it matters.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Before<'a> {
    #[serde(borrow)]
    pub(super) title: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) status: Option<Text<'a>>,
    #[serde(borrow)]
    assignee: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) created_at: Option<Text<'a>>,
}

/// The fields that the event changes, as written.
#[derive(Debug, Default)]
pub(super) struct Changes<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Changes<'a> {
    fn read(text: &'a str) -> Self {
        // Most values are plain text, and a close reason may look like anything.
        if text.starts_with('{') {
            Self(serde_json::from_str(text).unwrap_or_default())
        } else {
            Self::default()
        }
    }

    /// Returns whether there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the new value of a field; an empty text if it is cleared.
    pub(super) fn value(&self, field: &str) -> Option<Text<'a>> {
        let raw = self.0.get(field)?.get();
        let raw = if raw == "null" { "\"\"" } else { raw };
        serde_json::from_str(raw).ok()
    }

    /// Returns the new value of a field that says something.
    pub(super) fn filled(&self, field: &str) -> Option<String> {
        let value = self.value(field);
        filled(value.as_ref()).map(ToOwned::to_owned)
    }

    /// Returns the names of all fields but those given.
    pub(super) fn others(&self, handled: &[&str]) -> Vec<&str> {
        let names = self.0.keys().map(String::as_str);
        names.filter(|name| !handled.contains(name)).collect()
    }
}

/// What a row says about whom the issue is with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Assigns {
    /// Nothing.
    Unsaid,
    /// That it is with nobody any more.
    Nobody,
    /// That it is with this agent.
    To(AgentName),
}

/// One row, understood.
pub(super) struct EventRow<'a> {
    pub(super) kind: Kind,
    pub(super) event_type: &'a str,
    /// What tells this row from others; integer ids alone are not unique.
    pub(super) identity: [&'a str; 5],
    pub(super) created_at: Option<&'a str>,
    pub(super) task: TaskId,
    pub(super) actor: Option<AgentName>,
    pub(super) before: Before<'a>,
    pub(super) assignee_before: Option<AgentName>,
    pub(super) changes: Changes<'a>,
    pub(super) assigns: Assigns,
    /// The value before, where it is no JSON.
    pub(super) old_text: &'a str,
    /// The value after, where it is no JSON.
    pub(super) new_text: &'a str,
    pub(super) comment: Option<&'a str>,
}

impl<'a> EventRow<'a> {
    /// Understands a row whose inner texts are unpacked.
    pub(super) fn read(
        scribe: &Scribe<'_>,
        fields: &'a Fields<'_>,
        old_text: &'a str,
        new_text: &'a str,
    ) -> Result<Self, NotMapped> {
        let event_type = filled(fields.event_type.as_ref());
        let Some((kind, event_type)) =
            event_type.and_then(|event_type| Some((Kind::of(event_type)?, event_type)))
        else {
            let kind = event_type.unwrap_or("row");
            return Err(NotMapped::Unknown(format!("beads.{kind}")));
        };
        let issue_id = fields.issue_id.as_ref().map_or("", Text::as_str);
        let created_at = filled(fields.created_at.as_ref());
        let before: Before<'_> = if old_text.starts_with('{') {
            serde_json::from_str(old_text).unwrap_or_default()
        } else {
            Before::default()
        };
        let changes = Changes::read(new_text);
        let assigns = match changes.value("assignee") {
            Some(assignee) => match parsed(Some(&assignee), AgentName::parse)? {
                Some(agent) => Assigns::To(agent),
                None => Assigns::Nobody,
            },
            None => Assigns::Unsaid,
        };
        Ok(Self {
            kind,
            event_type,
            identity: [
                "event",
                fields.id.as_ref().map_or("", Text::as_str),
                issue_id,
                event_type,
                created_at.unwrap_or_default(),
            ],
            created_at,
            task: scribe.task_id(issue_id)?,
            actor: parsed(fields.actor.as_ref(), AgentName::parse)?,
            assignee_before: parsed(before.assignee.as_ref(), AgentName::parse)?,
            before,
            changes,
            assigns,
            old_text,
            new_text,
            comment: filled(fields.comment.as_ref()),
        })
    }

    /// Returns who did it, in words.
    pub(super) fn by(&self) -> String {
        match &self.actor {
            Some(actor) => format!("{} by {actor}", self.event_type),
            None => self.event_type.to_owned(),
        }
    }
}

/// Takes the string off a value that is JSON within a JSON string.
fn unpacked(value: Option<&RawValue>) -> Cow<'_, str> {
    let Some(raw) = value.map(RawValue::get) else {
        return Cow::Borrowed("");
    };
    if raw.starts_with('"') {
        Cow::Owned(serde_json::from_str(raw).unwrap_or_default())
    } else {
        Cow::Borrowed(raw)
    }
}
