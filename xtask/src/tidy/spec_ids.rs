//! Every rule of the specification is cited by code and by a test, and no citation is made up.
//!
//! A rule is a table row of `docs/spec.md` that begins with its id, such as `ORDER-1`. A citation
//! is a plain comment above the line that holds the rule, or at its end; a doc comment is prose
//! for the reader and does not count. Rows marked `(store)` or `(tool)` hold rules of other
//! crates than the core, and need no citation.
//!
//! **Not here:** this crate's own sources, whose tests are full of made-up citations.

use std::collections::BTreeMap;

use crate::problem::Problem;
use crate::rust_source::{is_test_file, test_lines};
use crate::tree::Tree;

const SPEC: &str = "docs/spec.md";
const MARK: &str = "// spec:";

/// A rule of the specification, and where it has been cited so far.
#[derive(Debug)]
struct Rule {
    line: usize,
    is_exempt: bool,
    is_in_code: bool,
    is_in_test: bool,
}

/// Reports uncited rules, unknown ids and citations that are no id.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let Some(spec) = tree.text(SPEC) else {
        return vec![Problem::new(
            SPEC,
            1,
            "missing; it lists the rules that the code cites",
        )];
    };
    let mut rules = rules(spec);
    let mut problems = Vec::new();
    if rules.is_empty() {
        problems.push(Problem::new(
            SPEC,
            1,
            "no rule found; a rule is a row like `| ORDER-1 |`",
        ));
    }
    for (path, text) in tree
        .rust_files()
        .filter(|(path, _)| !path.starts_with("xtask/"))
    {
        let is_test = is_test_file(path);
        for ((index, line), in_test) in text.lines().enumerate().zip(test_lines(text)) {
            for id in citations(line) {
                let Some(rule) = rules.get_mut(id) else {
                    let message = format!("`{id}` is not a rule of {SPEC}; correct it or add it");
                    problems.push(Problem::new(path, index + 1, message));
                    continue;
                };
                if is_test || in_test {
                    rule.is_in_test = true;
                } else {
                    rule.is_in_code = true;
                }
            }
        }
    }
    problems.extend(
        rules
            .iter()
            .filter(|(_, rule)| !rule.is_exempt)
            .flat_map(uncited),
    );
    problems
}

/// Returns what one rule lacks.
fn uncited((id, rule): (&String, &Rule)) -> Vec<Problem> {
    let missing = |what: &str| {
        Problem::new(
            SPEC,
            rule.line,
            format!("{id} is cited by no {what}; add `{MARK} {id}` there"),
        )
    };
    let code = (!rule.is_in_code).then(|| missing("code"));
    let test = (!rule.is_in_test).then(|| missing("test"));
    code.into_iter().chain(test).collect()
}

/// Reads the rules; an id that stands in several tables is placed where it stands first.
fn rules(spec: &str) -> BTreeMap<String, Rule> {
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    for (index, line) in spec.lines().enumerate() {
        let cell = line
            .strip_prefix('|')
            .and_then(|rest| rest.split('|').next());
        let id = cell.map_or("", |cell| cell.trim_matches([' ', '`', '*']));
        if !is_id(id) {
            continue;
        }
        let is_exempt = line.contains("(store)") || line.contains("(tool)");
        let rule = rules.entry(id.to_owned()).or_insert(Rule {
            line: index + 1,
            is_exempt: false,
            is_in_code: false,
            is_in_test: false,
        });
        rule.is_exempt |= is_exempt;
    }
    rules
}

/// Tells whether a word has the shape `WORD-1`.
fn is_id(word: &str) -> bool {
    word.rsplit_once('-').is_some_and(|(name, number)| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
            && !number.is_empty()
            && number.chars().all(|c| c.is_ascii_digit())
    })
}

/// Returns what a line cites, commas between the ids and remarks after each allowed.
fn citations(line: &str) -> impl Iterator<Item = &str> {
    let cited = line
        .split_once(MARK)
        .filter(|(before, _)| !before.ends_with('/'));
    cited
        .into_iter()
        .flat_map(|(_, ids)| ids.split(','))
        .map(|item| item.split_whitespace().next().unwrap_or("(nothing)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::lines;

    const TWO_RULES: &str = "## Order\n\n| id | rule |\n|---|---|\n| ORDER-1 | position |\n\
        | WIP-2 | limit |\n| ACK-1 | (store) durable |\n| PLAN-1 | (tool) compares |\n";
    const TESTS: (&str, &str) = ("orch-core/tests/it/main.rs", "// spec: ORDER-1, WIP-2\n");
    const CODE: (&str, &str) = (
        "orch-core/src/lib.rs",
        "fn f() {} // spec: ORDER-1\n// spec: WIP-2\n",
    );

    fn problems_of(files: &[(&str, &str)]) -> Vec<String> {
        lines(&check(&Tree::of(files)))
    }

    #[test]
    fn rules_cited_by_code_and_test_pass_and_other_crates_rules_are_exempt() {
        assert_eq!(
            problems_of(&[(SPEC, TWO_RULES), CODE, TESTS]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_missing_or_empty_specification_is_a_problem() {
        assert!(problems_of(&[CODE])[0].starts_with("docs/spec.md:1: missing"));
        assert!(problems_of(&[(SPEC, "# Rules\n")])[0].contains("no rule found"));
    }

    #[test]
    fn a_rule_without_code_and_one_without_a_test_are_problems() {
        let code = ("orch-core/src/lib.rs", "// spec: ORDER-1\n");
        let tests = ("orch-core/src/tests.rs", "// spec: WIP-2\n");
        assert_eq!(
            problems_of(&[(SPEC, TWO_RULES), code, tests]),
            [
                "docs/spec.md:5: ORDER-1 is cited by no test; add `// spec: ORDER-1` there",
                "docs/spec.md:6: WIP-2 is cited by no code; add `// spec: WIP-2` there",
            ]
        );
    }

    #[test]
    fn a_citation_in_an_inline_test_module_counts_as_a_test() {
        let text = "// spec: ORDER-1, WIP-2\n#[cfg(test)]\nmod tests {\n    // spec: ORDER-1\n}\n";
        let problems = problems_of(&[(SPEC, TWO_RULES), ("orch-core/src/lib.rs", text)]);
        assert_eq!(
            problems,
            ["docs/spec.md:6: WIP-2 is cited by no test; add `// spec: WIP-2` there"]
        );
    }

    #[test]
    fn a_doc_comment_is_not_a_citation() {
        let docs = (
            "orch-core/src/lib.rs",
            "/// spec: ORDER-1\n//! spec: WIP-2\n",
        );
        assert_eq!(problems_of(&[(SPEC, TWO_RULES), docs, TESTS]).len(), 2);
    }

    #[test]
    fn an_unknown_id_is_a_problem_where_it_is_cited() {
        let text = "//! A file.\n// spec: ORDER-9\n// spec: ORDER-1 and more, \n";
        let problems = problems_of(&[(SPEC, TWO_RULES), CODE, TESTS, ("orch-core/src/x.rs", text)]);
        assert_eq!(
            problems,
            [
                "orch-core/src/x.rs:2: `ORDER-9` is not a rule of docs/spec.md; correct it or add it",
                "orch-core/src/x.rs:3: `(nothing)` is not a rule of docs/spec.md; correct it or add it",
            ]
        );
    }
}
