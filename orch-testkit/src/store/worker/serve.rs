//! The side of a worker that has the store.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use orch_store::cursor::Cursor;
use orch_store::error::StoreError;
use orch_store::journal::Journal;

use super::ASKED;
use super::follow::Follower;
use super::protocol::{Ask, Handed, Told, parse};
use crate::store::under_test::{Close, Subject};

/// Serves a store on standard input and output until the input ends, if this process was started
/// to do that; otherwise it does nothing. Returns whether it did.
pub fn serve_if_asked(store: &dyn Subject) -> bool {
    let asked = std::env::var(ASKED).is_ok_and(|name| name == store.name());
    if asked {
        serve(store).unwrap();
    }
    asked
}

/// Serves a store on standard input and output until the input ends.
///
/// # Errors
/// When one of them fails.
pub fn serve(store: &dyn Subject) -> io::Result<()> {
    // Not locked: who reads along tells what it sees at any time.
    let mut output = io::stdout();
    // What the program wrote before may have left its line open.
    output.write_all(b"\n")?;
    serve_on(store, &mut io::stdin().lock(), &mut output)
}

fn serve_on(
    store: &dyn Subject,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> io::Result<()> {
    let mut served = Served {
        store,
        open: None,
        follower: None,
    };
    let serving = Told::Serving {
        store: store.name().to_owned(),
        process: std::process::id(),
    };
    tell(output, &serving)?;
    for line in input.lines() {
        let told = match serde_json::from_str(&line?) {
            Ok(Ask::Together { appends }) => {
                served.together(&appends, output)?;
                continue;
            }
            Ok(ask) => served.answer(ask),
            Err(error) => Told::Misunderstood {
                message: error.to_string(),
            },
        };
        tell(output, &told)?;
    }
    Ok(())
}

/// Writes a line in one call: a reader never sees half of it, unless the worker dies in it.
pub(super) fn tell(output: &mut dyn Write, told: &Told) -> io::Result<()> {
    let line = format!("{}\n", serde_json::to_string(told)?);
    output.write_all(line.as_bytes())?;
    output.flush()
}

struct Served<'a> {
    store: &'a dyn Subject,
    open: Option<(Arc<dyn Journal>, Option<Close>)>,
    follower: Option<Follower>,
}

impl Served<'_> {
    fn answer(&mut self, ask: Ask) -> Told {
        let told = match ask {
            Ask::Open { folder } => self.opened(&folder),
            Ask::OpenReader { folder } => self.opened_reader(&folder),
            Ask::Close => self.closed(),
            Ask::Append {
                expect,
                records,
                durability,
            } => {
                let append = match parse(expect, &records, durability) {
                    Ok(append) => append,
                    Err(message) => return Told::Misunderstood { message },
                };
                self.with(|journal| Ok(Told::answer(&journal.append(append))))
            }
            // It has several answers.
            Ask::Together { .. } => Ok(Told::Misunderstood {
                message: "it is not answered here".to_owned(),
            }),
            Ask::Follow { folder } => self.followed(&folder),
            Ask::Read {
                mission,
                after,
                max,
            } => self.with(|journal| {
                let records = journal.read(&mission, after, max)?;
                let lines = records.iter().map(|it| it.as_line().to_owned());
                Ok(Told::Records {
                    records: lines.collect(),
                })
            }),
            Ask::ReadAll { after, max } => self.with(|journal| {
                let after = Cursor {
                    journal: journal.id(),
                    position: after,
                };
                let page = journal.read_all(&after, max)?;
                let lines = page.records.iter();
                Ok(Told::Page {
                    records: lines
                        .map(|(at, record)| (*at, record.as_line().to_owned()))
                        .collect(),
                    next: page.next.position,
                })
            }),
            Ask::Verify => self.with(|journal| {
                let records = journal.verify(&mut |_| ())?.records;
                Ok(Told::Verified { records })
            }),
        };
        told.unwrap_or_else(|error| Told::failed(&error))
    }

    /// Hands all in, and tells each answer as soon as it is there.
    fn together(&self, appends: &[Handed], output: &mut dyn Write) -> io::Result<()> {
        let pending: Vec<_> = appends
            .iter()
            .map(|it| {
                let append = parse(it.expect, &it.records, None)?;
                let Some((journal, _)) = &self.open else {
                    return Err("no store is open".to_owned());
                };
                Ok(journal.submit(append))
            })
            .collect();
        for pending in pending {
            let told = match pending {
                Ok(pending) => Told::answer(&pending.wait()),
                Err(message) => Told::Misunderstood { message },
            };
            tell(output, &told)?;
        }
        Ok(())
    }

    fn followed(&mut self, folder: &str) -> Result<Told, StoreError> {
        let own = self.open.as_ref().map(|(journal, _)| Arc::clone(journal));
        let reader = match self.store.open_reader(Path::new(folder)) {
            Some(reader) => Some(reader?),
            None => own,
        };
        let Some(reader) = reader else {
            return self.with(|_| Ok(Told::Following));
        };
        self.follower = Some(Follower::start(reader));
        Ok(Told::Following)
    }

    fn opened(&mut self, folder: &str) -> Result<Told, StoreError> {
        self.open = None;
        let opened = self.store.open(Path::new(folder))?;
        let journal = opened.journal.id();
        self.open = Some((opened.journal, Some(opened.close)));
        Ok(Told::Opened { journal })
    }

    fn opened_reader(&mut self, folder: &str) -> Result<Told, StoreError> {
        self.open = None;
        let none = StoreError::Unsupported {
            what: "be read beside a writer",
        };
        let reader = self
            .store
            .open_reader(Path::new(folder))
            .unwrap_or(Err(none))?;
        let journal = reader.id();
        self.open = Some((reader, None));
        Ok(Told::Opened { journal })
    }

    fn closed(&mut self) -> Result<Told, StoreError> {
        drop(self.follower.take());
        if let Some((_journal, Some(close))) = self.open.take() {
            close()?;
        }
        Ok(Told::Closed)
    }

    fn with(
        &self,
        ask: impl FnOnce(&dyn Journal) -> Result<Told, StoreError>,
    ) -> Result<Told, StoreError> {
        match &self.open {
            Some((journal, _)) => ask(&**journal),
            None => Ok(Told::Misunderstood {
                message: "no store is open".to_owned(),
            }),
        }
    }
}
