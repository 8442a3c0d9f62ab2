//! Sabotaged stores: the mutants that the laws of a store must kill.
//!
//! Each is a store that is right but for one fault. Most are the store in memory behind a
//! [twist](twisted): one call does something else. What is about files is a [plain journal](mod@file) in
//! one file that is wrong in one way. Each names the law that must find it; a law that finds none
//! of them has no teeth.

mod appends;
pub mod file;
mod log;
mod others;
mod reads;
mod snapshots;
mod state;
mod subscribers;
mod table;
pub mod twisted;

use super::under_test::Subject;

pub use file::{Plain, Wrong};
pub use table::SABOTAGES;
pub use twisted::{Twist, Twisted};

/// One mutant.
#[derive(Debug, Clone, Copy)]
pub struct Sabotage {
    /// Its number: 21 to 40 are those that the kit has to kill in any case, 41 to 59 failures of
    /// other people's stores, and from 60 on those without which a law would have no teeth.
    pub number: u8,
    /// What is wrong with it.
    pub text: &'static str,
    /// The laws that must find it, by name.
    pub killed_by: &'static [&'static str],
    /// How the fault is built in.
    pub fault: Fault,
}

/// How a fault is built in.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// A store in memory does something else when it is called.
    Memory(Twist),
    /// A journal of segments does something else when it is called.
    Segments(Twist),
    /// A plain file journal is wrong.
    File(Wrong),
}

impl Sabotage {
    /// Returns the store with this fault.
    pub fn store(&self) -> Box<dyn Subject> {
        let name = format!("mutant {}", self.number);
        match self.fault {
            Fault::Memory(twist) => Box::new(Twisted::in_memory(name, twist)),
            Fault::Segments(twist) => Box::new(Twisted::of_segments(name, twist)),
            Fault::File(wrong) => Box::new(Plain { wrong: Some(wrong) }),
        }
    }
}
