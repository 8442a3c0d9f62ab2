//! The streams of a program: one line in, one line out, each in its time and no longer than it may be.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Limits;
use crate::machine::under_test::Failure;

/// How many lines that nobody asked for are kept, before the program has to wait.
const AHEAD_MAX: usize = 16;

/// How much of what it says on standard error is kept, in bytes.
const SAID_MAX: usize = 2000;

/// How much of a line an error shows, in characters.
const SHOWN_MAX: usize = 160;

/// How long a program may take to end once its input has.
const END: Duration = Duration::from_secs(1);

/// What came on standard output.
enum Came {
    Line(String),
    TooLong,
    NoText,
    Failed(String),
}

/// A running program and its streams.
pub(super) struct Pipe {
    child: Child,
    to: Option<Sender<String>>,
    from: Receiver<Came>,
    said: Arc<Mutex<VecDeque<u8>>>,
    limits: Limits,
    /// How many lines were written, and how many were read.
    n_asked: u64,
    n_read: u64,
    /// The line that was written last.
    asked: String,
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pipe to process {}", self.child.id())
    }
}

/// The beginning of a text, where it is long.
pub(super) fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

impl Pipe {
    /// Starts a program.
    pub(super) fn open(command: &[OsString], limits: Limits) -> Result<Self, Failure> {
        let Some((program, args)) = command.split_first() else {
            return Err(Failure::Broken("no program is named".to_owned()));
        };
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                let name = program.to_string_lossy();
                Failure::Broken(format!("{name} cannot be started: {error}"))
            })?;
        let (to, requests) = channel();
        if let Some(stdin) = child.stdin.take() {
            thread::spawn(move || write_all(stdin, &requests));
        }
        let (lines, from) = sync_channel(AHEAD_MAX);
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || read_lines(stdout, &lines, limits.line_bytes));
        }
        let said = Arc::new(Mutex::new(VecDeque::new()));
        if let Some(stderr) = child.stderr.take() {
            let said = Arc::clone(&said);
            thread::spawn(move || keep_last(stderr, &said));
        }
        Ok(Self {
            child,
            to: Some(to),
            from,
            said,
            limits,
            n_asked: 0,
            n_read: 0,
            asked: String::new(),
        })
    }

    /// Writes a line, and waits for the line that answers it.
    pub(super) fn ask(&mut self, line: String) -> Result<String, Failure> {
        match self.from.try_recv() {
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
            Ok(came) => {
                self.n_read += 1;
                let what = match came {
                    Came::Line(line) => format!(": {}", shortened(&line)),
                    Came::TooLong | Came::NoText | Came::Failed(_) => String::new(),
                };
                return Err(self.wrong(&format!("was not asked for{what}")));
            }
        }
        self.n_asked += 1;
        self.asked.clone_from(&line);
        // Whether it could be written shows in the answer.
        drop(self.to.as_ref().map(|to| to.send(line)));
        match self.from.recv_timeout(self.limits.answer) {
            Ok(came) => {
                self.n_read += 1;
                match came {
                    Came::Line(line) => Ok(line),
                    Came::TooLong => {
                        let most = self.limits.line_bytes;
                        Err(self.wrong(&format!("is longer than {most} bytes")))
                    }
                    Came::NoText => Err(self.wrong("is not UTF-8")),
                    Came::Failed(error) => Err(self.wrong(&format!("cannot be read: {error}"))),
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                let took = self.limits.answer;
                Err(self.silent(&format!("it does not answer within {took:?}")))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let ended = self.ended();
                Err(self.silent(&ended))
            }
        }
    }

    /// Says what is wrong with the line that was read last.
    pub(super) fn wrong(&self, what: &str) -> Failure {
        Failure::Broken(format!(
            "line {} of its output {what}\nline {} of its input was {}{}",
            self.n_read,
            self.n_asked,
            shortened(&self.asked),
            self.last_words(),
        ))
    }

    /// Says why there is no line to read.
    fn silent(&self, what: &str) -> Failure {
        Failure::Broken(format!(
            "{what}\nline {} of its input was {}{}",
            self.n_asked,
            shortened(&self.asked),
            self.last_words(),
        ))
    }

    /// How the program ended, once it has closed its output.
    fn ended(&mut self) -> String {
        match wait(&mut self.child, END) {
            Some(status) => format!("it ended ({status}) without an answer"),
            None => "it closed its output and runs on".to_owned(),
        }
    }

    fn last_words(&self) -> String {
        // What it says while it dies may be a moment behind.
        thread::sleep(Duration::from_millis(20));
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = said.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        lines.last().map_or_else(String::new, |line| {
            format!(
                "\nthe last that it said on standard error was {}",
                shortened(line)
            )
        })
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // A program that has no more input is to end by itself.
        self.to = None;
        if wait(&mut self.child, END).is_none() {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

/// Waits for a process to end, no longer than it may take.
fn wait(child: &mut Child, most: Duration) -> Option<std::process::ExitStatus> {
    let until = Instant::now() + most;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(2)),
            Ok(None) | Err(_) => return None,
        }
    }
}

/// Writes lines until there are no more, or nobody reads them.
fn write_all(mut stdin: ChildStdin, requests: &Receiver<String>) {
    for mut line in requests {
        line.push('\n');
        if stdin
            .write_all(line.as_bytes())
            .and_then(|()| stdin.flush())
            .is_err()
        {
            return;
        }
    }
}

/// Reads lines until there are no more, one is too long, or nobody takes them.
fn read_lines(stdout: impl Read, lines: &SyncSender<Came>, most: usize) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut bytes = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let read = (&mut stdout).take(limit).read_until(b'\n', &mut bytes);
        let (came, is_last) = match read {
            Ok(0) => return,
            Ok(_) if bytes.len() > most => (Came::TooLong, true),
            Ok(_) => match String::from_utf8(bytes) {
                Ok(line) => (Came::Line(line.trim_end().to_owned()), false),
                Err(_) => (Came::NoText, true),
            },
            Err(error) => (Came::Failed(error.to_string()), true),
        };
        if lines.send(came).is_err() || is_last {
            return;
        }
    }
}

/// Keeps the last of what a program says, however much it says.
fn keep_last(mut stderr: impl Read, said: &Mutex<VecDeque<u8>>) {
    let mut bytes = [0; 1024];
    while let Ok(n) = stderr.read(&mut bytes) {
        if n == 0 {
            return;
        }
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend(bytes.iter().take(n));
        let over = said.len().saturating_sub(SAID_MAX);
        said.drain(..over);
    }
}
