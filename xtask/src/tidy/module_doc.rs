//! Each Rust file says on its first line what it is for.
//!
//! A file that nobody can describe in a sentence does not have one purpose.

use crate::problem::Problem;
use crate::tree::Tree;

/// Reports each Rust file that does not begin with `//!` and words.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    tree.rust_files()
        .filter(|(_, text)| !opens_with_doc(text))
        .map(|(path, _)| {
            Problem::new(
                path,
                1,
                "no module doc; say on line 1, after `//!`, what the file holds",
            )
        })
        .collect()
}

fn opens_with_doc(text: &str) -> bool {
    let doc = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("//!"));
    doc.is_some_and(|words| !words.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::lines;

    #[test]
    fn a_documented_file_passes() {
        let tree = Tree::of(&[
            ("orch-core/src/lib.rs", "//! The core.\n"),
            ("README.md", "# x\n"),
        ]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn a_file_without_a_module_doc_is_a_problem() {
        let tree = Tree::of(&[
            ("fuzz/fuzz_targets/late.rs", "#![no_main]\n//! Too late.\n"),
            ("orch-core/src/bare.rs", "fn f() {}\n"),
            ("orch-core/src/empty.rs", ""),
            ("orch-core/src/wordless.rs", "//!\n"),
        ]);
        let problems = lines(&check(&tree));
        assert_eq!(problems.len(), 4);
        assert!(problems[0].starts_with("fuzz/fuzz_targets/late.rs:1: no module doc"));
    }
}
