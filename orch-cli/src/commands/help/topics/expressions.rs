//! The language of conditions, from the tables that read it.

use orch_core::status::task::TaskStatus;

use crate::query::field::{
    AgentField, Asked, MissionField, OF_BOTH, OF_TASK, QUANTIFIERS, TaskField, Type,
};
use crate::query::words::Words;
use crate::render::doc::{Doc, Line, Tone};

/// Expressions that are worth copying.
pub(super) const EXAMPLES: [(&str, &str); 7] = [
    (
        "check 'mission.complete && task.login.accepted'",
        "two things at once",
    ),
    (
        "check login 'done || status == \"blocked\"'",
        "after a task, bare names are its fields",
    ),
    (
        "wait --for 'all(tasks, settled)'",
        "until no task moves by itself any more",
    ),
    (
        "wait --for 'task.login.gate.reviewer == \"approved\"'",
        "until a gate has passed",
    ),
    (
        "bisect 'mission.verdict == \"stuck\"'",
        "the record after which nothing moved",
    ),
    (
        "bisect 'any(tasks, cause(\"owner_task_divergence\"))'",
        "where log and runtime part ways",
    ),
    (
        "bisect 'anomaly(\"zombie\")'",
        "the first record of somebody who was stopped",
    ),
];

pub(super) fn write(doc: &mut Doc) {
    doc.text(
        "check, wait and bisect take a condition: an expression that is so, or not, at a position. \
         It is checked before any record is looked at: a field or a word that does not exist is an \
         error that points to it, and never just false.",
    );
    doc.gap();
    for (command, meaning) in EXAMPLES {
        doc.line(Line::new().text("  orch ").strong(command).keep());
        doc.line(Line::new().text("      ").faint(meaning));
    }
    doc.gap();
    doc.text("values and signs");
    for (form, meaning) in [
        (
            "\"text\" 'text'",
            "a backslash stands before a quote within",
        ),
        (
            "3 true false none",
            "none is what is not there: the owner of an open task",
        ),
        ("== !=", "of the same kind; a word is checked"),
        ("< <= > >=", "of numbers; none is neither less nor more"),
        (
            "not and or",
            "also ! && ||; a comparison binds most, then not, then and, then or",
        ),
        ("( )", "what belongs together"),
    ] {
        row(doc, form, meaning);
    }
    doc.gap();
    doc.text("subjects");
    for (form, meaning) in [
        ("mission.FIELD", "the mission; `mission.` can be left out"),
        (
            "task.ID.FIELD",
            "a task; an odd id stands in quotes: task[\"an.id\"].FIELD",
        ),
        (
            "agent.NAME.FIELD",
            "an agent: its newest incarnation, or agent.NAME#2.FIELD",
        ),
    ] {
        row(doc, form, meaning);
    }
    for asked in &QUANTIFIERS {
        row(doc, asked.form, asked.meaning);
    }
    doc.text("within any, all and count bare names are fields of each task; so with agents.");
    fields(doc);
    doc.gap();
    doc.text(
        "A task, agent or gate that is not there yet has no status (none), counts of 0, and no to \
         every question. check and bisect refuse a name that the log never has; wait says so and \
         waits for it.",
    );
    doc.gap();
    doc.text(
        "A mission is looked at by the evaluation clock, see `orch help positions`; bisect lets it \
         go with the log, so that what only a clock changes shows at the next record. wait is woken \
         by records and by the clocks of the mission.",
    );
}

fn fields(doc: &mut Doc) {
    let statuses: Vec<&str> = TaskStatus::ALL.iter().map(|one| one.as_str()).collect();
    doc.gap();
    doc.text("of the mission");
    for field in MissionField::ALL {
        row(doc, field.as_str(), &told(field.meaning(), field.gives()));
    }
    row(
        doc,
        "a status",
        "how many tasks have it, such as running > 2",
    );
    forms(doc, &OF_BOTH);
    doc.gap();
    doc.text("of a task");
    for field in TaskField::ALL {
        row(doc, field.as_str(), &told(field.meaning(), field.gives()));
    }
    row(
        doc,
        "a status",
        &format!(
            "whether it has it; what was delivered is accepted as well: {}",
            statuses.join(", ")
        ),
    );
    forms(doc, &OF_BOTH);
    forms(doc, &OF_TASK);
    let gates = Words::GateStatus.all().join(", ");
    row(doc, "", &format!("a gate is {gates}"));
    doc.gap();
    doc.text("of an agent");
    for field in AgentField::ALL {
        row(doc, field.as_str(), &told(field.meaning(), field.gives()));
    }
}

fn forms(doc: &mut Doc, all: &[Asked]) {
    for asked in all {
        row(doc, asked.form, asked.meaning);
    }
}

/// Says what a field means, and which words it can be.
fn told(meaning: &str, gives: Type) -> String {
    match gives {
        // Those of a task stand in a row of their own.
        Type::Word(words) if words != Words::TaskStatus => {
            format!("{meaning}: {}", words.all().join(", "))
        }
        Type::Word(_)
        | Type::Bool
        | Type::Number
        | Type::MaybeNumber
        | Type::Text
        | Type::Nothing => meaning.to_owned(),
    }
}

fn row(doc: &mut Doc, form: &str, meaning: &str) {
    let line = Line::new().text("  ").padded(Tone::Strong, form, 25);
    doc.line(line.hang().text(meaning));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use orch_core::ids::TaskId;

    #[test]
    fn the_examples_that_are_shown_can_be_read() {
        let login = TaskId::parse("login").unwrap();
        for (command, _) in EXAMPLES {
            let expression = command.split('\'').nth(1).unwrap();
            let task = command.contains("check login").then_some(&login);
            let read = Query::parse(expression, task);
            assert!(read.is_ok(), "{command}: {read:?}");
        }
    }
}
