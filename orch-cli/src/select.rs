//! From what a person writes to the mission, the task, the agent or the record that is meant.

use orch_core::ids::{AgentName, AgentRef, MissionId, Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::record::Record;

use crate::at::Position;
use crate::cli::Globals;
use crate::error::{CliError, ErrorCode};
use crate::store::Store;
use crate::view::{View, at_flag, mission_flag, quoted};

/// How many candidates an error lists.
const CANDIDATES_MAX: usize = 8;

/// What an id turned out to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A record.
    Record(Seq),
    /// A task.
    Task(TaskId),
    /// An incarnation of an agent.
    Agent(AgentRef),
}

/// Finds the mission that is meant.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn mission(store: &Store, globals: &Globals) -> Result<MissionId, CliError> {
    let id = named(store, globals)?;
    let Some(files) = store.repeated.get(&id) else {
        return Ok(id);
    };
    let what = format!(
        "{} files have a log of mission {id}; choose one",
        files.len()
    );
    let first = files.first().map_or("", String::as_str);
    let at = at_flag(globals);
    Err(CliError::new(ErrorCode::AmbiguousMission, what)
        .evidence_all(candidates(files.iter().cloned()))
        .hint(format!(
            "orch -S {}{}{at} status",
            quoted(first),
            mission_flag(id.as_str())
        )))
}

/// Finds the mission of the name that was given, or the only one.
fn named(store: &Store, globals: &Globals) -> Result<MissionId, CliError> {
    let ids: Vec<&MissionId> = store.missions.keys().collect();
    if ids.is_empty() && store.is_live {
        let what = format!("the store {} has no mission yet", store.name);
        return Err(CliError::new(ErrorCode::NoMission, what).hint_here("mission new TITLE"));
    }
    let orch = format!("orch -S {}", quoted(&store.name));
    let Some(wanted) = globals.mission.as_deref() else {
        if let Some(one) = only_open(store) {
            return Ok(one);
        }
        return match ids.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(CliError::new(
                ErrorCode::StoreEmpty,
                format!("{} holds no records", store.name),
            )
            .hint("orch help formats")),
            [first, ..] => Err(CliError::new(
                ErrorCode::AmbiguousMission,
                format!("{} holds {} missions; choose one", store.name, ids.len()),
            )
            .evidence_all(candidates(ids.iter().map(ToString::to_string)))
            .hint(format!(
                "{orch}{}{} status",
                mission_flag(first.as_str()),
                at_flag(globals)
            ))),
        };
    };
    if wanted == "latest" {
        let last = |id: &&MissionId| {
            let records = store.missions.get(*id);
            records.and_then(|records| records.last()).map(Record::at)
        };
        if let Some(latest) = ids.iter().copied().max_by_key(last) {
            return Ok(latest.clone());
        }
    }
    let names = ids.iter().map(|id| id.as_str());
    match prefixed(names, wanted) {
        Match::One(id) => MissionId::parse(id)
            .map_err(|error| CliError::new(ErrorCode::Internal, error.to_string())),
        Match::Several(found) => Err(CliError::new(
            ErrorCode::AmbiguousMission,
            format!("several missions begin with {wanted:?}"),
        )
        .evidence_all(candidates(found.iter().map(ToString::to_string)))
        .hint(format!("{orch} missions"))),
        Match::None => Err(CliError::new(
            ErrorCode::UnknownMission,
            format!("there is no mission {wanted:?}"),
        )
        .evidence_all(candidates(nearest(
            ids.iter().map(|id| id.as_str()),
            wanted,
        )))
        .hint(format!("{orch} missions"))),
    }
}

/// Finds the only mission that is not closed: what is written goes there, too, if nobody says where.
fn only_open(store: &Store) -> Option<MissionId> {
    let is_open = |records: &Vec<Record>| Mission::fold(records).closed().is_none();
    if store.missions.len() < 2 {
        return None;
    }
    let mut open = store
        .missions
        .iter()
        .filter(|(_, records)| is_open(records));
    match (open.next(), open.next()) {
        (Some((id, _)), None) => Some(id.clone()),
        (None | Some(_), _) => None,
    }
}

