//! `orch add`: a task.

use clap::builder::NonEmptyStringValueParser;
use orch_core::command::Command;
use orch_core::event::task::{GateSpec, GateStage, Limits, TaskDeclared};
use orch_core::ids::{GateName, Label, TaskId};

use crate::commands::dep::NeedArg;
use crate::error::CliError;
use crate::write::{self, Asked, Asks, ClockArg, WriteArgs};

/// Add a task to the mission
///
/// Without --id the task gets a short id made of its title, which is printed.
///
/// Example: orch add "a login form" --id login --gate tester
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the task is, in a few words
    #[arg(value_name = "TITLE", value_parser = NonEmptyStringValueParser::new())]
    title: String,

    /// The id of the task
    #[arg(long, value_name = "ID")]
    id: Option<TaskId>,

    /// A task that must be accepted first; `TASK:reported` only handed back
    ///
    /// Ends other than acceptance that are good enough are added: `TASK:skipped:cancelled`.
    #[arg(long = "dep", value_name = "TASK")]
    deps: Vec<NeedArg>,

    #[command(flatten)]
    what: WhatArgs,

    /// The task that it is part of
    #[arg(long, value_name = "TASK")]
    parent: Option<String>,

    /// Where it comes from: an issue, a document, a plan
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,

    #[command(flatten)]
    write: WriteArgs,
}

/// What a task is and needs, whether it is declared or amended.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WhatArgs {
    /// What kind of work it is; `spec` comes before `implement`
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<Label>,

    /// The phase of the plan that it belongs to
    #[arg(long, value_name = "PHASE")]
    pub(crate) phase: Option<Label>,

    /// The role that an agent should have to work on it
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<Label>,

    /// How urgent it is: 0 is the most urgent
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) priority: Option<i32>,

    /// An approval that it needs to be accepted, in the order in which they open
    #[arg(long = "gate", value_name = "GATE", value_delimiter = ',')]
    gates: Vec<GateName>,

    /// An approval that the accepted work needs to be delivered
    #[arg(long = "deliver-gate", value_name = "GATE", value_delimiter = ',')]
    deliver_gates: Vec<GateName>,

    /// A kind of evidence that a handoff `done` must bring, such as `commit`
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    evidence: Vec<Label>,

    /// How long a clock of it runs, such as `attempt=30m`
    #[arg(long = "clock", value_name = "CLOCK=SPAN")]
    clocks: Vec<ClockArg>,

    /// How many attempts may fail before it is exhausted
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_attempts: Option<u32>,
}

impl WhatArgs {
    /// Returns the gates; `None` if none is named.
    pub(crate) fn gates(&self) -> Option<Vec<GateSpec>> {
        let spec = |stage: GateStage| move |gate: &GateName| GateSpec::new(gate.clone(), stage);
        let accept = self.gates.iter().map(spec(GateStage::Accept));
        let deliver = self.deliver_gates.iter().map(spec(GateStage::Deliver));
        let gates: Vec<GateSpec> = accept.chain(deliver).collect();
        (!gates.is_empty()).then_some(gates)
    }

    /// Returns the evidence; `None` if none is named.
    pub(crate) fn evidence(&self) -> Option<Vec<Label>> {
        (!self.evidence.is_empty()).then(|| self.evidence.clone())
    }

    /// Returns the limits; `None` if none is named.
    pub(crate) fn limits(&self) -> Option<Limits> {
        let clocks = write::clocks(&self.clocks);
        if clocks.is_none() && self.max_attempts.is_none() {
            return None;
        }
        let mut limits = Limits::default();
        limits.clocks = clocks.unwrap_or_default();
        limits.max_attempts = self.max_attempts;
        Some(limits)
    }
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let mission = asked.mission;
        let is_used = |id: &str| TaskId::parse(id).is_ok_and(|id| mission.task(&id).is_some());
        let id = match &self.id {
            Some(id) => id.clone(),
            None => TaskId::parse(&write::unused(write::slug(&self.title, "task"), is_used))
                .map_err(|error| write::bad_id(&error))?,
        };
        let mut task = TaskDeclared::new(id, &self.title);
        task.kind.clone_from(&self.what.kind);
        task.phase.clone_from(&self.what.phase);
        task.role.clone_from(&self.what.role);
        task.priority = self.what.priority;
        task.gates = self.what.gates().unwrap_or_default();
        task.evidence = self.what.evidence().unwrap_or_default();
        task.limits = self.what.limits();
        task.source.clone_from(&self.source);
        let parent = self.parent.as_deref();
        task.parent = parent
            .map(|parent| write::task(mission, parent))
            .transpose()?;
        let needs = self.deps.iter().map(|dep| dep.need(mission));
        task.needs = needs.collect::<Result<_, _>>()?;
        Ok(Command::DeclareTask(task))
    }
}
