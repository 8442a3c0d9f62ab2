//! A Rust file ends before a reader loses the thread.

use crate::problem::Problem;
use crate::tree::Tree;

/// The most lines of code one file may have; the aim is well below.
const CODE_LINES_MAX: usize = 600;

/// Reports each Rust file with more code than the ceiling.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    tree.rust_files()
        .filter_map(|(path, text)| {
            let n_lines = code_lines(text);
            (n_lines > CODE_LINES_MAX).then(|| {
                let message = format!(
                    "{n_lines} lines of code, of {CODE_LINES_MAX} at most; split it by purpose"
                );
                Problem::new(path, 1, message)
            })
        })
        .collect()
}

/// Counts the lines that are neither blank nor only a comment: explaining more costs nothing.
fn code_lines(text: &str) -> usize {
    let mut in_block = false;
    let mut n_lines = 0;
    for line in text.lines().map(str::trim) {
        if in_block || line.starts_with("/*") {
            in_block = !line.contains("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            n_lines += 1;
        }
    }
    n_lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_with(n_code: usize) -> String {
        let head = "//! A file.\n\n/* a block\n   comment */\n// a comment\n";
        format!("{head}{}", "use a::b;\n".repeat(n_code))
    }

    #[test]
    fn a_file_at_the_ceiling_passes_whatever_its_comments() {
        let tree = Tree::of(&[("orch-core/src/lib.rs", &file_with(CODE_LINES_MAX))]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn a_file_above_the_ceiling_is_a_problem_in_tests_too() {
        let text = file_with(CODE_LINES_MAX + 1);
        let tree = Tree::of(&[
            ("orch-core/tests/it/main.rs", &text),
            ("a/src/lib.rs", &text),
        ]);
        let problems = crate::problem::lines(&check(&tree));
        assert_eq!(problems.len(), 2);
        assert!(
            problems[0].starts_with("a/src/lib.rs:1: 601 lines of code"),
            "{problems:?}"
        );
    }
}
