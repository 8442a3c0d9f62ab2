//! Reads the entries of a `Cargo.toml`, as far as the checks need them.
//!
//! **Not here:** a TOML parser. Cargo has accepted the file before we see it, so sections, keys
//! and the brackets of multi-line values are enough.

/// One `key = value` of a manifest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The table it stands in, such as `dependencies` or `target.'cfg(unix)'.dependencies`.
    pub(crate) section: String,
    pub(crate) key: String,
    /// The value as written; one that spans lines is joined with spaces.
    pub(crate) value: String,
    /// The line of the key, counted from 1.
    pub(crate) line: usize,
}

impl Entry {
    /// Returns the crate this entry makes a normal dependency, by its name in the registry.
    pub(crate) fn normal_dependency(&self) -> Option<&str> {
        let own_table = self.section.strip_prefix("dependencies.").or_else(|| {
            let target = self.section.strip_prefix("target.")?;
            target.rsplit_once(".dependencies.").map(|(_, name)| name)
        });
        if own_table.is_some() {
            return if self.key == "package" {
                Some(unquoted(&self.value))
            } else {
                own_table
            };
        }
        let is_list = self.section == "dependencies"
            || (self.section.starts_with("target.") && self.section.ends_with(".dependencies"));
        let key = self.key.split('.').next().map(unquoted)?;
        is_list.then(|| self.renamed_from().unwrap_or(key))
    }

    /// Returns the `package` of an inline table: the real name of a renamed dependency.
    fn renamed_from(&self) -> Option<&str> {
        let (_, rest) = self.value.split_once("package")?;
        rest.trim_start().strip_prefix('=')?.split('"').nth(1)
    }
}

/// Returns the entries of a manifest in their order.
pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut section = String::new();
    let mut is_open = false;
    for (index, raw) in text.lines().enumerate() {
        let line = without_comment(raw).trim();
        if is_open {
            if let Some(entry) = entries.last_mut() {
                entry.value.push(' ');
                entry.value.push_str(line);
                is_open = depth(&entry.value) > 0;
            }
        } else if let Some(name) = line.strip_prefix('[') {
            name.trim_matches(['[', ']'])
                .trim()
                .clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once('=') {
            let value = value.trim().to_owned();
            is_open = depth(&value) > 0;
            let key = key.trim().to_owned();
            entries.push(Entry {
                section: section.clone(),
                key,
                value,
                line: index + 1,
            });
        }
    }
    entries
}

/// Returns how many brackets of a value are still open.
fn depth(value: &str) -> usize {
    let opened = value.matches(['[', '{']).count();
    opened.saturating_sub(value.matches([']', '}']).count())
}

/// Cuts a comment off; no value in our manifests holds a `#`.
fn without_comment(line: &str) -> &str {
    line.split_once('#').map_or(line, |(code, _)| code)
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependencies(text: &str) -> Vec<String> {
        let mut names: Vec<_> = entries(text)
            .iter()
            .filter_map(|e| e.normal_dependency().map(str::to_owned))
            .collect();
        names.dedup();
        names
    }

    #[test]
    fn every_way_to_name_a_normal_dependency_is_seen() {
        let text = "\
[package]\nname = \"x\"\n\
[dependencies]\nserde.workspace = true # the wire\nuuid = \"1\"\nshort = { package = \"long\" }\n\
[dependencies.sha2]\nversion = \"0.11\"\n\
[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n\
[target.'cfg(unix)'.dependencies.nix]\nversion = \"1\"\n";
        assert_eq!(
            dependencies(text),
            ["serde", "uuid", "long", "sha2", "libc", "nix"]
        );
    }

    #[test]
    fn dev_build_and_workspace_dependencies_are_not_normal_ones() {
        let text = "\
[dev-dependencies]\ninsta = \"1\"\n[build-dependencies]\ncc = \"1\"\n\
[target.'cfg(unix)'.dev-dependencies]\nnix = \"1\"\n[workspace.dependencies]\nclap = \"4\"\n";
        assert_eq!(dependencies(text), Vec::<String>::new());
    }

    #[test]
    fn a_value_over_several_lines_is_one_entry() {
        let entries = entries("[a]\nlist = [\n  \"x\",\n  \"y\",\n]\nnext = 1\n");
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].value, "[ \"x\", \"y\", ]");
        assert_eq!((entries[1].key.as_str(), entries[1].line), ("next", 6));
    }
}
