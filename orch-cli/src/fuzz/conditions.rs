//! Conditions: any text is one or is refused at a place in it.

use std::sync::OnceLock;

use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::record::read_lines;

use crate::query::facts::Facts;
use crate::query::{self, Query};
use crate::render::excerpt::Excerpt;

/// The log of the missions that conditions are asked of.
pub(super) const STUCK: &str = include_str!("../../../examples/stuck-mission.jsonl");

/// Reads bytes as a condition.
///
/// It is refused at a place that is in it, or is read, written and read again as the same; comes to an
/// answer for every mission; and its negation comes to the opposite.
///
/// # Panics
/// When a promise does not hold.
pub fn query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    assert!(query::is_written_as_it_is_read(text), "{text}");
    let task = TaskId::parse("writer").ok();
    for task in [None, task.as_ref()] {
        match Query::parse(text, task) {
            Err(fault) => {
                assert!(text.get(fault.at.clone()).is_some(), "{fault:?}");
                assert!(!fault.message.is_empty());
                let excerpt = Excerpt::new(text, &fault.at, &fault.label);
                assert!(!excerpt.lines(Some(80)).is_empty());
            }
            Ok(query) => answer(&query, text, task),
        }
    }
}

fn answer(query: &Query, text: &str, task: Option<&TaskId>) {
    assert_eq!(query.source(), text);
    let not = Query::parse(&format!("!({text}\n)"), task);
    if let Err(fault) = &not {
        assert!(fault.message.contains("levels deep"), "{text}: {fault}");
    }
    for mission in missions() {
        let now = mission.head_at().unwrap_or_default();
        let facts = Facts::new(mission, now);
        let holds = query.holds(&facts);
        assert_eq!(holds, query.holds(&facts));
        if let Ok(not) = &not {
            assert_eq!(not.holds(&facts), !holds, "{text}");
        }
        query.readings(&facts);
        query.missing(mission);
        query.is_settled();
        query.task();
    }
}

/// A mission on its way, one that is stuck, and one that is not open yet.
fn missions() -> &'static [Mission] {
    static MISSIONS: OnceLock<Vec<Mission>> = OnceLock::new();
    MISSIONS.get_or_init(|| {
        let records = read_lines(STUCK.as_bytes()).records;
        let cuts = [0, 12, 24, records.len()];
        cuts.map(|n| Mission::fold(records.iter().take(n))).into()
    })
}
