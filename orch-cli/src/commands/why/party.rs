//! Why a person, the lead or the host is waited for: what they owe, and where the move is theirs.

use orch_core::diagnosis::Blocker;
use orch_core::mission::Mission;
use orch_core::party::Party;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::render::agent::OwedOut;
use crate::render::blocker::BlockerOut;
use crate::render::doc::{Line, Tone};
use crate::view::{View, about};

#[derive(Debug, Serialize)]
struct PartyWhy {
    subject: &'static str,
    party: Party,
    /// The party by its own name, if it is the lead or leads.
    also: Option<Party>,
    /// What it owes.
    owes: Vec<OwedOut>,
    /// What else waits for its move.
    acts: Vec<BlockerOut>,
    answer: String,
}

/// Reads a party that is neither a task nor an agent.
pub(super) fn parse(view: &View, text: &str) -> Option<Party> {
    let party = Party::parse(text).ok()?;
    if matches!(party, Party::Agent(_)) {
        return None;
    }
    // What has exactly this name comes first.
    let is_task = view.mission.tasks().any(|task| task.id().as_str() == text);
    let mut agents = view.mission.agents().map(|agent| agent.agent());
    let is_agent = agents.any(|agent| agent.name.as_str() == text);
    (!is_task && !is_agent).then_some(party)
}

/// Answers what waits for a party.
pub(super) fn answer(ctx: &mut Ctx, view: &View, party: &Party) -> Result<(), CliError> {
    let times = ctx.times(view);
    let mission = &view.mission;
    let also = also(mission, party);
    let is_meant = |next: &Party| next == party || Some(next) == also.as_ref();
    let owed = mission.obligations();
    let owed: Vec<_> = owed.iter().filter(|owed| is_meant(&owed.next)).collect();
    let is_new = |one: &Blocker| {
        !owed
            .iter()
            .any(|owed| one.because.contains(&owed.opened.seq))
    };
    let causes = mission.diagnose(view.now).causes.into_iter();
    let acts: Vec<BlockerOut> = causes
        .filter(|one| !one.is_moving() && is_meant(&one.next) && is_new(one))
        .map(|one| BlockerOut::fixable(one, view, &ctx.globals, &times))
        .collect();
    let owes: Vec<OwedOut> = owed.iter().map(|owed| OwedOut::new(owed, &times)).collect();
    let why = PartyWhy {
        subject: "party",
        answer: match owes.len().saturating_add(acts.len()) {
            0 => "nothing waits for it".to_owned(),
            1 => "1 thing waits for it".to_owned(),
            n => format!("{n} things wait for it"),
        },
        party: party.clone(),
        also,
        owes,
        acts,
    };
    let first = why.acts.iter().find_map(|one| one.task.as_ref());
    let first = first.map(ToString::to_string);
    let task = first.or_else(|| why.owes.iter().find_map(|one| one.task.clone()));
    let next = view
        .command(&task.map_or_else(|| "why".to_owned(), |task| format!("why {}", about(&task))));
    let answer = Answer::new("orch.why/1", view, why).list("acts").next(next);
    answer.print(&ctx.globals, &mut ctx.ui, |why, doc| {
        doc.line(Line::new().strong(why.party.to_string()));
        if let Some(also) = &why.also {
            doc.field("also", also.to_string());
        }
        for owed in &why.owes {
            doc.field("owes", owed.words(&times));
        }
        for one in &why.acts {
            let line = Line::new().padded(Tone::Faint, "acts on", 10).hang();
            let line = line
                .strong(one.heading())
                .text(" ")
                .tone(one.tone(), one.cause);
            let since = times.since(one.since.at);
            doc.line(
                line.text(format!(": {}; clears when: {}", one.detail, one.clears))
                    .faint(format!(" (record {}, {since})", one.since.record)),
            );
        }
        doc.field("answer", &why.answer);
    })
}

/// The other name of the lead: whoever leads is meant by both.
fn also(mission: &Mission, party: &Party) -> Option<Party> {
    let lead = mission.lead()?;
    if *party == Party::Lead {
        return Some(lead.clone());
    }
    (lead == party).then_some(Party::Lead)
}
