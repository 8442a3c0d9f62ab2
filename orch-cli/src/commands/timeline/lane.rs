//! From the spans of tasks to lines, and from lines to lanes.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use orch_core::history::Span;
use orch_core::ids::{AgentRef, AttemptNo, Seq, TaskId};
use orch_core::mission::Moment;
use orch_core::status::task::TaskStatus;

use super::bar::Scale;
use super::{Item, Lanes, Point, Segment};
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::span;
use crate::view::View;

/// Lines under one heading.
pub(super) struct Lane<'a> {
    head: String,
    items: Vec<&'a Item>,
    lanes: Lanes,
}

/// Makes the lines: one for each attempt, or one for each task.
pub(super) fn items(view: &View, lanes: Lanes) -> Vec<Item> {
    let end = Moment {
        seq: view.seq,
        at: view.now,
    };
    let mut items: Vec<Item> = Vec::new();
    let mut places: BTreeMap<(TaskId, Option<AttemptNo>), usize> = BTreeMap::new();
    // What becomes of an attempt's work belongs to its line, though nobody owns it any more.
    for one in view.history.spans(view.seq) {
        let attempt = match lanes {
            Lanes::Agent if one.attempt.is_none() => continue,
            Lanes::Agent => one.attempt,
            Lanes::Task => None,
        };
        let key = (one.task.clone(), attempt);
        if lanes == Lanes::Agent && one.owner.is_none() && is_idle(one.status) {
            continue;
        }
        let place = *places.entry(key).or_insert(items.len());
        if place == items.len() {
            items.push(Item {
                task: one.task.clone(),
                agent: None,
                attempt,
                segments: Vec::new(),
            });
        }
        if let Some(item) = items.get_mut(place) {
            if lanes == Lanes::Agent {
                item.agent = item.agent.take().or_else(|| one.owner.clone());
            }
            item.segments.push(segment(one, end));
        }
    }
    items
}

/// Whether nothing goes on: a task that was given back is nobody's until it is handed out again.
fn is_idle(status: TaskStatus) -> bool {
    matches!(status, TaskStatus::Open | TaskStatus::Superseded)
}

fn segment(one: Span, end: Moment) -> Segment {
    let to = one.to.unwrap_or(end);
    let point = |moment: Moment| Point {
        record: moment.seq,
        at: Some(moment.at),
    };
    Segment {
        status: one.status.as_str(),
        waits_for: waits_for(one.status),
        gate: one.gate.map(|(gate, is_held)| {
            if is_held {
                gate.to_string()
            } else {
                format!("{gate}, which nobody holds")
            }
        }),
        agent: one.owner,
        attempt: one.attempt,
        from: point(one.from),
        to: point(to),
        is_last: one.to.is_none(),
        seconds: to.at.signed_duration_since(one.from.at).num_seconds(),
    }
}

fn waits_for(status: TaskStatus) -> Option<&'static str> {
    if status == TaskStatus::Dispatched {
        Some("start")
    } else if status == TaskStatus::Blocked {
        Some("unblocking")
    } else if status == TaskStatus::InReview {
        Some("gate")
    } else if matches!(status, TaskStatus::Reported | TaskStatus::OutcomeUnknown) {
        Some("judgement")
    } else {
        None
    }
}

/// Keeps the lines that go on latest, in their order.
pub(super) fn last(mut items: Vec<Item>, n: usize) -> Vec<Item> {
    let end = |item: &Item| {
        let last = item.segments.last();
        last.map_or((false, Seq::ZERO), |last| {
            // An end is no more than the record that made it so; what goes on is later than that.
            let is_over = matches!(
                last.status,
                "accepted" | "delivered" | "skipped" | "cancelled"
            );
            (last.is_last && !is_over, last.from.record)
        })
    };
    let mut ends: Vec<(bool, Seq)> = items.iter().map(end).collect();
    ends.sort_unstable();
    let Some(first) = ends
        .len()
        .checked_sub(n)
        .and_then(|at| ends.get(at))
        .copied()
    else {
        return items;
    };
    items.retain(|item| end(item) >= first);
    items.truncate(n);
    items
}

impl<'a> Lane<'a> {
    /// Groups lines by agent, in the order of their first line; lines of tasks are one group.
    pub(super) fn group(items: &'a [Item], lanes: Lanes) -> Vec<Self> {
        let mut grouped: Vec<Self> = Vec::new();
        for item in items {
            let unknown = || "(nobody)".to_owned();
            let head = match lanes {
                Lanes::Agent => item
                    .agent
                    .as_ref()
                    .map_or_else(unknown, AgentRef::to_string),
                Lanes::Task => String::new(),
            };
            match grouped.iter_mut().find(|lane| lane.head == head) {
                Some(lane) => lane.items.push(item),
                None => grouped.push(Self {
                    head,
                    items: vec![item],
                    lanes,
                }),
            }
        }
        grouped
    }

    /// Writes the heading and the lines.
    pub(super) fn write(&self, scale: &Scale, doc: &mut Doc) {
        if self.lanes == Lanes::Agent {
            doc.gap();
            doc.line(Line::new().strong(&self.head));
        }
        for item in &self.items {
            let name = match item.attempt {
                Some(attempt) => format!("{} #{attempt}", item.task),
                None => item.task.to_string(),
            };
            let line = Line::new()
                .text("  ")
                .padded(Tone::Plain, name, scale.name_width);
            let line = line.text(" ").text(scale.bar(item)).text(" ").hang();
            doc.line(line.faint(tells(item, self.lanes)));
        }
    }
}

/// Says from which record to which, and how long each state took.
fn tells(item: &Item, lanes: Lanes) -> String {
    let (Some(first), Some(last)) = (item.segments.first(), item.segments.last()) else {
        return String::new();
    };
    let end = if last.is_last {
        ""
    } else {
        &last.to.record.to_string()
    };
    let records = format!("{}-{end}", first.from.record);
    let mut states: Vec<(String, TimeDelta)> = Vec::new();
    for segment in &item.segments {
        // How long something has been at its end says nothing.
        let is_end = matches!(
            segment.status,
            "accepted" | "delivered" | "skipped" | "cancelled" | "superseded"
        );
        let length = TimeDelta::seconds(if is_end { 0 } else { segment.seconds });
        let word = match (&segment.gate, &segment.agent) {
            (Some(gate), _) => format!("{} for {gate}", segment.status),
            (None, Some(agent)) if lanes == Lanes::Task => format!("{} {agent}", segment.status),
            (None, _) => segment.status.to_owned(),
        };
        match states.iter_mut().find(|(known, _)| *known == word) {
            Some((_, total)) => *total = total.checked_add(&length).unwrap_or(*total),
            None => states.push((word, length)),
        }
    }
    let states = states.into_iter().map(|(word, length)| {
        if length.is_zero() {
            word
        } else {
            format!("{word} {}", span(length))
        }
    });
    format!("{records} {}", states.collect::<Vec<String>>().join(", "))
}
