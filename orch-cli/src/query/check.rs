//! From the tree to what it means: every field, word and comparison is checked, before any mission
//! is looked at.

use std::ops::Range;

use orch_core::codes::Code;
use orch_core::diagnosis::Cause;
use orch_core::ids::{GateName, IdError, TaskId};
use orch_core::status::task::TaskStatus;

use super::compare;
use super::fault::{Fault, did_you_mean};
use super::field::{AgentField, MissionField, OF_BOTH, OF_TASK, TaskField, Type};
use super::mention::{Mention, Named};
use super::near;
use super::syntax::{Expr, Node, Step};
use super::typed::{Ask, Over, Place, Quantifier, Question, Typed};
use super::value::Value;

/// What helps when an id was taken for several names.
const DOTTED: &str = "an id with a dot in it is written task[\"an.id\"].status";

/// What a bare name belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The mission.
    Mission,
    /// A task.
    Task(Place<TaskId>),
    /// An agent.
    Agent(Place<String>),
}

/// Checks a tree, and gathers what it names.
pub(super) struct Checker {
    pub(super) mentions: Vec<Mention>,
}

impl Checker {
    /// Checks what must be yes or no.
    pub(super) fn condition(&mut self, node: &Node, scope: &Scope) -> Result<Typed, Fault> {
        let typed = self.typed(node, scope)?;
        let gives = typed.gives();
        if gives == Type::Bool {
            return Ok(typed);
        }
        let what = format!("`{node}` is {}, not a condition", gives.words());
        let example = match gives {
            Type::Word(words) => format!("{node} == \"{}\"", words.all().first().unwrap_or(&"")),
            Type::Number | Type::MaybeNumber => format!("{node} > 0"),
            Type::Text | Type::Nothing | Type::Bool => format!("task.ID.owner == {node}"),
        };
        let fault = Fault::new(&node.at.0, what).label(format!("compare it, as in `{example}`"));
        if let Typed::Asked(question) = &typed
            && matches!(question.ask, Ask::Having(_))
        {
            return Err(fault.note(format!("of one task it is asked as `task.ID.{node}`")));
        }
        Err(fault)
    }

    pub(super) fn typed(&mut self, node: &Node, scope: &Scope) -> Result<Typed, Fault> {
        match &node.expr {
            Expr::Bool(bool) => Ok(Typed::Constant(Value::Bool(*bool))),
            Expr::Number(number) => Ok(Typed::Constant(Value::Number(*number))),
            Expr::Text(text) => Ok(Typed::Constant(Value::Text(text.clone().into()))),
            Expr::Nothing => Ok(Typed::Constant(Value::Nothing)),
            Expr::Not(inner) => Ok(Typed::Not(Box::new(self.condition(inner, scope)?))),
            Expr::Join(join, parts) => {
                let parts = parts.iter().map(|part| self.condition(part, scope));
                Ok(Typed::Join(*join, parts.collect::<Result<_, _>>()?))
            }
            Expr::Compare(op, left, right) => compare::check(self, *op, (left, right), scope),
            Expr::Path(steps) => {
                let ask = self.path(steps, scope)?;
                let text = written(node, steps, scope);
                Ok(Typed::Asked(Box::new(Question { text, ask })))
            }
        }
    }

    fn path(&mut self, steps: &[Step], scope: &Scope) -> Result<Ask, Fault> {
        let [first, rest @ ..] = steps else {
            return Err(Fault::new(&(0..0), "an empty path"));
        };
        match (first.name.as_str(), &first.args, rest) {
            ("mission", None, []) => Err(no_field(first, "the mission", "mission.verdict")),
            ("mission", None, rest) => self.field(rest, &Scope::Mission),
            ("task", None, [id]) => Err(no_field(
                id,
                &format!("task {}", id.name),
                &format!("task.{}.status", id.name),
            )),
            ("task", None, [id, rest @ ..]) => {
                let place = Place::Named(self.task(&id.name, &id.at.0)?);
                self.field(rest, &Scope::Task(place))
            }
            ("agent", None, [name]) => Err(no_field(
                name,
                &format!("agent {}", name.name),
                &format!("agent.{}.live", name.name),
            )),
            ("agent", None, [name, rest @ ..]) => {
                let named = Named::Agent(name.name.clone());
                self.mentions.push(Mention::new(named, &name.at.0));
                self.field(rest, &Scope::Agent(Place::Named(name.name.clone())))
            }
            ("task" | "agent", None, []) => Err(no_name(first)),
            ("any", Some(args), []) => self.each(Quantifier::Any, first, args),
            ("all", Some(args), []) => self.each(Quantifier::All, first, args),
            ("count", Some(args), []) => self.each(Quantifier::Count, first, args),
            _ => self.field(steps, scope),
        }
    }

