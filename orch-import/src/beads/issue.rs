//! One issue of a snapshot, reduced to the facts that records are made of.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{AgentName, IdError, Label, TaskId};
use orch_core::lint::{Claim, Claimed};
use serde::Deserialize;

use super::edge::{Edge, EdgeFields};
use super::status::{Standing, unmet_by};
use crate::moment::{Moment, Stamp};
use crate::reading::NotMapped;
use crate::report::Report;
use crate::report::odd::Oddity;
use crate::scribe::{Place, Scribe};
use crate::text::{Text, clipped, filled};

/// How much of a comment is copied, in characters.
const COMMENT_MAX_CHARS: usize = 500;

/// One row as written, without the fields that no record is made of.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(rename = "_type", borrow)]
    row_type: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    priority: Option<Text<'a>>,
    #[serde(borrow)]
    issue_type: Option<Text<'a>>,
    #[serde(borrow)]
    assignee: Option<Text<'a>>,
    #[serde(borrow)]
    closed_by_session: Option<Text<'a>>,
    #[serde(borrow)]
    close_reason: Option<Text<'a>>,
    #[serde(borrow)]
    delete_reason: Option<Text<'a>>,
    #[serde(borrow)]
    external_ref: Option<Text<'a>>,
    #[serde(borrow)]
    source_system: Option<Text<'a>>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
    #[serde(borrow)]
    updated_at: Option<Text<'a>>,
    #[serde(borrow)]
    started_at: Option<Text<'a>>,
    #[serde(borrow)]
    closed_at: Option<Text<'a>>,
    #[serde(borrow)]
    defer_until: Option<Text<'a>>,
    #[serde(borrow)]
    dependencies: Option<Vec<EdgeFields<'a>>>,
    #[serde(borrow)]
    comments: Option<Vec<CommentFields<'a>>>,
}

/// A comment as written.
#[derive(Deserialize)]
struct CommentFields<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    author: Option<Text<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
}

/// A comment, clipped.
#[derive(Debug)]
pub(super) struct Comment {
    /// What tells it from the other comments of its issue.
    pub(super) key: String,
    pub(super) text: String,
    pub(super) stamp: Stamp,
}

/// The facts of one issue.
#[derive(Debug)]
pub(super) struct Issue {
    pub(super) place: Place,
    pub(super) id: TaskId,
    title: Option<String>,
    kind: Option<Label>,
    priority: Option<i32>,
    source: Option<String>,
    pub(super) status: String,
    pub(super) standing: Standing,
    pub(super) assignee: Option<AgentName>,
    pub(super) closed_by: Option<AgentName>,
    pub(super) close_reason: String,
    pub(super) delete_reason: String,
    pub(super) created: Stamp,
    pub(super) updated: Option<Moment>,
    pub(super) started: Option<Moment>,
    pub(super) closed: Option<Moment>,
    pub(super) defer_until: Option<DateTime<Utc>>,
    pub(super) edges: Vec<Edge>,
    pub(super) comments: Vec<Comment>,
    /// What earlier rows of the same issue said.
    pub(super) earlier: Vec<String>,
    /// Whether events tell its moves.
    pub(super) has_events: bool,
}

impl Issue {
    /// Reads one row and reports what is odd about it.
    pub(super) fn read(
        scribe: &mut Scribe<'_>,
        text: &str,
        place: Place,
    ) -> Result<Self, NotMapped> {
        let fields: Fields<'_> = serde_json::from_str(text)?;
        let row_type = filled(fields.row_type.as_ref()).unwrap_or("issue");
        if row_type != "issue" {
            return Err(NotMapped::Unknown(format!("beads.{row_type}")));
        }
        if fields.id.is_none() && fields.title.is_none() {
            return Err(NotMapped::Unknown("beads.row".to_owned()));
        }
        let id = TaskId::parse(fields.id.as_ref().map_or("", Text::as_str))?;
        let status = filled(fields.status.as_ref()).unwrap_or("open").to_owned();
        let edges = fields.dependencies.as_deref().unwrap_or_default();
        let edges: Result<Vec<Edge>, IdError> = edges
            .iter()
            .map(|edge| Edge::read(edge, Some(&id)))
            .collect();
        let comments = fields.comments.as_deref().unwrap_or_default();
        let issue = Self {
            place,
            title: filled(fields.title.as_ref()).map(ToOwned::to_owned),
            kind: parsed(fields.issue_type.as_ref(), Label::parse)?,
            priority: filled(fields.priority.as_ref()).and_then(|text| text.parse().ok()),
            source: filled(fields.external_ref.as_ref())
                .or_else(|| filled(fields.source_system.as_ref()))
                .map(ToOwned::to_owned),
            standing: Standing::of(&status),
            status,
            assignee: parsed(fields.assignee.as_ref(), AgentName::parse)?,
            closed_by: parsed(fields.closed_by_session.as_ref(), AgentName::parse)?,
            close_reason: owned(fields.close_reason.as_ref()),
            delete_reason: owned(fields.delete_reason.as_ref()),
            created: scribe.stamp(filled(fields.created_at.as_ref())),
            updated: moment(fields.updated_at.as_ref()),
            started: moment(fields.started_at.as_ref()),
            closed: moment(fields.closed_at.as_ref()),
            defer_until: moment(fields.defer_until.as_ref()).map(|moment| moment.at),
            edges: edges?,
            comments: comments
                .iter()
                .zip(0_usize..)
                .map(|(comment, n)| Comment::read(scribe, comment, n))
                .collect(),
            earlier: Vec::new(),
            has_events: false,
            id,
        };
        issue.report_odd(&mut scribe.report);
        Ok(issue)
    }

