//! The waits that somebody declared and that are not over.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::event::talk::WaitRef;
use crate::mission::Mission;
use crate::mission::task::Moment;

/// A declared wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaitView {
    /// Who waits.
    pub who: WaitRef,
    /// What for.
    pub on: WaitRef,
    /// Until when at the longest.
    pub until: Option<DateTime<Utc>>,
    /// The record that says so (FOLD-3).
    pub since: Moment,
}

impl Mission {
    /// Lists the waits that were declared and that neither a record nor the time has ended, by who
    /// waits.
    pub fn waits(&self, now: DateTime<Utc>) -> Vec<WaitView> {
        let rows = self.state.waits.iter();
        let open = rows.filter(|(_, wait)| wait.until.is_none_or(|until| now < until));
        open.map(|(who, wait)| WaitView {
            who: who.clone(),
            on: wait.on.clone(),
            until: wait.until,
            since: wait.moment,
        })
        .collect()
    }
}
