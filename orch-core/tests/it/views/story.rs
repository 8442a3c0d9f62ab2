//! One story in which every field of every record plays a part.

use orch_core::command::{Command, Dispatch, Join};
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{AttemptEnd, Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change};
use orch_core::event::gate::Verdict;
use orch_core::event::mission::{
    MissionArchived, MissionClosed, MissionOutcome, RunEnded, RunStarted,
};
use orch_core::event::note::{FindingRecorded, Note};
use orch_core::event::talk::{Message, MessageClass, WaitDeclared, WaitRef};
use orch_core::event::task::{GateSpec, GateStage, Limits, Need, NeedOn, TaskDeclared, Unmet};
use orch_core::ids::RunId;
use orch_core::party::Actor;
use orch_core::policy::{Clocks, Millis};

use crate::rules::stage::{close_task, deliver, dispatched, inventory, shutdown};
use crate::support::*;

/// The chapters, each with the mission at its end.
pub(crate) fn chapters() -> Vec<(&'static str, World)> {
    let mut world = planned();
    let mut told = vec![("planned", world.clone())];
    for (what, happens) in [
        ("at work", at_work as fn(&mut World)),
        ("asked and silent", asked_and_silent),
        ("judged", judged),
        ("gone wrong", gone_wrong),
        ("corrected", corrected),
        ("over", over),
    ] {
        happens(&mut world);
        told.push((what, world.clone()));
    }
    told
}

fn planned() -> World {
    let mut world = World::with(|policy| {
        policy.clocks.reply_ms = Some(Millis::minutes(15));
        policy.clocks.alive_ms = Some(Millis::minutes(10));
        policy.clocks.report_ms = Some(Millis::minutes(4));
    });
    for who in ["lint", "web"] {
        world.accepts(
            &Actor::Host,
            Command::Join(Join {
                agent: name(who),
                roles: vec![label(who), label("any")],
                session: Some(format!("session of {who}")),
                alias: false,
            }),
        );
    }
    world.declare(TaskDeclared::new(task("plan"), "the plan"));
    let mut limits = Limits::default();
    limits.clocks.total_ms = Some(Millis::minutes(600));
    limits.max_attempts = Some(2);
    let mut needed = Need::accepted(task("plan"));
    needed.or = vec![Unmet::Skipped];
    world.declare(TaskDeclared {
        kind: Some(label("implement")),
        parent: Some(task("plan")),
        phase: Some(label("build")),
        needs: vec![needed],
        role: Some(label("web")),
        gates: vec![
            GateSpec::new(gate("tester"), GateStage::Accept),
            GateSpec::new(gate("merged"), GateStage::Deliver),
        ],
        evidence: vec![label("commit")],
        priority: Some(-3),
        limits: Some(limits),
        source: Some("PLAN.md:7".to_owned()),
        ..TaskDeclared::new(task("page"), "a page")
    });
    let mut loose = Need::accepted(task("page"));
    loose.on = NeedOn::Reported;
    world.declare(TaskDeclared {
        needs: vec![loose],
        ..TaskDeclared::new(task("docs"), "how to use it")
    });
    world.declare(TaskDeclared::new(task("spare"), "if there is time"));
    let run = RunId::parse("monday").unwrap();
    world.accepts(&lead(), Command::StartRun(RunStarted { run }));
    world
}

fn at_work(world: &mut World) {
    world.finish("plan", "lint");
    let mut hand_out = Dispatch::new(task("page"), name("web"));
    hand_out.workspace = Some("trees/page".to_owned());
    hand_out.branch = Some("page".to_owned());
    hand_out.note.push_str("see the plan");
    let mut clocks = Clocks::default();
    clocks.start_ms = Some(Millis::minutes(1));
    hand_out.limits = Some(clocks);
    world.pass(3).accepts(&lead(), Command::Dispatch(hand_out));
    world.accepts(&by("web"), started(1, "page", &agent("web")));
    world
        .pass(2)
        .accepts(&by("web"), Command::Progress(progress("page", 1, "web")));
    let mut silent = beat("page", 1, "web");
    silent.silent_until = Some(epoch() + chrono::TimeDelta::minutes(30));
    world.pass(1).accepts(&by("web"), Command::Beat(silent));
    world.accepts(
        &lead(),
        Command::Note(Note {
            task: Some(task("page")),
            text: "looks good".to_owned(),
        }),
    );
    world.accepts(
        &by("web"),
        Command::RecordFinding(FindingRecorded {
            task: Some(task("page")),
            title: "slow".to_owned(),
            body: "the font".to_owned(),
        }),
    );
}

