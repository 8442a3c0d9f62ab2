//! Oddities: what a journal says that it should not.

use std::fmt;

use serde::Serialize;

/// How many examples of one oddity a report keeps.
const EXAMPLES_MAX: usize = 5;

/// Defines [`Oddity`] with its codes.
macro_rules! oddities {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// Something in a journal that its own tool should not have written, or that the mapping
        /// had to decide.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[non_exhaustive]
        pub enum Oddity {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl Oddity {
            /// Every oddity.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns its code.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

oddities! {
    /// A task is worked on by several workers at once.
    ParallelWorkers = "parallel_workers",
    /// A worker is given a task that it has and has not ended.
    DispatchedAgain = "dispatched_again",
    /// A task is handed out after an attempt at it succeeded.
    DispatchAfterSuccess = "dispatch_after_success",
    /// An end closes a dispatch of its worker on another task.
    EndOnOtherTask = "end_on_other_task",
    /// An end closes nothing.
    EndWithoutDispatch = "end_without_dispatch",
    /// A row says one outcome by its event and another by its fields.
    OutcomeContradicts = "outcome_contradicts",
    /// A time is missing or cannot be read.
    TimeUnreadable = "time_unreadable",
    /// Event times differ from the times they should equal by whole hours.
    ClockShift = "clock_shift",
    /// A status that the tool does not define.
    StatusOffEnum = "status_off_enum",
    /// A kind of dependency that the tool does not define.
    DependencyOffEnum = "dependency_off_enum",
    /// A dependency that only holds if its target fails; kept as one that either end satisfies.
    ConditionalDependency = "conditional_dependency",
    /// A dependency on something that was never declared.
    DanglingDependency = "dangling_dependency",
    /// The same dependency, given twice.
    DependencyRepeated = "dependency_repeated",
    /// A task on a cycle of dependencies, or between two cycles.
    DependencyCycle = "dependency_cycle",
    /// The same issue, given twice; the later row wins.
    IssueRepeated = "issue_repeated",
    /// An issue is in progress and nobody is named.
    InProgressUnassigned = "in_progress_unassigned",
    /// An issue was closed before it was created.
    ClosedBeforeCreated = "closed_before_created",
    /// An issue is closed and does not say when.
    ClosedWithoutTime = "closed_without_time",
    /// An issue says when it was closed and is not closed.
    OpenWithCloseTime = "open_with_close_time",
    /// An issue is created again.
    CreatedAgain = "created_again",
    /// An issue is closed while it is closed.
    ClosedTwice = "closed_twice",
    /// An issue is closed that nobody was seen to work on.
    ClosedWithoutDispatch = "closed_without_dispatch",
    /// An issue is taken up while it is closed, without being reopened.
    TakenUpWhileClosed = "taken_up_while_closed",
    /// An issue gets another id.
    Renamed = "renamed",
    /// The first thing heard of an issue is not its creation: the log begins mid-story.
    BeginsMidStory = "begins_mid_story",
    /// The snapshot of an issue has another status than its events lead to.
    SnapshotContradicts = "snapshot_contradicts",
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How often an oddity was seen, and where first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How often.
    pub count: u64,
    /// The first few; they quote the file, so they are not to be trusted.
    pub examples: Vec<String>,
}

impl Finding {
    pub(crate) fn add(&mut self, example: impl FnOnce() -> String) {
        self.count = self.count.saturating_add(1);
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(example());
        }
    }
}
