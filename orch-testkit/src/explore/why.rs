//! Following the diagnosis: in every state its first command is given, again and again, until the
//! mission is closed.

use orch_core::decide::{Context, Decision};

use super::expand::Breach;
use super::graph::without_end;
use super::project::Key;
use super::scope::is_terminal;
use super::search::{Counterexample, Space, in_parallel};
use super::stand::Stand;

/// How many commands the diagnosis may take to bring a mission of a small scope to its end.
const PATIENCE: usize = 100;

/// Gives the first command of the diagnosis; `None` in an end.
///
/// # Errors
/// When the diagnosis names nobody or nothing to do, or its command is not accepted.
pub(super) fn step(stand: &Stand) -> Result<Option<Stand>, Breach> {
    let world = &stand.world;
    if is_terminal(&world.mission) {
        return Ok(None);
    }
    let breach = |law, detail| Breach { law, detail };
    let diagnosis = world.mission.diagnose(world.now);
    let fixes = || diagnosis.causes.iter().flat_map(|cause| &cause.fixes);
    // spec: RETRY-2
    let Some(fix) = fixes().next() else {
        let causes: Vec<String> = diagnosis
            .causes
            .iter()
            .map(|it| format!("{}: {}", it.cause, it.detail))
            .collect();
        let detail = format!(
            "{} without a command: {}",
            diagnosis.verdict,
            causes.join("; ")
        );
        return Err(breach("ALWAYS_NEXT", detail));
    };
    for fix in fixes() {
        let context = Context::new(fix.by.clone(), world.now);
        if !matches!(
            world.mission.decide(&fix.command, &context),
            Ok(Decision::Accepted { .. })
        ) {
            let detail = format!("{} cannot give {:?}", fix.by, fix.command);
            return Err(breach("ALWAYS_NEXT", detail));
        }
    }
    let context = Context::new(fix.by.clone(), world.now);
    let Ok(Decision::Accepted { events, .. }) = world.mission.decide(&fix.command, &context) else {
        return Ok(None);
    };
    let mut after = stand.clone();
    for record in world.sealed(&fix.by, events) {
        after.take(record);
    }
    Ok(Some(after))
}

/// Where the diagnosis leads from a state that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// To the end, in so many steps.
    End(usize),
    /// To another state that was met, in so many steps.
    To(usize, usize),
    /// Nowhere; that has been said already.
    Lost,
}

impl Space {
    /// Follows the diagnosis from every state to an end; returns the most commands that it took.
    // spec: COMPLETE-1, RETRY-2
    pub(super) fn follow_all(&mut self) -> usize {
        let ids: Vec<usize> = (0..self.nodes.len()).collect();
        let mut leads = Vec::new();
        for lead in in_parallel(&ids, |&id| self.lead(id)) {
            leads.push(lead.unwrap_or_else(|counterexample| {
                self.counterexamples.push(*counterexample);
                Lead::Lost
            }));
        }
        let is_end: Vec<bool> = leads
            .iter()
            .map(|lead| matches!(lead, Lead::End(_)))
            .collect();
        let edges = leads
            .iter()
            .enumerate()
            .filter_map(|(from, lead)| match lead {
                Lead::To(to, _) => Some((from, *to)),
                Lead::End(_) | Lead::Lost => None,
            });
        let edges: Vec<(usize, usize)> = edges.collect();
        let lost = without_end(&is_end, &edges);
        // Of two logs taken for the same state the diagnosis may name another cause first, because
        // it is older there. So a ring of states need be none of logs, and each is followed alone.
        let alone = in_parallel(&lost, |&id| self.follow_alone(id));
        let mut longest = 0;
        for n in alone {
            match n {
                Ok(n) => longest = longest.max(n),
                Err(counterexample) => self.counterexamples.push(*counterexample),
            }
        }
        let met = ids.iter().filter(|id| lost.binary_search(id).is_err());
        met.map(|&id| n_steps(&leads, id)).fold(longest, usize::max)
    }

    /// Follows the diagnosis from a state to the end, whatever was met before.
    fn follow_alone(&self, id: usize) -> Result<usize, Box<Counterexample>> {
        let mut stand = self.stand(id);
        for n in 0..PATIENCE {
            stand = match step(&stand) {
                Ok(Some(next)) => next,
                Ok(None) => return Ok(n),
                Err(breach) => {
                    return Err(Box::new(Counterexample::of(breach, stand.world.records)));
                }
            };
        }
        Err(Box::new(Counterexample::of(endless(), stand.world.records)))
    }

    /// Follows the diagnosis from a state to the next that was met.
    fn lead(&self, id: usize) -> Result<Lead, Box<Counterexample>> {
        let mut stand = self.stand(id);
        for n in 1..=PATIENCE {
            stand = match step(&stand) {
                Ok(Some(next)) => next,
                Ok(None) => return Ok(Lead::End(n - 1)),
                Err(breach) => {
                    return Err(Box::new(Counterexample::of(breach, stand.world.records)));
                }
            };
            if let Some(&known) = self.index.get(&Key::of_stand(&stand)) {
                return Ok(Lead::To(known, n));
            }
        }
        Err(Box::new(Counterexample::of(endless(), stand.world.records)))
    }
}

fn endless() -> Breach {
    Breach {
        law: "WHY_ENDS",
        detail: format!(
            "the first command of the diagnosis, given {PATIENCE} times, leads to no end"
        ),
    }
}

/// How many commands lead from a state to its end.
fn n_steps(leads: &[Lead], from: usize) -> usize {
    let (mut at, mut total) = (from, 0);
    loop {
        match leads.get(at) {
            Some(Lead::To(next, n)) => {
                at = *next;
                total += n;
            }
            Some(Lead::End(n)) => return total + n,
            Some(Lead::Lost) | None => return total,
        }
    }
}
