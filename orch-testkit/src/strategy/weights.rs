//! How often each kind of record occurs, learnt from real journals.
//!
//! `cargo run -p orch-testkit --example weights -- FOLDER..` counts them. The figures below are those
//! of eight trackers and one runner of agents: Beads of SEAM, relay, skyhook, `beads_viewer`,
//! compound-agent and Gas Town, NEEDLE of SEAM, taken from their public repositories; ten files that
//! came to 31,989 records.

/// One row: a kind, and how many of a thousand records are of it, rounded up.
pub type Learnt = (&'static str, u32);

/// What was counted. A kind that no importer writes has 0.
pub const LEARNT: &[Learnt] = &[
    ("mission_opened", 1),
    ("task_declared", 115),
    ("agent_joined", 2),
    ("agent_left", 0),
    ("dispatched", 80),
    ("attempt_started", 4),
    ("progress", 0),
    ("heartbeat", 0),
    ("handoff", 66),
    ("attempt_ended", 19),
    ("message", 0),
    ("receipt", 0),
    ("wait_declared", 1),
    ("gate_requested", 0),
    ("gate_decided", 0),
    ("correction", 52),
    ("shutdown", 0),
    ("timeout", 7),
    ("inventory", 0),
    ("task_closed", 0),
    ("task_delivered", 0),
    ("mission_closed", 0),
    ("mission_archived", 0),
    ("finding_recorded", 0),
    ("note", 593),
    ("run_started", 0),
    ("run_ended", 0),
];

/// The least weight of a kind: what trackers do not write happens as well, and is where rules meet.
const WEIGHT_MIN: u32 = 12;

/// The most: notes, of which a tracker is full, move nothing.
const WEIGHT_MAX: u32 = 120;

/// Returns the weights that logs are drawn with: what was counted, and no kind vanishes or drowns
/// the others.
pub fn weights() -> impl Iterator<Item = Learnt> {
    // The opening stands at the beginning of every log anyhow.
    let drawn = LEARNT.iter().filter(|(kind, _)| *kind != "mission_opened");
    drawn.map(|(kind, n)| (*kind, (*n).clamp(WEIGHT_MIN, WEIGHT_MAX)))
}

#[cfg(test)]
mod tests {
    use orch_core::event::Event;

    use super::*;

    #[test]
    fn every_kind_of_record_has_a_weight() {
        let learnt: Vec<&str> = LEARNT.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(learnt, Event::KINDS);
    }
}
