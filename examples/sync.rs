//! Two agents share a mission as threads: `cargo run -p orch-store-sled --example sync`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::{Duration, SystemTime};
use std::{env, error::Error, process, thread};

use orch_core::event::{attempt::Handoff, task::TaskDeclared};
use orch_core::ids::{AgentRef, HumanName, MissionId, Seq, TaskId};
use orch_core::{command::Command, mission::Mission, record::Record};
use orch_store::coordinator::{Ask, Coordinator, Outcome};

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let folder = env::temp_dir().join(format!("orch-sync-{}", process::id()));
    let desk = Coordinator::on(orch_store_sled::open_or_create(&folder)?);
    println!("{}", story(&desk)?.join("\n"));
    Ok(())
}

/// Ada plans, the agents work, Ada reads what they did and closes.
pub(crate) fn story(desk: &Coordinator) -> Result<Vec<String>, Failure> {
    let (mission, ada) = (MissionId::parse("sign-in")?, HumanName::parse("ada")?);
    let (form, guide) = (TaskId::parse("form")?, TaskId::parse("guide")?);
    let ask = || Ask::new(ada.clone());
    let second = TaskDeclared::new(guide.clone(), "how to use it").needs(form.clone());
    for command in [
        Command::open("sign in without a password", ada.clone()),
        Command::declare(form.clone(), "the form"),
        Command::DeclareTask(second),
    ] {
        desk.execute(&mission, &command, &ask())?;
    }
    let read = thread::scope(|agents| {
        let writer = agents.spawn(|| work(desk, &mission, "writer", guide));
        let coder = agents.spawn(|| work(desk, &mission, "coder", form));
        let coder = coder.join().map_err(|_| "the coder panicked")??;
        let writer = writer.join().map_err(|_| "the writer panicked")??;
        Ok::<_, Failure>(Command::receipt([coder.last(), writer.last()]))
    })?;
    desk.execute(&mission, &read, &ask())?;
    desk.execute(&mission, &Command::complete(), &ask())?;

    let log = desk.journal().read(&mission, Seq::ZERO, 99)?;
    let told = |at: &Record| format!("{} {}", at.envelope().by, at.event().kind());
    Ok(log.iter().map(told).collect())
}

/// An agent joins, waits until its task is ready, claims it, works, and hands it over.
fn work(desk: &Coordinator, on: &MissionId, me: &str, task: TaskId) -> Result<Outcome, Failure> {
    let me = AgentRef::parse(me)?;
    let tell = |command| desk.execute(on, &command, &Ask::new(me.clone()));
    tell(Command::join(me.name.clone()))?;
    let ready = |seen: &Mission| seen.is_ready(&task, SystemTime::now().into()).then_some(());
    let found = desk.until(on, Duration::from_secs(60), ready)?;
    found.ok_or("it was never ready")?;
    let claimed = tell(Command::dispatch(task.clone(), me.name.clone()))?;
    let attempt = claimed.attempt().ok_or("somebody else has it")?;
    // Here it works.
    let done = Handoff::done(task, attempt, me.clone()).summary("as planned");
    Ok(tell(Command::Handoff(done))?)
}