    /// Returns when the issue changed last, as far as it tells.
    pub(super) fn last_change(&self) -> DateTime<Utc> {
        self.updated
            .as_ref()
            .map_or(self.created.at, |moment| moment.at)
    }

    /// Returns the task as the snapshot has it.
    pub(super) fn declaration(&self) -> TaskDeclared {
        let title = self.title.as_deref().unwrap_or(self.id.as_str());
        let mut declared = TaskDeclared::new(self.id.clone(), title);
        declared.kind.clone_from(&self.kind);
        declared.priority = self.priority;
        declared.source.clone_from(&self.source);
        declared
    }

    /// Returns what is left of this row when a later one takes its place.
    pub(super) fn epitaph(&self) -> String {
        format!(
            "an earlier row of this issue, line {}, has status {} and was updated at {}",
            self.place.line,
            self.status,
            self.last_change().to_rfc3339()
        )
    }

    fn report_odd(&self, report: &mut Report) {
        let (id, line) = (&self.id, self.place.line);
        let is_closed = match self.standing {
            Standing::Closed | Standing::Tombstone => true,
            Standing::Open
            | Standing::InProgress
            | Standing::Blocked
            | Standing::Deferred
            | Standing::Pinned
            | Standing::Reported
            | Standing::Other => false,
        };
        let unassigned = self.standing == Standing::InProgress && self.assignee.is_none();
        let closed_at = self.closed.as_ref().map(|moment| moment.at);
        let backwards = !self.created.borrowed && closed_at.is_some_and(|at| at < self.created.at);
        for (oddity, is_so) in [
            (Oddity::TimeUnreadable, self.created.borrowed),
            (Oddity::StatusOffEnum, !self.standing.is_defined()),
            (Oddity::InProgressUnassigned, unassigned),
            (Oddity::ClosedBeforeCreated, backwards),
            (
                Oddity::ClosedWithoutTime,
                self.standing == Standing::Closed && closed_at.is_none(),
            ),
            (Oddity::OpenWithCloseTime, !is_closed && closed_at.is_some()),
        ] {
            if is_so {
                report.odd(oddity, || format!("line {line}: {id} is {:?}", self.status));
            }
        }
    }
}

impl Comment {
    fn read(scribe: &Scribe<'_>, fields: &CommentFields<'_>, n: usize) -> Self {
        let created_at = filled(fields.created_at.as_ref());
        let id: Cow<'_, str> = match filled(fields.id.as_ref()) {
            Some(id) => Cow::Borrowed(id),
            None => Cow::Owned(n.to_string()),
        };
        let text = clipped(
            filled(fields.text.as_ref()).unwrap_or_default(),
            COMMENT_MAX_CHARS,
        );
        Self {
            key: format!("{id} {}", created_at.unwrap_or_default()),
            text: match filled(fields.author.as_ref()) {
                Some(author) => format!("{author}: {text}"),
                None => text.into_owned(),
            },
            stamp: scribe.stamp(created_at),
        }
    }
}

impl Issue {
    /// Returns what the snapshot says about the task.
    pub(super) fn claim(&self) -> Claim {
        let says = match self.standing {
            Standing::Open => Claimed::Open,
            Standing::InProgress => Claimed::InProgress,
            Standing::Blocked => Claimed::Blocked,
            Standing::Closed if unmet_by(&self.close_reason).is_none() => Claimed::Closed,
            Standing::Closed
            | Standing::Deferred
            | Standing::Pinned
            | Standing::Tombstone
            | Standing::Reported
            | Standing::Other => Claimed::Other,
        };
        let closed = self.closed.as_ref().map(|closed| closed.at);
        let closed = closed.filter(|_| self.standing == Standing::Closed);
        Claim {
            task: self.id.clone(),
            says,
            since: Some(closed.unwrap_or_else(|| self.last_change())),
            row: Some(self.place.line),
        }
    }
}

/// Parses a name that may be absent; an empty text is an absent one.
pub(super) fn parsed<T>(
    text: Option<&Text<'_>>,
    parse: fn(&str) -> Result<T, IdError>,
) -> Result<Option<T>, IdError> {
    filled(text).map(parse).transpose()
}

fn owned(text: Option<&Text<'_>>) -> String {
    filled(text).unwrap_or_default().to_owned()
}

fn moment(text: Option<&Text<'_>>) -> Option<Moment> {
    filled(text).and_then(Moment::parse)
}
