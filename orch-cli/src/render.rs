//! From what a command found out to what a person reads.

pub(crate) mod agent;
pub(crate) mod blocker;
pub(crate) mod doc;
pub(crate) mod excerpt;
pub(crate) mod json;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod table;
pub(crate) mod task;
pub(crate) mod time;
