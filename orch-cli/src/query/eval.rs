//! What an expression comes to. It always comes to something: what is not there is none, 0 or no.

use std::borrow::Cow;
use std::collections::BTreeSet;

use orch_core::anomaly::Anomaly;
use orch_core::diagnosis::Blocker;
use orch_core::ids::{Label, Seq, TaskId};
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;
use orch_core::view::{AgentView, TaskView};

use super::facts::{Facts, Stand};
use super::field::{AgentField, MissionField, TaskField, Type};
use super::syntax::Join;
use super::typed::{Ask, Over, Place, Quantifier, Typed};
use super::value::Value;
use crate::select;
use crate::verdict;

/// Which one is looked at by what goes through all.
#[derive(Clone, Copy)]
pub(super) enum Current<'a> {
    Neither,
    Task(TaskView<'a>),
    Agent(AgentView<'a>),
}

impl Facts<'_> {
    /// Returns whether a condition holds.
    pub(super) fn holds(&self, typed: &Typed, current: Current<'_>) -> bool {
        match typed {
            Typed::Not(inner) => !self.holds(inner, current),
            Typed::Join(Join::And, parts) => parts.iter().all(|part| self.holds(part, current)),
            Typed::Join(Join::Or, parts) => parts.iter().any(|part| self.holds(part, current)),
            Typed::Compare(op, left, right) => {
                let left = self.value(left, current);
                left.compare(*op, &self.value(right, current))
            }
            Typed::Constant(_) | Typed::Asked(_) => self.value(typed, current) == Value::Bool(true),
        }
    }

    /// Returns what a part comes to.
    pub(super) fn value<'v>(&'v self, typed: &'v Typed, current: Current<'v>) -> Value<'v> {
        match typed {
            Typed::Constant(value) => value.clone(),
            Typed::Asked(question) => self.answer(&question.ask, current),
            Typed::Not(_) | Typed::Join(..) | Typed::Compare(..) => {
                Value::Bool(self.holds(typed, current))
            }
        }
    }

    pub(super) fn answer<'v>(&'v self, ask: &'v Ask, current: Current<'v>) -> Value<'v> {
        match ask {
            Ask::Mission(field) => self.of_mission(*field),
            Ask::Having(status) => Value::count(self.mission.counts().of(*status)),
            Ask::Task(place, field) => self.of_task(self.task(place, current), *field),
            Ask::Is(place, wanted) => {
                let status = self.task(place, current).map(|task| task.status());
                // What was delivered was accepted first, and still is.
                let is_past =
                    *wanted == TaskStatus::Accepted && status == Some(TaskStatus::Delivered);
                Value::Bool(is_past || status == Some(*wanted))
            }
            Ask::Gate(place, name) => {
                let task = self.task(place, current);
                let gate = task.and_then(|task| task.gates().find(|gate| gate.name() == name));
                Value::text(gate.map(|gate| gate.status().as_str()))
            }
            Ask::BlockedBy(place, other) => {
                let waits = |blocker: &Blocker| blocker.on.contains(other);
                Value::Bool(self.has_step(self.task(place, current), waits))
            }
            Ask::Anomaly(None, code) => {
                let mut all = self.mission.anomalies().iter();
                Value::Bool(all.any(|one| one.code == *code))
            }
            Ask::Anomaly(Some(place), code) => {
                let of_task = id(place, current).map(|id| self.anomalies_of(id));
                let mut all = of_task.into_iter().flatten();
                Value::Bool(all.any(|one| one.code == *code))
            }
            Ask::Cause(None, cause) => {
                Value::Bool(self.causes().iter().any(|root| root.cause == *cause))
            }
            Ask::Cause(Some(place), cause) => {
                let is_it = |blocker: &Blocker| blocker.cause == *cause;
                Value::Bool(self.has_step(self.task(place, current), is_it))
            }
            Ask::Agent(place, field) => of_agent(self.agent(place, current), *field),
            Ask::Each(quantifier, over, holds) => {
                let n = self.fitting(*over, holds).len();
                match quantifier {
                    Quantifier::Any => Value::Bool(n > 0),
                    Quantifier::All => Value::Bool(n == self.n(*over)),
                    Quantifier::Count => Value::count(n),
                }
            }
        }
    }

    /// Lists the names of those for which a condition holds.
    pub(super) fn fitting(&self, over: Over, holds: &Typed) -> Vec<Cow<'_, str>> {
        match over {
            Over::Tasks => {
                let tasks = self.mission.tasks();
                let fits = tasks.filter(|task| self.holds(holds, Current::Task(*task)));
                fits.map(|task| Cow::Borrowed(task.id().as_str())).collect()
            }
            Over::Agents => {
                let agents = self.mission.agents();
                let fits = agents.filter(|agent| self.holds(holds, Current::Agent(*agent)));
                fits.map(|agent| Cow::Owned(agent.agent().to_string()))
                    .collect()
            }
        }
    }

    fn n(&self, over: Over) -> usize {
        match over {
            Over::Tasks => self.mission.tasks().count(),
            Over::Agents => self.mission.agents().count(),
        }
    }

    fn task<'v>(&'v self, place: &Place<TaskId>, current: Current<'v>) -> Option<TaskView<'v>> {
        match (place, current) {
            (Place::Named(id), _) => self.mission.task(id),
            (Place::Each, Current::Task(task)) => Some(task),
            (Place::Each, Current::Agent(_) | Current::Neither) => None,
        }
    }

    fn agent<'v>(&'v self, place: &Place<String>, current: Current<'v>) -> Option<AgentView<'v>> {
        match (place, current) {
            (Place::Named(name), _) => {
                let agent = select::agent_named(self.mission, name)?;
                self.mission.agent(&agent)
            }
            (Place::Each, Current::Agent(agent)) => Some(agent),
            (Place::Each, Current::Task(_) | Current::Neither) => None,
        }
    }

    /// What the rules say against records about a task: late evidence names its task itself.
    fn anomalies_of(&self, id: &TaskId) -> impl Iterator<Item = &Anomaly> {
        let late = self.mission.late_evidence().iter();
        let late = late.filter(|late| late.task.as_ref() == Some(id));
        let late: BTreeSet<Seq> = late.map(|late| late.seq).collect();
        let all = self.mission.anomalies().iter();
        all.filter(move |one| one.task.as_ref() == Some(id) || late.contains(&one.seq))
    }

    /// Whether anything that a task waits for, itself or through others, is so.
    fn has_step(&self, task: Option<TaskView<'_>>, is_it: impl Fn(&Blocker) -> bool) -> bool {
        let chains = task.and_then(|task| self.mission.why(task.id(), self.now));
        chains.iter().flatten().flatten().any(is_it)
    }

    fn of_mission(&self, field: MissionField) -> Value<'_> {
        let mission = self.mission;
        let closed = mission.closed();
        match field {
            MissionField::Verdict => Value::text(Some(self.verdict().as_str())),
            MissionField::Phase => Value::text(Some(mission.phase().kind.as_str())),
            MissionField::Outcome => {
                Value::text(closed.map(|closed| crate::words::mission_outcome(closed.outcome)))
            }
            MissionField::Complete | MissionField::Done => {
                Value::Bool(verdict::is_completed(mission))
            }
            MissionField::Closed => Value::Bool(closed.is_some()),
            MissionField::Archived => Value::Bool(mission.archived().is_some()),
            MissionField::Settled => Value::Bool(closed.is_some() || self.is_stuck()),
            MissionField::Stuck => Value::Bool(self.is_stuck()),
            MissionField::Tasks => Value::count(mission.tasks().count()),
            MissionField::Percent => {
                let percent = mission.counts().percent();
                percent.map_or(Value::Nothing, |percent| Value::Number(percent.into()))
            }
            MissionField::InFlight => Value::count(mission.in_flight().count()),
            MissionField::Obstacles => Value::count(mission.obstacles().len()),
            MissionField::Obligations => Value::count(mission.obligations().len()),
            MissionField::Anomalies => Value::count(mission.anomalies().len()),
            MissionField::Late => Value::count(mission.late_evidence().len()),
        }
    }

    fn of_task<'v>(&'v self, task: Option<TaskView<'v>>, field: TaskField) -> Value<'v> {
        let Some(task) = task else {
            return of_nobody(field.gives());
        };
        let (id, counters) = (task.id(), task.counters());
        let stands = |wanted: &[Stand]| Value::Bool(wanted.contains(&self.stand(id)));
        let label = |label: Option<&'v Label>| Value::text(label.map(Label::as_str));
        let owned =
            |text: Option<String>| text.map_or(Value::Nothing, |text| Value::Text(text.into()));
        match field {
            TaskField::Exists => Value::Bool(true),
            TaskField::Id => Value::text(Some(id.as_str())),
            TaskField::Status => Value::text(Some(task.status().as_str())),
            TaskField::Done => stands(&[Stand::Done]),
            TaskField::Settled => stands(&[Stand::Done, Stand::Over, Stand::Stuck]),
            TaskField::Stuck => stands(&[Stand::Stuck]),
            TaskField::Ready => Value::Bool(self.mission.is_ready(id, self.now)),
            TaskField::Owner => owned(task.owner().map(|owner| owner.name.to_string())),
            TaskField::Incarnation => owned(task.owner().map(|owner| owner.to_string())),
            TaskField::Attempts => Value::count(task.attempts().count()),
            TaskField::Failures => Value::Number(counters.failures.into()),
            TaskField::Crashes => Value::Number(counters.crashes.into()),
            TaskField::Blocks => Value::Number(counters.blocks.into()),
            TaskField::ReviewRounds => Value::Number(counters.review_rounds.into()),
            TaskField::Anomalies => Value::count(self.anomalies_of(id).count()),
            TaskField::Late => {
                let all = self.mission.late_evidence().iter();
                Value::count(all.filter(|one| one.task.as_ref() == Some(id)).count())
            }
            TaskField::Priority => task
                .priority()
                .map_or(Value::Nothing, |priority| Value::Number(priority.into())),
            TaskField::Kind => label(task.kind()),
            TaskField::Role => label(task.role()),
            TaskField::Phase => label(task.phase()),
            TaskField::Parent => Value::text(task.parent().map(TaskId::as_str)),
        }
    }
}

