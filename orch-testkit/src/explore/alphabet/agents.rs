//! Agents: joining, leaving, the shutdown ladder, and what they carry.

use orch_core::command::{Command, Join};
use orch_core::event::agent::{AgentLeft, Carried, Inventory, Shutdown, ShutdownStage};
use orch_core::ids::{AgentRef, AttemptNo};
use orch_core::party::Actor;

use super::{Alphabet, first_task, itself, stranger};
use crate::world::{lead, name};

impl Alphabet<'_> {
    pub(super) fn agents(&mut self) {
        for name in self.names() {
            self.add(&Actor::Host, Command::join(name.clone()));
        }
        self.add(
            &Actor::Host,
            Command::Join(Join {
                agent: name("a"),
                roles: Vec::new(),
                session: None,
                alias: true,
            }),
        );
        for who in self.incarnations().into_iter().chain([stranger()]) {
            self.ladder(&who);
        }
        self.without_authority();
        self.inventories();
    }

    fn ladder(&mut self, who: &AgentRef) {
        let own = itself(who);
        let leave = Command::Leave(AgentLeft {
            agent: who.clone(),
            reason: String::new(),
        });
        self.add(&own, leave.clone());
        self.add(&Actor::Host, leave);
        for (by, stage) in [
            (&lead(), ShutdownStage::Requested),
            (&lead(), ShutdownStage::Terminated),
            (&own, ShutdownStage::Acknowledged),
            (&own, ShutdownStage::Refused),
        ] {
            self.add(by, shutdown(who, stage));
        }
    }

    /// What an agent asks for about another one.
    fn without_authority(&mut self) {
        let all = self.incarnations();
        let (Some(first), Some(other)) = (all.first(), all.last()) else {
            return;
        };
        let by = itself(other);
        self.add(&by, shutdown(first, ShutdownStage::Requested));
        self.add(&by, shutdown(first, ShutdownStage::Acknowledged));
        self.add(&by, Command::join(first.name.clone()));
        let agent = first.clone();
        let reason = String::new();
        self.add(&by, Command::Leave(AgentLeft { agent, reason }));
    }

    fn inventories(&mut self) {
        let tasks = self.tasks();
        for agent in self.incarnations().into_iter().chain([stranger()]) {
            let mut lists: Vec<Vec<Carried>> = vec![Vec::new()];
            for task in &tasks {
                for attempt in self.attempts() {
                    let task = task.clone();
                    lists.push(vec![Carried { task, attempt }]);
                }
            }
            for carries in lists {
                let agent = agent.clone();
                self.add(&Actor::Host, Command::Observe(Inventory { agent, carries }));
            }
        }
        let all = self.incarnations();
        if let (Some(first), Some(other)) = (all.first(), all.last()) {
            let carries = vec![Carried {
                task: first_task(),
                attempt: AttemptNo(1),
            }];
            let agent = first.clone();
            self.add(
                &itself(other),
                Command::Observe(Inventory { agent, carries }),
            );
        }
    }
}

fn shutdown(who: &AgentRef, stage: ShutdownStage) -> Command {
    Command::Shutdown(Shutdown {
        agent: who.clone(),
        stage,
        reason: "enough".to_owned(),
    })
}
