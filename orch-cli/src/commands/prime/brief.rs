//! A text that never grows beyond its budget, and says what it left out.

use crate::escape;

/// The most bytes that the text takes: what it is for is paid by the token.
const BYTES_MAX: usize = 2048;

/// The most bytes that one line takes, so that no single title crowds the rest out.
const LINE_MAX: usize = 150;

/// The most lines that a section shows, so that the first does not crowd the others out.
const SHOWN_MAX: usize = 5;

/// A text under way; the rules that end it have their place already.
#[derive(Debug)]
pub(super) struct Brief {
    text: String,
    end: String,
}

impl Brief {
    /// Begins a text that ends with the rules.
    pub(super) fn new(rules: String) -> Self {
        Self {
            text: String::new(),
            end: rules,
        }
    }

    /// Adds a line, cut to its most, if there is room.
    pub(super) fn line(&mut self, line: &str) -> bool {
        let line = cut(&escape::one_line(line));
        let used = self.text.len().saturating_add(self.end.len());
        if used.saturating_add(line.len()).saturating_add(1) > BYTES_MAX {
            return false;
        }
        self.text.push_str(&line);
        self.text.push('\n');
        true
    }

    /// Adds a section: its lines as far as there is room, and how many more there are.
    pub(super) fn section(&mut self, title: &str, lines: &[String], more: &str) {
        if lines.is_empty() {
            return;
        }
        let whole = self.text.len();
        let rest = |left: usize| format!("  and {left} more: {more}");
        let reserved = rest(lines.len()).len().saturating_add(1);
        self.text.push('\n');
        let mut shown = 0_usize;
        if self.line(&format!("{title} ({})", lines.len())) {
            self.end.push_str(&" ".repeat(reserved));
            for line in lines.iter().take(SHOWN_MAX) {
                if !self.line(&format!("- {line}")) {
                    break;
                }
                shown = shown.saturating_add(1);
            }
            self.end.truncate(self.end.len().saturating_sub(reserved));
            let left = lines.len().saturating_sub(shown);
            if left == 0 || self.line(&rest(left)) {
                return;
            }
        }
        self.text.truncate(whole);
    }

    /// Ends the text with the rules.
    pub(super) fn finish(self) -> String {
        self.text + &self.end
    }
}

/// Cuts a line at a character, and shows that it was cut.
fn cut(line: &str) -> String {
    if line.len() <= LINE_MAX {
        return line.to_owned();
    }
    let room = LINE_MAX.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|&end| line.is_char_boundary(end));
    format!("{}…", line.get(..end.unwrap_or(0)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_much_is_said_the_text_stays_within_its_budget_and_keeps_its_end() {
        for n in [0, 1, 5, 6, 40, 1000] {
            for width in [0, 1, 60, 149, 151, 4000] {
                let mut brief = Brief::new("the rules\n".to_owned());
                for title in ["a", "b", "c", "d", "e", "f"] {
                    brief.line(&"é".repeat(width));
                    let lines = vec!["ü\u{202e}".repeat(width); n];
                    brief.section(title, &lines, "orch ready");
                }
                let text = brief.finish();
                assert!(text.len() <= BYTES_MAX, "{n} {width}: {}", text.len());
                assert!(text.ends_with("the rules\n"), "{text}");
            }
        }
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let mut brief = Brief::new(String::new());
        let lines: Vec<String> = (1..=7).map(|n| n.to_string()).collect();
        brief.section("ready", &lines, "orch ready");
        assert_eq!(
            brief.finish(),
            "\nready (7)\n- 1\n- 2\n- 3\n- 4\n- 5\n  and 2 more: orch ready\n"
        );
    }
}
