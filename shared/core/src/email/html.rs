//! A document as HTML, with its style in the tags: many email programs drop a style sheet. Those that
//! keep it show dark colors to readers who prefer them.

use super::document::{Block, Document, Fact, Facts, Inline, Line, Words};
use crate::directory::Locale;

const BODY: &str = "margin:0;padding:24px 16px;background:#fff;color:#1a1a1a;\
    font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;\
    overflow-wrap:anywhere";
const WARNING: &str =
    "margin:24px 0;padding:12px 16px;border-left:4px solid #b3261e;background:#fdf1f0";
const CODE: &str = "display:block;margin:8px 0;\
    font:bold 32px/1.25 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px";
const BUTTON: &str = "display:inline-block;margin:8px 0;padding:12px 20px;border-radius:6px;\
    background:#0b5cad;color:#fff;font-weight:bold;text-decoration:none";
const LINK: &str = "color:#0b5cad";

/// The dark colors stand over those in the tags, which is why they are important.
const DARK: &str = "@media (prefers-color-scheme:dark){\
    body,.sheet{background:#12161d!important;color:#eef1f6!important}\
    .warning{background:#431d1a!important;border-color:#ff9d94!important}\
    a{color:#7db8f5!important}\
    a.button{background:#7db8f5!important;color:#0d1a2a!important}}";

pub fn render(document: &Document) -> String {
    let language = match document.language {
        Locale::Es => "es",
        Locale::En => "en",
    };
    let blocks: String = document.blocks.iter().map(block).collect();
    format!(
        "<!doctype html>\n\
         <html lang=\"{language}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>Waizant</title>\n\
         <style>{DARK}</style>\n\
         </head>\n\
         <body style=\"{BODY}\">\n\
         <div class=\"sheet\" style=\"max-width:560px;margin:0 auto\">\n\
         {blocks}\
         </div>\n\
         </body>\n\
         </html>"
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(lines) => {
            let lines: Vec<_> = lines.iter().map(line).collect();
            format!("<p>{}</p>\n", lines.join("<br>\n"))
        }
        Block::Facts(facts) => self::facts(facts),
        Block::Steps(steps) => format!("<ol>\n{}</ol>\n", items(steps)),
        Block::Picture { id, side, alt } => format!(
            "<p><img src=\"cid:{}\" width=\"{side}\" height=\"{side}\" alt=\"{}\" \
             style=\"display:block;border:0\"></p>\n",
            words(id),
            escaped(alt),
        ),
        Block::Warning(warning) => {
            format!("<p class=\"warning\" style=\"{WARNING}\">{}</p>\n", line(warning))
        }
    }
}

fn facts(Facts(facts): &Facts) -> String {
    let facts = facts.iter().map(|fact| match fact {
        Fact::Line(fact) => format!("<p style=\"margin:0\">{}</p>\n", line(fact)),
        Fact::List { label, items: list } => format!(
            "<p style=\"margin:0\">{}</p>\n<ul style=\"margin:0\">\n{}</ul>\n",
            escaped(label),
            items(list),
        ),
    });
    format!("<div style=\"margin:16px 0 24px\">\n{}</div>\n", facts.collect::<Vec<_>>().concat())
}

fn items(items: &[Line]) -> String {
    let items = items.iter().map(|item| format!("<li>{}</li>\n", line(item)));
    items.collect::<Vec<_>>().concat()
}

fn line(Line(parts): &Line) -> String {
    parts.iter().map(inline).collect()
}

fn inline(part: &Inline) -> String {
    match part {
        Inline::Plain(plain) => words(plain),
        Inline::Strong(strong) => format!("<b>{}</b>", words(strong)),
        Inline::Number(digits) => {
            format!("<b style=\"font-size:24px\">{}</b>", words(digits))
        }
        Inline::Code(code) => {
            format!("<strong style=\"{CODE}\">{}</strong>", words(code))
        }
        Inline::Link { words, url } => anchor(url, "link", LINK, words),
        Inline::Button { words, url } => anchor(url, "button", BUTTON, words),
        Inline::Address(url) => anchor(url, "link", LINK, url),
    }
}

fn anchor(url: &Words, class: &str, style: &str, text: &Words) -> String {
    format!("<a href=\"{}\" class=\"{class}\" style=\"{style}\">{}</a>", words(url), words(text))
}

/// A tag between the pieces keeps other people's words from becoming a link, and copies as nothing.
pub(super) fn words(words: &Words) -> String {
    let pieces = words.in_pieces().into_iter().map(escaped);
    pieces.collect::<Vec<_>>().join("<wbr>")
}

/// Harmless between tags and in an attribute's quotation marks.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
