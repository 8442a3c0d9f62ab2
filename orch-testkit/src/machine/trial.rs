//! A machine and a log, for laws about whole logs.

use orch_core::record::Record;

use super::under_test::{Failure, Subject};
use crate::oracle::Facts;

/// What a law about a whole log works with.
pub struct Trial<'a> {
    /// The machine.
    pub subject: &'a mut dyn Subject,
    /// The log.
    pub log: &'a [Record],
    /// What the oracle computes at the end of it.
    told: &'a Facts,
}

impl std::fmt::Debug for Trial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Trial of {} on {} records",
            self.subject.name(),
            self.log.len()
        )
    }
}

impl<'a> Trial<'a> {
    pub(super) fn new(subject: &'a mut dyn Subject, log: &'a [Record], told: &'a Facts) -> Self {
        Self { subject, log, told }
    }

    /// What the oracle computes at the end of the log.
    pub(super) const fn told(&self) -> &'a Facts {
        self.told
    }

    /// Whether the machine folds a record.
    pub(super) fn permits(&self, record: &Record) -> bool {
        self.subject.claims().permits(record)
    }

    /// Folds records from the beginning, and returns what is shown then, of what is claimed.
    ///
    /// # Errors
    /// When the machine gives no answer.
    pub(super) fn fold(&mut self, records: &[Record]) -> Result<Facts, Failure> {
        self.subject.reset()?;
        self.go_on(records)
    }

    /// Folds more records, and returns what is shown then, of what is claimed.
    ///
    /// # Errors
    /// When the machine gives no answer.
    pub(super) fn go_on(&mut self, records: &[Record]) -> Result<Facts, Failure> {
        let mut shown = Facts::default();
        for record in records {
            shown = self.subject.apply(record)?;
        }
        Ok(self.subject.claims().mask(&shown))
    }
}
