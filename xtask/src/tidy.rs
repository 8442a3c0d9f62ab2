//! The checks that no compiler makes.
//!
//! A check is a function from a [`Tree`] to its problems, alone in its file beside the test that
//! plants the fault it looks for. They run as `cargo xtask tidy` and, on the real tree, as a test
//! of this crate, so that `cargo test --workspace` cannot pass on an untidy tree.

mod crate_budget;
mod file_size;
mod forbidden;
mod links;
mod machine_paths;
mod mod_rs;
mod module_doc;
mod oracle;
mod purity;
mod reachable;
mod spec_ids;

use std::path::Path;

use crate::problem::Problem;
use crate::tree::Tree;

/// The checks that need nothing but the files.
const CHECKS: &[fn(&Tree) -> Vec<Problem>] = &[
    module_doc::check,
    file_size::check,
    forbidden::check,
    spec_ids::check,
    purity::check,
    oracle::check,
    mod_rs::check,
    reachable::check,
    links::check,
    machine_paths::check,
];

/// Returns every problem of the tree at `root`, by file and line.
///
/// # Errors
///
/// When the tree cannot be read.
pub(crate) fn problems(root: &Path) -> Result<Vec<Problem>, String> {
    let tree = Tree::read(root)?;
    let mut problems: Vec<Problem> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    problems.extend(crate_budget::check(&tree, root));
    problems.sort();
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::workspace_root;

    #[test]
    fn the_tree_is_tidy() {
        let problems = crate::problem::lines(&problems(workspace_root()).unwrap());
        assert!(
            problems.is_empty(),
            "the tree is not tidy:\n{}",
            problems.join("\n")
        );
    }
}
