//! The facts about the mission itself.

use super::{List, written};
use crate::mission::state::State;

impl State {
    pub(super) fn mission_facts(&self, list: &mut List) {
        if let Some(opened) = &self.opened {
            list.add("title", Some(&opened.title));
            list.add("lead", Some(&opened.lead));
            list.add("rules", Some(opened.rules));
        }
        let closed = self.closed.as_ref();
        list.add("outcome", closed.map(outcome));
        let reason = closed.map(|closed| &closed.reason);
        list.add("reason", reason.filter(|reason| !reason.is_empty()));
        list.add("archived", self.archived.map(|_| "yes"));
        let policy = serde_json::to_value(&self.policy).ok();
        let policy = policy.as_ref().and_then(serde_json::Value::as_object);
        for (name, value) in policy.into_iter().flatten() {
            list.add(format!("policy.{name}"), Some(value));
        }
        for (id, run) in &self.runs {
            let word = if run.ended.is_some() {
                "ended"
            } else {
                "started"
            };
            list.add(format!("run.{id}"), Some(word));
        }
        for (who, wait) in &self.waits {
            list.add(format!("wait.{who}"), Some(&wait.on));
        }
    }
}

fn outcome(closed: &crate::mission::Closed) -> String {
    let forced = if closed.forced { ", forced" } else { "" };
    format!("{}{forced}", written(&closed.outcome))
}
