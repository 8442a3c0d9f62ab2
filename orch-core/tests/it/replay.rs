//! Going through a log: any position of it.

mod history;