    /// Takes the id of a task, and remembers that it is named.
    pub(super) fn task(&mut self, id: &str, at: &Range<usize>) -> Result<TaskId, Fault> {
        let id = TaskId::parse(id).map_err(|error| no_id(at, &error))?;
        let named = Named::Task(id.clone());
        self.mentions.push(Mention::new(named, at));
        Ok(id)
    }

    fn field(&mut self, steps: &[Step], scope: &Scope) -> Result<Ask, Fault> {
        let [first, rest @ ..] = steps else {
            return Err(Fault::new(&(0..0), "an empty path"));
        };
        let (ask, rest) = match (scope, &first.args) {
            (Scope::Task(place), None) if first.name == "gate" => {
                let [gate, rest @ ..] = rest else {
                    return Err(
                        Fault::new(&first.at.0, "a task has gates, each with a name")
                            .label("name one, as in `gate.reviewer`"),
                    );
                };
                (self.gate(place, gate)?, rest)
            }
            (_, Some(args)) => (self.about(first, args, scope)?, rest),
            (_, None) => {
                let plain = plain(first, scope);
                let is_split = plain.is_err() && !rest.is_empty() && *scope != Scope::Mission;
                (
                    plain.map_err(|fault| if is_split { fault.note(DOTTED) } else { fault })?,
                    rest,
                )
            }
        };
        let Some(more) = rest.first() else {
            return Ok(ask);
        };
        let what = format!("`{}` has no fields", first.name);
        Err(Fault::new(&more.at.0, what)
            .label("nothing can follow here")
            .note(DOTTED))
    }

    fn gate(&mut self, place: &Place<TaskId>, gate: &Step) -> Result<Ask, Fault> {
        let name = GateName::parse(&gate.name).map_err(|error| no_id(&gate.at.0, &error))?;
        let task = match place {
            Place::Named(task) => Some(task.clone()),
            Place::Each => None,
        };
        let named = Named::Gate(task, name.clone());
        self.mentions.push(Mention::new(named, &gate.at.0));
        Ok(Ask::Gate(place.clone(), name))
    }

    /// What is asked about something named: `anomaly("…")` and the like.
    fn about(&mut self, step: &Step, args: &[Node], scope: &Scope) -> Result<Ask, Fault> {
        let place = match scope {
            Scope::Mission => None,
            Scope::Task(place) => Some(place.clone()),
            Scope::Agent(_) => return Err(near::no_function(step, scope)),
        };
        match (step.name.as_str(), place) {
            ("anomaly", place) => {
                let (word, at) = text_of(step, args)?;
                let found = Code::parse(word);
                let codes = Code::ALL.iter().map(|code| code.as_str());
                let code = found.ok_or_else(|| no_word("code of an anomaly", word, at, codes))?;
                Ok(Ask::Anomaly(place, code))
            }
            ("cause", place) => {
                let (word, at) = text_of(step, args)?;
                let found = Cause::parse(word);
                let causes = Cause::ALL.iter().map(|cause| cause.as_str());
                let cause = found.ok_or_else(|| no_word("cause", word, at, causes))?;
                Ok(Ask::Cause(place, cause))
            }
            ("blocked_by", Some(place)) => {
                let (word, at) = text_of(step, args)?;
                Ok(Ask::BlockedBy(place, self.task(word, at)?))
            }
            _ => Err(near::no_function(step, scope)),
        }
    }

