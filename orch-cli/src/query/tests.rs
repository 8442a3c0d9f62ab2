//! The language: what can be written, what it comes to, and what is said about what is wrong.

mod faults;
mod laws;
mod meaning;
