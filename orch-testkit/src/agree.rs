//! Whether the fold and the oracle say the same of a log.
//!
//! Both sides give [`Facts`]; each difference is a [`Disagreement`] that names the fact and both
//! answers. One of the two is wrong, or the specification is silent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use orch_core::codes::Treatment;
use orch_core::ids::{AttemptNo, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_core::status::attempt::AttemptStatus;
use orch_core::view::{AttemptView, GateView, ObstacleKind, TaskView};

use crate::explore::Observer;
use crate::oracle::{self, AttemptFacts, Facts, GateFacts, Owed, RecordFacts, Standing, TaskFacts};

/// One fact of which the fold and the oracle say different things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The fact, such as `task t1 status`.
    pub fact: String,
    /// What the fold says.
    pub fold: String,
    /// What the oracle says.
    pub oracle: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: the fold says {}, the oracle {}",
            self.fact, self.fold, self.oracle
        )
    }
}

/// Compares a mission with what the oracle makes of its log; empty when they agree.
///
/// The mission must have folded exactly these records. Readiness is taken at the time of the last.
pub fn compare(records: &[Record], mission: &Mission) -> Vec<Disagreement> {
    let now = records.last().map_or_else(DateTime::default, Record::at);
    differences(&observe(mission, now), &oracle::facts(records))
}

/// Holds the oracle against each log and state that an enumerator comes across.
#[derive(Debug, Clone, Copy, Default)]
pub struct Agreement;

impl Observer for Agreement {
    fn look(&self, log: &[Record], mission: &Mission) -> Result<(), String> {
        let found = compare(log, mission);
        if found.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        Err(lines.join("\n"))
    }
}

/// Lists where two observations differ: the first of the fold, the second of the oracle.
pub fn differences(fold: &Facts, oracle: &Facts) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut fact = |name: &str, fold: &dyn fmt::Debug, oracle: &dyn fmt::Debug| {
        let (fold, oracle) = (format!("{fold:?}"), format!("{oracle:?}"));
        if fold != oracle {
            found.push(Disagreement {
                fact: name.to_owned(),
                fold,
                oracle,
            });
        }
    };
    fact("in flight", &fold.in_flight, &oracle.in_flight);
    fact("phase", &fold.phase, &oracle.phase);
    fact("forced", &fold.forced, &oracle.forced);
    fact("counts", &fold.counts, &oracle.counts);
    fact("agents", &fold.agents, &oracle.agents);
    fact("owed", &fold.owed, &oracle.owed);
    fact("unread", &fold.unread, &oracle.unread);
    fact("undeliverable", &fold.undeliverable, &oracle.undeliverable);
    let positions: BTreeSet<&Seq> = fold.records.keys().chain(oracle.records.keys()).collect();
    for seq in positions {
        let (a, b) = (fold.records.get(seq), oracle.records.get(seq));
        if !is_same(a, b) {
            fact(&format!("record {seq}"), &a, &b);
        }
    }
    let ids: BTreeSet<_> = fold.tasks.keys().chain(oracle.tasks.keys()).collect();
    for id in ids {
        let (Some(a), Some(b)) = (fold.tasks.get(id), oracle.tasks.get(id)) else {
            fact(
                &format!("task {id}"),
                &fold.tasks.get(id),
                &oracle.tasks.get(id),
            );
            continue;
        };
        let mut of_task = |name: &str, fold: &dyn fmt::Debug, oracle: &dyn fmt::Debug| {
            fact(&format!("task {id} {name}"), fold, oracle);
        };
        of_task("status", &a.status, &b.status);
        of_task("attempts", &a.attempts, &b.attempts);
        of_task("token", &a.token, &b.token);
        of_task("gates", &a.gates, &b.gates);
        of_task("needs", &a.needs, &b.needs);
        of_task("ready", &a.ready, &b.ready);
        of_task("counters", &a.counters, &b.counters);
        of_task("last error", &a.last_error, &b.last_error);
        of_task("remaining", &a.remaining, &b.remaining);
        of_task("superseded by", &a.superseded_by, &b.superseded_by);
    }
    found
}