/// Finds the task that is meant.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn task(view: &View, wanted: &str) -> Result<TaskId, CliError> {
    match subject_among(view, wanted, Wanted::Tasks)? {
        Subject::Task(task) => Ok(task),
        Subject::Agent(_) | Subject::Record(_) => Err(unknown(view, wanted, Wanted::Tasks)),
    }
}

/// Finds the agent that is meant, whatever its incarnation.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn agent(view: &View, wanted: &str) -> Result<AgentRef, CliError> {
    match subject_among(view, wanted, Wanted::Agents)? {
        Subject::Agent(agent) => Ok(agent),
        Subject::Task(_) | Subject::Record(_) => Err(unknown(view, wanted, Wanted::Agents)),
    }
}

/// Finds the task or the agent that is meant.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn task_or_agent(view: &View, wanted: &str) -> Result<Subject, CliError> {
    subject_among(view, wanted, Wanted::Both)
}

/// Finds the record, the task or the agent that is meant.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn any(view: &View, wanted: &str) -> Result<Subject, CliError> {
    if let Ok(id) = TaskId::parse(wanted)
        && view.mission.task(&id).is_some()
    {
        return subject_among(view, wanted, Wanted::Both);
    }
    // The same words as for --at, but for times: they name no record of their own.
    if let Ok(position @ (Position::Seq(_) | Position::Id(_) | Position::Back(_))) = wanted.parse()
    {
        let seq = view.find(&position)?;
        return match view.history.record(seq) {
            Some(_) if seq > view.seq => Err(CliError::new(
                ErrorCode::UnknownPosition,
                format!("record {seq} is after position {}", view.seq),
            )
            .hint(view.command_at(seq, &format!("show {seq}")))),
            Some(_) => Ok(Subject::Record(seq)),
            None => Err(CliError::new(
                ErrorCode::UnknownPosition,
                format!("the log has no record {seq}"),
            )
            .hint(view.command("log"))),
        };
    }
    subject_among(view, wanted, Wanted::Both)
}

/// What kinds of things are looked among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Tasks,
    Agents,
    Both,
}

impl Wanted {
    const fn has_tasks(self) -> bool {
        matches!(self, Self::Tasks | Self::Both)
    }

    const fn has_agents(self) -> bool {
        matches!(self, Self::Agents | Self::Both)
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Tasks => "task",
            Self::Agents => "agent",
            Self::Both => "task or agent",
        }
    }
}

fn subject_among(view: &View, wanted: &str, among: Wanted) -> Result<Subject, CliError> {
    if among.has_tasks()
        && let Some(rest) = wanted.strip_prefix("task:")
        && among == Wanted::Both
    {
        return subject_among(view, rest, Wanted::Tasks);
    }
    if let Some(rest) = wanted.strip_prefix("agent:")
        && among.has_agents()
    {
        return subject_among(view, rest, Wanted::Agents);
    }
    let mission = &view.mission;
    let task = among
        .has_tasks()
        .then(|| exact_task(mission, wanted))
        .flatten();
    let agent = among
        .has_agents()
        .then(|| agent_named(mission, wanted))
        .flatten();
    match (task, agent) {
        (Some(task), None) => return Ok(Subject::Task(task)),
        (None, Some(agent)) => return Ok(Subject::Agent(agent)),
        (Some(task), Some(agent)) => {
            let both = [format!("task:{task}"), format!("agent:{}", agent.name)];
            return Err(ambiguous(wanted, both.into_iter())
                .hint(view.command(&format!("show {}", quoted(&format!("task:{task}"))))));
        }
        (None, None) => {}
    }
    let tasks = mission.tasks().map(|task| task.id().as_str());
    let tasks = prefixed(tasks.filter(|_| among.has_tasks()), wanted);
    let names: std::collections::BTreeSet<AgentName> =
        mission.agents().map(|agent| agent.agent().name).collect();
    let agents = names.iter().map(AgentName::as_str);
    let agents = prefixed(agents.filter(|_| among.has_agents()), wanted);
    match (tasks, agents) {
        (Match::One(task), Match::None) => TaskId::parse(task)
            .map(Subject::Task)
            .map_err(|error| CliError::new(ErrorCode::Internal, error.to_string())),
        (Match::None, Match::One(name)) => agent_named(mission, name)
            .map(Subject::Agent)
            .ok_or_else(|| unknown(view, wanted, among)),
        (Match::None, Match::None) => Err(unknown(view, wanted, among)),
        (tasks, agents) => {
            let found = tasks.into_iter().map(|id| format!("task:{id}"));
            let found: Vec<String> = found
                .chain(agents.into_iter().map(|id| format!("agent:{id}")))
                .collect();
            let first = found.first().cloned().unwrap_or_default();
            Err(ambiguous(wanted, found.into_iter())
                .hint(view.command(&format!("show {}", quoted(&first)))))
        }
    }
}

