//! What is to be done, and rulings on it: declaring, correcting and closing.

use orch_core::command::{Command, Rebind};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::mission::{
    MissionArchived, MissionClosed, MissionOutcome, RunEnded, RunStarted,
};
use orch_core::event::note::{FindingRecorded, Note};
use orch_core::event::task::{GateSpec, GateStage, Need, TaskClosed, TaskDeclared, Unmet};
use orch_core::ids::{AttemptNo, RunId, Seq, TaskId};
use orch_core::party::Actor;

use super::{Alphabet, Reference, first_task, itself, unknown_task};
use crate::explore::symbol::{Act, Repeat, Symbol};
use crate::world::{correct, gate, lead, name};

impl Alphabet<'_> {
    pub(super) fn rulings(&mut self) {
        let tasks = self.tasks();
        for task in &tasks {
            let id = task.as_str();
            for to in self.names() {
                self.lead(rebind(task, to.as_str()));
            }
            for change in [Change::Reopen, Change::Unblock] {
                self.lead(correct(id, change));
            }
            for other in tasks.iter().filter(|other| *other != task) {
                self.lead(correct(id, Change::Supersede { by: other.clone() }));
            }
            for outcome in [Unmet::Skipped, Unmet::Cancelled, Unmet::Failed] {
                self.lead(close(task, outcome));
            }
            self.refer(&lead(), Reference::Adopt(task.clone()));
        }
        self.rulings_out_of_scope();
    }

    fn rulings_out_of_scope(&mut self) {
        let task = first_task();
        let id = task.as_str();
        let unknown = unknown_task();
        self.lead(rebind(&task, "ghost"));
        self.lead(rebind(&unknown, "a"));
        self.lead(correct(unknown.as_str(), Change::Reopen));
        self.lead(correct(
            id,
            Change::Supersede {
                by: unknown.clone(),
            },
        ));
        self.lead(correct(id, Change::Supersede { by: task.clone() }));
        self.lead(correct(id, Change::Adopt { seq: Seq(1) }));
        self.lead(close(&unknown, Unmet::Cancelled));
        let Some(who) = self.incarnations().first().cloned() else {
            return;
        };
        self.add(&itself(&who), correct(id, Change::Reopen));
        self.add(&itself(&who), close(&task, Unmet::Skipped));
        for number in [1, 9, 1 << 30] {
            let attempt = AttemptNo(number);
            let to = who.clone();
            self.lead(correct(id, Change::Rebind { to, attempt }));
        }
        for (reason, supersedes) in [("", Vec::new()), ("so it is", vec![Seq(9_999)])] {
            self.lead(Command::Correct(Correction {
                task: task.clone(),
                change: Change::Reopen,
                reason: reason.to_owned(),
                supersedes,
            }));
        }
    }

    pub(super) fn plan(&mut self) {
        self.declarations();
        self.amendments();
        self.closes();
        let run = |text: &str| RunId::parse(text).expect("the name of a run is valid");
        self.add(
            &Actor::Host,
            Command::StartRun(RunStarted { run: run("r1") }),
        );
        for each in ["r1", "r9"] {
            self.add(&Actor::Host, Command::EndRun(RunEnded { run: run(each) }));
        }
        for task in [first_task(), unknown_task()] {
            self.lead(Command::Note(Note {
                task: Some(task.clone()),
                text: "a remark".to_owned(),
            }));
            self.lead(Command::RecordFinding(FindingRecorded {
                task: Some(task),
                title: "a finding".to_owned(),
                body: String::new(),
            }));
        }
    }

    fn declarations(&mut self) {
        let tasks = self.tasks();
        for task in &tasks {
            // Where the roots have declared it, this is the second time.
            self.lead(Command::declare(task.clone(), task.as_str()));
        }
        // What is refused must stay so: no state has a task beyond those in scope.
        let beyond = TaskDeclared::new(unknown_task(), "beyond");
        let mut ill = beyond.clone();
        ill.gates = vec![spec("tester"), spec("tester")];
        self.lead(Command::DeclareTask(beyond.needs(unknown_task())));
        self.lead(Command::DeclareTask(ill));
        self.lead(Command::open("again", crate::world::party("human:ada")));
    }

    fn amendments(&mut self) {
        let tasks = self.tasks();
        let amend = |task: &TaskId, change: &dyn Fn(&mut Amendment)| {
            let mut amendment = Amendment::default();
            change(&mut amendment);
            correct(task.as_str(), Change::Amend(Box::new(amendment)))
        };
        for task in &tasks {
            for other in tasks.iter().chain([&unknown_task()]) {
                let need = vec![Need::accepted(other.clone())];
                self.lead(amend(task, &|it| it.add_needs.clone_from(&need)));
            }
            for other in tasks.iter().filter(|other| *other != task) {
                self.lead(amend(task, &|it| it.remove_needs = vec![other.clone()]));
            }
            self.lead(amend(task, &|it| it.gates = Some(Vec::new())));
        }
        let first = first_task();
        self.lead(amend(&first, &|it| it.gates = Some(vec![spec("late")])));
    }

    fn closes(&mut self) {
        for outcome in [
            MissionOutcome::Completed,
            MissionOutcome::Failed,
            MissionOutcome::Cancelled,
        ] {
            self.lead(end(outcome, false, ""));
        }
        self.lead(end(MissionOutcome::Completed, true, "enough"));
        self.lead(end(MissionOutcome::Completed, true, ""));
        let archive = Command::Archive(MissionArchived {
            reason: String::new(),
        });
        self.lead(archive.clone());
        if let Some(who) = self.incarnations().first() {
            self.add(&itself(who), Command::complete());
            self.add(&itself(who), archive);
        }
        for repeat in [Repeat::Same, Repeat::Other] {
            let act = Act::Again(Box::new(Command::complete()), repeat);
            self.symbols.push(Symbol { by: lead(), act });
        }
    }
}

fn rebind(task: &TaskId, to: &str) -> Command {
    Command::Rebind(Rebind {
        task: task.clone(),
        to: name(to),
        reason: "as observed".to_owned(),
        supersedes: Vec::new(),
    })
}

fn close(task: &TaskId, outcome: Unmet) -> Command {
    Command::CloseTask(TaskClosed {
        task: task.clone(),
        outcome,
        reason: "as decided".to_owned(),
    })
}

fn end(outcome: MissionOutcome, forced: bool, reason: &str) -> Command {
    Command::CloseMission(MissionClosed {
        outcome,
        forced,
        reason: reason.to_owned(),
    })
}

fn spec(text: &str) -> GateSpec {
    GateSpec::new(gate(text), GateStage::Accept)
}
