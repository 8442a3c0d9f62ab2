//! The side of a worker that asks, and never waits for ever.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::protocol::{Ask, Told};
use super::{ASKED, WorkerSpec};
use crate::store::law::Failed;

/// How long a worker may take for an answer before it is said to hang.
const DEADLINE: Duration = Duration::from_secs(60);

/// A worker that runs; it is killed when it is dropped.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    told: Receiver<Told>,
    deadline: Duration,
}

/// Why a worker does not answer.
#[derive(Debug)]
pub enum Gone {
    /// It ended, or was killed.
    Ended,
    /// It took longer than it may.
    Hangs,
}

impl From<Gone> for Failed {
    fn from(gone: Gone) -> Self {
        match gone {
            Gone::Ended => Self::broken("the process of the store ended"),
            Gone::Hangs => Self::broken("a call took longer than it may"),
        }
    }
}

/// What is left of a worker.
#[derive(Debug)]
pub struct Ended {
    /// What it told and nobody had read yet.
    pub told: Vec<Told>,
    /// How it ended.
    pub status: ExitStatus,
}

impl Worker {
    /// Starts a worker for a store, with variables of its own in its environment.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        spec: &WorkerSpec,
        store: &str,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> io::Result<Self> {
        let mut child = Command::new(&spec.program)
            .args(&spec.args)
            .env(ASKED, store)
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (sender, told) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { return };
                // What is no answer is of the program around the worker.
                if let Ok(told) = serde_json::from_str(&line)
                    && sender.send(told).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            input,
            told,
            deadline: DEADLINE,
        })
    }

    /// Sets how long it may take for an answer.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Returns its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks, and returns the answer.
    ///
    /// # Errors
    /// When it ended, or hangs.
    pub fn ask(&mut self, ask: &Ask) -> Result<Told, Gone> {
        self.hand_in(ask);
        self.answer()
    }

    /// Asks, without waiting for the answer. That it may be gone already is told by the answer.
    pub fn hand_in(&mut self, ask: &Ask) {
        if let (Some(input), Ok(line)) = (&mut self.input, serde_json::to_string(ask)) {
            drop(input.write_all(format!("{line}\n").as_bytes()));
        }
    }

    /// Waits for the next answer.
    ///
    /// # Errors
    /// When it ended, or hangs.
    pub fn answer(&self) -> Result<Told, Gone> {
        loop {
            match self.told.recv_timeout(self.deadline) {
                Ok(Told::Serving { .. }) => {}
                Ok(told) => return Ok(told),
                Err(RecvTimeoutError::Disconnected) => return Err(Gone::Ended),
                Err(RecvTimeoutError::Timeout) => return Err(Gone::Hangs),
            }
        }
    }

    /// Kills it, at once and without a warning.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn kill(mut self) -> io::Result<Ended> {
        // It may have ended by itself.
        drop(self.child.kill());
        self.end()
    }

    /// Lets it end: its input is over.
    ///
    /// # Errors
    /// When it hangs, or cannot be waited for.
    pub fn finish(mut self) -> io::Result<Ended> {
        drop(self.input.take());
        self.end()
    }

    fn end(&mut self) -> io::Result<Ended> {
        let mut told = Vec::new();
        loop {
            match self.told.recv_timeout(self.deadline) {
                Ok(more) => told.push(more),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        let status = self.child.wait()?;
        told.retain(|told| !matches!(told, Told::Serving { .. }));
        Ok(Ended { told, status })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Most have ended by themselves; what is left here hangs, or nobody asks it any more.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
