//! The topics that belong to no single command.

mod expressions;

use orch_core::codes::Code;
use orch_core::diagnosis::Cause;
use orch_core::lint::Lint;

use crate::error::ErrorCode;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};

/// A word and what writes its page.
pub(super) type Topic = (&'static str, fn(&mut Doc));

/// Every topic.
pub(super) const TOPICS: [Topic; 8] = [
    ("exit-codes", exit_codes),
    ("positions", positions),
    ("expressions", expressions::write),
    ("formats", formats),
    ("writing", writing),
    ("policy", policy),
    ("codes", codes),
    ("json", json),
];

fn exit_codes(doc: &mut Doc) {
    for exit in Exit::ALL {
        let line = Line::new().padded(Tone::Strong, format!("{:>3}", exit.code()), 5);
        doc.line(
            line.padded(Tone::Plain, exit.name(), 14)
                .hang()
                .text(exit.meaning()),
        );
    }
    doc.gap();
    doc.text(
        "`wait` and `check` return 10, 11 and 12; a command that only reads does so with --exit-status \
         alone, so that scripts survive a plain read.",
    );
}

fn positions(doc: &mut Doc) {
    for (form, meaning) in [
        ("42", "after record 42"),
        ("~3", "after the third record before the last"),
        (
            "e:ID",
            "after the record of this id, or of an id that begins like this",
        ),
        (
            "2026-11-20T10:00Z",
            "up to the first record that is later; seconds, zone (UTC) and hour may be left out",
        ),
        (
            "-15m",
            "15 minutes before the evaluation clock; also 2h, 1day and the like",
        ),
    ] {
        doc.line(
            Line::new()
                .padded(Tone::Strong, form, 20)
                .hang()
                .text(meaning),
        );
    }
    doc.gap();
    doc.text(
        "The evaluation clock is what ages are counted from. It stands at the latest time that the \
         log has up to the position, so that the same command on the same journal always answers \
         the same. --now TIME moves it, and --now now takes the clock of this machine.",
    );
    doc.gap();
    doc.text("Records are ordered by their position only. Times are data and may lie.");
}

fn formats(doc: &mut Doc) {
    for (name, meaning) in [
        (
            "orch",
            "JSON Lines, one record each, with v, seq, id, at, mission, by, kind and data",
        ),
        (
            "beads",
            "issues.jsonl, and events.jsonl and dependencies.jsonl of a backup",
        ),
        (
            "needle",
            "events.jsonl of a workspace, with bead, event, ts and worker",
        ),
    ] {
        doc.line(
            Line::new()
                .padded(Tone::Strong, name, 10)
                .hang()
                .text(meaning),
        );
    }
    doc.gap();
    doc.text(
        "A file is recognised by what it holds, whatever its name. A foreign file is imported in \
         memory; `orch import` writes the records down. Beside a beads events file, the \
         dependencies and issues of the same backup are read as well.",
    );
    doc.gap();
    doc.text("-S takes a file, a folder of *.jsonl files, or - for standard input.");
}

/// A policy that has every part that one can have.
const POLICY: &str = r#"{
  "wip": {"mission": 3, "agent": 1, "roles": {"reviewer": 2}},
  "retry": {
    "max_attempts": 3, "max_crashes": 3, "max_blocks": 3, "max_review_rounds": 5,
    "livelock_after": 3,
    "backoff": {"first_ms": 30000, "factor": 2, "cap_ms": 1800000}
  },
  "clocks": {"start_ms": 300000, "attempt_ms": 3600000},
  "on_expiry": "surface",
  "spec_first": true
}"#;

fn policy(doc: &mut Doc) {
    doc.text(
        "What a mission allows is said when it is opened: `orch mission new --policy FILE`, with a \
         JSON file of which every part may be left out. A limit of null is none.",
    );
    doc.gap();
    for line in POLICY.lines() {
        doc.line(Line::new().text(line).keep());
    }
    doc.gap();
    for (part, meaning) in [
        (
            "wip",
            "how much may be in flight at once: in the mission, for each agent, for a role",
        ),
        (
            "retry",
            "how often a task is tried again, and how long the wait before it is",
        ),
        (
            "clocks",
            "how long each clock runs for every task, in milliseconds",
        ),
        (
            "on_expiry",
            "what `orch tick` does when a clock has run out",
        ),
        (
            "spec_first",
            "whether `implement` tasks wait for the `spec` tasks of the mission",
        ),
    ] {
        let line = Line::new().padded(Tone::Strong, part, 12);
        doc.line(line.hang().text(meaning));
    }
}

