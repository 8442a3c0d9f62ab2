//! Serving one connection: request by request, each answered before the next is read.

use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;

use super::Limits;
use super::guests::{Crowded, Guests, Signal};
use super::turns::Turns;
use crate::coordinator::{CommandError, Coordinator, Upon};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::segments::lock::program;
use crate::socket::fault::Fault;
use crate::socket::frame::{Broken, Lines, send};
use crate::socket::wire::{
    Execute, Executed, Given, Greeting, Line, PROTOCOL, Reply, Request, Standing,
};
use crate::watch::Watch;

/// The longest that one request waits for the journal to grow; whoever wants to wait longer asks
/// again.
pub(in crate::socket) const WAIT_MAX: Duration = Duration::from_secs(15);

/// How many records are read at once, and about how many bytes are sent in one part.
const CHUNK: usize = 256;
const PART_BYTES: usize = 1024 * 1024;

/// The largest snapshot that is sent, in bytes; without it the records are read.
const SNAPSHOT_MAX_BYTES: usize = 32 * 1024 * 1024;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Host {
    coordinator: Arc<Coordinator>,
    limits: Limits,
    pub(super) guests: Guests,
    turns: Turns,
    n_waiting: AtomicUsize,
    /// The journal may have grown, or the door closes.
    news: Arc<Signal>,
    _watch: Watch,
}

impl Host {
    pub(super) fn new(coordinator: Arc<Coordinator>, limits: Limits) -> Result<Self, StoreError> {
        let news = Arc::new(Signal::default());
        let given = Arc::clone(&news);
        let watch = coordinator
            .journal()
            .watch(Arc::new(move || given.give()))?;
        Ok(Self {
            coordinator,
            limits,
            guests: Guests::default(),
            turns: Turns::default(),
            n_waiting: AtomicUsize::new(0),
            news,
            _watch: watch,
        })
    }

    /// Takes no further request.
    pub(super) fn close(&self) {
        self.news.end();
        self.guests.close();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.news.is_ended()
    }

    /// Lets somebody in, and has a thread serve him.
    pub(super) fn welcome(self: &Arc<Self>, stream: UnixStream) {
        let stream = Arc::new(stream);
        drop(stream.set_write_timeout(Some(self.limits.stall)));
        let kept = Arc::clone(&stream);
        let number = match self.guests.admit(kept, self.limits.connections_max) {
            Ok(number) => number,
            Err(Crowded(connections)) => {
                drop(send(
                    &stream,
                    &Reply::Failed(Fault::Crowded { connections }),
                ));
                return;
            }
        };
        let host = Arc::clone(self);
        let thread = thread::Builder::new().name("orch-guest".to_owned());
        let thread = thread.spawn(move || {
            host.serve(number, &stream);
            host.turns.leave(number);
            host.guests.leave(number);
        });
        match thread {
            Ok(thread) => self.guests.served_by(thread),
            Err(_) => self.guests.leave(number),
        }
    }

    /// Answers requests until the connection ends.
    fn serve(&self, number: u64, stream: &UnixStream) {
        let Ok(from) = stream.try_clone() else {
            return;
        };
        let (idle, stall) = (Some(self.limits.idle), Some(self.limits.stall));
        let mut lines = Lines::new(from, self.limits.request_max_bytes);
        let mut is_greeted = false;
        loop {
            let (reply, goes_on) = match lines.next(idle, stall) {
                Ok(line) => {
                    if !self.guests.note(number, true) {
                        return;
                    }
                    match self.answer(number, stream, &line, &mut is_greeted) {
                        Some(reply) => (reply, true),
                        None => return,
                    }
                }
                Err(Broken::TooLong) => {
                    let max = self.limits.request_max_bytes;
                    (malformed(format!("it has more than {max} bytes")), false)
                }
                Err(Broken::End | Broken::Failed(_)) => return,
            };
            let is_sent = send(stream, &reply).is_ok();
            if is_sent && !goes_on {
                drop(stream.shutdown(Shutdown::Write));
                let max = self.limits.request_max_bytes as u64;
                lines.drain(max, self.limits.stall);
            }
            if !is_sent || !goes_on || !self.guests.note(number, false) {
                return;
            }
        }
    }

    /// Answers one line; `None` if the answer cannot be sent.
    fn answer(
        &self,
        number: u64,
        stream: &UnixStream,
        line: &[u8],
        is_greeted: &mut bool,
    ) -> Option<Reply> {
        let request = match Request::parse(line) {
            Ok(request) => request,
            Err(message) => return Some(malformed(message)),
        };
        if let Request::Hello { protocol, .. } = request {
            *is_greeted = protocol == PROTOCOL;
            return Some(self.greet(protocol));
        }
        if !*is_greeted {
            return Some(malformed("the first request is a hello".to_owned()));
        }
        // A fault of orch in one request is no reason to fail all others.
        let done = catch_unwind(AssertUnwindSafe(|| self.carry_out(number, stream, request)));
        match done {
            Ok(Ok(reply)) => Some(reply),
            Ok(Err(Stopped::Failed(error))) => Some(Reply::Failed(Fault::of(&error))),
            Ok(Err(Stopped::Gone)) => None,
            Err(_) => Some(Reply::Failed(Fault::Internal {
                message: "the request made it panic".to_owned(),
            })),
        }
    }

    fn greet(&self, asked: u32) -> Reply {
        if asked != PROTOCOL {
            let spoken = PROTOCOL;
            return Reply::Failed(Fault::Protocol { asked, spoken });
        }
        let journal = self.coordinator.journal();
        Reply::Hello(Greeting {
            protocol: PROTOCOL,
            journal: journal.id(),
            program: program(),
            pid: std::process::id(),
            durability: journal.capabilities().durability,
        })
    }

