//! `docs/spec.md` says what the tables in the code say.

#![expect(
    clippy::disallowed_methods,
    reason = "a test of a file reads it; the crate does not"
)]
#![expect(clippy::format_collect, reason = "a table of a few rows")]

use std::fs;
use std::path::Path;

use orch_core::codes::Code;
use orch_core::event::Event;
use orch_core::lint::Lint;
use orch_core::rules::RULES;
use orch_core::status::agent::{AgentEvent, AgentStatus};
use orch_core::status::attempt::{AttemptEvent, AttemptStatus};
use orch_core::status::gate::{GateEvent, GateStatus};
use orch_core::status::render_table;
use orch_core::status::task::{TaskEvent, TaskStatus};

/// One row for each lint.
fn lints() -> String {
    Lint::ALL
        .iter()
        .map(|lint| {
            let severity = lint.severity();
            let refines = lint.refines();
            let refines = refines.map_or_else(String::new, |code| format!(" A case of `{code}`."));
            let title = lint.title();
            format!(
                "| `{}` | {} | {severity} | {title}{refines} |\n",
                lint.as_str(),
                lint.rule()
            )
        })
        .collect()
}

/// Every generated section, by the name in its markers.
fn sections() -> Vec<(&'static str, String)> {
    let rules: String = RULES
        .iter()
        .map(|rule| format!("| {} | {} | {} |\n", rule.id, rule.text, rule.from))
        .collect();
    let codes: String = Code::ALL
        .iter()
        .map(|code| {
            let treatment = format!("{:?}", code.treatment()).to_lowercase();
            format!(
                "| `{code}` | {} | {treatment} | {} |\n",
                code.rule(),
                code.title()
            )
        })
        .collect();
    let kinds: Vec<String> = Event::KINDS
        .iter()
        .map(|kind| format!("`{kind}`"))
        .collect();
    vec![
        ("kinds", format!("{}\n", kinds.join(" · "))),
        (
            "rules",
            format!("| id | rule | from |\n|---|---|---|\n{rules}"),
        ),
        (
            "codes",
            format!("| code | rule | the record | meaning |\n|---|---|---|---|\n{codes}"),
        ),
        (
            "lints",
            format!(
                "| lint | rule | severity | meaning |\n|---|---|---|---|\n{}",
                lints()
            ),
        ),
        (
            "task",
            render_table("event", TaskStatus::ALL, TaskEvent::ALL, TaskStatus::next),
        ),
        (
            "attempt",
            render_table(
                "event",
                AttemptStatus::ALL,
                AttemptEvent::ALL,
                AttemptStatus::next,
            ),
        ),
        (
            "agent",
            render_table(
                "event",
                AgentStatus::ALL,
                AgentEvent::ALL,
                AgentStatus::next,
            ),
        ),
        (
            "gate",
            render_table("event", GateStatus::ALL, GateEvent::ALL, GateStatus::next),
        ),
    ]
}

#[test]
fn the_specification_shows_the_tables_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/spec.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut expected = text.clone();
    for (name, body) in sections() {
        let begin = format!("<!-- generated: {name} -->\n");
        let start = expected.find(&begin).expect(&begin) + begin.len();
        let end = start
            + expected[start..]
                .find("<!-- end -->")
                .expect("an end marker");
        expected.replace_range(start..end, &format!("\n{body}\n"));
    }
    if std::env::var_os("ORCH_UPDATE_DOCS").is_some() {
        fs::write(&path, &expected).unwrap();
        return;
    }
    assert!(
        text == expected,
        "docs/spec.md is out of date: run `cargo xtask fix`"
    );
}
