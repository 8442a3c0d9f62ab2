//! A search for an order that explains a history: slow, and by somebody else.

use orch_testkit::history::{Call, History, Kind, Op};
use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::{Action, History as Actions};
use todc_utils::specifications::Specification;

/// A journal as it is when one thing happens after the other.
struct Journal;

impl Specification for Journal {
    type State = Vec<(String, u64)>;
    type Operation = Op;

    fn init() -> Self::State {
        Vec::new()
    }

    fn apply(op: &Op, log: &Self::State) -> (bool, Self::State) {
        let of = |stream: &str| log.iter().filter(|(it, _)| it == stream).count() as u64;
        let stream = op.stream.clone().unwrap_or_default();
        match (op.call, op.kind) {
            (Call::Append, Kind::Fail) => {
                let is_justified = op
                    .version
                    .is_none_or(|actual| of(&stream) == actual && op.expected != op.version);
                (is_justified, log.clone())
            }
            (Call::Append, _) => {
                let before = of(&stream);
                let after = before + op.ids.len() as u64;
                let is_right = op.expected.is_none_or(|it| it == before)
                    && op
                        .version
                        .is_none_or(|it| it == after || op.kind != Kind::Ok);
                let events = op.ids.iter().map(|id| (stream.clone(), *id));
                (is_right, log.iter().cloned().chain(events).collect())
            }
            (Call::Read | Call::Sub, _) => {
                let is_of = |it: &&(String, u64)| op.stream.as_ref().is_none_or(|of| it.0 == *of);
                let value = log.iter().filter(is_of).map(|(_, id)| *id);
                let is_right = op.kind != Kind::Ok || value.eq(op.value.iter().copied());
                (is_right, log.clone())
            }
        }
    }
}

/// Searches for an order of the calls, the log at its end included.
pub(super) fn is_linearizable(history: &History) -> bool {
    let last = history.ops.iter().map(|op| op.t1.unwrap_or(op.t0)).max();
    let last = last.unwrap_or_default() + 1;
    let mut actions: Vec<(u64, usize, Action<Op>)> = Vec::new();
    // A process of its own for each call: the search needs no more than the times.
    for (process, op) in history.ops.iter().enumerate() {
        let is_unknown = matches!(op.kind, Kind::Info | Kind::Invoke);
        let is_there = |id: &u64| history.log.iter().any(|(_, it)| it == id);
        if is_unknown && !op.ids.iter().any(is_there) {
            continue;
        }
        let end = op.t1.filter(|_| !is_unknown).unwrap_or(last);
        actions.push((op.t0, process, Action::Call(op.clone())));
        actions.push((end, process, Action::Response(op.clone())));
    }
    let everything = Op {
        i: 0,
        process: 0,
        t0: last + 1,
        t1: Some(last + 2),
        kind: Kind::Ok,
        call: Call::Read,
        stream: None,
        expected: None,
        ids: Vec::new(),
        version: None,
        value: history.log.iter().map(|(_, id)| *id).collect(),
    };
    let process = history.ops.len();
    actions.push((last + 1, process, Action::Call(everything.clone())));
    actions.push((last + 2, process, Action::Response(everything)));
    actions.sort_by_key(|(time, process, action)| {
        (*time, matches!(action, Action::Response(_)), *process)
    });
    let actions = actions
        .into_iter()
        .map(|(_, process, action)| (process, action));
    WGLChecker::<Journal>::is_linearizable(Actions::from_actions(actions.collect()))
}
