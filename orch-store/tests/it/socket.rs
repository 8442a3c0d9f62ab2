//! The door of an owner: what goes through it, and what does no harm at it.

mod commands;
mod door;
mod guests;
mod journal;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use orch_store::coordinator::Coordinator;
use orch_store::journal::Journal;
use orch_store::socket::{Client, DOOR, Limits, Owner, Remote};
use serde_json::Value;

use crate::support::{Home, done, join, open};

/// How long an answer is waited for, where there is one.
const PATIENCE: Duration = Duration::from_secs(20);

/// A store that is served, with a mission that an agent has joined.
struct Served {
    owner: Option<Owner>,
    coordinator: Arc<Coordinator>,
    home: Home,
}

impl Served {
    fn new() -> Self {
        Self::within(Limits::default())
    }

    fn within(limits: Limits) -> Self {
        let home = Home::new();
        let coordinator = Arc::new(Coordinator::on(home.open()));
        done(&coordinator, "auth", &open());
        done(&coordinator, "auth", &join("coder"));
        let owner = Owner::serve_within(Arc::clone(&coordinator), &home.root(), limits);
        Self {
            owner: Some(owner.unwrap()),
            coordinator,
            home,
        }
    }

    fn journal(&self) -> &dyn Journal {
        &**self.coordinator.journal()
    }

    fn client(&self) -> Client {
        let client = Client::connect(&self.home.root(), PATIENCE).unwrap();
        client.unwrap()
    }

    fn remote(&self) -> Remote {
        Remote::through(self.client())
    }

    fn door(&self) -> PathBuf {
        self.home.root().join(DOOR)
    }

    /// Somebody who says what he likes.
    fn guest(&self) -> Guest {
        let stream = UnixStream::connect(self.door()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        Guest { stream, lines }
    }
}

/// Somebody who says what he likes.
struct Guest {
    stream: UnixStream,
    lines: BufReader<UnixStream>,
}

impl Guest {
    fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// What is answered; `None` when the owner hangs up.
    fn hear(&mut self) -> Option<Value> {
        let mut line = String::new();
        let n_bytes = self.lines.read_line(&mut line).ok()?;
        (n_bytes > 0).then(|| serde_json::from_str(&line).unwrap())
    }

    fn ask(&mut self, line: &str) -> Value {
        self.say(line.as_bytes());
        self.say(b"\n");
        self.hear().unwrap()
    }

    fn greet(&mut self) -> Value {
        self.ask(r#"{"hello":{"protocol":1,"program":"a test"}}"#)
    }
}
