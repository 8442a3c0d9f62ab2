//! `orch message`, `inbox`, `ack`, `note`, `stand-down` and `findings`.

use crate::support::live::{Live, run_with};
use crate::support::{code, run_suggested};

#[test]
fn an_inbox_holds_what_is_not_read_or_answered() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(
        live.shown("message coder 'which port?' --class question --task login")
    );
    live.ok("message coder 'the office is closed'");
    live.ok("-A coder message lead 'act on it' --class actionable");
    insta::assert_snapshot!(live.shown("inbox coder"));
    insta::assert_snapshot!(live.shown("inbox"));
    let lines = named_by(&mut live, "inbox coder");
    let [_answer, ack] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(code(&run_suggested(live.folder(), ack)), 0);
    live.ok("-A coder message human:ada '8080' --reply-to 5");
    assert_eq!(
        live.json("-A coder inbox")["data"]["fyi"],
        serde_json::json!([])
    );
    insta::assert_snapshot!(live.shown("inbox coder"));
}

#[test]
fn a_recipient_nobody_knows_is_refused_with_the_nearest_name() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("message codre 'hello there'"));
    assert_eq!(
        live.error(5, "message coder hi --reply-to 2")["code"],
        "unknown_record"
    );
}

#[test]
fn results_are_read_by_whoever_leads() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done");
    insta::assert_snapshot!(live.shown("inbox"));
    assert_eq!(live.error(5, "-A tess ack 6")["code"], "not_authorised");
    live.ok("ack 6");
    assert_eq!(live.json("ack 6")["data"]["outcome"], "no_change");
}

#[test]
fn a_word_to_stand_down_ends_nothing() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    insta::assert_snapshot!(live.shown("stand-down coder"));
    live.ok("-A coder start login");
}

#[test]
fn a_text_comes_from_the_line_a_file_or_standard_input() {
    let mut live = Live::with_task();
    std::fs::write(live.folder().join("note.txt"), "from a file").unwrap();
    live.ok("note 'from the line' --task login");
    live.ok("note --file note.txt");
    let text = b"first line\n\x1b[2Jsecond line\n";
    let said = run_with(&live, "findings put login --title found --file -", text);
    assert_eq!(code(&said), 0);
    live.ok("findings put login --title more --body 'and this'");
    insta::assert_snapshot!(live.shown("findings get login"));
    insta::assert_snapshot!(live.shown("log --kind note"));
}

#[test]
fn what_is_no_text_or_too_much_of_it_is_refused() {
    let mut live = Live::with_task();
    std::fs::write(live.folder().join("binary"), b"ab\xff").unwrap();
    std::fs::write(live.folder().join("long"), vec![b'x'; 1024 * 1024 + 1]).unwrap();
    for (file, line) in [
        ("binary", "byte 2"),
        ("long", "1048576 bytes"),
        ("none", "no file none"),
    ] {
        let error = live.error(2, &format!("note --file {file}"));
        assert_eq!(error["code"], "text_unusable");
        assert!(error["message"].as_str().unwrap().contains(line), "{error}");
    }
    live.error(2, "note");
    live.error(2, "note both --file binary");
    assert_eq!(live.n_records(), 4);
}

/// The commands that an inbox names, in their order.
fn named_by(live: &mut Live, line: &str) -> Vec<String> {
    let answer = live.json(line);
    let next = answer["next"].as_array().unwrap();
    let lines = next.iter().map(|line| line.as_str().unwrap().to_owned());
    lines.collect()
}

#[test]
fn an_inbox_holds_work_decisions_and_requests_with_what_settles_each() {
    let mut live = Live::with_task();
    live.ok("correct amend login --gate tester --reason 'it must be tested'");
    live.ok("dispatch login --to coder");
    insta::assert_snapshot!(live.shown("inbox coder"));
    assert_eq!(
        named_by(&mut live, "inbox coder"),
        ["orch -A coder start login --attempt 1"]
    );
    live.ok("-A coder handoff login --status done --revision r1");
    live.ok("gate request login tester --to tess");
    live.ok("message tess 'which port?' --class question");
    live.ok("shutdown tess");
    insta::assert_snapshot!(live.shown("inbox tess"));
    let lines = named_by(&mut live, "inbox tess");
    assert_eq!(lines.len(), 3, "{lines:?}");
    live.ok("-A tess gate reject login tester --revision r1 --finding 'no test'");
    assert_eq!(
        named_by(&mut live, "inbox coder"),
        ["orch -A coder start login --attempt 1"]
    );
    for line in named_by(&mut live, "inbox tess") {
        assert_eq!(code(&run_suggested(live.folder(), &line)), 0, "{line}");
    }
    for line in named_by(&mut live, "inbox coder") {
        assert_eq!(code(&run_suggested(live.folder(), &line)), 0, "{line}");
    }
    insta::assert_snapshot!(live.shown("inbox tess"));
    insta::assert_snapshot!(live.shown("inbox coder"));
}

#[test]
fn what_needs_no_acknowledgement_is_said_to_need_none() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("ack 3"));
    live.ok("message lead hello");
    live.ok("ack 5");
    insta::assert_snapshot!(live.shown("ack 3 5"));
    assert_eq!(live.json("ack 3")["data"]["outcome"], "no_change");
}