fn asked_and_silent(world: &mut World) {
    let about_page = |from: &str, to: &str, class| {
        Command::Send(Message {
            task: Some(task("page")),
            ..message(from, to, class, "which font?")
        })
    };
    world.accepts(
        &by("web"),
        about_page("agent:web", "lead", MessageClass::Question),
    );
    world.accepts(
        &lead(),
        about_page("lead", "agent:lint", MessageClass::Actionable),
    );
    world.accepts(
        &lead(),
        Command::Wait(WaitDeclared {
            who: WaitRef::Task(task("spare")),
            on: WaitRef::Lock(label("deploy")),
            until: Some(epoch() + chrono::TimeDelta::minutes(400)),
        }),
    );
    world.pass(60).accepts(&Actor::Host, Command::Tick);
}

fn judged(world: &mut World) {
    let mut done = handoff("page", 1, "web", HandoffStatus::Done);
    done.revision = Some("r1".to_owned());
    done.evidence = vec![evidence("commit", "4f1c2e")];
    world.happens(&by("web"), done);
    // It went on without the answer, which comes now.
    let answer = Message {
        reply_to: world.view("page").open_question(),
        ..message("lead", "agent:web", MessageClass::Fyi, "the plain one")
    };
    world.accepts(&lead(), Command::Send(answer));
    world.accepts(&lead(), request_gate("page", 1, "tester", "agent:lint"));
    let again = decide_gate("page", 1, "tester", "agent:lint", Verdict::ChangesRequested);
    world.accepts(&by("lint"), world.judging_newest(again));
    let mut done = handoff("page", 1, "web", HandoffStatus::Done);
    done.revision = Some("r2".to_owned());
    done.evidence = vec![evidence("commit", "5a")];
    world.pass(5).accepts(&by("web"), Command::Handoff(done));
    world.accepts(&lead(), request_gate("page", 1, "tester", "human:bo"));
}

fn gone_wrong(world: &mut World) {
    let mut failed = handoff("docs", 1, "lint", HandoffStatus::Failed);
    failed.error = Some("no words".to_owned());
    world.start("docs", "lint");
    world.accepts(&by("lint"), Command::Handoff(failed));
    let mut left = handoff("docs", 2, "lint", HandoffStatus::Partial);
    left.remaining = vec!["the index".to_owned()];
    world.pass(60).dispatch("docs", "lint");
    world.accepts(&by("lint"), Command::Handoff(left));
    world.happens(&import(), dispatched("docs", 3, "lint"));
    world.happens(&import(), dispatched("docs", 4, "ghost"));
    world.happens(&by("lint"), beat("docs", 2, "lint"));
    world.happens(&Actor::Host, inventory("lint", &[("spare", 1)]));
    world.accepts(&Actor::Host, shutdown("lint", ShutdownStage::Requested));
    world.accepts(&by("lint"), shutdown("lint", ShutdownStage::Acknowledged));
    world.happens(&by("lint"), handoff("docs", 3, "lint", HandoffStatus::Done));
    world.happens(
        &lead(),
        message(
            "lead",
            "agent:lint",
            MessageClass::Actionable,
            "still there?",
        ),
    );
}

fn corrected(world: &mut World) {
    let mut change = Amendment::default();
    change.title = Some("the manual".to_owned());
    change.priority = Some(1);
    change.remove_needs = vec![task("page")];
    world.accepts(&lead(), correct("docs", Change::Amend(Box::new(change))));
    world.accepts(&lead(), correct("docs", Change::Reopen));
    world.accepts(
        &lead(),
        correct("spare", Change::Supersede { by: task("docs") }),
    );
    world.join("lint");
    world.dispatch("docs", "lint");
    world.accepts(
        &Actor::Agent(agent("lint#2")),
        Command::Handoff(Handoff::new(
            task("docs"),
            orch_core::ids::AttemptNo(world.token("docs")),
            agent("lint#2"),
            Some(HandoffStatus::Blocked),
        )),
    );
    let passed = decide_gate("page", 1, "tester", "human:bo", Verdict::Approved);
    world.accepts(&human("bo"), world.judging_newest(passed));
}

fn over(world: &mut World) {
    let passed = decide_gate("page", 1, "merged", "human:ada", Verdict::Waived);
    let Command::DecideGate(mut waived) = world.judging_newest(passed) else {
        panic!("it is a decision")
    };
    waived.reason.push_str("merged by hand");
    world.accepts(&lead(), Command::DecideGate(waived));
    world.accepts(&lead(), deliver("page"));
    world.accepts(&lead(), close_task("docs", Unmet::Cancelled));
    let run = RunId::parse("monday").unwrap();
    world.accepts(&lead(), Command::EndRun(RunEnded { run }));
    world.accepts(
        &lead(),
        Command::CloseMission(MissionClosed {
            outcome: MissionOutcome::Completed,
            forced: true,
            reason: "good enough".to_owned(),
        }),
    );
    let reason = String::new();
    world.accepts(&lead(), Command::Archive(MissionArchived { reason }));
    world.happens(&by("web"), ended("page", 1, "web", AttemptEnd::Killed));
}
