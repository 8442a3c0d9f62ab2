//! Fixes: the commands that clear a cause, each of which `decide` accepts now.
//!
//! Candidates are listed by cause, the recommended one first, and judged like any command; what
//! would be refused is never shown.

mod assign;
mod ring;
mod rule;
mod talk;
mod work;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::mission::Unmoved;
use super::{Blocker, Cause, Subject};
use crate::command::Command;
use crate::decide::Context;
use crate::event::task::TaskDeclared;
use crate::ids::TaskId;
use crate::mission::Mission;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::party::{Actor, Party};

/// The most fixes that a blocker shows.
const MOST: usize = 3;

/// A command that would be accepted now, and who would give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fix {
    /// Who gives the command.
    pub by: Actor,
    /// The command. What only its giver can know, such as what a reply says, is filled in plainly.
    pub command: Command,
}

impl Fix {
    pub(super) const fn new(by: Actor, command: Command) -> Self {
        Self { by, command }
    }
}

impl Mission {
    /// Fills in the fixes of blockers.
    pub(super) fn with_fixes(&self, blockers: Vec<Blocker>, now: DateTime<Utc>) -> Vec<Blocker> {
        let fill = |mut blocker: Blocker| {
            blocker.fixes = self.fixes(&blocker, now);
            blocker
        };
        blockers.into_iter().map(fill).collect()
    }

    fn fixes(&self, blocker: &Blocker, now: DateTime<Utc>) -> Vec<Fix> {
        let mut fixes = Vec::new();
        for fix in self.state.candidates(blocker, now) {
            let context = Context::new(fix.by.clone(), now);
            if self.accepts(&fix.command, &context) && !fixes.contains(&fix) {
                fixes.push(fix);
            }
            if fixes.len() == MOST {
                break;
            }
        }
        fixes
    }
}

impl State {
    /// What might clear a blocker, the recommended command first.
    fn candidates(&self, blocker: &Blocker, now: DateTime<Utc>) -> Vec<Fix> {
        match (blocker.cause, blocker.subject) {
            (_, Subject::Mission) => self.to_go_on(),
            (_, Subject::Ring) => self.to_break(&blocker.ring, now),
            (Cause::DepOpen, _) => Vec::new(),
            (Cause::WipFull | Cause::HeadOfLine, Subject::Task(ix)) => {
                self.to_free_a_place(ix, now)
            }
            (_, Subject::Need(task, needed)) => self.to_free_of(task, needed),
            (Cause::PausedBy | Cause::HeadOfLine, Subject::Attempt(attempt)) => {
                self.to_end_waits(attempt)
            }
            (_, Subject::Attempt(attempt)) => self.to_move(attempt),
            (_, Subject::Gate(task, place)) => self.to_judge(task, place),
            (cause, Subject::Record(seq)) => self.to_settle(cause, seq),
            (_, Subject::Agent(agent)) => self.to_confirm(agent),
            (Cause::NoWakeSource, Subject::Task(ix)) => self.to_assign(ix),
            (cause, Subject::Task(ix)) => self.to_rule(cause, ix),
        }
    }

    /// What takes a mission on that no task keeps from moving.
    fn to_go_on(&self) -> Vec<Fix> {
        let by = self.lead_actor();
        match self.unmoved() {
            Unmoved::NotOpened => vec![Fix::new(
                Actor::Host,
                Command::open("a mission", Party::Host),
            )],
            Unmoved::NoTask => {
                let first = TaskId::parse("first").ok();
                let declare = first.map(|task| Command::declare(task, "the first task"));
                let commands = declare.into_iter().chain([rule::cancel_mission()]);
                commands.map(|it| Fix::new(by.clone(), it)).collect()
            }
            Unmoved::Finished => [Command::complete(), rule::force_close()]
                .map(|command| Fix::new(by.clone(), command))
                .into(),
        }
    }

    /// Declares a task of which only references say that it exists.
    fn to_declare(&self, ix: TaskIx) -> Command {
        let id = &self.tasks[ix].id;
        Command::DeclareTask(TaskDeclared::new(id.clone(), id.as_str()))
    }

    /// Who acts for the lead: whoever leads, or the host when that agent is not there.
    pub(super) fn lead_actor(&self) -> Actor {
        match self.lead() {
            Some(Party::Lead) | None => Actor::Host,
            Some(lead) => self.actor(lead).unwrap_or(Actor::Host),
        }
    }

    /// Who acts for a party; `None` for an agent that is not there.
    pub(super) fn actor(&self, party: &Party) -> Option<Actor> {
        match party {
            Party::Lead => Some(self.lead_actor()),
            Party::Host => Some(Actor::Host),
            Party::Human(name) => Some(Actor::Human(name.clone())),
            Party::Agent(name) => {
                let live = self.live_incarnation(name)?;
                Some(Actor::Agent(self.agent_ref(live)))
            }
        }
    }

    /// Those who may rule, the lead first.
    pub(super) fn rulers(&self) -> Vec<Actor> {
        let lead = self.lead_actor();
        if lead == Actor::Host {
            vec![lead]
        } else {
            vec![lead, Actor::Host]
        }
    }
}
