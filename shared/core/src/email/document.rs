//! What an email says, before it is text and HTML: both are made from one document, so that each
//! sentence stands once in each language.
//!
//! Our own words are `&'static str`. Everybody else's are [`Words`] that something in this module
//! has made harmless, so the compiler refuses a name that was not.

use std::borrow::Cow;

use super::sanitize;
use crate::code::Code;
use crate::directory::Locale;
use crate::entitlement::Environment;
use crate::identity::{Reason, TicketNumber};

/// Words that an email may contain: ours, or other people's made harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    words: Cow<'static, str>,
    whose: Whose,
}

/// Whose words they are, which says what may become a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ours,
    /// Somebody wrote them: people read them, and nobody copies them.
    Theirs,
    /// A number that people copy back into the console.
    Ticket,
}

impl Words {
    /// Words that were put together from our own, such as a date.
    pub(super) fn ours(words: String) -> Self {
        Self { words: words.into(), whose: Whose::Ours }
    }

    fn theirs(words: String) -> Self {
        Self { words: words.into(), whose: Whose::Theirs }
    }

    /// Returns them for a plain text, in which nothing of theirs becomes a link.
    pub fn in_text(&self) -> Cow<'_, str> {
        match self.whose {
            Whose::Ours => Cow::Borrowed(&self.words),
            Whose::Theirs => sanitize::unlinked(&self.words).into(),
            Whose::Ticket => sanitize::unlinked_ticket(&self.words).into(),
        }
    }

    /// Returns them for HTML: in pieces between which a tag keeps them from becoming a link.
    pub fn in_pieces(&self) -> Vec<&str> {
        match self.whose {
            Whose::Ours => vec![&self.words],
            Whose::Theirs | Whose::Ticket => sanitize::pieces(&self.words),
        }
    }
}

impl From<&'static str> for Words {
    fn from(words: &'static str) -> Self {
        Self { words: words.into(), whose: Whose::Ours }
    }
}

/// The name of a person or an ecosystem.
pub fn name(name: &str) -> Words {
    Words::theirs(sanitize::name(name))
}

/// A ticket's number.
pub fn ticket(ticket: &TicketNumber) -> Words {
    Words { words: sanitize::name(ticket.as_str()).into(), whose: Whose::Ticket }
}

/// An agent's reason.
pub fn reason(reason: &Reason) -> Words {
    Words::theirs(sanitize::reason(reason))
}

/// Part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    Plain(Words),
    Strong(Words),
    /// A number to compare, in large type.
    Number(Words),
    /// A code to type, in a line of its own.
    Code(Words),
    /// A link. In the text its address follows the words.
    Link {
        words: Words,
        url: Words,
    },
    /// A link that looks like a button.
    Button {
        words: Words,
        url: Words,
    },
    /// A link whose words are its address.
    Address(Words),
}

impl<W: Into<Words>> From<W> for Inline {
    fn from(words: W) -> Self {
        Self::Plain(words.into())
    }
}

pub fn strong(words: impl Into<Words>) -> Inline {
    Inline::Strong(words.into())
}

pub fn number(digits: &str) -> Inline {
    Inline::Number(Words::ours(sanitize::graphic(digits)))
}

pub fn code(code: &Code) -> Inline {
    placeholder(code.expose())
}

/// Something to type as it stands, such as a user name.
pub fn spelled(text: &str) -> Inline {
    strong(Words::ours(sanitize::graphic(text)))
}

/// What somebody else puts a code in place of.
pub fn placeholder(code: &str) -> Inline {
    Inline::Code(Words::ours(sanitize::graphic(code)))
}

pub fn link(words: &'static str, url: &str) -> Inline {
    Inline::Link { words: words.into(), url: Words::ours(sanitize::graphic(url)) }
}

pub fn button(words: &'static str, url: &str) -> Inline {
    Inline::Button { words: words.into(), url: Words::ours(sanitize::graphic(url)) }
}

pub fn address(url: &str) -> Inline {
    Inline::Address(Words::ours(sanitize::graphic(url)))
}

/// One line, which the reader's window may break.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub(super) Vec<Inline>);

impl From<&'static str> for Line {
    fn from(words: &'static str) -> Self {
        Self(vec![words.into()])
    }
}

/// A [`Line`] of its parts in order, each our own words or anything else that is an [`Inline`].
macro_rules! line {
    ($($part:expr),+ $(,)?) => {
        $crate::email::document::Line(vec![$($crate::email::document::Inline::from($part)),+])
    };
}
pub(super) use line;

/// Something that the reader can look up in the email without reading all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Line(Line),
    List { label: &'static str, items: Vec<Line> },
}

/// Facts in their order, each in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub(super) Vec<Fact>);

impl Facts {
    pub fn line(mut self, line: impl Into<Line>) -> Self {
        self.0.push(Fact::Line(line.into()));
        self
    }

    /// `label` and what it is of.
    pub fn fact(self, label: &'static str, value: impl Into<Words>) -> Self {
        self.line(line![label, " ", strong(value)])
    }

    /// The same if there is a value.
    pub fn fact_if(self, label: &'static str, value: Option<impl Into<Words>>) -> Self {
        match value {
            Some(value) => self.fact(label, value),
            None => self,
        }
    }

    pub fn list(mut self, label: &'static str, items: impl IntoIterator<Item = Line>) -> Self {
        self.0.push(Fact::List { label, items: items.into_iter().collect() });
        self
    }

    pub fn environments(self, label: &'static str, environments: &[Environment]) -> Self {
        self.list(label, environments.iter().map(|e| line![strong(e.display_name())]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines that belong together.
    Paragraph(Vec<Line>),
    Facts(Facts),
    /// What to do, numbered.
    Steps(Vec<Line>),
    /// In the HTML alone: what the text says of it, it says in words.
    Picture {
        id: Words,
        side: u32,
        alt: &'static str,
    },
    /// What keeps the reader safe, set off from the rest.
    Warning(Line),
}

/// An email in one language.
pub struct Document {
    pub(super) language: Locale,
    pub(super) subject: Line,
    pub(super) blocks: Vec<Block>,
}

impl Document {
    pub fn new(language: Locale, subject: impl Into<Line>) -> Self {
        Self { language, subject: subject.into(), blocks: Vec::new() }
    }

    fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    pub fn paragraph(self, line: impl Into<Line>) -> Self {
        self.with(Block::Paragraph(vec![line.into()]))
    }

    /// A paragraph of several lines.
    pub fn lines(self, lines: impl IntoIterator<Item = Line>) -> Self {
        self.with(Block::Paragraph(lines.into_iter().collect()))
    }

    pub fn facts(self, facts: Facts) -> Self {
        self.with(Block::Facts(facts))
    }

    pub fn steps(self, steps: impl IntoIterator<Item = Line>) -> Self {
        self.with(Block::Steps(steps.into_iter().collect()))
    }

    /// A square picture that goes with the email under `id`, `side` CSS pixels wide.
    pub fn picture(self, id: &str, side: u32, alt: &'static str) -> Self {
        self.with(Block::Picture { id: Words::ours(sanitize::graphic(id)), side, alt })
    }

    pub fn warning(self, line: impl Into<Line>) -> Self {
        self.with(Block::Warning(line.into()))
    }
}