fn id<'v>(place: &'v Place<TaskId>, current: Current<'v>) -> Option<&'v TaskId> {
    match (place, current) {
        (Place::Named(id), _) => Some(id),
        (Place::Each, Current::Task(task)) => Some(task.id()),
        (Place::Each, Current::Agent(_) | Current::Neither) => None,
    }
}

/// What is asked of a task that is not there.
const fn of_nobody(gives: Type) -> Value<'static> {
    match gives {
        Type::Bool => Value::Bool(false),
        Type::Number => Value::Number(0),
        Type::MaybeNumber | Type::Text | Type::Word(_) | Type::Nothing => Value::Nothing,
    }
}

fn of_agent(agent: Option<AgentView<'_>>, field: AgentField) -> Value<'_> {
    let status = agent.map(|agent| agent.status());
    match field {
        AgentField::Exists => Value::Bool(agent.is_some()),
        AgentField::Name => agent.map_or(Value::Nothing, |agent| {
            Value::Text(agent.agent().name.to_string().into())
        }),
        AgentField::Status => Value::text(status.map(AgentStatus::as_str)),
        AgentField::Live => Value::Bool(status.is_some_and(AgentStatus::is_live)),
        AgentField::Holds => Value::count(agent.map_or(0, |agent| agent.holds().count())),
    }
}
