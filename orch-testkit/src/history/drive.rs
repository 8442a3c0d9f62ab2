//! Clients that append and read at the same time, and the history of it.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use orch_core::event::Event;
use orch_core::ids::{MissionId, Seq};
use orch_core::record::Record;
use orch_store::cursor::Cursor;
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Journal};

use super::op::{Call, History, Kind, Op};
use crate::store::{Draft, mission};

/// What the clients of a history do.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many calls each client makes.
    pub n_calls: u64,
    /// How many streams there are.
    pub n_streams: u64,
    /// What the choices are drawn from.
    pub seed: u64,
}

/// How a client was answered.
#[derive(Debug)]
pub enum Shift {
    /// It is on record; the last version.
    Done(u64),
    /// The stream is elsewhere.
    Conflict(u64),
    /// Nothing was written, for another reason.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// Whoever asks a store, in this process or another.
pub trait Client: Send {
    /// Appends.
    fn append(&mut self, append: &Append) -> Shift;

    /// Reads a mission, or all of them in the order of the journal; `None` if that fails.
    fn read(&mut self, mission: Option<&MissionId>) -> Option<Vec<Record>>;
}

impl<J: Journal + ?Sized> Client for &J {
    fn append(&mut self, append: &Append) -> Shift {
        match Journal::append(*self, append.clone()) {
            Ok(Appended::Now { last, .. } | Appended::Before { last, .. }) => Shift::Done(last.0),
            Err(AppendError::Conflict { actual, .. }) => Shift::Conflict(actual.0),
            Err(AppendError::Unknown(_)) => Shift::Unknown,
            Err(_) => Shift::Refused,
        }
    }

    fn read(&mut self, mission: Option<&MissionId>) -> Option<Vec<Record>> {
        match mission {
            Some(mission) => Journal::read(*self, mission, Seq::ZERO, usize::MAX).ok(),
            None => {
                let page = self.read_all(&Cursor::start(self.id()), usize::MAX).ok()?;
                Some(page.records.into_iter().map(|(_, record)| record).collect())
            }
        }
    }
}

/// Lets clients make their calls all at once, and returns what was asked and answered.
///
/// The log at the end is for the caller to add: [`final_log`].
pub fn drive<C: Client>(clients: Vec<C>, plan: Plan) -> History {
    let (begun, start) = (Instant::now(), Barrier::new(clients.len()));
    let driving = |(process, client): (u32, C)| {
        let start = &start;
        move || {
            start.wait();
            Driver::new(process, client, plan, begun).run()
        }
    };
    let ops: Vec<Vec<Op>> = thread::scope(|scope| {
        let threads = (0..).zip(clients).map(|it| scope.spawn(driving(it)));
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let mut ops: Vec<Op> = ops.into_iter().flatten().collect();
    ops.sort_by_key(|op| op.t0);
    for (op, i) in ops.iter_mut().zip(0..) {
        op.i = i;
    }
    History {
        ops,
        log: Vec::new(),
    }
}

/// Returns the stream and the id of every event of a journal, in its order.
///
/// # Errors
/// When it cannot be read.
pub fn final_log(journal: &dyn Journal) -> Result<Vec<(String, u64)>, StoreError> {
    let page = journal.read_all(&Cursor::start(journal.id()), usize::MAX)?;
    let records = page.records.iter();
    Ok(records
        .map(|(_, it)| (it.envelope().mission.to_string(), id_of(it)))
        .collect())
}

/// Returns the number that a record carries; zero, which nobody appends, if it carries none.
fn id_of(record: &Record) -> u64 {
    let text = if let Event::Note(note) = record.event() {
        &note.text
    } else if let Event::MissionOpened(opened) = record.event() {
        &opened.title
    } else {
        return 0;
    };
    text.parse().unwrap_or_default()
}

/// One client, and what it believes.
struct Driver<C> {
    process: u32,
    client: C,
    plan: Plan,
    begun: Instant,
    heads: Vec<u64>,
    n_ids: u64,
    chance: u64,
    ops: Vec<Op>,
}

impl<C: Client> Driver<C> {
    fn new(process: u32, client: C, plan: Plan, begun: Instant) -> Self {
        let n_streams = usize::try_from(plan.n_streams).unwrap();
        Self {
            process,
            client,
            plan,
            begun,
            heads: vec![0; n_streams],
            n_ids: 0,
            chance: plan.seed ^ (u64::from(process) << 32),
            ops: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Op> {
        for _ in 0..self.plan.n_calls {
            let is_lost = |op: &Op| op.kind == Kind::Info;
            if self.ops.last().is_some_and(is_lost) {
                break;
            }
            match self.draw(10) {
                0..6 => self.append(),
                6..9 => self.read(),
                _ => self.read_all(),
            }
        }
        self.ops
    }

    fn append(&mut self) {
        let stream = self.draw(self.plan.n_streams);
        let at = usize::try_from(stream).unwrap();
        // Now and then where the stream cannot be, so that a conflict is not only met by chance.
        let expected = self.heads[at].saturating_sub(u64::from(self.draw(8) == 0));
        let n_records = 1 + self.draw(3);
        let ids = (0..n_records).map(|n| (u64::from(self.process) + 1) << 32 | (self.n_ids + n));
        let ids: Vec<u64> = ids.collect();
        self.n_ids += n_records;
        let name = name(stream);
        let texts = ids.iter().map(ToString::to_string);
        let append = Draft::new(&mission(&name), expected).texts(texts).append();
        let t0 = self.now();
        let shift = self.client.append(&append);
        let t1 = self.now();
        let (kind, version) = match shift {
            Shift::Done(version) => (Kind::Ok, Some(version)),
            Shift::Conflict(version) => (Kind::Fail, Some(version)),
            Shift::Refused => (Kind::Fail, None),
            Shift::Unknown => (Kind::Info, None),
        };
        self.heads[at] = version.unwrap_or(self.heads[at]);
        self.ops.push(Op {
            i: 0,
            process: self.process,
            t0,
            t1: Some(t1),
            kind,
            call: Call::Append,
            stream: Some(name),
            expected: Some(expected),
            ids,
            version,
            value: Vec::new(),
        });
    }

    fn read(&mut self) {
        let stream = self.draw(self.plan.n_streams);
        let name = name(stream);
        let (t0, found) = (self.now(), self.client.read(Some(&mission(&name))));
        if let Some(found) = &found {
            self.heads[usize::try_from(stream).unwrap()] = found.len() as u64;
        }
        self.look(Some(name), t0, found);
    }

    fn read_all(&mut self) {
        let (t0, found) = (self.now(), self.client.read(None));
        self.look(None, t0, found);
    }

    fn look(&mut self, stream: Option<String>, t0: u64, found: Option<Vec<Record>>) {
        let t1 = self.now();
        self.ops.push(Op {
            i: 0,
            process: self.process,
            t0,
            t1: Some(t1),
            kind: if found.is_some() {
                Kind::Ok
            } else {
                Kind::Fail
            },
            call: Call::Read,
            stream,
            expected: None,
            ids: Vec::new(),
            version: None,
            value: found.unwrap_or_default().iter().map(id_of).collect(),
        });
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap()
    }

    /// Draws a number below another: a linear congruence is chance enough to mix calls.
    fn draw(&mut self, below: u64) -> u64 {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) % below
    }
}

fn name(stream: u64) -> String {
    format!("s{stream}")
}
