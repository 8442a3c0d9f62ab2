//! Whether the log that a history left explains every answer in it.
//!
//! Five conditions, each found by sorting; `n log n` for `n` calls:
//!
//! 1. what was acknowledged is in the log once, what failed is not, what is unknown may be;
//! 2. an append that ended before another was asked stands before it;
//! 3. a read is a prefix that has all that ended before it, and was read by reads that ended before it,
//!    and nothing that was asked after it;
//! 4. an append stands where it expected to, and one that failed met another version than it expected,
//!    at a moment at which a read could have seen that version;
//! 5. a batch stands together, and no read ends within one.
//!
//! An answer that tells a version is a look at the log, like a read. Each look has a range of lengths of
//! the log that it can have seen; it is given the shortest that its time allows, which leaves the looks
//! after it the most room. So the conditions hold if and only if the history is linearizable.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::op::{Call, History, Kind, Op};

/// What has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The history is one: no process asks two things at once, or goes on after it was lost.
    Form,
    /// 1: what was acknowledged is there, what failed is not.
    Presence,
    /// 2: the log has the order of time.
    Order,
    /// 3: reads see what was there, and no less than others saw.
    Reads,
    /// 4: versions are as expected, or were not when that was said.
    Versions,
    /// 5: batches are whole.
    Batches,
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub condition: Condition,
    /// The call; `None` if it is about the log alone.
    pub op: Option<u64>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let condition = self.condition;
        match self.op {
            Some(op) => write!(f, "{condition:?}: call {op}: {}", self.what),
            None => write!(f, "{condition:?}: {}", self.what),
        }
    }
}

/// Checks a history; it is linearizable if nothing is found.
pub fn check(history: &History) -> Vec<Breach> {
    let mut checker = Checker::new(history);
    checker.form();
    checker.appends();
    checker.order();
    checker.looks();
    checker.subscriptions();
    checker.found
}

/// Where a batch stands in the log, counted from 1.
#[derive(Debug, Clone, Copy)]
struct Place {
    first: usize,
    last: usize,
}

struct Checker<'a> {
    history: &'a History,
    found: Vec<Breach>,
    /// The place of each id.
    places: BTreeMap<u64, usize>,
    /// The places of the events of each stream, in order.
    streams: BTreeMap<&'a str, Vec<usize>>,
    /// The last place of the batch that a place belongs to; itself where that is not known.
    ends: Vec<usize>,
    /// The appends that are in the log.
    standing: Vec<(&'a Op, Place)>,
}

impl<'a> Checker<'a> {
    fn new(history: &'a History) -> Self {
        let mut checker = Self {
            history,
            found: Vec::new(),
            places: BTreeMap::new(),
            streams: BTreeMap::new(),
            ends: (0..=history.log.len()).collect(),
            standing: Vec::new(),
        };
        for ((stream, id), place) in history.log.iter().zip(1..) {
            if checker.places.insert(*id, place).is_some() {
                checker.add(
                    Condition::Presence,
                    None,
                    format!("{id} is on record twice"),
                );
            }
            checker.streams.entry(stream).or_default().push(place);
        }
        checker
    }

    fn add(&mut self, condition: Condition, op: Option<&Op>, what: String) {
        let op = op.map(|op| op.i);
        self.found.push(Breach {
            condition,
            op,
            what,
        });
    }

    /// Each process asks one thing after the other, and nothing after it was lost.
    fn form(&mut self) {
        let mut last: BTreeMap<u32, &Op> = BTreeMap::new();
        let mut ops: Vec<&Op> = self.history.ops.iter().collect();
        ops.sort_by_key(|op| (op.t0, op.i));
        for op in ops {
            let is_lost =
                |it: &&&Op| matches!(it.kind, Kind::Invoke | Kind::Info) || !it.is_before(op);
            if let Some(before) = last.get(&op.process).filter(is_lost) {
                let what = format!("its process has not come back from call {}", before.i);
                self.add(Condition::Form, Some(op), what);
            }
            if op.t1.is_some_and(|t1| t1 < op.t0) || (op.t1.is_none() && op.kind == Kind::Ok) {
                self.add(
                    Condition::Form,
                    Some(op),
                    "it ended before it began".to_owned(),
                );
            }
            last.insert(op.process, op);
        }
    }

