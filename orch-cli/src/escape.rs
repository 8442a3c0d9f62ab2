//! Making text from a journal safe to show: the one place that decides what a terminal gets.
//!
//! A journal holds what agents wrote. Control characters steer a terminal, direction marks reorder
//! what is read, zero-width characters hide: all are shown instead of sent.

use std::borrow::Cow;

/// Whether a character must not reach a terminal as it is.
const fn is_unsafe(c: char) -> bool {
    matches!(
        c,
        // C0, DEL and C1
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // direction marks, embeddings, overrides and isolates
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // zero width, soft hyphen, invisible operators, deprecated format characters
        | '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}' | '\u{feff}'
        // line and paragraph separators, which some terminals obey
        | '\u{2028}' | '\u{2029}'
        // interlinear marks and tags, which show nothing
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Returns the text with every unsafe character written out, on one line.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, |c, out| match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other => {
            let code = format!("\\u{{{:x}}}", u32::from(other));
            out.push_str(&code);
        }
    })
}

/// Returns the text quoted for a shell with every unsafe character written out; `None` if it has
/// none.
///
/// `$'…'` is understood by bash, zsh, ksh and the shells of POSIX since 2024.
pub(crate) fn quoted(text: &str) -> Option<String> {
    if !text.chars().any(is_unsafe) {
        return None;
    }
    let mut quoted = String::from("$'");
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\'' | '\\' => quoted.extend(['\\', c]),
            // Eight digits: what comes after cannot be taken for one more.
            _ if is_unsafe(c) => {
                let code = format!("\\U{:08x}", u32::from(c));
                quoted.push_str(&code);
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('\'');
    Some(quoted)
}

/// Returns JSON in which every unsafe character is written as an escape of JSON.
///
/// The value stays the same: outside of strings JSON has no such characters but white space, which
/// become blanks.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    escape(text, |c, out| {
        if matches!(c, '\n' | '\r' | '\t') {
            out.push(' ');
            return;
        }
        let mut units = [0_u16; 2];
        for unit in c.encode_utf16(&mut units) {
            let code = format!("\\u{unit:04x}");
            out.push_str(&code);
        }
    })
}

fn escape(text: &str, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_add(16));
    for c in text.chars() {
        if is_unsafe(c) {
            write(c, &mut out);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_a_shell_shows_what_it_holds() {
        assert_eq!(quoted("it's plain"), None);
        assert_eq!(quoted("it's\na\\b"), Some(r"$'it\'s\na\\b'".to_owned()));
        assert_eq!(quoted("\u{1b}[1m"), Some(r"$'\U0000001b[1m'".to_owned()));
    }

    #[test]
    fn harmless_text_is_not_touched() {
        for text in ["", "plain", "Grüße, 世界 → ✓", "emoji 👍"] {
            assert!(matches!(one_line(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn what_steers_a_terminal_is_shown_instead() {
        assert_eq!(one_line("\u{1b}[2Jx"), "\\u{1b}[2Jx");
        assert_eq!(one_line("a\nb\tc\r"), "a\\nb\\tc\\r");
        assert_eq!(one_line("\u{7f}\u{9b}31m"), "\\u{7f}\\u{9b}31m");
    }

    #[test]
    fn what_reorders_or_hides_text_is_shown_instead() {
        assert_eq!(one_line("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(one_line("\u{200b}\u{feff}"), "\\u{200b}\\u{feff}");
        assert_eq!(one_line("\u{e0041}"), "\\u{e0041}");
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = serde_json::json!({"a": "\u{7f}\u{9b}\u{202e}\u{e0041}ü\n"});
        let text = value.to_string();
        let escaped = json(&text);
        assert!(!escaped.chars().any(is_unsafe));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&escaped).unwrap(),
            value
        );
    }
}