fn writing(doc: &mut Doc) {
    doc.text(
        "A command that writes asks for one thing. It is carried out and on record when the command \
         ends with 0; refused by a rule (5), nothing is written; too late (9), it is on record as \
         evidence and changes nothing.",
    );
    doc.gap();
    for (flag, meaning) in [
        (
            "-A WHO",
            "who acts: NAME or agent:NAME, NAME#2, human:NAME, host; without it human:$USER",
        ),
        ("-m ID", "the mission; without it the only one that is open"),
        (
            "--op KEY",
            "the same command under the same key is carried out once",
        ),
        ("--dry-run", "what would happen"),
        ("--expect-seq N", "only if N is still the last record"),
        (
            "--now TIME",
            "the time of the records, where the clock of this machine is not meant",
        ),
    ] {
        doc.line(
            Line::new()
                .padded(Tone::Strong, flag, 16)
                .hang()
                .text(meaning),
        );
    }
    doc.gap();
    doc.text(
        "Where a process serves the store (`orch serve --socket`), it carries the command out. Otherwise \
         the command takes the lock of the store, and waits for it as long as --lock-timeout says.",
    );
    doc.gap();
    doc.text(
        "Reports on work (claim, start, beat, handoff, fail) are those of an agent: name it with -A or \
         ORCH_ACTOR. They carry the attempt that a dispatch names; give it with --attempt or \
         ORCH_ATTEMPT, so that what is said too late is told from what counts. Without it, it is the \
         newest that the agent has or had at the task.",
    );
    doc.gap();
    doc.text("The words of an older tool do the same:");
    doc.gap();
    for (old, new) in [
        ("mark-started T", "claim T if need be, then start T"),
        ("mark-complete T", "handoff T --status done"),
        ("mark-failed T", "fail T"),
        ("mark-skipped T", "skip T"),
        ("write-findings T", "findings put T"),
        ("read-findings T", "findings get T"),
        ("start-run", "run start"),
        ("complete-run R", "run finish R"),
    ] {
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, old, 18)
                .hang()
                .text(new),
        );
    }
}

fn codes(doc: &mut Doc) {
    doc.text("findings: what the rules say against a record");
    for code in Code::ALL {
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, code.as_str(), 26)
                .hang()
                .text(code.title()),
        );
    }
    doc.gap();
    doc.text("causes: why something does not move");
    for cause in Cause::ALL {
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, cause.as_str(), 26)
                .hang()
                .text(cause.meaning()),
        );
    }
    doc.gap();
    doc.text("lints: what `orch lint` finds besides");
    for lint in Lint::ALL {
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, lint.as_str(), 30)
                .hang()
                .text(lint.title()),
        );
    }
    doc.gap();
    doc.text("errors of orch");
    for code in ErrorCode::ALL {
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, code.as_str(), 26)
                .hang()
                .text(code.title()),
        );
    }
}

fn json(doc: &mut Doc) {
    doc.text("With --json each command prints one object on one line:");
    doc.gap();
    doc.line(Line::new().text(
        "  {\"schema\":\"orch.status/1\",\"mission\":…,\"seq\":…,\"as_of\":…,\"data\":{…},\"warnings\":[],\"next\":[…]}",
    ).keep());
    doc.gap();
    doc.text(
        "schema names the shape of data and its version. mission, seq and as_of say what was \
         looked at. warnings are reasons to take the answer with care, next are commands worth \
         running. Lists are never at the top; -o jsonl prints the items of a list one by one.",
    );
    doc.gap();
    doc.text(
        "An error is one line on standard error, with schema orch.error/1: code is stable, exit is \
         the exit code, evidence names records, hint is one command, docs explains the code.",
    );
    doc.gap();
    doc.text(
        "--field prints one value, without quotes. Its path is made of names, and of numbers from 0 \
         for the items of a list. What could steer a terminal is written out in it, as in all other \
         output:",
    );
    doc.gap();
    for command in [
        "orch status --field data.counts.done",
        "orch status --field data.in_flight[0].task",
        "orch why --field data.causes[0].next",
    ] {
        doc.line(Line::new().text("  ").text(command).keep());
    }
}

#[cfg(test)]
mod tests {
    use orch_core::policy::Policy;

    use super::*;

    #[test]
    fn the_policy_that_is_shown_can_be_read_and_every_part_of_it_is_known() {
        let shown: serde_json::Value = serde_json::from_str(POLICY).unwrap();
        let policy: Policy = serde_json::from_value(shown.clone()).unwrap();
        assert_eq!(serde_json::to_value(policy).unwrap(), shown);
    }
}
