//! `orch diff`.

use crate::support::{EXAMPLE, code, json, orch, run, show, shown};

#[test]
fn what_changed_is_marked_and_names_its_records() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "diff", "15", "21"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "diff", "2", "9"]));
}

#[test]
fn going_back_undoes_what_came_after() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "diff", "33", "29"]));
}

#[test]
fn the_same_is_the_same_and_the_exit_code_tells_on_request() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "diff", "34", "34", "--exit-code"]));
    assert_eq!(code(&run(&["-S", EXAMPLE, "diff", "20", "34"])), 0);
    assert_eq!(
        code(&run(&["-S", EXAMPLE, "diff", "20", "34", "--exit-code"])),
        13
    );
    assert_eq!(
        code(&run(&[
            "-S",
            EXAMPLE,
            "diff",
            "--since",
            "~2",
            "--exit-code"
        ])),
        13
    );
}

#[test]
fn each_way_to_name_the_positions_leads_to_the_same() {
    let whole = json(&["-S", EXAMPLE, "--json", "diff", "20", "34"]);
    for words in [
        &["diff", "20"][..],
        &["diff", "--since", "~14"],
        &[
            "diff",
            "--since",
            "e:019348a0-0000-7000-8000-000000000014",
            "--exit-code",
        ],
        &["--at", "34", "diff", "20"],
    ] {
        let other = json(&[&["-S", EXAMPLE, "--json"], words].concat());
        assert_eq!(other["data"], whole["data"], "{words:?}");
    }
    let ago = json(&["-S", EXAMPLE, "--json", "diff", "--since", "-30m"]);
    assert_eq!(ago["data"]["before"]["seq"], 32);
}

#[test]
fn a_change_names_facts_before_and_after_with_the_record() {
    let diff = json(&["-S", EXAMPLE, "--json", "diff", "18", "19"]);
    let change = &diff["data"]["changes"][0];
    assert_eq!(
        (&change["entity"], &change["id"]),
        (&"task".into(), &"writer".into())
    );
    assert_eq!(change["marks"], serde_json::json!(["owner"]));
    let owner = serde_json::json!({
        "field": "owner", "before": "coder-1#1", "after": "coder-2#1", "record": 19, "side": "after",
    });
    assert!(
        change["fields"].as_array().unwrap().contains(&owner),
        "{change}"
    );
}

#[test]
fn a_position_has_to_be_named_and_there() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "diff"]));
    assert_eq!(code(&run(&["-S", EXAMPLE, "diff", "20", "99"])), 3);
    assert_eq!(
        code(&run(&["-S", EXAMPLE, "diff", "20", "--since", "21"])),
        2
    );
}

#[test]
fn a_narrow_diff_loses_nothing() {
    let args = ["-S", EXAMPLE, "--ascii", "diff", "15", "21"];
    let output = orch(&args).env("COLUMNS", "40").output().unwrap();
    assert!(output.stdout.is_ascii());
    insta::assert_snapshot!(show(&args, &output));
}