/// Whether a record is judged alike: the same worth, and for a reason that both see.
///
/// Several things can be wrong at once, and the rules do not say which is named; a mark names all.
fn is_same(fold: Option<&RecordFacts>, oracle: Option<&RecordFacts>) -> bool {
    match (fold, oracle) {
        (Some(fold), Some(oracle)) => {
            fold.standing == oracle.standing && fold.codes.is_subset(&oracle.codes)
        }
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Observes a mission through its public views, as seen at a time.
pub fn observe(mission: &Mission, now: DateTime<Utc>) -> Facts {
    let obstacles = mission.obstacles();
    let seqs = |kind: ObstacleKind| -> BTreeSet<Seq> {
        let of_kind = obstacles.iter().filter(|it| it.kind == kind);
        of_kind
            .filter_map(|it| it.because.first().copied())
            .collect()
    };
    let counts = mission.counts();
    let phase = mission.phase();
    Facts {
        tasks: mission
            .tasks()
            .map(|view| (view.id().clone(), task(mission, &view, now)))
            .collect(),
        agents: mission
            .agents()
            .map(|view| (view.agent(), view.status().as_str().to_owned()))
            .collect(),
        records: records(mission),
        owed: owed(mission),
        unread: seqs(ObstacleKind::Result),
        undeliverable: seqs(ObstacleKind::Undeliverable),
        in_flight: mission.in_flight().count(),
        phase: phase.kind.as_str().to_owned(),
        forced: phase.forced,
        counts: counts
            .by_status
            .iter()
            .filter(|(_, n)| **n > 0)
            .map(|(status, n)| (status.as_str().to_owned(), *n))
            .collect(),
    }
}

fn owed(mission: &Mission) -> BTreeSet<Owed> {
    let all = mission.obligations().into_iter().map(|owed| Owed {
        kind: owed.kind.as_str().to_owned(),
        by: owed.owed_by.to_string(),
        next: owed.next.to_string(),
        since: owed.opened.seq,
    });
    all.collect()
}

fn records(mission: &Mission) -> BTreeMap<Seq, RecordFacts> {
    let marks = mission.anomalies().iter().map(|it| (it.seq, it.code));
    let late = mission.late_evidence().iter().map(|it| (it.seq, it.code));
    let mut records: BTreeMap<Seq, RecordFacts> = BTreeMap::new();
    for (seq, code) in marks.chain(late) {
        let standing = match code.treatment() {
            Treatment::Marked => Standing::Marked,
            Treatment::Evidence => Standing::Evidence,
            Treatment::Ignored | _ => Standing::Ignored,
        };
        let codes = BTreeSet::new();
        let facts = records
            .entry(seq)
            .or_insert(RecordFacts { standing, codes });
        facts.standing = facts.standing.max(standing);
        facts.codes.insert(code.as_str().to_owned());
    }
    records
}

fn task(mission: &Mission, view: &TaskView<'_>, now: DateTime<Utc>) -> TaskFacts {
    let counters = view.counters();
    let token = view
        .token()
        .filter(|it| it.status() != AttemptStatus::Closed);
    TaskFacts {
        status: view.status().as_str().to_owned(),
        attempts: view.attempts().map(|it| attempt(&it)).collect(),
        token: token.map(|it| it.number()),
        gates: view
            .gates()
            .map(|it| (it.name().clone(), gate(it)))
            .collect(),
        needs: view
            .needs()
            .map(|(task, _, is_met, _)| (task.clone(), is_met))
            .collect(),
        ready: mission.is_ready(view.id(), now),
        counters: [
            counters.failures,
            counters.crashes,
            counters.blocks,
            counters.review_rounds,
            counters.fruitless,
        ],
        last_error: view.last_error().map(|(seq, text)| (seq, text.to_owned())),
        remaining: view.remaining().to_vec(),
        superseded_by: view.superseded_by().cloned(),
    }
}

fn attempt(view: &AttemptView<'_>) -> (AttemptNo, AttemptFacts) {
    let is_in_flight = view.status().is_in_flight();
    let facts = AttemptFacts {
        owner: view.agent(),
        stage: view.status().as_str().to_owned(),
        liveness: is_in_flight.then(|| view.liveness().as_str().to_owned()),
        late_signs: view.late_signs(),
    };
    (view.number(), facts)
}

fn gate(view: GateView<'_>) -> GateFacts {
    GateFacts {
        status: view.status().as_str().to_owned(),
        holder: view.holder().map(|(_, party)| party.to_string()),
        stale: view.is_stale(),
    }
}