    fn each(&mut self, quantifier: Quantifier, step: &Step, args: &[Node]) -> Result<Ask, Fault> {
        let form = format!("`{}(tasks, CONDITION)`", step.name);
        let [over, rest @ ..] = args else {
            let what = format!("`{}` needs to know of what", step.name);
            return Err(Fault::new(&step.at.0, what).label(format!("write {form}")));
        };
        let (over, scope) = match over.to_string().as_str() {
            "tasks" => (Over::Tasks, Scope::Task(Place::Each)),
            "agents" => (Over::Agents, Scope::Agent(Place::Each)),
            other => {
                let what = format!(
                    "`{}` goes through tasks or agents, not `{other}`",
                    step.name
                );
                return Err(Fault::new(&over.at.0, what).label(format!("write {form}")));
            }
        };
        match rest {
            [] if quantifier == Quantifier::Count => {
                let all = Typed::Constant(Value::Bool(true));
                Ok(Ask::Each(quantifier, over, all))
            }
            [condition] => {
                let holds = self.condition(condition, &scope)?;
                Ok(Ask::Each(quantifier, over, holds))
            }
            [] => {
                let what = format!("`{}` needs a condition", step.name);
                Err(Fault::new(&step.at.0, what).label(format!("write {form}")))
            }
            [_, more, ..] => Err(Fault::new(
                &more.at.0,
                format!("`{}` takes one condition", step.name),
            )
            .label("join conditions with `&&` or `||`")),
        }
    }
}

/// What is asked by one word.
fn plain(step: &Step, scope: &Scope) -> Result<Ask, Fault> {
    let word = step.name.as_str();
    let status = TaskStatus::ALL
        .iter()
        .copied()
        .find(|status| status.as_str() == word);
    let found = match scope {
        Scope::Mission => MissionField::parse(word)
            .map(Ask::Mission)
            .or_else(|| status.map(Ask::Having)),
        Scope::Task(place) => TaskField::parse(word)
            .map(|field| Ask::Task(place.clone(), field))
            .or_else(|| status.map(|status| Ask::Is(place.clone(), status))),
        Scope::Agent(place) => {
            AgentField::parse(word).map(|field| Ask::Agent(place.clone(), field))
        }
    };
    found.ok_or_else(|| near::no_such_field(step, scope))
}

/// The one text that stands in parentheses.
fn text_of<'a>(step: &Step, args: &'a [Node]) -> Result<(&'a str, &'a Range<usize>), Fault> {
    if let [
        Node {
            expr: Expr::Text(text),
            at,
        },
    ] = args
    {
        return Ok((text, &at.0));
    }
    let all = OF_BOTH.iter().chain(&OF_TASK);
    let form = all
        .filter(|asked| asked.word == step.name)
        .map(|asked| asked.form)
        .next()
        .unwrap_or_default();
    let at = match args {
        [] => &step.at.0,
        [only] => &only.at.0,
        [_, second, ..] => &second.at.0,
    };
    let what = format!("`{}` takes one text in quotes", step.name);
    Err(Fault::new(at, what).label(format!("write `{form}`")))
}

fn no_word(
    noun: &str,
    word: &str,
    at: &Range<usize>,
    known: impl Iterator<Item = &'static str>,
) -> Fault {
    let near = crate::select::nearest(known, word);
    Fault::new(at, format!("\"{word}\" is no {noun}"))
        .label(did_you_mean(&near))
        .note("`orch help codes` lists codes and causes")
}

fn no_field(step: &Step, what: &str, example: &str) -> Fault {
    Fault::new(&step.at.0, format!("{what} alone is no condition"))
        .label(format!("say what is asked of it, as in `{example}`"))
}

fn no_name(step: &Step) -> Fault {
    let what = format!("it is not said which {} is meant", step.name);
    let field = if step.name == "task" {
        "status"
    } else {
        "live"
    };
    Fault::new(&step.at.0, what).label(format!("write `{}.ID.{field}`", step.name))
}

fn no_id(at: &Range<usize>, error: &IdError) -> Fault {
    Fault::new(at, error.to_string()).label("this names nothing")
}

/// How a path is written when its subject is said.
fn written(node: &Node, steps: &[Step], scope: &Scope) -> String {
    let is_whole = steps.first().is_some_and(|first| {
        let roots = ["mission", "task", "agent", "any", "all", "count"];
        roots.contains(&first.name.as_str())
    });
    let subject = match scope {
        Scope::Task(Place::Named(id)) if !is_whole => path_of("task", id.as_str()),
        Scope::Mission if !is_whole => "mission".to_owned(),
        Scope::Task(_) | Scope::Agent(_) | Scope::Mission => return node.to_string(),
    };
    format!("{subject}.{node}")
}

/// How a path to something named begins.
fn path_of(root: &str, name: &str) -> String {
    let step = |name: &str| Step {
        name: name.to_owned(),
        at: super::syntax::At(0..0),
        args: None,
    };
    let path = Expr::Path(vec![step(root), step(name)]);
    let at = super::syntax::At(0..0);
    Node { expr: path, at }.to_string()
}
