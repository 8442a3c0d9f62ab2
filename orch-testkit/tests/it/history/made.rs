//! Small histories that are right because they were made from an order, and lies put into them.

use orch_testkit::history::{Call, History, Kind, Op};

/// What the calls are, one choice each: at most fourteen, which is what a search can take.
pub(super) type Choices = [[u8; 4]; 14];

/// How far apart two calls take effect, and how far each may reach beyond that.
const STEP: u64 = 100;
const REACH: u64 = 300;

/// Lets calls take effect one after the other, each at some time between its begin and its end.
pub(super) fn good(choices: &Choices) -> History {
    let mut history = History::default();
    let mut free: Vec<u64> = Vec::new();
    let mut next_id = 1;
    let n_calls = usize::from(choices[0][3] % 14) + 1;
    for (choice, i) in choices.iter().take(n_calls).zip(1_u64..) {
        let now = i * STEP;
        let [what, stream, before, after] = *choice;
        let (before, after) = (
            u64::from(before) * REACH / 256,
            u64::from(after) * REACH / 256,
        );
        let process = free.iter().position(|end| *end < now).unwrap_or(free.len());
        if process == free.len() {
            free.push(0);
        }
        let begin = now.saturating_sub(before).max(free[process] + 1);
        let end = now + 1 + after;
        free[process] = end;
        let stream = ["a", "b"][usize::from(stream % 2)].to_owned();
        let is_of = |it: &&(String, u64)| it.0 == stream;
        let version = history.log.iter().filter(is_of).count() as u64;
        let mut op = Op {
            i: i - 1,
            process: u32::try_from(process).unwrap(),
            // No two times are the same, whoever they are of.
            t0: begin * 64 + 2 * i,
            t1: Some(end * 64 + 2 * i + 1),
            kind: Kind::Ok,
            call: Call::Append,
            stream: Some(stream.clone()),
            expected: Some(version),
            ids: Vec::new(),
            version: None,
            value: Vec::new(),
        };
        let n_ids = 1 + u64::from(what / 16 % 3);
        op.ids = (next_id..next_id + n_ids).collect();
        next_id += n_ids;
        shape(&mut op, what, version, &history.log);
        if matches!(op.kind, Kind::Info | Kind::Invoke) {
            free[process] = u64::MAX;
        }
        let has_effect = op.call == Call::Append
            && (op.kind == Kind::Ok || (op.kind != Kind::Fail && what >= 128));
        if has_effect {
            let events = op.ids.iter().map(|id| (stream.clone(), *id));
            history.log.extend(events);
        }
        history.ops.push(op);
    }
    history
}

/// Says what a call is, and how it is answered when it takes effect on a log.
fn shape(op: &mut Op, what: u8, version: u64, log: &[(String, u64)]) {
    match what % 16 {
        0..6 => op.version = Some(version + op.ids.len() as u64),
        6..8 => {
            op.kind = Kind::Fail;
            op.expected = Some(version + 1);
            op.version = Some(version);
        }
        8 => op.kind = Kind::Fail,
        9 | 10 => {
            op.kind = if what.is_multiple_of(2) {
                Kind::Info
            } else {
                Kind::Invoke
            };
            op.t1 = op.t1.filter(|_| op.kind == Kind::Info);
        }
        _ => {
            op.call = Call::Read;
            op.expected = None;
            op.ids.clear();
            op.stream = op.stream.take().filter(|_| what % 16 < 14);
            let seen = |it: &&(String, u64)| op.stream.as_ref().is_none_or(|of| it.0 == *of);
            op.value = log.iter().filter(seen).map(|(_, id)| *id).collect();
        }
    }
}

/// Changes one thing, which may make it wrong.
pub(super) fn spoilt(history: &mut History, [what, at, more]: [u8; 3]) {
    let n_log = history.log.len();
    let n_ops = history.ops.len();
    let id_at =
        |log: &[(String, u64)], at: u8| log.get(usize::from(at) % log.len().max(1)).cloned();
    let op = &mut history.ops[usize::from(at) % n_ops];
    match what % 12 {
        0 if n_log > 1 => history
            .log
            .swap(usize::from(at) % n_log, usize::from(more) % n_log),
        1 if n_log > 0 => {
            history.log.remove(usize::from(more) % n_log);
        }
        2 => {
            op.value.pop();
        }
        3 => op.value.extend(id_at(&history.log, more).map(|(_, id)| id)),
        4 => op.version = op.version.map(|version| version + 1),
        5 => op.version = op.version.map(|version| version.saturating_sub(1)),
        6 => {
            op.kind = if op.kind == Kind::Ok {
                Kind::Fail
            } else {
                Kind::Ok
            };
            op.t1 = op.t1.or(Some(op.t0 + 1));
        }
        7 => {
            // Later by up to two steps of the order, and never at the time of another call.
            let by = 64 * (1 + u64::from(more));
            op.t0 += by;
            op.t1 = op.t1.map(|t1| t1 + by);
        }
        8 => {
            let by = (64 * (1 + u64::from(more))).min(op.t0 / 64 * 64);
            op.t0 -= by;
            op.t1 = op.t1.map(|t1| t1 - by);
        }
        9 => op.expected = op.expected.map(|expected| expected + 1),
        10 => history.log.push(("a".to_owned(), 1000 + u64::from(more))),
        _ => {
            // Everybody has a process of its own, so that what is moved about stays a history.
            for (process, op) in (0..).zip(&mut history.ops) {
                op.process = process;
            }
        }
    }
}
