//! What is said about a wrong expression, as a person sees it.

use orch_core::ids::TaskId;

use crate::condition::Condition;
use crate::error::CliError;

/// Shows an error as the terminal does.
fn shown(error: &CliError) -> String {
    let mut lines = vec![format!("error[{}]: {error}", error.word())];
    let excerpt = error.excerpt.as_ref().unwrap();
    for line in excerpt.lines(None) {
        let spans = line.fitted(None, "…").concat();
        let text: String = spans.into_iter().map(|span| span.text).collect();
        lines.push(text.trim_end().to_owned());
    }
    let notes = error.evidence.iter();
    lines.extend(notes.map(|note| format!("  {}", note.text)));
    lines.join("\n") + "\n"
}

#[test]
fn an_error_points_to_the_place_and_says_what_belongs_there() {
    let wrong = [
        "",
        "task.t3.status = \"blocked\"",
        "task.t3.status == \"don\"",
        "task.t3.status == \"done\"",
        "task.t3.status == blocked",
        "task.t3.status",
        "task.t3.statsu == \"blocked\"",
        "task.t3",
        "t3.status == \"blocked\"",
        "mission.status == \"stuck\"",
        "mission.verdict == \"blocked\"",
        "verdict > \"stuck\"",
        "running",
        "ready",
        "mission.complete && (task.t3.done",
        "mission.complete and task.t3.done)",
        "task.t3.done & mission.complete",
        "task.t3.owner == \"coder",
        "0 < tasks < 3",
        "any(task, blocked)",
        "any(tasks)",
        "all(tasks, stauts == \"open\")",
        "mission.outcome == \"done\"",
        "task.bd-a1.2.status == \"open\"",
        "anomaly(zombie)",
        "anomaly(\"zombi\")",
        "task.t3.owner == \"coder#2\"",
        "task.t3.ready == none",
        "task.t3.attempts == \"3\"",
        "task.t3.gate",
        "tásk.t3.done",
    ];
    let all = wrong.iter().map(|text| {
        let error = Condition::parse(text, None).unwrap_err();
        shown(&error)
    });
    insta::assert_snapshot!(all.collect::<Vec<_>>().join("\n"));
}

#[test]
fn after_a_task_bare_names_are_its_fields() {
    let login = TaskId::parse("login").unwrap();
    let wrong = [
        "nonsense",
        "verdict == \"stuck\"",
        "blocked_by",
        "state == \"open\"",
    ];
    let all = wrong.iter().map(|text| {
        let error = Condition::parse(text, Some(&login)).unwrap_err();
        shown(&error)
    });
    insta::assert_snapshot!(all.collect::<Vec<_>>().join("\n"));
}
