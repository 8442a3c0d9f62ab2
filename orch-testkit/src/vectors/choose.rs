//! Which logs: each shows something that none before it does, and ends where it shows it.

use std::collections::BTreeSet;

use orch_core::coverage::Coverage;
use orch_core::event::Event;
use orch_core::mission::Mission;
use orch_core::record::Record;

use crate::corpus::{self, Story};
use crate::machine::recorded_stories;
use crate::vectors::told;

/// How many logs are drawn to choose from, of each way, and how long they are.
const DRAWN: usize = 150;
const DRAWN_MAX: usize = 40;

/// The codes that no log can show, and why.
pub const NEVER_SHOWN: &[(&str, &str)] = &[(
    "command_reused",
    "about a key that was used before; nothing is written then",
)];

/// A log to choose from, and what it shows.
struct Candidate {
    story: Story,
    shown: Vec<(usize, String)>,
}

impl Candidate {
    fn of(story: Story) -> Self {
        let shown = shown(&story.records);
        Self { story, shown }
    }

    /// How much it shows that is not known yet.
    fn n_new(&self, known: &BTreeSet<String>) -> usize {
        self.shown
            .iter()
            .filter(|(_, item)| !known.contains(item))
            .count()
    }

    /// Its records up to the last that shows what is not known yet, which is known then.
    fn up_to_news(&self, known: &mut BTreeSet<String>) -> Option<Story> {
        let fresh = self.shown.iter().filter(|(_, item)| !known.contains(item));
        let end = fresh.map(|(at, _)| *at).max()?;
        let until = self.shown.iter().filter(|(at, _)| *at <= end);
        known.extend(until.map(|(_, item)| item.clone()));
        Some(Story {
            name: self.story.name.replace(' ', "-"),
            records: self.story.records.iter().take(end + 1).cloned().collect(),
        })
    }
}

/// The logs, and everything that they show: `kind K`, `code C`, `rule R`, `status S`.
pub(super) fn logs() -> (Vec<Story>, BTreeSet<String>) {
    let stories = told::stories().into_iter().chain(corpus::told());
    let stories = stories.chain(recorded_stories());
    let stories = stories.chain(corpus::decided(DRAWN, DRAWN_MAX));
    let stories = stories.chain(corpus::imposed(DRAWN, DRAWN_MAX));
    let mut candidates: Vec<Candidate> = stories.map(Candidate::of).collect();
    let mut known = BTreeSet::new();
    let mut chosen = Vec::new();
    loop {
        // The one that shows the most; of two that show as much the shorter, and then the first.
        let best = candidates.iter().enumerate().min_by_key(|(at, it)| {
            let news = std::cmp::Reverse(it.n_new(&known));
            (news, it.story.records.len(), *at)
        });
        let news = best.and_then(|(at, it)| Some((at, it.up_to_news(&mut known)?)));
        let Some((at, story)) = news else { break };
        chosen.push(story);
        candidates.remove(at);
    }
    chosen.sort_by(|one, other| one.name.cmp(&other.name));
    (chosen, known)
}

/// What a log shows, each with the first record that does.
fn shown(records: &[Record]) -> Vec<(usize, String)> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut shown = Vec::new();
    let mut mission = Mission::new();
    let mut see = |at: usize, item: String| {
        if seen.insert(item.clone()) {
            shown.push((at, item));
        }
    };
    let (mut n_marks, mut n_late) = (0, 0);
    for (at, record) in records.iter().enumerate() {
        mission.apply(record);
        if Event::KINDS.contains(&record.event().kind()) {
            see(at, format!("kind {}", record.event().kind()));
        }
        let marks = mission.anomalies().iter().skip(n_marks).map(|it| it.code);
        let late = mission
            .late_evidence()
            .iter()
            .skip(n_late)
            .map(|it| it.code);
        for code in marks.chain(late) {
            see(at, format!("code {code}"));
            see(at, format!("rule {}", code.rule()));
        }
        (n_marks, n_late) = (mission.anomalies().len(), mission.late_evidence().len());
        for task in mission.tasks() {
            see(at, format!("status {}", task.status()));
        }
    }
    let mut coverage = Coverage::new();
    for record in records {
        coverage.push(record);
    }
    let last = records.len().saturating_sub(1);
    let coverage = coverage.finish();
    for (rule, _) in coverage.rules().filter(|(_, seen)| seen.is_some()) {
        see(last, format!("rule {}", rule.id));
    }
    shown
}
