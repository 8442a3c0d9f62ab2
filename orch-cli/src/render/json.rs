//! JSON as written, laid out for reading: order and numbers stay as they are.

/// Lays one JSON value out over lines.
///
/// A value that another program wrote is not read into numbers and back, which could change it.
pub(crate) fn pretty(json: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut is_escaped = false;
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if in_string {
            push(&mut lines, c);
            in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                push(&mut lines, c);
            }
            '{' | '[' => {
                push(&mut lines, c);
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    push(&mut lines, close);
                } else {
                    depth = depth.saturating_add(1);
                    lines.push("  ".repeat(depth));
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                lines.push("  ".repeat(depth));
                push(&mut lines, c);
            }
            ',' => {
                push(&mut lines, c);
                lines.push("  ".repeat(depth));
            }
            ':' => {
                push(&mut lines, c);
                push(&mut lines, ' ');
            }
            _ if c.is_ascii_whitespace() => {}
            _ => push(&mut lines, c),
        }
    }
    lines
}

fn push(lines: &mut [String], c: char) {
    if let Some(line) = lines.last_mut() {
        line.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_laid_out_and_not_changed() {
        let lines = pretty(r#"{"a": [1.50, {}], "b":"x, \"y\": {"}"#);
        assert_eq!(
            lines,
            [
                "{",
                "  \"a\": [",
                "    1.50,",
                "    {}",
                "  ],",
                "  \"b\": \"x, \\\"y\\\": {\"",
                "}",
            ]
        );
    }
}
