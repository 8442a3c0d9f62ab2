//! The part of git's ignore language that this repository uses.
//!
//! **Not here:** negation, `**` and character sets. A pattern with one of them is an error: read
//! wrongly, it would hide files from every check without a word.

/// The ignore patterns in force, each with the folder of the file it came from.
#[derive(Debug, Clone, Default)]
pub(crate) struct IgnoreRules {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    /// The folder of the ignore file, `""` for the root.
    base: String,
    pattern: String,
    /// A pattern with a slash before its end matches from `base` on, any other matches a name.
    is_anchored: bool,
    /// A pattern that ends in a slash matches folders only.
    is_for_folders: bool,
}

impl IgnoreRules {
    /// Adds the patterns of the ignore file in folder `base`.
    ///
    /// # Errors
    ///
    /// When a pattern is outside the understood part of the language.
    pub(crate) fn add(&mut self, base: &str, text: &str) -> Result<(), String> {
        for line in text.lines().map(str::trim_end) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.contains(['!', '[', '\\']) || line.contains("**") {
                return Err(format!(
                    "{base}/.gitignore: `{line}` is a pattern xtask cannot read"
                ));
            }
            let (body, is_for_folders) = line
                .strip_suffix('/')
                .map_or((line, false), |body| (body, true));
            self.rules.push(Rule {
                base: base.to_owned(),
                pattern: body.strip_prefix('/').unwrap_or(body).to_owned(),
                is_anchored: body.contains('/'),
                is_for_folders,
            });
        }
        Ok(())
    }

    /// Tells whether git would leave out this path.
    pub(crate) fn ignores(&self, path: &str, is_folder: bool) -> bool {
        self.rules.iter().any(|rule| rule.matches(path, is_folder))
    }
}

impl Rule {
    fn matches(&self, path: &str, is_folder: bool) -> bool {
        if self.is_for_folders && !is_folder {
            return false;
        }
        let below = if self.base.is_empty() {
            Some(path)
        } else {
            path.strip_prefix(self.base.as_str())
                .and_then(|rest| rest.strip_prefix('/'))
        };
        below.is_some_and(|below| {
            let subject = if self.is_anchored {
                below
            } else {
                super::file_name(below)
            };
            glob(self.pattern.as_bytes(), subject.as_bytes())
        })
    }
}

/// Matches `*` (any run without a slash) and `?` (one character).
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => {
            let longer = |(first, tail): (&u8, &[u8])| *first != b'/' && glob(pattern, tail);
            glob(rest, name) || name.split_first().is_some_and(longer)
        }
        Some((b'?', rest)) => name.split_first().is_some_and(|(_, tail)| glob(rest, tail)),
        Some((want, rest)) => name
            .split_first()
            .is_some_and(|(first, tail)| first == want && glob(rest, tail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(base: &str, text: &str) -> IgnoreRules {
        let mut rules = IgnoreRules::default();
        rules.add(base, text).unwrap();
        rules
    }

    #[test]
    fn an_anchored_pattern_matches_only_there() {
        let rules = rules("", "# build output\n/target\n\n/fuzz/target\n");
        assert!(rules.ignores("target", true));
        assert!(rules.ignores("fuzz/target", true));
        assert!(!rules.ignores("orch-cli/src/target", true));
    }

    #[test]
    fn a_bare_pattern_matches_a_name_at_any_depth() {
        let rules = rules("", "*.snap.new");
        assert!(rules.ignores("orch-core/tests/it/matrix.snap.new", false));
        assert!(!rules.ignores("orch-core/tests/it/matrix.snap", false));
    }

    #[test]
    fn a_nested_ignore_file_speaks_for_its_folder_only() {
        let rules = rules("fuzz", "corpus/\n");
        assert!(rules.ignores("fuzz/corpus", true));
        assert!(!rules.ignores("fuzz/corpus", false));
        assert!(!rules.ignores("corpus", true));
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_an_error() {
        for pattern in ["!kept.rs", "docs/**/draft.md", "[ab].rs"] {
            let mut rules = IgnoreRules::default();
            assert!(rules.add("", pattern).is_err(), "{pattern}");
        }
    }
}
