//! What other people wrote, made harmless before an email contains it: a name must not add a line,
//! turn the text around, carry a link or be a message of its own.

use crate::identity::Reason;
use crate::text::{is_invisible, joins};

/// The longest name, in characters: longer ones are a message, not a name.
const MAX_NAME_CHARS: usize = 80;

/// A person's, an ecosystem's or a ticket's name.
pub fn name(name: &str) -> String {
    let name = one_line(name, MAX_NAME_CHARS);
    if name.is_empty() { "—".to_owned() } else { name }
}

/// An agent's reason, on one line.
pub fn reason(reason: &Reason) -> String {
    one_line(reason.as_str(), Reason::MAX_CHARS)
}

/// What is made of visible ASCII: an address of our own, a code or an id, without anything that
/// could end it early.
pub fn graphic(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect()
}

/// The whitespace of `text` made single spaces, invisible characters left out, and what is longer
/// than `max` characters cut.
pub fn one_line(text: &str, max: usize) -> String {
    let visible: String = in_company(text)
        .filter(|&(_, before, c, after)| !is_invisible(c) || joins(before, c, after))
        .map(|(_, _, c, _)| if c.is_control() { ' ' } else { c })
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= max {
        return line;
    }
    let kept: String = line.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// What email programs take for the dot of an address: a dot with something on either side, or one
/// of the three that IDNA takes for it (UTS #46, section 2.3).
fn is_linking_dot(before: Option<char>, c: char, after: Option<char>) -> bool {
    let in_word = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}') && in_word(before) && in_word(after)
}

/// Each character of `line` with its place in bytes and those beside it.
fn in_company(line: &str) -> impl Iterator<Item = (usize, Option<char>, char, Option<char>)> {
    let mut before = None;
    line.char_indices().map(move |(at, c)| {
        let found = (at, before, c, line[at + c.len_utf8()..].chars().next());
        before = Some(c);
        found
    })
}

/// Email programs make a link of whatever looks like an address, so that an ecosystem called
/// `evil.example` would put one into our email. In a plain text each linking dot becomes one that
/// looks the same (U+2024), and `//` loses a stroke.
pub fn unlinked(line: &str) -> String {
    in_company(line)
        .filter_map(|(_, before, c, after)| match c {
            _ if is_linking_dot(before, c, after) => Some('\u{2024}'),
            '/' if before == Some('/') => None,
            _ => Some(c),
        })
        .collect()
}

/// A ticket's number for a plain text. People copy it, so no character is replaced: where a domain's
/// last part could follow a dot, an invisible word joiner (U+2060), which the console drops, stands
/// behind it.
pub fn unlinked_ticket(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (at, _, c, _) in in_company(line) {
        out.push(c);
        let letters = line[at + c.len_utf8()..].chars().take_while(char::is_ascii_alphabetic);
        if c == '.' && letters.count() >= 2 {
            out.push('\u{2060}');
        }
    }
    out
}

/// The pieces of a line between which HTML has a tag, so that no address is whole: before and behind
/// each linking dot, and between two strokes. Put together they are the line.
pub fn pieces(line: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    for (at, before, c, after) in in_company(line) {
        if is_linking_dot(before, c, after) {
            cuts.extend([at, at + c.len_utf8()]);
        } else if c == '/' && before == Some('/') {
            cuts.push(at);
        }
    }
    cuts.push(line.len());
    cuts.windows(2).map(|cut| &line[cut[0]..cut[1]]).filter(|piece| !piece.is_empty()).collect()
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
    fn a_name_is_no_link_in_a_text() {
        assert_eq!(unlinked("http://evil.example"), "http:/evil\u{2024}example");
        assert_eq!(unlinked("Ruiz e Hijos, S.L. (Madrid)."), "Ruiz e Hijos, S\u{2024}L. (Madrid).");
        assert_eq!(unlinked("evilo\u{301}.example"), "evilo\u{301}\u{2024}example");
        for dot in ['\u{3002}', '\u{ff0e}', '\u{ff61}'] {
            assert_eq!(unlinked(&format!("evil{dot}example")), "evil\u{2024}example");
        }
    }

    #[test] // P24
    fn no_piece_of_a_name_is_a_link_and_all_together_are_the_name() {
        for line in
            ["http://evil.example", "S.L. (Madrid).", "INC.2026.42", "evil\u{3002}example", "", "."]
        {
            let pieces = pieces(line);
            assert_eq!(pieces.concat(), line);
            for piece in pieces {
                let dotted =
                    in_company(piece).any(|(_, before, c, after)| is_linking_dot(before, c, after));
                assert!(!dotted && !piece.contains("//"), "{piece}");
            }
        }
        assert_eq!(pieces("evil.example"), ["evil", ".", "example"]);
    }

    #[test] // P46
    fn a_ticket_keeps_its_characters() {
        for ticket in ["INC.2026.42", "WZ-1042", "a/b#c_d", "v1.2"] {
            assert_eq!(unlinked_ticket(ticket), ticket);
        }
        assert_eq!(unlinked_ticket("evil.example/x"), "evil.\u{2060}example/x");
    }

    #[test] // P46
    fn joiners_of_words_and_emoji_stay() {
        for kept in [
            "کتاب\u{200c}خانه",
            "क\u{94d}\u{200d}ष",
            "👩\u{200d}🍳",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
        ] {
            assert_eq!(name(kept), kept);
        }
        assert_eq!(name("An\u{200d}a"), "Ana");
        assert_eq!(name("\u{200c}کتاب\u{200c}"), "کتاب");
        assert_eq!(name("کتاب\u{200c}\u{200c}خانه"), "کتابخانه");
        assert_eq!(name("A\u{fe0f}na\u{200d}👩"), "Ana👩");
    }

    #[test]
    fn a_reason_is_kept_whole_on_one_line() {
        let long = Reason::parse(&format!("Colgó.\r\nNo contesta. {}", "x".repeat(470))).unwrap();
        let line = reason(&long);
        assert!(line.starts_with("Colgó. No contesta. xxx") && line.ends_with('x'), "{line}");
    }
}
