//! The facts about one incarnation of an agent.

use super::List;
use crate::mission::state::State;
use crate::mission::table::IncarnationIx;

impl State {
    pub(super) fn agent_facts(&self, ix: IncarnationIx, list: &mut List) {
        let row = &self.incarnations[ix];
        list.add("status", Some(row.status()));
        list.all("roles", &row.roles);
        list.all("sessions", &row.sessions);
        let holds = row.open.iter().map(|&ix| {
            let attempt = &self.attempts[ix];
            let task = &self.tasks[attempt.task].id;
            format!("{task} attempt {}", attempt.number)
        });
        list.all("holds", holds);
        let carries = row.carries.iter().flat_map(|(_, carries)| carries);
        let carries = carries.map(|one| format!("{} attempt {}", one.task, one.attempt));
        list.all("carries", carries);
    }
}
