//! Conditions that `wait` and `check` ask about: words for how a mission or a task stands.

use chrono::{DateTime, Utc};
use orch_core::diagnosis::Verdict;
use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;

use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::verdict;

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The mission.
    Mission,
    /// One of its tasks.
    Task(TaskId),
}

/// How the subject should stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The mission completed; the task is accepted or delivered.
    Done,
    /// It ended in whatever way, or nothing moves until somebody acts.
    Settled,
    /// Nothing moves until somebody acts.
    Stuck,
    /// The task can be handed out.
    Ready,
    /// The task has this status; `accepted` holds for one that was delivered as well.
    Status(TaskStatus),
}

/// How the subject stands, measured by a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The condition holds; this is the exit code that says how.
    Holds(Exit),
    /// It does not hold; this is the exit code that says what is so instead.
    Not(Exit),
    /// It does not hold, and will not unless what ended is opened again.
    Over(Exit),
}

impl Standing {
    /// Returns the exit code that tells it.
    pub(crate) const fn exit(self) -> Exit {
        match self {
            Self::Holds(exit) | Self::Not(exit) | Self::Over(exit) => exit,
        }
    }
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// When there is none of this name.
    pub(crate) fn parse(word: &str) -> Result<Self, CliError> {
        let status = TaskStatus::ALL
            .iter()
            .find(|status| status.as_str() == word);
        match word {
            "done" => Ok(Self::Done),
            "settled" => Ok(Self::Settled),
            "stuck" => Ok(Self::Stuck),
            "ready" => Ok(Self::Ready),
            _ => status.map(|status| Self::Status(*status)).ok_or_else(|| {
                let words: Vec<&str> = TaskStatus::ALL.iter().map(|one| one.as_str()).collect();
                let what = format!("{word:?} is no condition");
                CliError::new(ErrorCode::Usage, what)
                    .evidence("a mission or a task can be: done, settled, stuck")
                    .evidence(format!("a task can also be: ready, {}", words.join(", ")))
                    .hint("orch help check")
            }),
        }
    }

    /// Returns the word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Settled => "settled",
            Self::Stuck => "stuck",
            Self::Ready => "ready",
            Self::Status(status) => status.as_str(),
        }
    }

    /// Says how the subject stands.
    ///
    /// # Errors
    /// When the condition is one of tasks, and the subject is the mission.
    pub(crate) fn of(
        self,
        subject: &Subject,
        mission: &Mission,
        now: DateTime<Utc>,
    ) -> Result<Standing, CliError> {
        match subject {
            Subject::Mission => self.of_mission(mission, now),
            Subject::Task(task) => Ok(self.of_task(task, mission, now)),
        }
    }

    fn of_mission(self, mission: &Mission, now: DateTime<Utc>) -> Result<Standing, CliError> {
        let diagnosis = mission.diagnose(now);
        let is_stuck = is_stuck(diagnosis.verdict);
        let is_over = mission.closed().is_some();
        let exit = if diagnosis.verdict == Verdict::Quiescent {
            // What could be handed out needs no decision: somebody may yet come and take it.
            Exit::InProgress
        } else {
            verdict::exit(&diagnosis, mission)
        };
        let holds = match self {
            Self::Done => verdict::is_completed(mission),
            Self::Settled => is_over || is_stuck,
            Self::Stuck => is_stuck,
            Self::Ready | Self::Status(_) => {
                let what = format!("a mission is never {:?}; name a task", self.as_str());
                return Err(CliError::new(ErrorCode::Usage, what).hint("orch help check"));
            }
        };
        Ok(self.standing(holds, is_over, exit))
    }

    fn of_task(self, id: &TaskId, mission: &Mission, now: DateTime<Utc>) -> Standing {
        let status = mission.task(id).map(|task| task.status());
        let is_done = matches!(status, Some(TaskStatus::Accepted | TaskStatus::Delivered));
        let is_over = status.is_some_and(TaskStatus::is_ended) || mission.closed().is_some();
        let is_ready = mission.ready(now).contains(&id);
        // What can be handed out is not stuck: that move needs no decision.
        let is_stuck = !is_over && !is_ready && is_task_stuck(id, mission, now);
        let exit = if is_done {
            Exit::Ok
        } else if is_over {
            Exit::Failed
        } else if is_stuck {
            Exit::Stuck
        } else {
            Exit::InProgress
        };
        let holds = match self {
            Self::Done => is_done,
            Self::Settled => is_over || is_stuck,
            Self::Stuck => is_stuck,
            Self::Ready => is_ready,
            // What was delivered was accepted first, and still is.
            Self::Status(TaskStatus::Accepted) => is_done,
            Self::Status(wanted) => status == Some(wanted),
        };
        self.standing(holds, is_over, exit)
    }

    /// `settled` tells how it ended; every other condition is a plain yes.
    const fn standing(self, holds: bool, is_over: bool, exit: Exit) -> Standing {
        match (holds, self) {
            (true, Self::Settled) => Standing::Holds(exit),
            (true, _) => Standing::Holds(Exit::Ok),
            (false, _) if is_over => Standing::Over(Exit::Failed),
            (false, _) => Standing::Not(exit),
        }
    }
}

/// Whether what a task waits for comes down to somebody who has to act.
fn is_task_stuck(id: &TaskId, mission: &Mission, now: DateTime<Utc>) -> bool {
    let diagnosis = mission.diagnose_task(id, now);
    diagnosis.is_some_and(|diagnosis| is_stuck(diagnosis.verdict))
}

const fn is_stuck(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Stuck | Verdict::Deadlocked)
}
