//! Messages, receipts and declared waits.

use orch_core::command::Command;
use orch_core::event::talk::{Message, MessageClass, WaitDeclared, WaitRef};
use orch_core::ids::Seq;
use orch_core::party::{Actor, Party};

use super::{Alphabet, Reference, first_task, itself, stranger, unknown_task};
use crate::world::{label, lead, message, party};

impl Alphabet<'_> {
    pub(super) fn talk(&mut self) {
        let classes = [
            MessageClass::Fyi,
            MessageClass::Actionable,
            MessageClass::Question,
        ];
        for class in classes {
            for to in self.names().into_iter().map(Party::Agent) {
                let to = to.to_string();
                let said = message("human:ada", &to, class, "well?");
                self.lead(Command::Send(said));
            }
            for who in self.incarnations() {
                for task in self.tasks() {
                    let said = from(who.name.as_str(), "lead", class);
                    let task = Some(task);
                    self.add(&itself(&who), Command::Send(Message { task, ..said }));
                }
            }
        }
        self.lead(Command::Send(message(
            "human:ada",
            "agent:ghost",
            MessageClass::Fyi,
            "…",
        )));
        let ghost = from("ghost", "lead", MessageClass::Question);
        self.add(&itself(&stranger()), Command::Send(ghost));
        let forged = message("human:ada", "agent:b", MessageClass::Fyi, "in your name");
        for who in self.incarnations().into_iter().take(1) {
            self.add(&itself(&who), Command::Send(forged.clone()));
        }
        let mut stray = message("human:ada", "agent:a", MessageClass::Fyi, "re");
        stray.reply_to = Some(Seq(9_999));
        self.lead(Command::Send(stray));
        self.answers();
        self.waits();
    }

    fn answers(&mut self) {
        self.lead(Command::receipt([Seq(9_999)]));
        self.refer(&lead(), Reference::Reply(party("human:ada")));
        let readers: Vec<Actor> = self.incarnations().iter().map(itself).collect();
        for by in &readers {
            let own = by.party().unwrap_or(Party::Lead);
            self.refer(by, Reference::Reply(own));
        }
        for by in readers.iter().chain([&lead()]) {
            self.refer(by, Reference::ReadMessages);
            self.refer(by, Reference::ReadResults);
        }
    }

    fn waits(&mut self) {
        let tasks = self.tasks();
        let first = first_task();
        let lock = WaitRef::Lock(label("db"));
        let mut targets = vec![lock.clone(), WaitRef::Agent(crate::world::name("b"))];
        targets.extend(
            tasks
                .iter()
                .filter(|it| **it != first)
                .cloned()
                .map(WaitRef::Task),
        );
        targets.push(WaitRef::Task(unknown_task()));
        targets.push(WaitRef::Agent(crate::world::name("ghost")));
        for on in targets {
            let who = WaitRef::Task(first.clone());
            self.lead(wait(who, on));
        }
        for who in self.incarnations() {
            let by = itself(&who);
            self.add(&by, wait(WaitRef::Task(first.clone()), lock.clone()));
            self.add(&by, wait(WaitRef::Agent(who.name), lock.clone()));
        }
    }
}

fn from(name: &str, to: &str, class: MessageClass) -> Message {
    message(&format!("agent:{name}"), to, class, "what about this?")
}

fn wait(who: WaitRef, on: WaitRef) -> Command {
    Command::Wait(WaitDeclared {
        who,
        on,
        until: None,
    })
}
