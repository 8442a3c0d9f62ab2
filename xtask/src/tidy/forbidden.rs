//! Words that mean a test does not run, or a piece of code is not finished.

use crate::problem::Problem;
use crate::tree::Tree;

/// Each needle with what to do instead; put together from parts, or this file would be a hit.
const NEEDLES: &[(&str, &str)] = &[
    (
        concat!("#[", "ignore"),
        "a test that does not run proves nothing: fix it or delete it",
    ),
    (
        concat!("#[", "should_panic"),
        "it passes on any panic, even the wrong one: return an error and compare it",
    ),
    (
        concat!("todo", "!("),
        "write it, or leave it out of this commit",
    ),
    (
        concat!("unimplemented", "!("),
        "write it, or return an error that says so",
    ),
    (concat!("dbg", "!("), "a debugging aid: remove it"),
];

/// Reports each line of Rust with a forbidden word, comments included.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust_files() {
        for (index, line) in text.lines().enumerate() {
            for (needle, advice) in NEEDLES {
                if line.contains(needle) {
                    problems.push(Problem::new(
                        path,
                        index + 1,
                        format!("`{needle}`: {advice}"),
                    ));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finished_code_passes() {
        let text = "//! Fine.\n#[test]\nfn f() {\n    assert!(true);\n}\n";
        assert_eq!(check(&Tree::of(&[("orch-core/src/lib.rs", text)])), []);
    }

    #[test]
    fn each_needle_is_found_wherever_it_stands() {
        for (needle, _) in NEEDLES {
            let text = format!("//! A file.\n    {needle}\n");
            let problems = check(&Tree::of(&[("orch-core/tests/it/main.rs", &text)]));
            let problems = crate::problem::lines(&problems);
            assert_eq!(problems.len(), 1, "{needle}");
            assert!(
                problems[0].starts_with("orch-core/tests/it/main.rs:2: "),
                "{problems:?}"
            );
        }
    }
}
