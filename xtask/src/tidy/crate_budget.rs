//! A host that embeds a crate pays for every crate below it, so their number has a ceiling.

use std::collections::BTreeSet;
use std::path::Path;

use crate::cargo;
use crate::problem::Problem;
use crate::tree::Tree;

/// The most crates each of ours may link into its host; procedural macros run at build time and
/// never reach it (`docs/adr/0003-serde-ignored-counts-unknown-fields.md`).
const BUDGETS: &[(&str, usize)] = &[("orch-core", 20), ("orch-cli", 180)];

/// Reports each crate of the tree that is over its budget.
pub(super) fn check(tree: &Tree, root: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, n_crates_max) in BUDGETS {
        let manifest = format!("{name}/Cargo.toml");
        if tree.has_file(&manifest) {
            let found = match dependency_tree(root, name) {
                Ok(printed) => over_budget(name, &printed, *n_crates_max),
                Err(message) => Some(message),
            };
            problems.extend(found.map(|message| Problem::new(&manifest, 1, message)));
        }
    }
    problems
}

/// Returns what is wrong when `cargo tree` printed more crates than allowed.
fn over_budget(name: &str, printed: &str, n_crates_max: usize) -> Option<String> {
    let crates = distinct(name, printed);
    (crates.len() > n_crates_max).then(|| {
        let names: Vec<&str> = crates.into_iter().collect();
        format!(
            "{name} brings {} crates, of {n_crates_max} at most; drop a dependency or one of its \
             features: {}",
            names.len(),
            names.join(", ")
        )
    })
}

/// Returns the crates below `name`, each version of each once.
fn distinct<'a>(name: &str, printed: &'a str) -> BTreeSet<&'a str> {
    printed
        .lines()
        .map(|line| line.split(" (").next().unwrap_or(line).trim())
        .filter(|line| !line.is_empty() && line.split(' ').next() != Some(name))
        .collect()
}

/// Asks cargo for what one crate links, and for it alone.
///
/// Never without `--locked`: this runs inside a gate that may not write `Cargo.lock`.
fn dependency_tree(root: &Path, name: &str) -> Result<String, String> {
    let args = [
        "tree",
        "--locked",
        "-p",
        name,
        "-e",
        "normal,no-proc-macro",
        "--prefix",
        "none",
    ];
    let offline: Vec<&str> = args.into_iter().chain(["--offline"]).collect();
    cargo::output(root, &offline).or_else(|_| cargo::output(root, &args))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "orch-core v0.1.0 (a folder)\nserde v1.0.0\nserde_derive v1.0.0 \
        (proc-macro)\nserde v1.0.0 (*)\nsyn v2.0.0\nsyn v3.0.0\n";

    #[test]
    fn a_crate_within_its_budget_passes() {
        assert_eq!(over_budget("orch-core", PRINTED, 4), None);
    }

    #[test]
    fn a_crate_over_its_budget_is_a_problem_and_each_version_counts_once() {
        let message = over_budget("orch-core", PRINTED, 3).unwrap();
        assert!(
            message.starts_with("orch-core brings 4 crates, of 3 at most"),
            "{message}"
        );
        assert!(message.ends_with("serde v1.0.0, serde_derive v1.0.0, syn v2.0.0, syn v3.0.0"));
    }

    #[test]
    fn a_crate_cargo_does_not_know_is_an_error() {
        assert!(dependency_tree(cargo::workspace_root(), "no-such-crate-of-ours").is_err());
    }
}