    fn carry_out(
        &self,
        number: u64,
        stream: &UnixStream,
        request: Request,
    ) -> Result<Reply, Stopped> {
        let journal = self.coordinator.journal();
        Ok(match request {
            // It was answered before.
            Request::Hello { protocol, .. } => self.greet(protocol),
            Request::Execute(execute) => Reply::Executed(self.execute(number, &execute)?),
            Request::Settle { mission } => {
                self.turns.leave(number);
                let seq = self.coordinator.read(&mission, Mission::head)?;
                Reply::Head { seq }
            }
            Request::Head { mission } => Reply::Head {
                seq: journal.head(&mission)?,
            },
            Request::Read {
                mission,
                after,
                max,
            } => self.read(stream, &mission, after, max)?,
            Request::ReadAll { after, max } => {
                let max = usize::try_from(max).unwrap_or(usize::MAX);
                let page = journal.read_all(&after, max)?;
                let lines = Line::all(page.records.iter().map(|(_, record)| record));
                send_parts(stream, lines)?;
                Reply::Page { next: page.next }
            }
            Request::Prior { mission, command } => {
                Reply::Prior(Given::of(journal.prior(&mission, &command)?))
            }
            Request::Missions {} => {
                let heads = journal.missions()?.into_iter();
                Reply::Missions(heads.map(Standing::from).collect())
            }
            Request::End {} => Reply::End(journal.end()?),
            Request::Wait { after, at_most_ms } => {
                let at_most = Duration::from_millis(at_most_ms).min(WAIT_MAX);
                // Half of the places are kept for those who want something done.
                let Some(_seat) = Seat::take(&self.n_waiting, self.limits.connections_max / 2)
                else {
                    let connections = self.guests.len();
                    return Ok(Reply::Failed(Fault::Crowded { connections }));
                };
                Reply::End(self.wait(&after, at_most)?)
            }
            Request::Snapshot { mission } => {
                let snapshot = journal.snapshot(&mission)?;
                let is_small = |snapshot: &_| {
                    let json = serde_json::to_vec(snapshot);
                    json.is_ok_and(|json| json.len() <= SNAPSHOT_MAX_BYTES)
                };
                Reply::Snapshot(snapshot.filter(is_small))
            }
            Request::Verify {} => Reply::Verified(journal.verify(&mut |_| {})?.into()),
        })
    }

    fn execute(&self, number: u64, execute: &Execute) -> Result<Executed, CommandError> {
        let (mission, ask) = (&execute.mission, execute.ask());
        if execute.basis.is_some() {
            self.turns.take(mission, number);
        }
        // Whoever is next need not wait until it is durable.
        let handed_in = || self.turns.pass(mission, number);
        let upon = self.coordinator.execute_upon(
            mission,
            &execute.command,
            &ask,
            execute.basis,
            &handed_in,
        );
        Ok(match upon? {
            Upon::Answered(outcome) => Executed::of(outcome),
            // It is still his turn.
            Upon::Behind(since) => Executed::behind(&since),
        })
    }

    /// Sends records in parts, so that however many there are take little room here.
    fn read(
        &self,
        stream: &UnixStream,
        mission: &MissionId,
        after: Seq,
        max: u64,
    ) -> Result<Reply, Stopped> {
        let (mut after, mut left) = (after, max);
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            let records = self.coordinator.journal().read(mission, after, n)?;
            let Some(last) = records.last() else { break };
            after = last.seq();
            left = left.saturating_sub(records.len() as u64);
            let is_end = records.len() < n;
            send_parts(stream, Line::all(&records))?;
            if is_end {
                break;
            }
        }
        Ok(Reply::Done {})
    }

    /// Waits until the journal has grown, the time is up or the door closes.
    fn wait(&self, after: &Cursor, at_most: Duration) -> Result<Cursor, StoreError> {
        let until = Instant::now() + at_most;
        loop {
            let seen = self.news.count();
            let end = self.coordinator.journal().end()?;
            after.check(end)?;
            let left = until.saturating_duration_since(Instant::now());
            if end.position > after.position || left.is_zero() || self.is_closed() {
                return Ok(end);
            }
            self.news.wait(seen, left);
        }
    }
}

/// One of so many places to wait at.
struct Seat<'a>(&'a AtomicUsize);

impl<'a> Seat<'a> {
    fn take(taken: &'a AtomicUsize, n_max: usize) -> Option<Self> {
        let seat = Self(taken);
        // What is taken too much is given back by the drop.
        (taken.fetch_add(1, Ordering::Relaxed) < n_max).then_some(seat)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a request has no reply.
enum Stopped {
    Failed(CommandError),
    /// It cannot be sent.
    Gone,
}

impl From<CommandError> for Stopped {
    fn from(error: CommandError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

fn malformed(message: String) -> Reply {
    Reply::Failed(Fault::Malformed { message })
}

fn send_parts(stream: &UnixStream, lines: Vec<Line>) -> Result<(), Stopped> {
    let mut part = Vec::new();
    let mut n_bytes = 0_usize;
    let flush = |part: &mut Vec<Line>| {
        let reply = Reply::Part(std::mem::take(part));
        send(stream, &reply).map_err(|_| Stopped::Gone)
    };
    for line in lines {
        n_bytes = n_bytes.saturating_add(line.len());
        part.push(line);
        if n_bytes >= PART_BYTES {
            flush(&mut part)?;
            n_bytes = 0;
        }
    }
    if part.is_empty() {
        return Ok(());
    }
    flush(&mut part)
}
