//! `orch missions`: what a store holds.

use chrono::{DateTime, Utc};
use orch_core::history::History;
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;
use serde::Serialize;

use crate::answer::Answer;
use crate::at::{self, Clock, Position};
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::Line;
use crate::render::table::Rows;
use crate::render::time::Times;
use crate::store::{Store, Warning, health};
use crate::view::store_flag;

/// List the missions of a store
///
/// With --at each is told as of that position; those that do not have it are left out.
///
/// Example: orch -S examples/stuck-mission.jsonl missions
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Missions {
    items: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Item {
    mission: MissionId,
    title: String,
    phase: &'static str,
    records: usize,
    head: u64,
    head_at: Option<DateTime<Utc>>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let store = Store::open(ctx.globals.store.as_deref(), &mut ctx.ui)?;
    let mut warnings = store.warnings;
    let at = ctx.globals.at.as_ref();
    let (said, is_live) = (ctx.globals.now, store.is_live);
    let items = store.missions.iter().filter_map(|(id, records)| {
        let (mission, records) = as_of(records, at, said, is_live)?;
        let found = health(&mission, records).into_iter();
        warnings.extend(found.map(|warning| Warning {
            message: format!("mission {id}: {}", warning.message),
            ..warning
        }));
        Some(Item {
            mission: id.clone(),
            title: mission.title().to_owned(),
            phase: mission.phase().kind.as_str(),
            records: records.len(),
            head: mission.head().0,
            head_at: mission.head_at(),
        })
    });
    let items: Vec<Item> = items.collect();
    let is_empty = items.is_empty() && store.is_live;
    let new = is_empty.then(|| format!("orch{} mission new TITLE", store_flag(&ctx.globals)));
    for warning in &warnings {
        ctx.ui.warn(&warning.message)?;
    }
    let style = ctx.globals.time;
    let answer = Answer::general("orch.missions/1", Missions { items });
    let mut answer = answer.list("items").warnings(&warnings);
    answer.suggest(new.iter().cloned().collect());
    answer.print(&ctx.globals, &mut ctx.ui, |missions, doc| {
        let mut rows = Rows::new(
            &["mission", "phase", "records", "last record", "title"],
            doc.width,
        );
        for item in &missions.items {
            let at = item.head_at.map(|at| Times::new(style, at).point(at));
            rows.row([
                item.mission.to_string(),
                item.phase.to_owned(),
                item.records.to_string(),
                at.unwrap_or_default(),
                item.title.clone(),
            ]);
        }
        if let Some(new) = &new {
            doc.text("there is no mission yet");
            doc.line(Line::new().faint("next: ").text(new).keep());
        } else {
            rows.write(doc, "");
        }
    })?;
    Ok(Exit::Ok)
}

/// Goes to a position of a mission; `None` if it has no such position: it was not there yet.
fn as_of<'a>(
    records: &'a [Record],
    at: Option<&Position>,
    said: Option<Clock>,
    is_live: bool,
) -> Option<(Mission, &'a [Record])> {
    let Some(position) = at else {
        return Some((Mission::fold(records), records));
    };
    let history = History::new(records.to_vec());
    let now = match said {
        Some(Clock::Time(time)) => time,
        Some(Clock::Now) => Utc::now(),
        None if is_live => Utc::now(),
        None | Some(Clock::Last) => records.iter().map(Record::at).max()?,
    };
    let seq = at::resolve(position, &history, Seq(u64::MAX), now).ok()?;
    let n = records
        .iter()
        .take_while(|record| record.seq() <= seq)
        .count();
    Some((history.at(seq), records.get(..n)?))
}
