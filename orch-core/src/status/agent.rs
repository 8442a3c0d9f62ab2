//! The status of an incarnation of an agent, and what each event does to it: the shutdown ladder.
//!
//! ```text
//! live ─▶ stopping ─▶ stopped
//!   ▲        │  └───▶ terminated
//!   └─refused┘
//! ```

use super::Step::{Already, Breach, Refused, To};
use super::{Step, words};

words! {
    /// Where an incarnation stands.
    AgentStatus {
        /// At work.
        Live = "live",
        /// Asked to stop; owes an acknowledgement and gets no new work.
        Stopping = "stopping",
        /// Agreed to stop; what it still says is late evidence.
        Stopped = "stopped",
        /// Stopped, agreed or not; what it still says is late evidence.
        Terminated = "terminated",
        /// Left; what it still says is late evidence.
        Left = "left",
    }
}

words! {
    /// What can happen to an incarnation.
    AgentEvent {
        /// It is asked to stop.
        StopRequested = "stop_requested",
        /// It agrees.
        StopAcknowledged = "stop_acknowledged",
        /// It declines.
        StopRefused = "stop_refused",
        /// It is stopped.
        Terminated = "terminated",
        /// It leaves.
        Left = "left",
    }
}

use AgentEvent as E;

impl AgentStatus {
    /// Returns whether the incarnation is still there: its name is taken and its word counts.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Live | Self::Stopping => true,
            Self::Stopped | Self::Terminated | Self::Left => false,
        }
    }

    /// Returns what an event does to this status.
    // spec: SHUT-1
    pub const fn next(self, event: AgentEvent) -> Step<Self> {
        match self {
            Self::Live => match event {
                E::StopRequested => To(Self::Stopping),
                E::StopAcknowledged => Breach(Self::Stopped),
                E::StopRefused => Refused,
                E::Terminated => Breach(Self::Terminated),
                E::Left => To(Self::Left),
            },
            Self::Stopping => match event {
                E::StopRequested => Already,
                E::StopAcknowledged => To(Self::Stopped),
                E::StopRefused => To(Self::Live),
                E::Terminated => To(Self::Terminated),
                E::Left => To(Self::Left),
            },
            Self::Stopped => match event {
                E::StopRequested | E::StopAcknowledged => Already,
                E::StopRefused => Refused,
                E::Terminated => To(Self::Terminated),
                E::Left => To(Self::Left),
            },
            Self::Terminated => match event {
                E::StopRequested | E::Terminated | E::Left => Already,
                E::StopAcknowledged | E::StopRefused => Refused,
            },
            Self::Left => match event {
                E::StopRequested | E::Left => Already,
                E::StopAcknowledged | E::StopRefused => Refused,
                E::Terminated => To(Self::Terminated),
            },
        }
    }
}
