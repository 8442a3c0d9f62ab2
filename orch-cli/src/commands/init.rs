//! `orch init`: a store for missions.

use clap::ValueEnum;
use orch_store::error::StoreError;
use orch_store::segments::{self, Kind};
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::render::doc::Line;
use crate::store::{self, place};
use crate::view::{quoted, store_flag};

/// Make a store for missions: the folder `.orch` here, or what -S names
///
/// Every command below this folder uses it then. A store that is there already is left as it is.
///
/// Example: orch init && orch mission new "sign-in"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How the store makes its journal fast
    #[arg(long, value_name = "KIND")]
    kind: Option<KindArg>,
}

/// How a store makes its journal fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// By an index in sled that is kept; the default
    Sled,
    /// By an index in memory, made at each opening: plain text alone, for small stores
    Jsonl,
}

#[derive(Debug, Serialize)]
struct Made {
    path: String,
    kind: &'static str,
    journal: String,
    created: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let (said, path) = place::to_make(ctx.globals.store.as_deref());
    let wanted = match args.kind {
        Some(KindArg::Sled) => Some(Kind::Sled),
        Some(KindArg::Jsonl) => Some(Kind::Jsonl),
        None => said,
    };
    let made = if place::is_store(&path) {
        let there = segments::identity(&path).map_err(|error| store::failed(&error))?;
        if wanted.is_some_and(|wanted| wanted != there.kind) {
            let what = format!(
                "{} is a store of kind {} already",
                path.display(),
                there.kind.as_str()
            );
            return Err(CliError::new(ErrorCode::Exists, what)
                .evidence("a store keeps its kind")
                .hint(format!("orch -S {} store info", shown(&path))));
        }
        Made {
            kind: there.kind.as_str(),
            journal: there.journal.to_string(),
            created: false,
            path: path.display().to_string(),
        }
    } else {
        let kind = wanted.unwrap_or(Kind::Sled);
        let journal = segments::create(&path, kind).map_err(|error| taken(&path, &error))?;
        Made {
            kind: kind.as_str(),
            journal: journal.to_string(),
            created: true,
            path: path.display().to_string(),
        }
    };
    let next = format!("orch{} mission new TITLE", store_flag(&ctx.globals));
    let answer = Answer::general("orch.init/1", made).next(next.clone());
    answer.print(&ctx.globals, &mut ctx.ui, |made, doc| {
        let path = &made.path;
        doc.text(if made.created {
            format!("made a store in {path} ({})", made.kind)
        } else {
            format!("{path} is a store already ({}), left as it is", made.kind)
        });
        doc.line(Line::new().faint("next: ").text(&next).keep());
    })?;
    Ok(Exit::Ok)
}

/// Says what is in the way: journals in the folder can move into a store.
fn taken(path: &std::path::Path, error: &StoreError) -> CliError {
    let failed = store::failed(error);
    if failed.code != ErrorCode::Exists {
        return failed;
    }
    let what = if path.is_dir() {
        format!("{} holds something else, and is no store", path.display())
    } else {
        let is = place::what_it_is(path);
        format!("{} {is}, and the store would be a folder", path.display())
    };
    CliError::new(ErrorCode::Exists, what)
        .evidence("nothing of it was touched")
        .hint("orch -S ANOTHER-FOLDER init")
}

fn shown(path: &std::path::Path) -> String {
    quoted(&path.display().to_string())
}
