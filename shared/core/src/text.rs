//! What can be seen of a text.

/// Characters that nobody sees, some of which change what is seen: direction marks and overrides
/// (Unicode annex 9), zero-width spaces, fillers and blank patterns, variation selectors, tags.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether an invisible character is part of a word or of an emoji: a joiner between letters of a
/// script that writes them so, as in Persian and Hindi, or between emoji; or the selector that makes a
/// sign an emoji.
pub(crate) fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
    match (before, c, after) {
        (Some(before), '\u{200c}' | '\u{200d}', Some(after))
            if is_joined_letter(before) && is_joined_letter(after) =>
        {
            true
        }
        (Some(before), '\u{200d}', Some(after)) => {
            (is_emoji(before) || before == '\u{fe0f}') && is_emoji(after)
        }
        (Some(before), '\u{fe0f}', after) => {
            is_emoji(before) || (is_keycap(before) && after == Some('\u{20e3}'))
        }
        _ => false,
    }
}

/// A letter or a mark of a script from Hebrew to Khmer, among which are all that write joiners.
fn is_joined_letter(c: char) -> bool {
    ('\u{590}'..='\u{1aff}').contains(&c) && !c.is_numeric() && !is_invisible(c)
}

fn is_keycap(c: char) -> bool {
    c.is_ascii_digit() || c == '#' || c == '*'
}

/// The blocks that hold the emoji (Unicode technical standard 51).
fn is_emoji(c: char) -> bool {
    matches!(
        c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
            | '\u{2190}'..='\u{21ff}'
            | '\u{2300}'..='\u{23ff}'
            | '\u{25a0}'..='\u{27bf}'
            | '\u{2900}'..='\u{297f}'
            | '\u{2b00}'..='\u{2bff}'
            | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f000}'..='\u{1faff}'
    )
}
