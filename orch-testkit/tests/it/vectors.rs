//! The golden logs: current, and showing everything that a log can show.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use orch_core::codes::Code;
use orch_core::event::Event;
use orch_core::rules::{RULES, Scope};
use orch_core::status::task::TaskStatus;
use orch_testkit::vectors::{File, NEVER_SHOWN, files};
use serde_json::Value;

static FILES: LazyLock<Vec<File>> = LazyLock::new(files);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors")
}

/// The files that are checked in, by their paths.
fn kept() -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (folder, before) in [(folder(), ""), (folder().join("logs"), "logs/")] {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                let name = entry.file_name().into_string().unwrap();
                let text = fs::read_to_string(entry.path()).unwrap();
                kept.insert(format!("{before}{name}"), text);
            }
        }
    }
    kept
}

#[test]
fn the_golden_logs_that_are_checked_in_are_current() {
    if std::env::var_os("ORCH_UPDATE_DOCS").is_some() {
        drop(fs::remove_dir_all(folder()));
        orch_testkit::vectors::write(&folder()).unwrap();
        return;
    }
    let made = FILES.iter().map(|it| (it.path.clone(), it.text.clone()));
    let (made, kept): (BTreeMap<String, String>, _) = (made.collect(), kept());
    let differ: Vec<&String> = made
        .keys()
        .chain(kept.keys())
        .filter(|path| made.get(*path) != kept.get(*path))
        .collect();
    assert!(differ.is_empty(), "run `cargo xtask fix`: {differ:?}");
}

fn covers(what: &str) -> BTreeSet<String> {
    let index: Value = serde_json::from_str(&FILES[0].text).unwrap();
    let all = index["covers"][what].as_array().unwrap().iter();
    all.map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_golden_logs_show_every_kind_every_status_and_every_code_that_a_log_can_show() {
    let kinds: BTreeSet<String> = Event::KINDS.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(covers("kinds"), kinds);
    let statuses = TaskStatus::ALL.iter().map(|it| it.as_str().to_owned());
    assert_eq!(covers("statuses"), statuses.collect());
    let shown = covers("codes");
    let never: BTreeSet<&str> = NEVER_SHOWN.iter().map(|(code, _)| *code).collect();
    let missing: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !shown.contains(*code) && !never.contains(code))
        .collect();
    assert_eq!(missing, [""; 0], "no golden log shows these");
    let said = never.iter().filter(|code| shown.contains(**code));
    assert_eq!(said.count(), 0, "said never to be shown, and shown");
}

/// A rule can fire if a code of the fold names it; what binds stores and tools, no log can break.
#[test]
fn the_golden_logs_show_every_rule_that_can_fire() {
    let shown = covers("rules");
    let can_fire = |id: &str| Code::ALL.iter().any(|code| code.rule() == id);
    let core = RULES
        .iter()
        .filter(|rule| rule.scope == Scope::Core && can_fire(rule.id));
    let missing: Vec<&str> = core
        .map(|rule| rule.id)
        .filter(|id| !shown.contains(*id))
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// The enumeration of small scopes says what is ever refused.
#[test]
fn the_refusals_are_all_those_that_an_enumeration_meets() {
    let golden = orch_testkit::explore::golden(orch_testkit::explore::Tier::Full);
    let met = fs::read_to_string(golden).unwrap();
    let met = met.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        match *words {
            ["rejected" | "late", code, _] => Some(code.to_owned()),
            _ => None,
        }
    });
    let found = covers("refusals");
    // A key that was used before is no part of a log.
    let missing: BTreeSet<String> = met
        .filter(|it| !found.contains(it) && it != "command_reused")
        .collect();
    assert_eq!(missing, BTreeSet::new());
}
