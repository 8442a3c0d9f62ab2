//! Histories as Elle reads them: transactions that append to lists and read them.
//!
//! A stream is a key, an event a unique number. An append is one transaction of an append for each of
//! its events; a read is a transaction of one read, or of one for each stream when it read all of them.
//! `elle-cli --model list-append --consistency-models strict-serializable history.edn` judges it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::op::{Call, History, Kind, Op};

/// Writes a history in EDN, one event a line: each call as it was asked, and as it ended.
///
/// Subscriptions have no place in that model and are left out.
pub fn to_elle(history: &History) -> String {
    let streams: BTreeSet<&str> = history
        .log
        .iter()
        .map(|(stream, _)| stream.as_str())
        .collect();
    let of: BTreeMap<u64, &str> = history
        .log
        .iter()
        .map(|(stream, id)| (*id, stream.as_str()))
        .collect();
    let ops = history.ops.iter().filter(|op| op.call != Call::Sub);
    let mut events: Vec<(u64, bool, &Op)> = Vec::new();
    for op in ops {
        events.push((op.t0, false, op));
        events.extend(
            op.t1
                .filter(|_| op.kind != Kind::Invoke)
                .map(|t1| (t1, true, op)),
        );
    }
    events.sort_by_key(|(time, is_end, op)| (*time, *is_end, op.i));
    let mut text = String::new();
    for (index, (time, is_end, op)) in events.into_iter().enumerate() {
        let kind = match (is_end, op.kind) {
            (false, _) | (true, Kind::Invoke) => "invoke",
            (true, Kind::Ok) => "ok",
            (true, Kind::Fail) => "fail",
            (true, Kind::Info) => "info",
        };
        let value = match op.call {
            Call::Append => appended(op),
            Call::Read | Call::Sub => {
                let value = (is_end && op.kind == Kind::Ok).then_some(op.value.as_slice());
                read(op, value, &streams, &of)
            }
        };
        writeln!(
            text,
            "{{:index {index} :time {time} :type :{kind} :process {} :f :txn :value [{value}]}}",
            op.process
        )
        .unwrap();
    }
    text
}

fn appended(op: &Op) -> String {
    let stream = op.stream.as_deref().unwrap_or_default();
    let events = op.ids.iter().map(|id| format!("[:append {stream:?} {id}]"));
    events.collect::<Vec<_>>().join(" ")
}

fn read(
    op: &Op,
    value: Option<&[u64]>,
    streams: &BTreeSet<&str>,
    of: &BTreeMap<u64, &str>,
) -> String {
    let one = |stream: &str, ids: Option<Vec<u64>>| match ids {
        None => format!("[:r {stream:?} nil]"),
        Some(ids) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            format!("[:r {stream:?} [{}]]", ids.join(" "))
        }
    };
    match op.stream.as_deref() {
        Some(stream) => one(stream, value.map(<[u64]>::to_vec)),
        None => {
            let reads = streams.iter().map(|&stream| {
                let is_of = |id: &&u64| of.get(id) == Some(&stream);
                one(
                    stream,
                    value.map(|ids| ids.iter().filter(is_of).copied().collect()),
                )
            });
            reads.collect::<Vec<_>>().join(" ")
        }
    }
}