fn exact_task(mission: &Mission, wanted: &str) -> Option<TaskId> {
    let id = TaskId::parse(wanted).ok()?;
    mission.task(&id).map(|task| task.id().clone())
}

/// Finds `NAME#N`, or the live incarnation of `NAME`, or its last.
pub(crate) fn agent_named(mission: &Mission, wanted: &str) -> Option<AgentRef> {
    if wanted.contains('#')
        && let Ok(agent) = AgentRef::parse(wanted)
        && mission.agent(&agent).is_some()
    {
        return Some(agent);
    }
    let name = AgentName::parse(wanted).ok()?;
    if let Some(live) = mission.live_agent(&name) {
        return Some(live.agent());
    }
    mission
        .agents()
        .map(|agent| agent.agent())
        .filter(|agent| agent.name == name)
        .last()
}

fn ambiguous(wanted: &str, found: impl Iterator<Item = String>) -> CliError {
    CliError::new(
        ErrorCode::AmbiguousId,
        format!("{wanted:?} means several things"),
    )
    .evidence_all(candidates(found))
}

fn unknown(view: &View, wanted: &str, among: Wanted) -> CliError {
    let mission = &view.mission;
    let tasks = mission.tasks().filter(|_| among.has_tasks());
    let tasks: Vec<String> = tasks.map(|task| task.id().to_string()).collect();
    let agents = mission.agents().filter(|_| among.has_agents());
    let agents: Vec<String> = agents.map(|agent| agent.agent().name.to_string()).collect();
    let known = tasks.iter().chain(&agents).map(String::as_str);
    let near = nearest(known, wanted);
    let noun = among.noun();
    let mut error = CliError::new(
        ErrorCode::UnknownId,
        format!("there is no {noun} {wanted:?}"),
    );
    if view.seq < view.history.head().head() {
        error = error.evidence(format!("as of record {}", view.seq));
    }
    if near.is_empty() {
        return error.hint(view.command("status"));
    }
    error
        .evidence_all(near.iter().map(|name| format!("did you mean {name}?")))
        .hint(view.command("status"))
}

/// What a prefix matches.
pub(crate) enum Match<'a> {
    None,
    One(&'a str),
    Several(Vec<&'a str>),
}

impl<'a> Match<'a> {
    pub(crate) fn into_iter(self) -> impl Iterator<Item = &'a str> {
        match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one],
            Self::Several(several) => several,
        }
        .into_iter()
    }
}

/// Finds the name, or those that begin like it.
pub(crate) fn prefixed<'a>(names: impl Iterator<Item = &'a str>, wanted: &str) -> Match<'a> {
    let mut found = Vec::new();
    for name in names {
        if name == wanted {
            return Match::One(name);
        }
        if !wanted.is_empty() && name.starts_with(wanted) {
            found.push(name);
        }
    }
    match found.as_slice() {
        [] => Match::None,
        [one] => Match::One(one),
        [_, ..] => Match::Several(found),
    }
}

/// Lists the names that look most like what was written, the nearest first.
pub(crate) fn nearest<'a>(names: impl Iterator<Item = &'a str>, wanted: &str) -> Vec<String> {
    const NEAR: f64 = 0.7;
    let lower = wanted.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(&name.to_lowercase(), &lower), name))
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

pub(crate) fn candidates(found: impl IntoIterator<Item = String>) -> impl Iterator<Item = String> {
    let found: Vec<String> = found.into_iter().collect();
    let more = found.len().saturating_sub(CANDIDATES_MAX);
    let more = (more > 0).then(|| format!("and {more} more"));
    found.into_iter().take(CANDIDATES_MAX).chain(more)
}
