//! A store in a process of its own, which can be killed, stopped, or given a disk that fails.
//!
//! A worker reads one JSON object a line from its input, an [`Ask`], and answers each with one
//! line, a [`Told`], as soon as it has the answer: whoever read an answer may hold the store to it,
//! whatever happens to the worker then. Lines of its output that are no such object come from the
//! program around it and mean nothing. It ends with its input.
//!
//! ```text
//! {"do":"open","folder":"/tmp/x"}                        {"told":"opened","journal":"6f…"}
//! {"do":"append","expect":0,"records":["{\"v\":1,…}"]}    {"told":"now","first":1,"last":1}
//! {"do":"read","mission":"m","after":0,"max":9}           {"told":"records","records":["{…}"]}
//! {"do":"close"}                                         {"told":"closed"}
//! ```
//! [`Worker`] is the other side. The program is the running test itself, started anew for the one
//! test that [`store_laws!`](crate::store_laws) put there for it, or one of your own whose `main`
//! is [`serve()`].

mod client;
mod follow;
mod protocol;
mod serve;

use std::path::PathBuf;
use std::process::Command;

pub use client::{Ended, Gone, Worker};
pub use protocol::{Ask, Handed, Told};
pub use serve::{serve, serve_if_asked};

/// Set for a process that is to be a worker, to the name of its store.
const ASKED: &str = "ORCH_STORE_WORKER";

/// How a worker is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSpec {
    /// The program.
    pub program: PathBuf,
    /// What it is called with.
    pub args: Vec<String>,
}

impl WorkerSpec {
    /// The running program of tests, called for the test `worker` of a module.
    ///
    /// The module is that of [`module_path!`], which begins with the crate.
    pub fn this_test(module: &str) -> Self {
        let name = match module.split_once("::") {
            Some((_crate, inner)) => format!("{inner}::worker"),
            None => "worker".to_owned(),
        };
        let args = [name.as_str(), "--exact", "--nocapture", "--test-threads=1"];
        Self {
            program: std::env::current_exe().unwrap(),
            args: args.map(ToOwned::to_owned).to_vec(),
        }
    }

    /// Returns what starts it to serve a store.
    pub fn command(&self, store: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env(ASKED, store);
        command
    }

    /// The running program, called without arguments: its `main` begins with [`serve_if_asked`].
    pub fn this_program() -> Self {
        Self {
            program: std::env::current_exe().unwrap(),
            args: Vec::new(),
        }
    }
}
