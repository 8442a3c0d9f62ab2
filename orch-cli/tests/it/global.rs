//! The global flags: positions, the clock, output, fields, width, exit codes.

use crate::support::{EXAMPLE, code, json, orch, run, show, shown};

#[test]
fn the_past_is_marked_as_such_and_has_its_own_clock() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "21", "status"]));
}

#[test]
fn every_form_of_a_position_leads_to_its_record() {
    for (position, seq) in [
        ("21", 21),
        ("~3", 31),
        ("~0", 34),
        ("e:019348a0-0000-7000-8000-000000000010", 16),
        ("2026-11-20T08:54:00Z", 22),
        ("2026-11-20T08:54Z", 22),
        ("2026-11-20T08:54:30", 22),
        ("-30m", 32),
    ] {
        let status = json(&["-S", EXAMPLE, "--at", position, "status", "--json"]);
        assert_eq!(status["seq"], seq, "{position}");
    }
}

#[test]
fn a_position_that_is_not_there_is_an_error() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "99", "status"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "e:0193", "status"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "e:ffff", "status"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "-1day", "status"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "soon", "status"]));
}

#[test]
fn before_the_first_record_there_is_nothing_and_no_failure() {
    let status = json(&["-S", EXAMPLE, "--at", "0", "status", "--json"]);
    assert_eq!(status["data"]["counts"]["total"], 0);
    assert_eq!(status["data"]["counts"]["percent"], serde_json::Value::Null);
    assert_eq!(code(&run(&["-S", EXAMPLE, "--at", "0", "why"])), 0);
    assert_eq!(
        code(&run(&["-S", EXAMPLE, "--at", "0", "why-not", "complete"])),
        0
    );
}

#[test]
fn the_clock_can_be_set_and_moves_ages_only() {
    let args = ["-S", EXAMPLE, "--now", "2026-11-20T10:47Z", "why", "audit"];
    insta::assert_snapshot!(shown(&args));
}

#[test]
fn a_field_is_one_bare_value() {
    for (field, value) in [
        ("data.counts.done", "1\n"),
        ("data.verdict", "stuck\n"),
        ("data.attention[0].items[0].task", "writer\n"),
        ("mission", "billing-export\n"),
    ] {
        let output = run(&["-S", EXAMPLE, "status", "--field", field]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), value);
    }
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "status", "--field", "data.nothing"]));
}

#[test]
fn the_exit_code_tells_the_state_only_when_asked() {
    assert_eq!(code(&run(&["-S", EXAMPLE, "status"])), 0);
    assert_eq!(code(&run(&["-S", EXAMPLE, "status", "--exit-status"])), 11);
    assert_eq!(
        code(&run(&[
            "-S",
            EXAMPLE,
            "--at",
            "26",
            "status",
            "--exit-status"
        ])),
        10
    );
    let quiet = run(&["-S", EXAMPLE, "status", "--exit-status", "-o", "none"]);
    assert_eq!((code(&quiet), quiet.stdout.len()), (11, 0));
}

#[test]
fn a_narrow_terminal_wraps_and_loses_nothing() {
    let args = ["-S", EXAMPLE, "why"];
    let output = orch(&args).env("COLUMNS", "40").output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(
        text.lines().all(|line| line.chars().count() <= 40),
        "{text}"
    );
    insta::assert_snapshot!(show(&args, &output));
    for columns in ["1", "0", "x", "9999999"] {
        assert_eq!(
            code(&orch(&args).env("COLUMNS", columns).output().unwrap()),
            0
        );
    }
}

#[test]
fn no_id_in_a_table_is_broken_at_any_width() {
    for columns in ["20", "40", "50", "60", "70", "80", "200"] {
        for (read, ids) in [
            (&["status"][..], &["audit", "planner#1"][..]),
            (&["show", "writer"], &["coder-1#1", "coder-2#1"]),
            (&["missions"], &["billing-export"]),
        ] {
            let args = [&["-S", EXAMPLE], read].concat();
            let output = orch(&args).env("COLUMNS", columns).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let start = text.find("in flight (").or_else(|| text.find("attempts"));
            let start = start.unwrap_or(0);
            let table = &text[start..];
            let end = table.find("\n\n").unwrap_or(table.len());
            for id in ids {
                assert!(table[..end].contains(id), "{columns} {read:?}: {table}");
            }
        }
    }
    let args = ["-S", EXAMPLE, "show", "writer"];
    let narrow = orch(&args).env("COLUMNS", "40").output().unwrap();
    insta::assert_snapshot!(show(&args, &narrow));
}

#[test]
fn ascii_means_ascii() {
    let output = run(&["-S", EXAMPLE, "--ascii", "why", "notes"]);
    assert!(output.stdout.is_ascii());
    assert!(run(&["-S", EXAMPLE, "--ascii", "status"]).stdout.is_ascii());
}

#[test]
fn colour_is_for_terminals_unless_forced() {
    let escapes = |output: std::process::Output| output.stdout.contains(&0x1b);
    assert!(!escapes(run(&["-S", EXAMPLE, "status"])));
    assert!(escapes(run(&[
        "-S", EXAMPLE, "status", "--color", "always"
    ])));
    assert!(escapes(
        orch(&["-S", EXAMPLE, "status"])
            .env("CLICOLOR_FORCE", "1")
            .output()
            .unwrap()
    ));
    let args = ["-S", EXAMPLE, "status"];
    let both = orch(&args)
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!escapes(both));
}

#[test]
fn times_are_written_as_asked() {
    for style in ["iso", "raw", "local", "relative"] {
        let args = ["-S", EXAMPLE, "--time", style, "log", "-n", "1"];
        insta::assert_snapshot!(shown(&args));
    }
}

#[test]
fn a_wrong_command_line_says_so() {
    insta::assert_snapshot!(shown(&["stauts"]));
    insta::assert_snapshot!(shown(&["gate", "pass", "login"]));
    insta::assert_snapshot!(shown(&["status", "--json", "--no-such-flag"]));
}
