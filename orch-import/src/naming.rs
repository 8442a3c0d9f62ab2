//! The name of the mission that a foreign journal becomes.

use std::collections::BTreeMap;

use orch_core::ids::MissionId;
use serde::Deserialize;

use crate::format::Family;
use crate::input::Opened;
use crate::text::{Text, filled};

/// File stems that name a format, not a workspace.
const GENERIC_STEMS: [&str; 7] = [
    "beads",
    "dependencies",
    "deps",
    "events",
    "interactions",
    "issues",
    "stdin",
];

/// Names the mission after its source; `None` when nothing in the source is a valid name.
pub(crate) fn mission_of(files: &[Opened<'_>]) -> Option<MissionId> {
    let family = files.first()?.format.family();
    let by_path = || files.iter().find_map(|file| workspace_of(&file.name));
    let by_stem = || files.iter().find_map(|file| stem_of(&file.name));
    let by_prefix = || prefix_of(files);
    match family {
        Family::Beads => by_prefix().or_else(by_path).or_else(by_stem),
        Family::Needle => by_path().or_else(by_stem).or_else(by_prefix),
    }
}

/// Returns the folder that holds `.beads`, if the name is a path with one.
fn workspace_of(name: &str) -> Option<MissionId> {
    let mut folders = name.split(['/', '\\']).rev();
    folders.find(|&folder| folder == ".beads")?;
    named(folders.next()?)
}

/// Returns the file name up to its first dot, unless that only names the format.
fn stem_of(name: &str) -> Option<MissionId> {
    let file = name.rsplit(['/', '\\']).next()?;
    let stem = file.split('.').next()?;
    let generic = GENERIC_STEMS
        .iter()
        .any(|&word| stem.eq_ignore_ascii_case(word));
    (!generic).then(|| named(stem)).flatten()
}

/// Returns the most common prefix of the ids in the heads; the first seen of several.
fn prefix_of(files: &[Opened<'_>]) -> Option<MissionId> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let rows = files
        .iter()
        .flat_map(|file| file.head.split(|&byte| byte == b'\n'));
    for (n, line) in rows.enumerate() {
        let Some(prefix) = id_in(line).and_then(|id| Some(id.rsplit_once('-')?.0.to_owned()))
        else {
            continue;
        };
        if MissionId::parse(&prefix).is_ok() {
            let (count, _) = counts.entry(prefix).or_insert((0, n));
            *count = count.saturating_add(1);
        }
    }
    let (best, _) = counts
        .into_iter()
        .max_by_key(|&(_, (count, first))| (count, usize::MAX.saturating_sub(first)))?;
    MissionId::parse(&best).ok()
}

/// Returns the id of the task that a row is about.
fn id_in(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Ids<'a> {
        #[serde(borrow)]
        bead: Option<Text<'a>>,
        #[serde(borrow)]
        issue_id: Option<Text<'a>>,
        #[serde(borrow)]
        id: Option<Text<'a>>,
    }
    let ids: Ids<'_> = serde_json::from_slice(line).ok()?;
    [&ids.bead, &ids.issue_id, &ids.id]
        .into_iter()
        .find_map(|id| filled(id.as_ref()))
        .map(ToOwned::to_owned)
}

fn named(text: &str) -> Option<MissionId> {
    let says_something = text.chars().any(char::is_alphanumeric);
    MissionId::parse(text).ok().filter(|_| says_something)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;

    fn name(file: &str, text: &str) -> Option<String> {
        let opened = Opened::open(Input::new(file, text.as_bytes())).unwrap();
        mission_of(&[opened]).map(|mission| mission.to_string())
    }

    fn needle(bead: &str) -> String {
        format!(r#"{{"bead":"{bead}","event":"claim","ts":"x","worker":"w"}}"#)
    }

    fn issues(ids: &[&str]) -> String {
        let row = |id: &&str| format!(r#"{{"id":"{id}","title":"t","status":"open"}}"#);
        ids.iter().map(row).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_needle_log_is_named_after_its_workspace() {
        let row = needle("bf-1");
        assert_eq!(name("/w/SEAM/.beads/events.jsonl", &row).unwrap(), "SEAM");
        assert_eq!(name("SEAM.events.jsonl", &row).unwrap(), "SEAM");
        assert_eq!(
            name("C:\\w\\SEAM\\.beads\\events.jsonl", &row).unwrap(),
            "SEAM"
        );
        assert_eq!(name(".beads/events.jsonl", &row).unwrap(), "bf");
        assert_eq!(name("-", &row).unwrap(), "bf");
        assert_eq!(name("-", &needle("bead")), None);
    }

    #[test]
    fn a_beads_file_is_named_after_the_most_common_prefix() {
        assert_eq!(
            name("x.jsonl", &issues(&["a-b-1", "c-1", "a-b-2"])).unwrap(),
            "a-b"
        );
        assert_eq!(name("x.jsonl", &issues(&["c-1", "a-1"])).unwrap(), "c");
        assert_eq!(name("work.issues.jsonl", &issues(&["1"])).unwrap(), "work");
    }
}