    /// Conditions 1 and 5, and the first half of 4.
    fn appends(&mut self) {
        let mut known = BTreeSet::new();
        for op in self.history.ops.iter().filter(|op| op.call == Call::Append) {
            known.extend(op.ids.iter().copied());
            let places: Vec<usize> = op
                .ids
                .iter()
                .filter_map(|id| self.places.get(id).copied())
                .collect();
            let n = places.len();
            match op.kind {
                Kind::Ok if n < op.ids.len() => {
                    let what = format!("{n} of its {} events are on record", op.ids.len());
                    self.add(Condition::Presence, Some(op), what);
                }
                Kind::Fail if n > 0 => {
                    let what = format!("it failed, and {n} of its events are on record");
                    self.add(Condition::Presence, Some(op), what);
                }
                Kind::Info | Kind::Invoke if n > 0 && n < op.ids.len() => {
                    let what = format!("{n} of its {} events are on record", op.ids.len());
                    self.add(Condition::Batches, Some(op), what);
                }
                Kind::Ok | Kind::Fail | Kind::Info | Kind::Invoke => {}
            }
            if n == op.ids.len() && n > 0 && op.kind != Kind::Fail {
                self.stands(op, &places);
            }
        }
        for (_, id) in &self.history.log {
            if !known.contains(id) {
                let what = format!("{id} is on record, and nobody appended it");
                self.add(Condition::Presence, None, what);
            }
        }
    }

    /// Looks at an append all of whose events are in the log.
    fn stands(&mut self, op: &'a Op, places: &[usize]) {
        let (first, last) = (places[0], places[places.len() - 1]);
        if !places.iter().copied().eq(first..=last) {
            let what = format!("its events stand at {places:?}");
            self.add(Condition::Batches, Some(op), what);
            return;
        }
        let stream = op.stream.as_deref().unwrap_or_default();
        let of = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let Ok(before) = of.binary_search(&first) else {
            let what = format!("it is not in stream {stream}");
            self.add(Condition::Presence, Some(op), what);
            return;
        };
        let (before, after) = (before as u64, (before + places.len()) as u64);
        if op.expected.is_some_and(|expected| expected != before) {
            let what = format!(
                "it expected version {:?} and stands after {before}",
                op.expected
            );
            self.add(Condition::Versions, Some(op), what);
        }
        if op.kind == Kind::Ok && op.version.is_some_and(|version| version != after) {
            let what = format!("it was told version {:?} and made {after}", op.version);
            self.add(Condition::Versions, Some(op), what);
        }
        for place in first..=last {
            self.ends[place] = last;
        }
        self.standing.push((op, Place { first, last }));
    }

    /// Condition 2.
    fn order(&mut self) {
        let ended = Latest::of(
            self.standing
                .iter()
                .map(|(op, place)| (ended(op), place.last)),
        );
        let late = self.standing.iter().filter_map(|(op, place)| {
            let before = ended.before(op.t0);
            (before >= place.first).then_some((*op, *place, before))
        });
        let late: Vec<_> = late.collect();
        for (op, place, before) in late {
            let what = format!(
                "it stands at {}, and what stands at {before} ended before it was asked",
                place.first
            );
            self.add(Condition::Order, Some(op), what);
        }
    }

    /// Conditions 3 and 4: every look at the log gets a length of it, the shortest that is left.
    fn looks(&mut self) {
        let mut looks: Vec<&Op> = self.history.ops.iter().filter(|op| is_look(op)).collect();
        looks.sort_by_key(|op| (op.t1, op.t0));
        let ended = Latest::of(
            self.standing
                .iter()
                .map(|(op, place)| (ended(op), place.last)),
        );
        let asked = Earliest::of(self.standing.iter().map(|(op, place)| (op.t0, place.first)));
        let mut seen = Latest::default();
        for op in looks {
            let condition = match op.call {
                Call::Append => Condition::Versions,
                Call::Read | Call::Sub => Condition::Reads,
            };
            let Some((from, to)) = self.range(op) else {
                continue;
            };
            let least = ended.before(op.t0).max(seen.before(op.t0));
            let most = asked
                .after(op.t1)
                .map_or(self.history.log.len(), |first| first - 1);
            let length = from.max(least);
            if length > to.min(most) {
                let what = format!(
                    "it saw {from} to {to} events of the log, where {least} to {most} could be seen"
                );
                self.add(condition, Some(op), what);
            } else {
                seen.push(op.t1, length);
            }
        }
    }

    /// Returns the shortest and the longest log that a call can have seen.
    fn range(&mut self, op: &Op) -> Option<(usize, usize)> {
        let n_all = self.history.log.len();
        let Some(stream) = op.stream.as_deref() else {
            let n = op.value.len();
            let log = self.history.log.iter().map(|(_, id)| *id);
            if !log.take(n).eq(op.value.iter().copied()) {
                self.add(
                    Condition::Reads,
                    Some(op),
                    "it is no prefix of the log".to_owned(),
                );
                return None;
            }
            return self.whole(op, n).then_some((n, n));
        };
        let of = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let n = match op.call {
            Call::Append => usize::try_from(op.version?).unwrap_or(usize::MAX),
            Call::Read | Call::Sub => op.value.len(),
        };
        let is_prefix = |&place: &usize| self.history.log[place - 1].1;
        if n > of.len()
            || (op.call == Call::Read
                && !of[..n].iter().map(is_prefix).eq(op.value.iter().copied()))
        {
            let (condition, what) = match op.call {
                Call::Append => (
                    Condition::Versions,
                    format!("{stream} never was at version {n}"),
                ),
                Call::Read | Call::Sub => {
                    (Condition::Reads, format!("it is no prefix of {stream}"))
                }
            };
            self.add(condition, Some(op), what);
            return None;
        }
        if op.call == Call::Append && op.expected == op.version {
            let what = format!("it failed for version {n}, which it expected");
            self.add(Condition::Versions, Some(op), what);
            return None;
        }
        let from = n.checked_sub(1).map_or(0, |at| of[at]);
        let to = of.get(n).map_or(n_all, |next| next - 1);
        self.whole(op, from).then_some((from, to))
    }

