//! The files of the repository, read once and handed to every check.
//!
//! A check never touches the file system itself: its test plants a fault in a [`Tree`] made of
//! strings, and the same code then judges the real one.

mod ignore;
mod walk;

use std::collections::BTreeMap;
use std::path::Path;

/// Every file that git would track, by its path from the root with `/` between the parts.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The text of each file; `None` for one that is not UTF-8.
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads the tree below `root`, without what git ignores.
    ///
    /// # Errors
    ///
    /// When a folder or file cannot be read, or an ignore file says something not understood.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        walk::walk(root).map(|files| Self { files })
    }

    /// Makes a tree of text files, for tests.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), Some((*text).to_owned()));
        Self {
            files: files.iter().map(owned).collect(),
        }
    }

    /// Returns every text file, in the order of their paths.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Returns every Rust file.
    pub(crate) fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(|(path, _)| has_extension(path, "rs"))
    }

    /// Returns the text of one file, or `None` when there is no such text file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Tells whether this is a file of the tree.
    pub(crate) fn has_file(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Tells whether this is a folder with a file somewhere below it; the root is `""`.
    pub(crate) fn has_folder(&self, path: &str) -> bool {
        if path.is_empty() {
            return !self.files.is_empty();
        }
        let prefix = format!("{path}/");
        let next = self.files.range(prefix.clone()..).next();
        next.is_some_and(|(file, _)| file.starts_with(&prefix))
    }
}

/// Tells whether a path ends in `.extension`.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

/// Returns the folder a path lies in, `""` for one at the root.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns the last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Resolves `relative` against a folder; `None` when it leaves the tree.
pub(crate) fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_known_by_what_lies_below_it() {
        let tree = Tree::of(&[("docs/adr/0001.md", ""), ("docs-old.md", "")]);
        assert!(tree.has_folder(""));
        assert!(tree.has_folder("docs"));
        assert!(tree.has_folder("docs/adr"));
        assert!(!tree.has_folder("doc"));
        assert!(!tree.has_folder("docs/adr/0001.md"));
    }

    #[test]
    fn joining_resolves_dots_and_refuses_to_leave_the_tree() {
        assert_eq!(
            join("docs/adr", "../spec.md").as_deref(),
            Some("docs/spec.md")
        );
        assert_eq!(join("", "./README.md").as_deref(), Some("README.md"));
        assert_eq!(join("docs", "../../elsewhere.md"), None);
    }
}
