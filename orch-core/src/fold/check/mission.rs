//! Checks of the mission itself and of its runs.

use super::Checked;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::mission::{MissionClosed, MissionOutcome, RunEnded, RunStarted};
use crate::fold::Origin;
use crate::mission::state::State;

impl State {
    pub(super) fn check_opened(&self, checked: &mut Checked) {
        if let Some(opened) = &self.opened {
            let detail = format!("it was opened at {}", opened.moment.seq);
            checked.add(Finding::new(Code::OpenedTwice, detail).because([opened.moment.seq]));
        }
    }

    // spec: COMPLETE-1, COMPLETE-2
    pub(super) fn check_closed(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &MissionClosed,
    ) {
        self.check_authority(checked, origin.by, "close the mission");
        if let Some(closed) = &self.closed {
            checked.already = Some(closed.moment.seq);
            return;
        }
        if data.forced {
            if data.reason.trim().is_empty() {
                let detail = "a forced close must say why".to_owned();
                checked.add(Finding::new(Code::ReasonMissing, detail));
            }
            return;
        }
        if data.outcome != MissionOutcome::Completed {
            return;
        }
        let empty = self.opened.as_ref().is_some_and(|opened| opened.empty);
        if self.tasks.len() == 0 && !empty {
            let detail = "it has no tasks".to_owned();
            checked.add(Finding::new(Code::EmptyMission, detail));
        }
        let obstacles = self.obstacles();
        if !obstacles.is_empty() {
            let list: Vec<String> = obstacles.iter().map(ToString::to_string).collect();
            let because = obstacles
                .iter()
                .flat_map(|obstacle| obstacle.because.iter().copied());
            let detail = format!("{} open: {}", obstacles.len(), list.join("; "));
            checked.add(Finding::new(Code::Incomplete, detail).because(because));
        }
    }

    pub(super) fn check_archived(&self, checked: &mut Checked, origin: Origin<'_>) {
        self.check_authority(checked, origin.by, "archive the mission");
        if self.closed.is_none() {
            let detail = "the mission is not closed".to_owned();
            checked.add(Finding::new(Code::NotPermitted, detail));
        }
        if let Some(archived) = self.archived {
            checked.already = Some(archived.seq);
        }
    }

    pub(super) fn check_run_started(&self, checked: &mut Checked, data: &RunStarted) {
        if let Some(run) = self.runs.get(&data.run) {
            let detail = format!("run {} was started at {}", data.run, run.started.seq);
            checked.add(Finding::new(Code::RunExists, detail).because([run.started.seq]));
        }
    }

    pub(super) fn check_run_ended(&self, checked: &mut Checked, data: &RunEnded) {
        match self.runs.get(&data.run).map(|run| run.ended) {
            None => {
                let detail = format!("run {} was never started", data.run);
                checked.add(Finding::new(Code::UnknownRun, detail));
            }
            Some(Some(ended)) => checked.already = Some(ended.seq),
            Some(None) => {}
        }
    }
}
