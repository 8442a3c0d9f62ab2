//! No file names a folder that exists on one machine only.
//!
//! An instruction with somebody's home folder in it works for nobody else.

use crate::problem::Problem;
use crate::tree::Tree;

/// Top-level folders that differ between machines; put together, or this file would be a hit.
const NEEDLES: &[&str] = &[
    concat!("/", "root/"),
    concat!("/", "home/"),
    concat!("/", "work/"),
];

/// Reports each line of a text file with an absolute path into such a folder.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts() {
        for (index, line) in text.lines().enumerate() {
            if let Some(needle) = NEEDLES.iter().find(|needle| has_absolute(line, needle)) {
                let message = format!(
                    "a path below `{needle}` is one machine's own; write it relative to the root"
                );
                problems.push(Problem::new(path, index + 1, message));
            }
        }
    }
    problems
}

/// Tells whether `needle` starts a path: `src/work/` and a page's address do not count.
fn has_absolute(line: &str, needle: &str) -> bool {
    line.match_indices(needle).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}' | ')'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_and_addresses_pass() {
        let text = format!(
            "see src{}x and https://example.org{}y",
            NEEDLES[2], NEEDLES[1]
        );
        assert_eq!(check(&Tree::of(&[("README.md", &text)])), []);
    }

    #[test]
    fn an_absolute_path_is_a_problem_in_any_text_file() {
        for needle in NEEDLES {
            for before in ["", "cd ", "\"", "`", "path=", "file://"] {
                let text = format!("first line\n{before}{needle}x\n");
                let problems = check(&Tree::of(&[(".ci/run", &text)]));
                let problems = crate::problem::lines(&problems);
                assert_eq!(problems.len(), 1, "{text}");
                assert!(
                    problems[0].starts_with(".ci/run:2: a path below"),
                    "{problems:?}"
                );
            }
        }
    }
}
