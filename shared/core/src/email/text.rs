//! A document as plain text.

use super::document::{Block, Document, Fact, Facts, Inline, Line};

pub fn render(document: &Document) -> String {
    let blocks: Vec<String> = document.blocks.iter().filter_map(block).collect();
    blocks.join("\n\n")
}

fn block(block: &Block) -> Option<String> {
    Some(match block {
        Block::Paragraph(lines) => lines.iter().map(line).collect::<Vec<_>>().join("\n"),
        Block::Facts(facts) => self::facts(facts),
        Block::Steps(steps) => {
            let numbered = (1..).zip(steps).map(|(n, step)| format!("{n}. {}", line(step)));
            numbered.collect::<Vec<_>>().join("\n")
        }
        Block::Picture { .. } => return None,
        Block::Warning(warning) => line(warning),
    })
}

fn facts(Facts(facts): &Facts) -> String {
    let lines = facts.iter().flat_map(|fact| match fact {
        Fact::Line(fact) => vec![line(fact)],
        Fact::List { label, items } => {
            let items = items.iter().map(|item| format!("- {}", line(item)));
            std::iter::once((*label).to_owned()).chain(items).collect()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn line(Line(parts): &Line) -> String {
    parts.iter().map(inline).collect()
}

fn inline(part: &Inline) -> String {
    match part {
        Inline::Plain(words)
        | Inline::Strong(words)
        | Inline::Number(words)
        | Inline::Code(words)
        | Inline::Address(words) => words.in_text().into_owned(),
        Inline::Link { words, url } | Inline::Button { words, url } => {
            format!("{}: {}", words.in_text(), url.in_text())
        }
    }
}
