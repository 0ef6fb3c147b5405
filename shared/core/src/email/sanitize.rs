//! What other people wrote, made harmless before an email contains it: a name must not add a line,
//! turn the text around, carry a link or be a message of its own.

use crate::identity::Reason;
use crate::text::is_invisible;

/// The longest name, in characters: longer ones are a message, not a name.
const MAX_NAME_CHARS: usize = 80;

/// A person's, an ecosystem's or a ticket's name.
pub fn name(name: &str) -> String {
    let name = unlinked(&one_line(name, MAX_NAME_CHARS));
    if name.is_empty() { "—".to_owned() } else { name }
}

/// An agent's reason, on one line.
pub fn reason(reason: &Reason) -> String {
    unlinked(&one_line(reason.as_str(), Reason::MAX_CHARS))
}

/// What is made of visible ASCII: an address of our own, a code or an id, without anything that
/// could end it early.
pub fn graphic(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect()
}

/// The whitespace of `text` made single spaces, invisible characters left out, and what is longer
/// than `max` characters cut.
pub fn one_line(text: &str, max: usize) -> String {
    let visible: String = text
        .chars()
        .filter(|&c| !is_invisible(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= max {
        return line;
    }
    let kept: String = line.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Email programs make a link of whatever looks like an address, so that an ecosystem called
/// `evil.example` would put one into our email. A dot with something on either side, or one of the
/// three that IDNA takes for it (UTS #46, section 2.3), becomes one that looks the same (U+2024),
/// and `//` loses a stroke.
fn unlinked(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let in_word = !before.is_whitespace() && rest.peek().is_some_and(|c| !c.is_whitespace());
        match c {
            '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' if in_word => out.push('\u{2024}'),
            '/' if before == '/' => {}
            _ => out.push(c),
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // P24
    fn a_name_is_one_short_line() {
        assert_eq!(name("  Ana \r\n María\tRuiz "), "Ana María Ruiz");
        assert_eq!(name("Ana\u{202e}ziuR"), "AnaziuR");
        assert_eq!(name("\u{200b}\n"), "—");
        let cut = name(&"ñ".repeat(300));
        assert_eq!(cut.chars().count(), MAX_NAME_CHARS);
        assert!(cut.ends_with("ñ…"));
    }

    #[test] // P24
    fn a_name_is_no_link() {
        assert_eq!(name("http://evil.example"), "http:/evil\u{2024}example");
        assert_eq!(name("Ruiz e Hijos, S.L. (Madrid)."), "Ruiz e Hijos, S\u{2024}L. (Madrid).");
        assert_eq!(name("evilo\u{301}.example"), "evilo\u{301}\u{2024}example");
        for dot in ['\u{3002}', '\u{ff0e}', '\u{ff61}'] {
            assert_eq!(name(&format!("evil{dot}example")), "evil\u{2024}example");
        }
    }

    #[test]
    fn a_reason_is_kept_whole_on_one_line() {
        let long = Reason::parse(&format!("Colgó.\r\nNo contesta. {}", "x".repeat(470))).unwrap();
        let line = reason(&long);
        assert!(line.starts_with("Colgó. No contesta. xxx") && line.ends_with('x'), "{line}");
    }
}
