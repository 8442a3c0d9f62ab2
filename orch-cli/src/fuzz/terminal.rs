//! Text that a terminal must not obey.

use crate::escape;

/// Reads bytes as text and makes it safe in every way there is.
///
/// Nothing that steers, reorders or hides is left; plain text stays as it is; JSON keeps its value;
/// and a word for a shell gives the text back when it is read as bash reads it.
///
/// # Panics
/// When a promise does not hold.
pub fn terminal_escape(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let is_plain = |c: char| c.is_alphanumeric() || c.is_ascii_punctuation() || c == ' ';
    let line = escape::one_line(&text);
    assert_safe(&line);
    let json = escape::json(&text);
    assert_safe(&json);
    if text.chars().all(is_plain) {
        assert_eq!(json, text);
        assert_eq!(line, text);
    }
    let quoted = serde_json::to_string(&text).unwrap();
    let escaped = escape::json(&quoted);
    assert_safe(&escaped);
    assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
        let again: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(again, value);
    }
    match escape::quoted(&text) {
        None => assert_eq!(line, text, "what needs no quotes needs no escapes"),
        Some(word) => {
            assert_safe(&word);
            assert_ne!(line, text);
            assert_eq!(read_as_bash(&word), text);
        }
    }
}

/// What must not be in any output; said here a second time.
pub(super) fn is_bad(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || ['\u{61c}', '\u{ad}', '\u{2028}', '\u{2029}', '\u{feff}'].contains(&c)
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

fn assert_safe(text: &str) {
    let bad = text.chars().find(|c| is_bad(*c));
    assert_eq!(bad, None, "{text:?}");
}

/// Reads a word of the form `$'…'`, as the manual of bash says it.
fn read_as_bash(word: &str) -> String {
    let inner = word
        .strip_prefix("$'")
        .and_then(|word| word.strip_suffix('\''));
    let mut chars = inner.unwrap().chars();
    let mut read = String::new();
    while let Some(c) = chars.next() {
        assert_ne!(c, '\'', "the word ends here: {word}");
        if c != '\\' {
            read.push(c);
            continue;
        }
        match chars.next().unwrap() {
            'n' => read.push('\n'),
            c @ ('\\' | '\'') => read.push(c),
            'U' => {
                let digits: String = chars.by_ref().take(8).collect();
                assert_eq!(digits.len(), 8, "{word}");
                let code = u32::from_str_radix(&digits, 16).unwrap();
                read.push(char::from_u32(code).unwrap());
            }
            other => panic!("\\{other} in {word}"),
        }
    }
    read
}
