//! The spans of a task are what it was at each position.

use std::collections::BTreeMap;

use orch_core::history::{History, Span};
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::ObligationKind;
use orch_core::status::task::TaskStatus;
use orch_core::view::GateView;
use orch_testkit::strategy::{impose, log};
use proptest::prelude::*;

use crate::support::World;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_task_is_in_one_span_at_a_time_and_it_is_the_right_one(steps in log(50)) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let history = History::with_checkpoints_every(1, world.records.clone());
        let head = history.head().head();
        let spans = history.spans(head);
        let mut last: BTreeMap<&TaskId, &Span> = BTreeMap::new();
        for span in &spans {
            if let Some(before) = last.insert(&span.task, span) {
                let what = |it: &Span| (it.status, it.attempt, it.owner.clone(), it.gate.clone());
                prop_assert_ne!(what(before), what(span), "{}: one span is told as two", span.task);
            }
        }
        for seq in 0..=head.0 {
            let mission = history.at(Seq(seq));
            let at = |span: &&Span| {
                span.from.seq.0 <= seq && span.to.is_none_or(|to| seq < to.seq.0)
            };
            prop_assert_eq!(spans.iter().filter(at).count(), mission.tasks().count());
            for span in spans.iter().filter(at) {
                let task = mission.task(&span.task).unwrap();
                prop_assert_eq!(task.status(), span.status);
                prop_assert_eq!(task.owner(), span.owner.clone());
                prop_assert_eq!(task.token().map(|token| token.number()), span.attempt);
                let is_judged = |gate: GateView<'_>| !gate.status().has_passed();
                let is_waiting = task.status() == TaskStatus::InReview && task.gates().any(is_judged);
                prop_assert_eq!(span.gate.is_some(), is_waiting);
                // A holder who left holds nothing: the lead is next (GATE-2).
                if let Some((gate, is_held)) = &span.gate {
                    let owed = mission.obligations();
                    let holds = owed.iter().any(|owed| {
                        owed.kind == ObligationKind::GateDecision
                            && owed.task.as_ref() == Some(&span.task)
                            && owed.gate.as_ref() == Some(gate)
                            && owed.next == owed.owed_by
                    });
                    prop_assert_eq!(holds, *is_held);
                }
            }
        }
    }
}
