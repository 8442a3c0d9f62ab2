//! Reads Rust text line by line, as far as the checks need it.
//!
//! **Not here:** a parser. The sources are formatted by `rustfmt`, so an attribute stands alone on
//! its line and the brace that closes an item is indented like the line that opened it.

use crate::tree::file_name;

/// Tells whether a whole file is test code.
pub(crate) fn is_test_file(path: &str) -> bool {
    file_name(path) == "tests.rs" || path.split('/').any(|part| part == "tests")
}

/// Returns, for each line, whether it belongs to an item under `#[cfg(test)]`.
///
/// An inline test module runs to the end of the file: clippy refuses items after one.
pub(crate) fn test_lines(text: &str) -> Vec<bool> {
    let mut place = Place::Code;
    let mut marks = Vec::new();
    for line in text.lines() {
        let was_code = matches!(place, Place::Code);
        place = place.after(line);
        marks.push(!was_code || !matches!(place, Place::Code));
    }
    marks
}

/// Where a line stands with respect to `#[cfg(test)]`.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Outside any test item.
    Code,
    /// Between the attribute, indented this far, and the head of its item.
    Attribute { indent: usize },
    /// In a test item that ends with a brace at this indentation.
    Item { indent: usize },
    /// In an inline test module.
    Module,
}

impl Place {
    fn after(self, line: &str) -> Self {
        let code = line.trim();
        match self {
            Self::Code => {
                if code == "#[cfg(test)]" || code.starts_with("#[cfg(all(test") {
                    Self::Attribute {
                        indent: indent_of(line),
                    }
                } else {
                    self
                }
            }
            Self::Attribute { indent } => {
                if code.starts_with("#[") || code.starts_with("//") {
                    self
                } else if code.ends_with('{') {
                    let is_module = words(code).any(|word| word == "mod");
                    if is_module {
                        Self::Module
                    } else {
                        Self::Item { indent }
                    }
                } else if code.ends_with([';', '}', ',']) {
                    Self::Code
                } else {
                    self
                }
            }
            Self::Item { indent } => {
                if code.starts_with('}') && indent_of(line) == indent {
                    Self::Code
                } else {
                    self
                }
            }
            Self::Module => self,
        }
    }
}

/// Returns how many spaces a line begins with.
pub(crate) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Returns the words of a line of code, so that `modern` is not taken for `mod`.
pub(crate) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> Vec<&str> {
        text.lines()
            .zip(test_lines(text))
            .filter_map(|(l, test)| test.then_some(l))
            .collect()
    }

    #[test]
    fn a_declared_test_module_marks_its_own_line_only() {
        let text = "#[cfg(test)]\nmod tests;\n\nfn code() {}\n";
        assert_eq!(marked(text), ["#[cfg(test)]", "mod tests;"]);
    }

    #[test]
    fn an_inline_test_module_runs_to_the_end() {
        let text = "fn code() {}\n#[cfg(test)]\nmod tests {\n    fn f() {}\n}\n// after\n";
        assert_eq!(marked(text).len(), 5);
        assert_eq!(marked(text).first(), Some(&"#[cfg(test)]"));
    }

    #[test]
    fn a_test_function_ends_with_its_brace() {
        let text = "#[cfg(test)]\nfn helper() {\n    if x {\n    }\n}\nfn code() {}\n";
        assert_eq!(marked(text).last(), Some(&"}"));
        assert_eq!(marked(text).len(), 5);
    }

    #[test]
    fn a_folder_named_tests_holds_test_code() {
        assert!(is_test_file("orch-core/tests/it/matrix.rs"));
        assert!(is_test_file("orch-core/src/record/tests.rs"));
        assert!(!is_test_file("orch-core/src/contests.rs"));
    }
}
