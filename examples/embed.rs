//! Two agents share a mission as tasks of tokio: `cargo run -p orch-store-sled --example embed`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{env, error::Error, process, time::SystemTime};

use orch_core::event::{attempt::Handoff, task::TaskDeclared};
use orch_core::ids::{AgentRef, HumanName, MissionId, Seq, TaskId};
use orch_core::{command::Command, mission::Mission, record::Record};
use orch_store::coordinator::{Ask, Outcome};
use orch_store::desk::Desk;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = env::temp_dir().join(format!("orch-embed-{}", process::id()));
    let desk = Desk::on(orch_store_sled::open_or_create(&folder)?);
    println!("{}", story(desk).await?.join("\n"));
    Ok(())
}

/// Ada plans, the agents work, Ada reads what they did and closes.
pub(crate) async fn story(desk: Desk) -> Result<Vec<String>, Failure> {
    let (mission, ada) = (MissionId::parse("sign-in")?, HumanName::parse("ada")?);
    let (form, guide) = (TaskId::parse("form")?, TaskId::parse("guide")?);
    let ask = || Ask::new(ada.clone());
    let second = TaskDeclared::new(guide.clone(), "how to use it").needs(form.clone());
    for command in [
        Command::open("sign in without a password", ada.clone()),
        Command::declare(form.clone(), "the form"),
        Command::DeclareTask(second),
    ] {
        desk.execute(&mission, &command, &ask()).await?;
    }
    let writer = tokio::spawn(work(desk.clone(), mission.clone(), "writer", guide));
    let coder = tokio::spawn(work(desk.clone(), mission.clone(), "coder", form));
    let read = Command::receipt([coder.await??.last(), writer.await??.last()]);
    desk.execute(&mission, &read, &ask()).await?;
    desk.execute(&mission, &Command::complete(), &ask()).await?;

    let log = desk.changed(&mission, Seq::ZERO).await?;
    let told = |at: &Record| format!("{} {}", at.envelope().by, at.event().kind());
    Ok(log.iter().map(told).collect())
}

/// An agent joins, waits until its task is ready, claims it, works, and hands it over.
async fn work(desk: Desk, on: MissionId, me: &str, task: TaskId) -> Result<Outcome, Failure> {
    let me = AgentRef::parse(me)?;
    let tell = async |command| desk.execute(&on, &command, &Ask::new(me.clone())).await;
    tell(Command::join(me.name.clone())).await?;
    let mine = task.clone();
    let ready = move |seen: &Mission| seen.is_ready(&mine, SystemTime::now().into()).then_some(());
    desk.until(&on, ready).await?;
    let claimed = tell(Command::dispatch(task.clone(), me.name.clone())).await?;
    let attempt = claimed.attempt().ok_or("somebody else has it")?;
    // Here it works.
    let done = Handoff::done(task, attempt, me.clone()).summary("as planned");
    Ok(tell(Command::Handoff(done)).await?)
}
