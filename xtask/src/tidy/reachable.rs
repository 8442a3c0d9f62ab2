//! Every Rust file below `src/` and `tests/` is part of a crate.
//!
//! A file that no `mod` names is not compiled: its tests are green for ever.

use std::collections::BTreeSet;

use crate::manifest::entries;
use crate::problem::Problem;
use crate::rust_source::indent_of;
use crate::tree::{Tree, file_name, folder_of, join};

/// Reports each Rust file of a package that no target reaches.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in packages(tree) {
        let reached = reached(tree, &package);
        for (path, _) in tree.rust_files() {
            let is_source = ["src", "tests"]
                .iter()
                .any(|folder| join(&package, folder).is_some_and(|folder| is_below(path, &folder)));
            if is_source && !reached.contains(path) {
                let message = "no `mod` leads here, so it is never compiled; declare or delete it";
                problems.push(Problem::new(path, 1, message));
            }
        }
    }
    problems
}

/// Returns the folders that hold a package.
fn packages(tree: &Tree) -> Vec<String> {
    tree.texts()
        .filter(|(path, text)| file_name(path) == "Cargo.toml" && text.contains("[package]"))
        .map(|(path, _)| folder_of(path).to_owned())
        .collect()
}

/// Returns every file that a target of the package leads to.
fn reached(tree: &Tree, package: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<(String, String)> = roots(tree, package)
        .into_iter()
        // The children of a root lie beside it, those of any other file in a folder of its name.
        .map(|root| (folder_of(&root).to_owned(), root))
        .collect();
    while let Some((folder, path)) = waiting.pop() {
        let Some(text) = tree.text(&path) else {
            continue;
        };
        if !reached.insert(path.clone()) {
            continue;
        }
        for child in children(text) {
            let candidates = match child {
                Child::Named(name) => [
                    join(&folder, &format!("{name}.rs")),
                    join(&folder, &format!("{name}/mod.rs")),
                ],
                Child::At(file) => [join(folder_of(&path), &file), None],
            };
            let found = candidates
                .into_iter()
                .flatten()
                .filter(|path| tree.has_file(path));
            waiting.extend(found.map(|path| (module_folder(&path), path)));
        }
    }
    reached
}

/// Returns the files cargo takes for the roots of a package's targets.
fn roots(tree: &Tree, package: &str) -> Vec<String> {
    let manifest = join(package, "Cargo.toml")
        .and_then(|path| tree.text(&path))
        .unwrap_or("");
    let declared = entries(manifest)
        .into_iter()
        .filter(|entry| {
            matches!(
                entry.section.as_str(),
                "lib" | "bin" | "test" | "bench" | "example"
            ) && entry.key == "path"
        })
        .filter_map(|entry| join(package, entry.value.trim_matches('"')));
    let discovered = tree.rust_files().map(|(path, _)| path).filter(|path| {
        let inside = if package.is_empty() {
            Some(*path)
        } else {
            path.strip_prefix(package)
                .and_then(|rest| rest.strip_prefix('/'))
        };
        inside.is_some_and(is_discovered)
    });
    declared.chain(discovered.map(str::to_owned)).collect()
}

/// Tells whether cargo finds a target at this path, counted from its package.
fn is_discovered(inside: &str) -> bool {
    let parts: Vec<&str> = inside.split('/').collect();
    matches!(
        parts.as_slice(),
        ["build.rs"]
            | ["src", "lib.rs" | "main.rs"]
            | ["src", "bin", _]
            | ["src", "bin", _, "main.rs"]
            | ["tests" | "benches" | "examples", _]
            | ["tests" | "benches" | "examples", _, "main.rs"]
    )
}

/// A file that another one makes part of its crate.
#[derive(Debug, PartialEq, Eq)]
enum Child {
    /// `mod name;`, with the inline modules around it: `outer/name`.
    Named(String),
    /// `#[path = "…"] mod name;` or `include!("…")`.
    At(String),
}

