//! `orch-core` names only crates that keep it pure, with the features that keep them so.
//!
//! Without chrono's `clock` a call for the time does not compile: the purest check there is. It
//! holds only while nobody turns the feature on where the core inherits it.

use crate::manifest::{Entry, entries};
use crate::problem::Problem;
use crate::tree::Tree;

const CORE: &str = "orch-core/Cargo.toml";
const WORKSPACE: &str = "Cargo.toml";

/// The crates the core may name.
const ALLOWED: &[&str] = &[
    "serde",
    "serde_json",
    "serde_ignored",
    "thiserror",
    "chrono",
    "uuid",
    "sha2",
];

/// Features that bring a clock or randomness into a crate of the list.
const IMPURE: &[(&str, &[&str])] = &[
    ("chrono", &["clock", "now", "default"]),
    (
        "uuid",
        &[
            "v1",
            "v4",
            "v6",
            "v7",
            "rng",
            "rng-getrandom",
            "rng-rand",
            "fast-rng",
            "js",
        ],
    ),
];

/// Reports dependencies off the list, and features that would make the core impure.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in tree.text(CORE).map(entries).unwrap_or_default() {
        let Some(name) = entry.normal_dependency() else {
            continue;
        };
        if !ALLOWED.contains(&name) {
            let message = format!(
                "`{name}` is not among the crates the core may link; do without, or give the \
                 reason in docs/dependencies.md and add it to the list in xtask"
            );
            problems.push(Problem::new(CORE, entry.line, message));
        }
        problems.extend(impure_features(CORE, name, &entry));
    }
    let workspace = tree.text(WORKSPACE).map(entries).unwrap_or_default();
    for entry in workspace
        .iter()
        .filter(|entry| entry.section == "workspace.dependencies")
    {
        problems.extend(impure_features(WORKSPACE, &entry.key, entry));
        if entry.key == "chrono" && !has_no_defaults(&entry.value) {
            let message =
                "chrono's default features read the clock; say `default-features = false`";
            problems.push(Problem::new(WORKSPACE, entry.line, message));
        }
    }
    problems
}

fn impure_features(file: &str, name: &str, entry: &Entry) -> Vec<Problem> {
    let features = IMPURE
        .iter()
        .find(|(krate, _)| *krate == name)
        .map_or(&[][..], |(_, all)| all);
    features
        .iter()
        .filter(|feature| entry.value.contains(&format!("\"{feature}\"")))
        .map(|feature| {
            let message = format!(
                "feature `{feature}` of {name} makes the core impure; ask for it in the manifest \
                 of the crate that needs it"
            );
            Problem::new(file, entry.line, message)
        })
        .collect()
}

fn has_no_defaults(value: &str) -> bool {
    value
        .split_whitespace()
        .collect::<String>()
        .contains("default-features=false")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::lines;

    const GOOD_WORKSPACE: &str = "[workspace.dependencies]\n\
        chrono = { version = \"0.4\", default-features = false, features = [\"alloc\"] }\n\
        uuid = { version = \"1\", features = [\"serde\"] }\nclap = \"4\"\n";
    const GOOD_CORE: &str =
        "[dependencies]\nchrono.workspace = true\n[dev-dependencies]\ninsta.workspace = true\n";

    fn problems_of(workspace: &str, core: &str) -> Vec<String> {
        lines(&check(&Tree::of(&[(WORKSPACE, workspace), (CORE, core)])))
    }

    #[test]
    fn a_pure_core_passes() {
        assert_eq!(problems_of(GOOD_WORKSPACE, GOOD_CORE), Vec::<String>::new());
    }

    #[test]
    fn a_crate_off_the_list_is_a_problem() {
        let problems = problems_of(
            GOOD_WORKSPACE,
            "[dependencies]\nserde = \"1\"\ntokio = \"1\"\n",
        );
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("orch-core/Cargo.toml:3: `tokio` is not among"));
        let renamed = "[dependencies]\nserde = { package = \"tokio\", version = \"1\" }\n";
        assert_eq!(problems_of(GOOD_WORKSPACE, renamed).len(), 1);
    }

    #[test]
    fn a_clock_or_randomness_is_a_problem_in_either_manifest() {
        let core = "[dependencies]\nuuid = { workspace = true, features = [\"v7\"] }\n";
        assert!(problems_of(GOOD_WORKSPACE, core)[0].contains("feature `v7` of uuid"));
        let workspace = GOOD_WORKSPACE.replace("\"alloc\"", "\n  \"alloc\",\n  \"clock\",\n");
        assert!(problems_of(&workspace, GOOD_CORE)[0].contains("feature `clock` of chrono"));
    }

    #[test]
    fn default_features_of_chrono_are_a_problem() {
        let workspace = "[workspace.dependencies]\nchrono = \"0.4\"\n";
        let problems = problems_of(workspace, GOOD_CORE);
        assert!(
            problems[0].starts_with("Cargo.toml:2: chrono's default features"),
            "{problems:?}"
        );
    }
}
