//! `orch next`.

use crate::support::{EXAMPLE, code, json, run, shown};

#[test]
fn nothing_to_hand_out_has_its_own_exit_code() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "next"]));
    let field = run(&["-S", EXAMPLE, "next", "--field", "data.items[0].task"]);
    assert_eq!((code(&field), field.stdout.len()), (14, 0));
}

#[test]
fn the_most_urgent_comes_first() {
    let next = json(&["-S", EXAMPLE, "--at", "22", "next", "2", "--json"]);
    let tasks: Vec<_> = next["data"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["task"])
        .collect();
    assert_eq!(tasks, ["audit", "locale"]);
    let one = json(&["-S", EXAMPLE, "--at", "22", "next", "--json"]);
    assert_eq!(one["data"]["items"].as_array().unwrap().len(), 1);
}