/// Returns the files that the text of a module declares.
fn children(text: &str) -> Vec<Child> {
    let mut children = Vec::new();
    let mut inline: Vec<(usize, &str)> = Vec::new();
    let mut path_given: Option<&str> = None;
    for line in text.lines() {
        let code = line.split("//").next().unwrap_or("").trim();
        let indent = indent_of(line);
        if code.starts_with('}') {
            inline.retain(|(outer, _)| *outer < indent);
        }
        if let Some(file) = quoted_after(code, "include!(") {
            children.push(Child::At(file.to_owned()));
        }
        if let Some(file) = quoted_after(code, "#[path = ") {
            path_given = Some(file);
        }
        let Some(module) = module_of(code) else {
            continue;
        };
        if let Some(name) = module.strip_suffix(';') {
            children.push(path_given.take().map_or_else(
                || {
                    let outer = inline.iter().map(|(_, outer)| *outer);
                    Child::Named(outer.chain([name]).collect::<Vec<_>>().join("/"))
                },
                |file| Child::At(file.to_owned()),
            ));
        } else if let Some(name) = module.strip_suffix('{') {
            inline.push((indent, name.trim()));
        }
    }
    children
}

/// Returns what follows `mod ` on a line that declares or opens a module.
fn module_of(code: &str) -> Option<&str> {
    let (before, module) = code.split_once("mod ")?;
    let is_visibility = before.is_empty() || (before.starts_with("pub") && before.ends_with(' '));
    is_visibility.then_some(module)
}

fn quoted_after<'a>(code: &'a str, mark: &str) -> Option<&'a str> {
    code.split_once(mark)?
        .1
        .strip_prefix('"')?
        .split('"')
        .next()
}

/// Returns the folder in which a module's own children lie.
fn module_folder(path: &str) -> String {
    let stem = path
        .strip_suffix("/mod.rs")
        .or_else(|| path.strip_suffix(".rs"));
    stem.unwrap_or(path).to_owned()
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::lines;

    const MANIFEST: (&str, &str) = ("a/Cargo.toml", "[package]\nname = \"a\"\n");

    #[test]
    fn files_declared_at_any_depth_pass() {
        let tree = Tree::of(&[
            MANIFEST,
            (
                "a/src/lib.rs",
                "//! A.\npub mod event;\nmod x {\n    mod y;\n}\npub(crate) mod z;\n",
            ),
            (
                "a/src/event.rs",
                "#[cfg(test)]\nmod tests;\n#[path = \"odd.rs\"]\nmod even;\n",
            ),
            ("a/src/event/tests.rs", ""),
            ("a/src/odd.rs", ""),
            ("a/src/x/y.rs", ""),
            ("a/src/z.rs", "include!(\"z_generated.rs\");\n"),
            ("a/src/z_generated.rs", ""),
            ("a/build.rs", ""),
            ("a/tests/it/main.rs", "mod seeds;\n"),
            ("a/tests/it/seeds.rs", "mod s001;\n"),
            ("a/tests/it/seeds/s001.rs", ""),
            ("a/tests/alone.rs", ""),
        ]);
        assert_eq!(lines(&check(&tree)), Vec::<String>::new());
    }

    #[test]
    fn a_target_with_a_path_of_its_own_is_a_root() {
        let manifest = "[package]\nname = \"f\"\n[[bin]]\nname = \"x\"\npath = \"src/odd/x.rs\"\n";
        let tree = Tree::of(&[
            ("f/Cargo.toml", manifest),
            ("f/src/odd/x.rs", "mod y;\n"),
            ("f/src/odd/y.rs", ""),
        ]);
        assert_eq!(lines(&check(&tree)), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_no_mod_names_is_a_problem() {
        let tree = Tree::of(&[
            MANIFEST,
            ("a/src/lib.rs", "// mod lost;\nmod event;\n"),
            ("a/src/event.rs", "fn f() {}\n"),
            ("a/src/lost.rs", "mod below;\n"),
            ("a/src/lost/below.rs", ""),
            ("a/tests/it/main.rs", "mod matrix;\n"),
            ("a/tests/it/matrix.rs", ""),
            ("a/tests/it/forgotten.rs", ""),
        ]);
        let problems = lines(&check(&tree));
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].starts_with("a/src/lost.rs:1: no `mod` leads here"));
        assert!(problems[1].starts_with("a/src/lost/below.rs:1: "));
        assert!(problems[2].starts_with("a/tests/it/forgotten.rs:1: "));
    }

    #[test]
    fn a_module_declared_by_one_package_does_not_reach_into_another() {
        let tree = Tree::of(&[
            MANIFEST,
            ("a/src/lib.rs", "mod shared;\n"),
            ("b/Cargo.toml", "[package]\nname = \"b\"\n"),
            ("b/src/lib.rs", ""),
            ("b/src/shared.rs", ""),
        ]);
        assert_eq!(lines(&check(&tree)).len(), 1);
    }
}
