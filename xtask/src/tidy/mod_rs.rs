//! A module's file is named after the module.
//!
//! A dozen open tabs called `mod.rs` tell nobody where they are.

use crate::problem::Problem;
use crate::tree::{Tree, file_name, folder_of};

/// Reports each file named `mod.rs`, in tests as well.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    tree.rust_files()
        .filter(|(path, _)| file_name(path) == "mod.rs")
        .map(|(path, _)| {
            Problem::new(
                path,
                1,
                format!("rename it to {}.rs, beside the folder", folder_of(path)),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::lines;

    #[test]
    fn a_file_named_after_its_module_passes() {
        let tree = Tree::of(&[("a/src/event.rs", ""), ("a/src/event/my_mod.rs", "")]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn a_mod_rs_is_a_problem_wherever_it_lies() {
        let tree = Tree::of(&[("a/src/event/mod.rs", ""), ("a/tests/it/seeds/mod.rs", "")]);
        let problems = lines(&check(&tree));
        assert_eq!(problems.len(), 2);
        assert!(problems[0].ends_with("rename it to a/src/event.rs, beside the folder"));
    }
}
