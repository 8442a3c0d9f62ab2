//! Going through a log: any position, what differs between two, who made what so, and what if.

mod blame;
mod diff;
mod fork;
mod history;
mod spans;
