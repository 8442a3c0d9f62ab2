//! The thirty incidents: missions that were stuck, or called complete and were not.

mod asking;
mod completion;
mod gates;
mod lost;
mod ownership;
mod races;
mod readiness;
mod shutdown;
mod waiting;
