//! The answer of a command: data in a fixed envelope, and the same in words.

use chrono::{DateTime, Utc};
use orch_core::ids::{MissionId, Seq};
use serde::Serialize;
use serde_json::Value;

use crate::cli::{Globals, Output};
use crate::error::{CliError, ErrorCode};
use crate::fork::ForkOut;
use crate::render::doc::{Doc, Line, Tone};
use crate::store::Warning;
use crate::ui::Ui;
use crate::view::View;

/// One JSON object on standard output; the schema of each command is named in its file.
#[derive(Debug, Serialize)]
pub(crate) struct Answer<D> {
    schema: &'static str,
    mission: Option<MissionId>,
    seq: Option<Seq>,
    as_of: Option<DateTime<Utc>>,
    /// What was edited, when it is about a fork and not about what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    fork: Option<ForkOut>,
    pub(crate) data: D,
    warnings: Vec<Warning>,
    next: Vec<String>,
    /// The field of `data` whose items `-o jsonl` prints one by one.
    #[serde(skip)]
    list: Option<&'static str>,
}

impl<D: Serialize> Answer<D> {
    /// An answer about a mission.
    pub(crate) fn new(schema: &'static str, view: &View, data: D) -> Self {
        Self {
            schema,
            mission: view
                .mission
                .id()
                .cloned()
                .or_else(|| view.history.head().id().cloned()),
            seq: Some(view.seq),
            as_of: view.mission.head_at(),
            fork: view.fork.as_ref().map(|fork| fork.out.clone()),
            data,
            warnings: view.warnings.clone(),
            next: Vec::new(),
            list: None,
        }
    }

    /// An answer about what was written to a mission, up to a record.
    pub(crate) const fn written(
        schema: &'static str,
        mission: MissionId,
        seq: Seq,
        as_of: Option<DateTime<Utc>>,
        data: D,
    ) -> Self {
        Self {
            schema,
            mission: Some(mission),
            seq: Some(seq),
            as_of,
            fork: None,
            data,
            warnings: Vec::new(),
            next: Vec::new(),
            list: None,
        }
    }

    /// An answer that is about no mission.
    pub(crate) const fn general(schema: &'static str, data: D) -> Self {
        Self {
            schema,
            mission: None,
            seq: None,
            as_of: None,
            fork: None,
            data,
            warnings: Vec::new(),
            next: Vec::new(),
            list: None,
        }
    }

    /// Names the list whose items can be printed one by one.
    pub(crate) const fn list(mut self, field: &'static str) -> Self {
        self.list = Some(field);
        self
    }

    /// Adds a command that is worth running next.
    pub(crate) fn next(mut self, command: String) -> Self {
        self.next.push(command);
        self
    }

    /// Adds commands that are worth running next.
    pub(crate) fn suggest(&mut self, commands: Vec<String>) {
        self.next.extend(commands);
    }

    /// Returns the commands that are worth running next.
    pub(crate) fn suggested(&self) -> &[String] {
        &self.next
    }

    /// Returns the mission that it is about.
    pub(crate) const fn mission(&self) -> Option<&MissionId> {
        self.mission.as_ref()
    }

    /// Takes over warnings that are not those of a view.
    pub(crate) fn warnings(mut self, warnings: &[Warning]) -> Self {
        self.warnings.extend_from_slice(warnings);
        self
    }

    /// Prints the answer in the form that was asked for.
    ///
    /// # Errors
    /// When it cannot be printed, or `--field` names nothing.
    pub(crate) fn print(
        &self,
        globals: &Globals,
        ui: &mut Ui,
        words: impl FnOnce(&D, &mut Doc),
    ) -> Result<(), CliError> {
        if let Some(path) = &globals.field {
            let field = pick(&self.value()?, path)?;
            let mut doc = ui.doc();
            doc.line(Line::new().text(field).keep());
            return ui.print(doc);
        }
        match globals.output() {
            Output::Text => {
                let mut doc = ui.doc();
                if let Some(fork) = &self.fork {
                    let line = Line::new().tone(Tone::Warn, "FORK").text(": ").hang();
                    doc.line(line.text(fork.sentence()));
                    doc.gap();
                }
                words(&self.data, &mut doc);
                ui.print(doc)
            }
            Output::Json => ui.print_json(&self.json()?),
            Output::Jsonl => self.print_lines(ui),
            Output::None => Ok(()),
        }
    }

