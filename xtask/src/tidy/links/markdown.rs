//! The links and headings of a Markdown document, as a forge renders them.

use std::collections::{BTreeMap, BTreeSet};

/// Returns the targets of the links outside code, each with its line counted from 1.
pub(super) fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        // `[text](target)`: what follows each `](` up to its closing parenthesis.
        let inline = line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        // `[name]: target`, but `[^1]: words` is a footnote.
        let name = line
            .trim_start()
            .strip_prefix('[')
            .filter(|rest| !rest.starts_with('^'));
        let defined = name.and_then(|rest| rest.split_once("]: "));
        for target in inline.chain(defined.map(|(_, target)| target)) {
            // A title may follow the target.
            if let Some(target) = target.split_whitespace().next() {
                links.push((number, target.trim_matches(['<', '>']).to_owned()));
            }
        }
    }
    links
}

/// Returns the anchors of the headings, and those set by hand with `<a id="…">`.
pub(super) fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut n_seen: BTreeMap<String, usize> = BTreeMap::new();
    for (_, line) in prose(text) {
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if (1..=6).contains(&level) && title.starts_with(' ') {
            let slug = slug(title.trim().trim_end_matches('#').trim_end());
            let n_before = n_seen.entry(slug.clone()).or_insert(0);
            anchors.insert(if *n_before == 0 {
                slug
            } else {
                format!("{slug}-{n_before}")
            });
            *n_before += 1;
        }
        for mark in ["<a id=\"", "<a name=\""] {
            let named = line
                .split(mark)
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            anchors.extend(named.map(str::to_owned));
        }
    }
    anchors
}

/// Returns the numbered lines outside fenced code blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, None) => return Some((index + 1, line)),
            (None, Some(opened)) => fence = Some(opened),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
        }
        None
    })
}

/// Drops what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// Returns a heading's anchor: lower case, spaces to dashes, punctuation dropped.
fn slug(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ => c.is_alphanumeric().then_some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_the_heading_without_punctuation() {
        let anchors = anchors("# `orch` -- what, why?\n## Why\n## Why\n#not a heading\n");
        let expected = ["orch----what-why", "why", "why-1"];
        assert_eq!(anchors, expected.map(str::to_owned).into());
    }

    #[test]
    fn an_anchor_set_by_hand_counts() {
        assert!(anchors("<a id=\"here\"></a>\n").contains("here"));
    }

    #[test]
    fn a_heading_inside_code_is_none() {
        assert_eq!(anchors("```console\n# comment\n```\n"), BTreeSet::new());
    }

    #[test]
    fn a_footnote_is_not_a_link() {
        assert_eq!(links("[^1]: See the rules.\n"), []);
    }

    #[test]
    fn a_link_is_found_with_its_line_and_without_its_title() {
        let found = links("one\n[a](b.md \"title\") and [c](<d.md>)\n");
        assert_eq!(found, [(2, "b.md".to_owned()), (2, "d.md".to_owned())]);
    }
}
