//! `orch serve`: has the store, and lets all other commands use it.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use orch_store::coordinator::Coordinator;
use orch_store::error::StoreError;
use orch_store::journal::Journal;
use orch_store::socket::{DOOR, Owner};
use serde::Serialize;
use signal_hook::consts::TERM_SIGNALS;
use signal_hook::iterator::Signals;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::store::{self, door, place};

/// Own the store, and carry out what other commands ask, until a signal ends it
///
/// Every other command finds the socket in the store folder and uses it, as it would use the store
/// itself; that saves it the opening, and what comes at the same time shares a sync. When this ends, by
/// Ctrl-C, SIGTERM or in whatever way, they go on with the lock. Nothing that was answered is lost by it.
///
/// Example: orch serve --socket
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Serve over the socket in the store folder, for this user alone
    #[arg(long, required = true)]
    socket: bool,
}

#[derive(Debug, Serialize)]
struct Serving {
    path: String,
    socket: String,
    pid: u32,
    journal: String,
}

/// What ends the serving, or may.
enum News {
    /// A signal asks for it.
    Signal,
    /// The journal has grown or failed.
    Journal,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let path = place::to_write(&ctx.globals)?;
    let (sender, news) = mpsc::channel();
    // From here on a signal closes what is open, instead of leaving it to be mended.
    listen_to_signals(sender.clone())?;
    door::must_not_be_served(&path, ctx.globals.lock_timeout, "a second owner")?;
    let (journal, opening) = place::open_at(&path, ctx.globals.lock_timeout, &ctx.ui)?;
    place::report(&opening, &mut ctx.ui)?;
    let failed = |error| store::failed(&error);
    let grown = Arc::new(move || drop(sender.send(News::Journal)));
    let watch = journal.watch(grown).map_err(failed)?;
    let coordinator = Arc::new(Coordinator::new(Arc::clone(&journal)));
    let owner = Owner::serve(coordinator, &path).map_err(failed)?;
    announce(ctx, &path, &*journal)?;
    let ended = until_ended(&news, &*journal);
    drop(owner);
    drop(watch);
    // Whoever comes next finds an index that was put away.
    drop(journal);
    ended.map_err(|error| store::failed(&error))?;
    ctx.ui.note("the socket is gone, and the store is closed")?;
    Ok(Exit::Ok)
}

fn listen_to_signals(sender: Sender<News>) -> Result<(), CliError> {
    let failed = |error| CliError::io("cannot listen to signals", &error);
    let mut signals = Signals::new(TERM_SIGNALS).map_err(failed)?;
    let thread = thread::Builder::new().name("orch-signals".to_owned());
    let spawned = thread.spawn(move || {
        for _signal in signals.forever() {
            if sender.send(News::Signal).is_err() {
                return;
            }
        }
    });
    spawned.map(drop).map_err(failed)
}

/// Waits for a signal, or for the journal to fail: it takes nothing any more then, and others can
/// open it again only when this process is gone.
fn until_ended(news: &Receiver<News>, journal: &dyn Journal) -> Result<(), StoreError> {
    for event in news {
        match event {
            News::Signal => return Ok(()),
            News::Journal => drop(journal.end()?),
        }
    }
    Ok(())
}

fn announce(ctx: &mut Ctx, path: &Path, journal: &dyn Journal) -> Result<(), CliError> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let serving = Serving {
        socket: path.join(DOOR).display().to_string(),
        path: path.display().to_string(),
        pid: std::process::id(),
        journal: journal.id().to_string(),
    };
    let answer = Answer::general("orch.serve/1", serving);
    answer.print(&ctx.globals, &mut ctx.ui, |serving, doc| {
        doc.text(format!("process {} serves {}", serving.pid, serving.path));
        doc.field("socket", &serving.socket);
        doc.field("until", "Ctrl-C, or SIGTERM");
    })?;
    ctx.ui.flush()
}
