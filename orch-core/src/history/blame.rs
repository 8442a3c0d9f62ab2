//! Which record made each fact about a thing what it is.

use std::borrow::Cow;

use super::History;
use super::walk::{Walk, find};
use crate::facts::Entity;
use crate::ids::Seq;
use crate::mission::Mission;

/// A fact, and the record that made it so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blame {
    /// Which fact: `status`, `owner`, `gate.review`.
    pub field: Cow<'static, str>,
    /// What it is; `None` when it was taken away. Untrusted text.
    pub value: Option<String>,
    /// The last record that changed it (FOLD-3).
    pub record: Seq,
    /// What it was before that record; `None` if it was not there.
    pub before: Option<String>,
}

impl History {
    /// Tells for each fact about a thing which record made it what it is at a position; those that
    /// are not there any more come last. `None` for a thing that is not there.
    ///
    /// Folds the log up to the position once, and compares.
    // spec: FOLD-3
    pub fn blame(&self, of: &Entity, seq: Seq) -> Option<Vec<Blame>> {
        let mut walk = Walk::new(Mission::new(), [of.clone()]);
        for record in self.records_from(0, seq) {
            walk.step(record);
        }
        walk.mission.facts(of)?;
        let seen = walk.seen(of)?;
        let fields = seen.facts().iter().map(|fact| &fact.field);
        let blamed = fields.chain(seen.gone()).filter_map(|field| {
            let (record, before) = seen.change(field)?;
            Some(Blame {
                field: field.clone(),
                value: find(seen.facts(), field).map(str::to_owned),
                record: *record,
                before: before.clone(),
            })
        });
        Some(blamed.collect())
    }
}
