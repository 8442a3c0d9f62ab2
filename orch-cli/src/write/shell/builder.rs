//! Putting the words of a command line together.

use orch_core::ids::{AttemptNo, TaskId};

/// A verb, what it is about and its flags.
pub(in crate::write) struct Words {
    verb: Vec<String>,
    args: Vec<String>,
    flags: Vec<(&'static str, Option<String>)>,
}

impl Words {
    /// The words of a verb.
    pub(in crate::write) fn of(verb: &[&str]) -> Self {
        Self {
            verb: verb.iter().map(|word| (*word).to_owned()).collect(),
            args: Vec::new(),
            flags: Vec::new(),
        }
    }

    /// Adds what it is about.
    pub(in crate::write) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds all that it is about.
    pub(in crate::write) fn args<'a, T: ToString + 'a>(
        mut self,
        args: impl IntoIterator<Item = &'a T>,
    ) -> Self {
        self.args.extend(args.into_iter().map(ToString::to_string));
        self
    }

    /// Adds what a report is about.
    pub(in crate::write) fn report(self, task: &TaskId, attempt: AttemptNo) -> Self {
        self.arg(task.as_str()).flag("attempt", attempt.to_string())
    }

    /// Adds a flag with a value.
    pub(in crate::write) fn flag(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.flags.push((name, Some(value.into())));
        self
    }

    /// Adds a flag if there is a value.
    pub(in crate::write) fn maybe(
        self,
        name: &'static str,
        value: Option<impl Into<String>>,
    ) -> Self {
        match value {
            Some(value) => self.flag(name, value),
            None => self,
        }
    }

    /// Adds a text that says nothing when it is empty.
    pub(in crate::write) fn said(self, name: &'static str, text: &str) -> Self {
        self.maybe(name, Some(text).filter(|text| !text.is_empty()))
    }

    /// Adds a flag once for each value.
    pub(in crate::write) fn each<T: ToString>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter();
        values.fold(self, |words, value| words.flag(name, value.to_string()))
    }

    /// Adds a flag without a value.
    pub(in crate::write) fn switch(mut self, name: &'static str, is_on: bool) -> Self {
        if is_on {
            self.flags.push((name, None));
        }
        self
    }

    /// Returns the words, in the order in which they are read.
    pub(in crate::write) fn into_words(self) -> Vec<String> {
        // What begins like a flag comes last, after the mark that no flags follow.
        let is_marked = self.args.iter().any(|arg| arg.starts_with('-'));
        let mut words = self.verb;
        let mut args = self.args;
        if !is_marked {
            words.append(&mut args);
        }
        for (name, value) in self.flags {
            match value {
                None => words.push(format!("--{name}")),
                Some(value) if value.starts_with('-') => words.push(format!("--{name}={value}")),
                Some(value) => words.extend([format!("--{name}"), value]),
            }
        }
        if is_marked {
            words.push("--".to_owned());
            words.append(&mut args);
        }
        words
    }
}
