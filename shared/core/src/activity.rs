//! A successor's activity, as the agent reads it: the processes in the directory and, in the same
//! list, the steps of the verification itself. Newest first, page by page.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::chain::{Action, Step, Word};
use crate::directory::{Customer, Process, Role};
use crate::step_detail::Detail;
use crate::time::Timestamp;
use crate::verification::Verification;

/// Items to a page.
pub const PAGE: usize = 20;

/// What a step may have of an id, in characters.
const RECORDED_CHARS: usize = 64;

/// The customer, and a page of what happened to them.
#[derive(Debug, Serialize)]
pub struct ActivityView<'a> {
    user: &'a str,
    email: &'a str,
    ecosystem: &'a str,
    role: Role,
    items: Vec<Item<'a>>,
    cursor: Option<String>,
}

/// One line of the list.
#[derive(Debug, Serialize)]
pub struct Item<'a> {
    id: String,
    kind: Kind,
    title: Title<'a>,
    status: &'a str,
    #[serde(with = "crate::time::rfc3339")]
    at: Timestamp,
    /// Only where one is read by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<ItemDetail<'a>>,
}

/// Where an item comes from. Among items of one moment, those of the verification come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The directory: something that happened to the customer.
    Process,
    /// This verification's own record.
    Verification,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Title<'a> {
    Process(&'a str),
    Step(&'a Word<Action>),
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ItemDetail<'a> {
    /// The directory's own words.
    Process(&'a str),
    Step(Option<Cow<'a, Detail>>),
}

/// A place in the list: the item last seen. It stays where it is when newer ones come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    at: Timestamp,
    kind: Kind,
    /// A step's number; of processes of one moment, the place in the directory.
    number: usize,
}

impl Position {
    /// `None` for what no page has given.
    pub fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (at, rest) = text.split_once('.')?;
        let (kind, number) = rest.split_at_checked(1)?;
        let kind = match kind {
            "p" => Kind::Process,
            "v" => Kind::Verification,
            _ => return None,
        };
        let at = Timestamp::from_millis(at.parse().ok()?);
        Some(Self { at, kind, number: number.parse().ok()? })
    }

    fn text(&self) -> String {
        let Self { at, kind, number } = self;
        let kind = match kind {
            Kind::Process => 'p',
            Kind::Verification => 'v',
        };
        URL_SAFE_NO_PAD.encode(format!("{}.{kind}{number}", at.millis()))
    }
}

/// What a step is called in the list. A process may be called so, too, and goes first.
const STEP: &str = "step-";

impl<'a> Item<'a> {
    fn step(step: &'a Step) -> Self {
        Self {
            id: format!("{STEP}{}", step.seq),
            kind: Kind::Verification,
            title: Title::Step(&step.action),
            status: "done",
            at: step.at,
            detail: None,
        }
    }

    fn process(process: &'a Process) -> Self {
        Self {
            id: process.id.clone(),
            kind: Kind::Process,
            title: Title::Process(&process.title),
            status: &process.status,
            at: process.at,
            detail: None,
        }
    }

    /// The item with this id, with its detail.
    pub fn find(id: &str, processes: &'a [Process], steps: &'a [Step]) -> Option<Self> {
        if let Some(process) = processes.iter().find(|process| process.id == id) {
            return Some(Self {
                detail: Some(ItemDetail::Process(&process.detail)),
                ..Self::process(process)
            });
        }
        let mut items = steps.iter().map(|step| (step, Self::step(step)));
        let (step, item) = items.find(|(_, item)| item.id == id)?;
        Some(Self {
            detail: Some(ItemDetail::Step(step.detail.as_ref().map(Detail::shown))),
            ..item
        })
    }

    /// Its id as the record of a reading has it, which keeps many long ones out of one item.
    pub fn recorded_id(&self) -> String {
        self.id.chars().take(RECORDED_CHARS).collect()
    }
}

impl<'a> ActivityView<'a> {
    /// The page after `before`. `None` where nothing was asked of the customer.
    pub fn new(
        verification: &'a Verification,
        customer: &'a Customer,
        processes: &'a [Process],
        before: Option<&Position>,
    ) -> Option<Self> {
        let ecosystem = customer.ecosystem(&verification.consent()?.ecosystem)?;
        let processes = processes.iter().enumerate().map(|(number, process)| {
            let position = Position { at: process.at, kind: Kind::Process, number };
            (position, Item::process(process))
        });
        let steps = verification.steps.iter().enumerate().map(|(number, step)| {
            let position = Position { at: step.at, kind: Kind::Verification, number };
            (position, Item::step(step))
        });
        let mut items: Vec<_> = processes
            .chain(steps)
            .filter(|(position, _)| before.is_none_or(|before| position < before))
            .collect();
        items.sort_by(|(one, _), (other, _)| other.cmp(one));
        let more = items.len() > PAGE;
        items.truncate(PAGE);
        let cursor = items.last().filter(|_| more).map(|(position, _)| position.text());
        Some(Self {
            user: &customer.name,
            email: customer.email.as_str(),
            ecosystem: &ecosystem.id,
            role: ecosystem.role,
            items: items.into_iter().map(|(_, item)| item).collect(),
            cursor,
        })
    }
}
