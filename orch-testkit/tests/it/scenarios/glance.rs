//! A glance at a mission: what its views say after one record, at one time.

use chrono::{DateTime, Utc};
use orch_core::diagnosis::{Blocker, Cause, Verdict};
use orch_core::fold::Applied;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;
use orch_core::view::{PhaseKind, TaskView};
use orch_testkit::world::{agent, party, task};

/// The mission after a record, and the time at which it is looked at.
#[derive(Debug)]
pub(crate) struct Glance {
    /// The last record that was folded.
    pub(crate) seq: Seq,
    /// The mission after it.
    pub(crate) mission: Mission,
    /// What the record did; `None` for a look at a later time.
    pub(crate) applied: Option<Applied>,
    /// The time of the look.
    pub(crate) now: DateTime<Utc>,
}

impl Glance {
    /// Whether the mission is shown as having ended well.
    pub(crate) fn is_completed(&self) -> bool {
        let phase = self.mission.phase();
        let is_good = matches!(phase.kind, PhaseKind::Completed | PhaseKind::Delivered);
        is_good && !phase.forced
    }

    /// Whether nothing is shown to be left before the mission can be completed.
    pub(crate) fn is_nothing_open(&self) -> bool {
        self.mission.obstacles().is_empty() && self.mission.tasks().next().is_some()
    }

    /// Whether anything says that a task is done.
    pub(crate) fn is_done(&self, id: &str) -> bool {
        self.is(id, TaskStatus::Accepted) || self.is(id, TaskStatus::Delivered)
    }

    /// Whether a task has a status.
    pub(crate) fn is(&self, id: &str, status: TaskStatus) -> bool {
        self.view(id).is_some_and(|view| view.status() == status)
    }

    /// Whether anything says that a task can be handed out.
    pub(crate) fn is_ready(&self, id: &str) -> bool {
        let id = task(id);
        self.mission.is_ready(&id, self.now) || self.mission.ready(self.now).contains(&&id)
    }

    /// Whether anything says that somebody works on a task.
    pub(crate) fn is_at_work(&self, id: &str) -> bool {
        let is_running =
            self.is(id, TaskStatus::Running) && self.has_cause(Cause::InProgress, Some(id));
        let mut in_flight = self.mission.in_flight();
        is_running || in_flight.any(|attempt| *attempt.task() == task(id))
    }

    /// Whether an agent is shown to hold any attempt.
    pub(crate) fn holds_work(&self, who: &str) -> bool {
        let known = self.mission.agent(&agent(who));
        known.is_some_and(|view| view.holds().next().is_some())
    }

    /// Whether anything says that a party owes the next move.
    pub(crate) fn waits_for(&self, who: &str) -> bool {
        let who = party(who);
        let is_next = self.causes().iter().any(|it| it.next == who);
        is_next || self.mission.obligations().iter().any(|it| it.next == who)
    }

    /// Whether a cause is named, of a task or of the mission.
    pub(crate) fn has_cause(&self, cause: Cause, id: Option<&str>) -> bool {
        let id = id.map(task);
        let mut causes = self.causes().into_iter();
        causes.any(|it| it.cause == cause && (id.is_none() || it.task == id))
    }

    /// What keeps the mission from moving, or moves it: the worst first.
    pub(crate) fn causes(&self) -> Vec<Blocker> {
        self.mission.diagnose(self.now).causes
    }

    /// Whether the mission moves.
    pub(crate) fn verdict(&self) -> Verdict {
        self.mission.diagnose(self.now).verdict
    }

    /// How many attempts are in flight.
    pub(crate) fn n_in_flight(&self) -> usize {
        self.mission.counts().in_flight
    }

    /// A task, once it is known.
    pub(crate) fn view(&self, id: &str) -> Option<TaskView<'_>> {
        self.mission.task(&task(id))
    }
}

/// What the scenarios assert never to show does show where it is so: none of it is a check that
/// cannot fail.
#[test]
fn each_thing_that_a_glance_tells_is_told_of_a_mission_of_which_it_is_true() {
    use orch_core::event::attempt::HandoffStatus;
    use orch_core::event::mission::MissionOutcome;
    use orch_core::ids::Seq;
    use orch_testkit::world::{World, close, lead};

    let look = |world: &World| Glance {
        seq: Seq::ZERO,
        mission: world.mission.clone(),
        applied: None,
        now: world.now,
    };
    let mut world = World::new().agents(&["a"]).tasks(&["t"]);
    let open = look(&world);
    assert!(open.is_ready("t") && open.waits_for("lead") && !open.is_at_work("t"));
    world.start("t", "a");
    let begun = look(&world);
    assert!(begun.is_at_work("t") && begun.holds_work("a") && begun.waits_for("agent:a"));
    assert!(begun.n_in_flight() == 1 && begun.has_cause(Cause::InProgress, Some("t")));
    assert!(!begun.is_ready("t") && !begun.is_done("t") && !begun.is_nothing_open());
    world.hand("t", HandoffStatus::Done);
    world.reads_results();
    let done = look(&world);
    assert!(done.is_done("t") && done.is_nothing_open() && !done.is_completed());
    assert!(
        !done.is_at_work("t") && !done.holds_work("a") && !done.has_cause(Cause::InProgress, None)
    );
    world.accepts(&lead(), close(MissionOutcome::Completed));
    assert!(look(&world).is_completed());
}
