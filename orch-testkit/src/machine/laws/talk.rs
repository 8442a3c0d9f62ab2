//! Talk, as a machine shows it.

use orch_core::event::Event;
use orch_core::event::talk::MessageClass;

use crate::invariants::Probe;
use crate::machine::seen::{Seen, still};
use crate::oracle::Facts;

// spec: NOTE-1
pub(super) fn fyi_inert(s: &Seen<'_>, probe: &mut Probe) {
    let is_inert = match s.event() {
        Event::Message(data) => data.class == MessageClass::Fyi && data.reply_to.is_none(),
        Event::Note(_) | Event::FindingRecorded(_) => true,
        _ => false,
    };
    if !is_inert {
        return;
    }
    // A task that is only named is known from then on; a remark to nobody is undeliverable.
    let names_a_task = s.was.tasks.len() != s.is.tasks.len();
    let without = |facts: &Facts| {
        let mut facts = still(facts);
        facts.undeliverable.clear();
        facts.tasks.retain(|id, _| s.was.tasks.contains_key(id));
        if names_a_task {
            facts.counts.clear();
            facts.phase.clear();
        }
        facts
    };
    probe.expect(without(s.old) == without(s.new), || {
        format!("{} changed more than what is said", s.event().kind())
    });
}

// spec: NOTE-1
pub(super) fn actionable_never_lost(s: &Seen<'_>, probe: &mut Probe) {
    let is_ask = |kind: &str| matches!(kind, "reply" | "answer");
    for owed in s.is.owed.iter().filter(|it| is_ask(&it.kind)) {
        let is_shown = |it: &crate::oracle::Owed| {
            (&it.kind, &it.by, it.since) == (&owed.kind, &owed.by, owed.since)
        };
        probe.expect(s.new.owed.iter().any(is_shown), || {
            let (kind, by, since) = (&owed.kind, &owed.by, owed.since);
            format!(
                "with {} the {kind} that {by} owes for {since} is gone",
                s.event().kind()
            )
        });
    }
}
