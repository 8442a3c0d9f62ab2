//! Asking a mission everything it can be asked: no answer may panic, at whatever time.

use chrono::{DateTime, Utc};
use orch_core::decide::Context;
use orch_core::mission::Mission;
use orch_core::party::Actor;

/// Asks for every view at the time of the last record, and for those that reckon with time at both ends
/// of it as well.
pub(super) fn look(mission: &Mission) {
    let last = mission.head_at().unwrap_or_default();
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        mission.diagnose(now);
        mission.due(now);
        mission.next_change(now);
        mission.ready(now);
    }
    let diagnosis = mission.diagnose(last);
    assert_eq!(diagnosis, mission.diagnose(last), "DETERMINISTIC");
    assert_eq!(diagnosis.verdict, mission.verdict(last));
    let ready = mission.ready(last);
    for task in mission.tasks() {
        mission.blockers(task.id(), last);
        let is_ready = mission.is_ready(task.id(), last);
        assert_eq!(is_ready, ready.contains(&task.id()), "{}", task.id());
    }
    let counts = mission.counts();
    assert_eq!(counts.total, mission.tasks().count(), "COUNTS_DERIVED");
    assert_eq!(counts.in_flight, mission.in_flight().count());
    let by_phase: usize = mission.progress().iter().map(|it| it.counts.total).sum();
    assert_eq!(counts.total, by_phase, "COUNTS_DERIVED");
    mission.obstacles();
    mission.obligations();
    mission.reconcile();
    mission.divergences();
    mission.phase();
    let context = Context::new(Actor::Host, last);
    for command in mission.legal(&context) {
        let answer = mission.decide(&command, &context);
        assert!(
            answer.is_ok(),
            "DECIDE-1: {command:?} is offered: {answer:?}"
        );
    }
}
