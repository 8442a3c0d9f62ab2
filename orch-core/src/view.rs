//! Everything that is derived from the state when asked, and never stored.

mod agent;
mod attempt;
mod complete;
mod deadline;
mod obligation;
mod phase;
mod progress;
mod readiness;
mod reconcile;
mod task;
mod wait;

pub use agent::{AgentView, Divergence};
pub use attempt::AttemptView;
pub use complete::{Obstacle, ObstacleKind};
pub use deadline::Due;
pub use obligation::OwedView;
pub use phase::{Phase, PhaseKind};
pub use progress::{Counts, PhaseProgress};
pub use readiness::Readiness;
pub use reconcile::{Mismatch, MismatchKind};
pub use task::{GateView, TaskView};
pub use wait::WaitView;
