//! `orch why-not`.

use crate::support::{EXAMPLE, shown};

#[test]
fn what_keeps_a_mission_from_completing_is_listed_in_full() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why-not", "complete"]));
}

#[test]
fn what_keeps_tasks_from_being_ready_is_named_for_each() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why-not", "ready"]));
}

#[test]
fn what_keeps_a_task_from_being_accepted_is_named() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why-not", "writer"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why-not", "notes"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why-not", "spec"]));
}