    /// Whether a length of the log has no part of a batch at its end.
    fn whole(&mut self, op: &Op, length: usize) -> bool {
        let end = self.ends[length];
        if end != length {
            let what = format!("it saw {length} events of the log, and a batch ends at {end}");
            self.add(Condition::Batches, Some(op), what);
        }
        end == length
    }

    /// What a subscription tells goes on where it stopped, and was asked for before it was told.
    fn subscriptions(&mut self) {
        let asked = Earliest::of(self.standing.iter().map(|(op, place)| (op.t0, place.first)));
        let mut told: BTreeMap<(u32, Option<&str>), usize> = BTreeMap::new();
        let subs = self.history.ops.iter();
        for op in subs.filter(|op| op.call == Call::Sub && op.kind == Kind::Ok) {
            let stream = op.stream.as_deref();
            let all: Vec<usize> = match stream {
                Some(stream) => self.streams.get(stream).cloned().unwrap_or_default(),
                None => (1..=self.history.log.len()).collect(),
            };
            let n_before = told.entry((op.process, stream)).or_default();
            let next = all
                .get(*n_before..*n_before + op.value.len())
                .unwrap_or_default();
            let ids = next.iter().map(|place| self.history.log[place - 1].1);
            let most = asked.after(op.t1).map_or(usize::MAX, |first| first - 1);
            let is_next = ids.eq(op.value.iter().copied());
            let is_early = next.last().is_some_and(|last| *last > most);
            *n_before += op.value.len();
            if !is_next || is_early {
                let what = "what it tells is not what comes next".to_owned();
                self.add(Condition::Reads, Some(op), what);
            }
        }
    }
}

/// When an append had its effect at the latest; `None` if it may have it at any time.
fn ended(op: &Op) -> Option<u64> {
    // That nobody knows what became of it was told, maybe, long before it was written.
    op.t1.filter(|_| op.kind == Kind::Ok)
}

/// Whether a call tells how long the log was.
fn is_look(op: &Op) -> bool {
    match op.call {
        Call::Read => op.kind == Kind::Ok,
        Call::Append => op.kind == Kind::Fail && op.version.is_some(),
        Call::Sub => false,
    }
}

/// The greatest length that calls which ended before a moment speak of.
#[derive(Debug, Default)]
struct Latest {
    by_end: Vec<(u64, usize)>,
}

impl Latest {
    fn of(ends: impl Iterator<Item = (Option<u64>, usize)>) -> Self {
        let mut sorted: Vec<(Option<u64>, usize)> = ends.filter(|(t1, _)| t1.is_some()).collect();
        sorted.sort_unstable();
        let mut latest = Self::default();
        for (t1, length) in sorted {
            latest.push(t1, length);
        }
        latest
    }

    /// Adds a call that ended no earlier than those before it.
    fn push(&mut self, t1: Option<u64>, length: usize) {
        let Some(t1) = t1 else { return };
        let before = self.by_end.last().map_or(0, |(_, length)| *length);
        self.by_end.push((t1, before.max(length)));
    }

    fn before(&self, t0: u64) -> usize {
        let n = self.by_end.partition_point(|(t1, _)| *t1 < t0);
        n.checked_sub(1).map_or(0, |at| self.by_end[at].1)
    }
}

/// The first place that calls which were asked after a moment have in the log.
#[derive(Debug)]
struct Earliest {
    by_start: Vec<(u64, usize)>,
}

impl Earliest {
    fn of(starts: impl Iterator<Item = (u64, usize)>) -> Self {
        let mut by_start: Vec<(u64, usize)> = starts.collect();
        by_start.sort_unstable();
        let mut least = usize::MAX;
        for (_, first) in by_start.iter_mut().rev() {
            least = least.min(*first);
            *first = least;
        }
        Self { by_start }
    }

    fn after(&self, t1: Option<u64>) -> Option<usize> {
        let t1 = t1?;
        let n = self.by_start.partition_point(|(t0, _)| *t0 <= t1);
        self.by_start.get(n).map(|(_, first)| *first)
    }
}
