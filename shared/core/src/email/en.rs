//! English: what several emails say.

use super::document::{Document, Facts, Line, Words, line, name, ticket};
use super::moment::{self, Style};
use crate::directory::Locale;
use crate::entitlement::{Access, Visibility};
use crate::identity::TicketNumber;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

const STYLE: Style = Style {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    date: |day, month, year| format!("{day} {month} {year}"),
    time_of: |place| format!("{place} time"),
    language: Locale::En,
};

/// An email that begins with its reader's name.
pub fn to(reader: &str, subject: impl Into<Line>) -> Document {
    Document::new(Locale::En, subject).paragraph(line!["Hello ", name(reader), ","])
}

pub fn moment(moment: Timestamp, zone: &TimeZone) -> Words {
    moment::words(moment, zone, &STYLE)
}

pub fn minutes(minutes: u32) -> Words {
    match minutes {
        1 => "1 minute".into(),
        _ => Words::ours(format!("{minutes} minutes")),
    }
}

pub fn days(days: u32) -> Words {
    match days {
        1 => "1 day".into(),
        _ => Words::ours(format!("{days} days")),
    }
}

/// What a customer's email is about.
pub fn about(number: Option<&TicketNumber>, ecosystem: &str) -> Facts {
    Facts::default().fact_if("Case:", number.map(ticket)).fact("Ecosystem:", name(ecosystem))
}

pub const HIDDEN: &str = "Hidden from the agent:";

pub fn hidden(visibility: Visibility) -> &'static str {
    match (visibility.messages, visibility.talks) {
        (true, true) => "nothing",
        (false, true) => "messages",
        (true, false) => "talks",
        (false, false) => "messages, talks",
    }
}

pub const ACCESS: &str = "What the agent can do:";

/// What a session is for.
pub fn access(access: Access) -> &'static str {
    match access {
        Access::View => "view only, without changing anything",
        Access::Change => "view and change",
    }
}

/// What an agent can do in an account.
pub fn can_do(access: Access, visibility: Visibility) -> &'static str {
    match (access, visibility == Visibility::default()) {
        (Access::View, true) => "see everything that you can, without changing anything",
        (Access::View, false) => {
            "see everything that you can, except what is hidden, without changing anything"
        }
        (Access::Change, true) => "see and do everything that you can",
        (Access::Change, false) => "see and do everything that you can, except what is hidden",
    }
}
