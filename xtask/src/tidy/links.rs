//! A relative link in the documentation leads to a file, and to a heading in it.

mod markdown;

use std::collections::BTreeSet;

use crate::problem::Problem;
use crate::tree::{Tree, file_name, folder_of, has_extension, join};

/// Reports each link that leads nowhere, in the documents at the root, in `docs/` and in READMEs.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_document(path)) {
        for (line, target) in markdown::links(text) {
            if let Err(message) = follow(tree, path, &target) {
                problems.push(Problem::new(path, line, message));
            }
        }
    }
    problems
}

fn is_document(path: &str) -> bool {
    let is_ours =
        !path.contains('/') || path.starts_with("docs/") || file_name(path) == "README.md";
    is_ours && has_extension(path, "md")
}

/// Follows one link of the document at `path`.
///
/// # Errors
///
/// When it leads nowhere; the message says what is missing.
fn follow(tree: &Tree, path: &str, target: &str) -> Result<(), String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(());
    }
    let (file, fragment) = target
        .split_once('#')
        .map_or((target, None), |(f, h)| (f, Some(h)));
    let found = if file.is_empty() {
        path.to_owned()
    } else {
        // As on a forge, a leading slash means the root of the repository.
        let folder = if file.starts_with('/') {
            ""
        } else {
            folder_of(path)
        };
        join(folder, file).ok_or_else(|| format!("`{target}` leads out of the repository"))?
    };
    if !tree.has_file(&found) && !tree.has_folder(&found) {
        return Err(format!("`{target}` leads nowhere: there is no {found}"));
    }
    match (fragment, tree.text(&found)) {
        (Some(heading), Some(text)) if has_extension(&found, "md") => {
            let anchors: BTreeSet<String> = markdown::anchors(text);
            if anchors.contains(heading) {
                Ok(())
            } else {
                Err(format!(
                    "`{target}`: {found} has no heading with the anchor `{heading}`"
                ))
            }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::lines;

    const SPEC: (&str, &str) = ("docs/spec.md", "# The rules\n\n## Order & time\n");

    fn problems_of(readme: &str) -> Vec<String> {
        lines(&check(&Tree::of(&[("README.md", readme), SPEC])))
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let readme = "# Top\n[a](docs/spec.md) [b](docs) [c](docs/spec.md#order--time) [d](#top)\n\
            [e](https://example.org/none) [f](/docs/spec.md \"title\")\n[g]: docs/spec.md\n";
        assert_eq!(problems_of(readme), Vec::<String>::new());
    }

    #[test]
    fn links_in_code_are_not_links() {
        let readme = "`[a](none.md)`\n```text\n[b](none.md)\n```\n";
        assert_eq!(problems_of(readme), Vec::<String>::new());
    }

    #[test]
    fn a_link_to_a_missing_file_is_a_problem() {
        let expected = "README.md:2: `docs/none.md` leads nowhere: there is no docs/none.md";
        assert_eq!(problems_of("# Top\nsee [it](docs/none.md)\n"), [expected]);
        assert_eq!(problems_of("# Top\n[it]: docs/none.md\n"), [expected]);
    }

    #[test]
    fn a_link_to_a_missing_heading_is_a_problem() {
        assert!(problems_of("[it](docs/spec.md#time)\n")[0].contains("has no heading"));
        assert!(problems_of("[it](#time)\n")[0].contains("has no heading"));
    }

    #[test]
    fn a_link_out_of_the_repository_is_a_problem() {
        assert!(problems_of("[it](../other/README.md)\n")[0].contains("leads out"));
    }
}
