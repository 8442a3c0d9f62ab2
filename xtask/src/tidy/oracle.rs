//! The oracle knows of the core what a record is, and nothing else.
//!
//! It is a second opinion on the fold only as long as it shares no judgement with it. A name that is
//! imported from elsewhere in the core, or from the rest of the kit, which imports all of it, would
//! carry the faults of the one over into the other.

use crate::problem::Problem;
use crate::tree::Tree;

/// Where the oracle lives: this file and those below the folder.
const FILE: &str = "orch-testkit/src/oracle.rs";
const FOLDER: &str = "orch-testkit/src/oracle/";

/// The modules of the core that say what is on the wire.
const ALLOWED: &[&str] = &["record", "event", "ids", "party", "policy"];

/// What the names of the core and of the kit begin with; `super::super` would leave the oracle.
const CORE: &str = "orch_core";
const KIT: &str = "crate";
const ORACLE: &str = "oracle";
const OUTSIDE: &str = "super::super";

/// Reports each line of the oracle that names more of the core than it may.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let files = tree
        .rust_files()
        .filter(|(path, _)| *path == FILE || path.starts_with(FOLDER));
    files
        .flat_map(|(path, text)| {
            let lines = text.lines().zip(1..);
            lines.filter_map(move |(line, number)| {
                let found = forbidden(line)?;
                let message = format!(
                    "`{found}`: the oracle may use of orch_core only {}, and of the kit only itself",
                    ALLOWED.join(", ")
                );
                Some(Problem::new(path, number, message))
            })
        })
        .collect()
}

/// Finds what a line names that the oracle may not know.
fn forbidden(line: &str) -> Option<String> {
    let code = line.trim();
    if code.starts_with("//") {
        return None;
    }
    if code.contains(OUTSIDE) {
        return Some(OUTSIDE.to_owned());
    }
    let paths = [(CORE, ALLOWED), (KIT, &[ORACLE])];
    paths.iter().find_map(|(root, allowed)| {
        occurrences(code, root).into_iter().find_map(|rest| {
            // A list such as `orch_core::{record, mission}` or a rename hides what it names.
            let name = rest.strip_prefix("::").map_or("", first_word);
            (!allowed.contains(&name)).then(|| format!("{root}::{name}"))
        })
    })
}

/// What follows each occurrence of a word in a line, where it stands alone.
fn occurrences<'a>(code: &'a str, word: &str) -> Vec<&'a str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let found = code.match_indices(word).filter_map(|(at, _)| {
        let rest = &code[at + word.len()..];
        let alone = !code[..at].ends_with(is_part) && !rest.starts_with(is_part);
        // `pub(crate)` names nothing.
        let is_path = alone && !(word == KIT && rest.starts_with(')'));
        is_path.then_some(rest)
    });
    found.collect()
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::lines;

    fn problems(path: &str, text: &str) -> Vec<String> {
        lines(&check(&Tree::of(&[(path, text)])))
    }

    #[test]
    fn record_types_and_the_oracle_itself_may_be_named() {
        let text = "//! It never uses orch_core::mission.\nuse orch_core::record::Record;\n\
            use orch_core::event::{Event, task::Need};\nuse super::log::Log;\n\
            use crate::oracle::facts::Facts;\npub(crate) fn f(it: orch_core::ids::Seq) {}\n";
        assert_eq!(
            problems("orch-testkit/src/oracle/plan.rs", text),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_way_out_of_the_oracle_is_a_problem() {
        let planted = [
            "use orch_core::mission::Mission;",
            "use orch_core::mission;",
            "use orch_core::{record, mission};",
            "use orch_core as core;",
            "extern crate orch_core;",
            "    let from = orch_core::status::task::TaskStatus::Open;",
            "use crate::agree::observe;",
            "use crate::{agree, oracle};",
            "use super::super::world::World;",
        ];
        for line in planted {
            let text = format!("//! A file.\n{line}\n");
            for path in [
                "orch-testkit/src/oracle.rs",
                "orch-testkit/src/oracle/log.rs",
            ] {
                let found = problems(path, &text);
                assert_eq!(found.len(), 1, "{line}: {found:?}");
                assert!(found[0].starts_with(&format!("{path}:2: ")), "{found:?}");
            }
        }
    }

    #[test]
    fn the_rest_of_the_kit_may_name_all_of_the_core() {
        let text = "//! A file.\nuse orch_core::mission::Mission;\n";
        assert_eq!(
            problems("orch-testkit/src/agree.rs", text),
            Vec::<String>::new()
        );
    }
}
