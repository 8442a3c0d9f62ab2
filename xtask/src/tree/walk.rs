//! Reads the files of a tree from disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::ignore::IgnoreRules;

/// Reads every file below `root` that git would track.
///
/// Symbolic links are left out: one that points at a parent would make the walk endless, and what
/// it points at is read where it lies.
///
/// # Errors
///
/// When a folder or file cannot be read.
pub(super) fn walk(root: &Path) -> Result<BTreeMap<String, Option<String>>, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![String::new()];
    let mut rules = IgnoreRules::default();
    while let Some(folder) = folders.pop() {
        visit(root, &folder, &mut rules, &mut folders, &mut files)?;
    }
    Ok(files)
}

/// Reads the files of one folder and puts its sub-folders on the list.
fn visit(
    root: &Path,
    folder: &str,
    rules: &mut IgnoreRules,
    folders: &mut Vec<String>,
    files: &mut BTreeMap<String, Option<String>>,
) -> Result<(), String> {
    let here = root.join(folder);
    let said = |error: std::io::Error| format!("{}: {error}", here.display());
    // A rule of this folder decides about its entries, so it is read before them.
    if let Ok(text) = fs::read_to_string(here.join(".gitignore")) {
        rules.add(folder, &text)?;
    }
    for entry in fs::read_dir(&here).map_err(said)? {
        let entry = entry.map_err(said)?;
        let kind = entry.file_type().map_err(said)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        if name == ".git" || rules.ignores(&path, kind.is_dir()) {
            continue;
        }
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file() {
            let bytes = fs::read(entry.path()).map_err(said)?;
            files.insert(path, String::from_utf8(bytes).ok());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_and_the_git_folder_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        write(".gitignore", b"/target\n");
        write(".git/config", b"");
        write("target/debug/build.rs", b"");
        write("src/lib.rs", b"//! A crate.\n");
        write("logo.bin", &[0xff, 0xfe]);

        let files = walk(folder.path()).unwrap();
        let paths: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(paths, [".gitignore", "logo.bin", "src/lib.rs"]);
        assert_eq!(files["logo.bin"], None);
        assert_eq!(files["src/lib.rs"].as_deref(), Some("//! A crate.\n"));
    }
}