    fn print_lines(&self, ui: &mut Ui) -> Result<(), CliError> {
        let Some(list) = self.list else {
            return ui.print_json(&self.json()?);
        };
        let data = serde_json::to_value(&self.data).map_err(not_json)?;
        let items = data.get(list).and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            ui.print_json(&item.to_string())?;
        }
        Ok(())
    }

    fn json(&self) -> Result<String, CliError> {
        serde_json::to_string(self).map_err(not_json)
    }

    fn value(&self) -> Result<Value, CliError> {
        serde_json::to_value(self).map_err(not_json)
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the shape that `map_err` wants"
)]
fn not_json(error: serde_json::Error) -> CliError {
    CliError::new(ErrorCode::Internal, format!("cannot write JSON: {error}"))
}

/// Follows a path such as `data.counts.done` or `data.items[0].task` to one value.
fn pick(value: &Value, path: &str) -> Result<String, CliError> {
    let mut at = value;
    for step in path.split('.') {
        let (name, indices) = step.split_once('[').map_or((step, ""), |(name, _)| {
            (name, step.get(name.len()..).unwrap_or_default())
        });
        if !name.is_empty() {
            at = at.get(name).ok_or_else(|| no_field(at, path, name))?;
        }
        for index in indices.split('[').skip(1) {
            let number = index
                .strip_suffix(']')
                .and_then(|index| index.parse::<usize>().ok());
            at = number
                .and_then(|number| at.get(number))
                .ok_or_else(|| no_field(at, path, &format!("[{index}")))?;
        }
    }
    match at {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        Value::Bool(_) | Value::Number(_) => Ok(at.to_string()),
        Value::Array(_) | Value::Object(_) => Err(not_scalar(at, path)),
    }
}

/// Tells whether a path can lead to a value in data of a shape, before there is any such data.
///
/// A list of the shape has one item, or none if anything may be in it.
///
/// # Errors
/// When it cannot.
pub(crate) fn can_pick(shape: &impl Serialize, path: &str) -> Result<(), CliError> {
    let shape = serde_json::to_value(shape).map_err(not_json)?;
    let mut at = &shape;
    for step in path.split('.') {
        let (name, index) = step.split_once('[').unwrap_or((step, ""));
        if !name.is_empty() {
            at = at.get(name).ok_or_else(|| no_field(at, path, name))?;
        }
        let (false, Value::Array(items)) = (index.is_empty(), at) else {
            continue;
        };
        match items.first() {
            Some(item) => at = item,
            None => return Ok(()),
        }
    }
    match at {
        Value::Array(_) | Value::Object(_) => Err(not_scalar(at, path)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn not_scalar(at: &Value, path: &str) -> CliError {
    CliError::new(ErrorCode::NotScalar, format!("{path} is not one value"))
        .evidence_all(inside(at))
        .hint("orch help json")
}

fn no_field(at: &Value, path: &str, step: &str) -> CliError {
    CliError::new(
        ErrorCode::UnknownField,
        format!("{path}: there is no {step}"),
    )
    .evidence_all(inside(at))
    .hint("orch help json")
}

/// Says what a value holds.
fn inside(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            Some(format!("there is: {}", names.join(", ")))
        }
        Value::Array(items) => Some(format!("there are {} items, counted from 0", items.len())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_one_value_or_says_what_is_there() {
        let value = serde_json::json!({"data": {"items": [{"id": "a"}], "n": 3, "none": null}});
        assert_eq!(pick(&value, "data.items[0].id").unwrap(), "a");
        assert_eq!(pick(&value, "data.n").unwrap(), "3");
        assert_eq!(pick(&value, "data.none").unwrap(), "");
        let error = pick(&value, "data.items[1].id").unwrap_err();
        assert_eq!(error.code, ErrorCode::UnknownField);
        assert_eq!(pick(&value, "data").unwrap_err().code, ErrorCode::NotScalar);
        assert_eq!(
            pick(&value, "data.x").unwrap_err().evidence[0].text,
            "there is: items, n, none"
        );
    }
}
