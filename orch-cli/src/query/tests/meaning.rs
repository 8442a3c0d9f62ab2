//! What expressions come to.

use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::record::Record;

use crate::query::Query;
use crate::query::facts::Facts;

/// The example that comes with orch, folded up to a record.
fn mission(until: usize) -> Mission {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/stuck-mission.jsonl"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().take(until);
    Mission::fold(
        &lines
            .map(|line| Record::parse(line.as_bytes()).unwrap())
            .collect::<Vec<_>>(),
    )
}

fn holds(text: &str, task: Option<&str>, mission: &Mission) -> bool {
    let task = task.map(|task| TaskId::parse(task).unwrap());
    let query = Query::parse(text, task.as_ref());
    let query = query.unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    query.holds(&Facts::new(mission, mission.head_at().unwrap_or_default()))
}

#[test]
fn an_expression_says_how_the_mission_is() {
    let stuck = mission(34);
    for text in [
        "mission.verdict == \"stuck\"",
        "verdict == \"stuck\" && !mission.complete",
        "stuck and settled and not closed",
        "phase == 'executing'",
        "outcome == none && mission.outcome != \"completed\"",
        "tasks == 6 && open == 2 && mission.in_review == 1",
        "in_flight < 2 && in_flight >= 1 && percent <= 16",
        "anomalies > 0 && late == 1 && obligations == 3",
        "anomaly(\"zombie\") && !anomaly(\"fenced\")",
        "cause(\"gate_open\") && !cause(\"exhausted\")",
        "any(tasks, blocked) && count(tasks, open) == open",
        "all(tasks, exists) && !all(tasks, done)",
        "count(tasks) == mission.tasks && count(agents) == 4",
        "count(agents, live) == 2 && !any(agents, name == \"rita\" && live)",
    ] {
        assert!(holds(text, None, &stuck), "{text}");
    }
}

#[test]
fn an_expression_says_how_a_task_or_an_agent_is() {
    let stuck = mission(34);
    for text in [
        "task.spec.done && task[\"spec\"].accepted && task.spec.settled",
        "task.writer.status == \"in_review\" && task.writer.attempts == 2",
        "task.writer.owner == \"coder-2\" && task.writer.incarnation == \"coder-2#1\"",
        "task.writer.gate.reviewer == \"requested\" && task.writer.gate.tester == none",
        "task.writer.anomaly(\"zombie\") && task.writer.anomalies == 1 && task.writer.late == 1",
        "task.locale.stuck && task.locale.blocks == 1 && task.locale.failures == 0",
        "task.notes.blocked_by(\"writer\") && !task.notes.blocked_by(\"audit\")",
        "task.notes.cause(\"gate_open\") && task.notes.stuck && !task.notes.ready",
        "task.spec.kind == \"spec\" && task.spec.phase == \"design\" && task.notes.kind == none",
        "agent.rita.status == \"left\" && !agent.rita.live && agent.planner.holds == 1",
        "agent[\"coder-2#1\"].live && agent.coder-2.live",
    ] {
        assert!(holds(text, None, &stuck), "{text}");
    }
    for text in [
        "in_review",
        "status != \"blocked\" && owner == \"coder-2\"",
        "mission.stuck",
    ] {
        assert!(holds(text, Some("writer"), &stuck), "{text}");
    }
}

#[test]
fn what_is_not_there_is_none_nothing_and_no() {
    let before = mission(0);
    for text in [
        "task.x.status == none && task.x.status != \"open\" && task.x.owner == none",
        "task.x.attempts == 0 && !task.x.exists && !task.x.done && !task.x.open",
        "!(task.x.priority < 1) && !(task.x.priority >= 1) && task.x.priority == none",
        "!agent.a.live && agent.a.status == none && agent.a.holds == 0 && agent.a.name == none",
        "all(tasks, done) && !any(tasks, true) && count(tasks) == 0 && percent == none",
        "!anomaly(\"zombie\") && !cause(\"gate_open\") && !task.x.cause(\"gate_open\")",
    ] {
        assert!(holds(text, None, &before), "{text}");
    }
}

#[test]
fn signs_bind_as_written_down() {
    let empty = mission(0);
    for (text, wanted) in [
        ("true || true && false", true),
        ("(true || true) && false", false),
        ("not true == false", true),
        ("!false && !false", true),
        ("!(true && false)", true),
        ("!!true", true),
        ("true == (1 < 2)", true),
        ("-1 < 0 && 1 <= 1 && 2 >= 2 && 3 > 2 && 1 != 2", true),
        ("'a\\'b' == \"a'b\" && \"\\\\\" == '\\\\'", true),
    ] {
        assert_eq!(holds(text, None, &empty), wanted, "{text}");
    }
}

#[test]
fn what_is_named_and_never_comes_is_found() {
    let stuck = mission(34);
    let missing = |text: &str| {
        let faults = Query::parse(text, None).unwrap().missing(&stuck);
        let said = faults
            .iter()
            .map(|fault| format!("{fault}; {}", fault.label));
        said.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(
        [
            "task.writr.done && task.locale.done",
            "agent.rite.live || agent[\"coder-2#7\"].live",
            "task.writer.gate.revewer == \"approved\"",
            "task.spec.gate.reviewer == \"approved\"",
            "any(tasks, gate.tester == \"approved\")",
            "task.writer.owner == \"coder2\" || task.notes.blocked_by(\"downlod\")",
            "any(tasks, kind == \"implment\" || role == \"coder\")",
        ]
        .map(missing)
        .join("\n")
    );
}

#[test]
fn a_reading_names_what_was_asked_and_what_it_came_to() {
    let stuck = mission(34);
    let facts = Facts::new(&stuck, stuck.head_at().unwrap());
    let writer = TaskId::parse("writer").unwrap();
    let text = "status == \"open\" || any(tasks, in_review || open) && mission.outcome != none \
        && status == \"blocked\" && count(agents, live) > 1 && task[\"a b\"].gate.x == \"open\"";
    let query = Query::parse(text, Some(&writer)).unwrap();
    let readings = query.readings(&facts).into_iter();
    let readings = readings.map(|reading| format!("{}: {}", reading.asked, reading.value));
    insta::assert_snapshot!(readings.collect::<Vec<_>>().join("\n"));
}
