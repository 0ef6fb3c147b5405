//! Spanish: what several emails say.

use super::document::{Document, Facts, Line, Words, line, name, ticket};
use super::moment::{self, Style};
use crate::directory::Locale;
use crate::entitlement::{Access, Visibility};
use crate::identity::TicketNumber;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

const STYLE: Style = Style {
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    date: |day, month, year| format!("{day} de {month} de {year}"),
    time_of: |place| format!("hora de {place}"),
    language: Locale::Es,
};

/// An email that begins with its reader's name.
pub fn to(reader: &str, subject: impl Into<Line>) -> Document {
    Document::new(Locale::Es, subject).paragraph(line!["Hola, ", name(reader), ":"])
}

pub fn moment(moment: Timestamp, zone: &TimeZone) -> Words {
    moment::words(moment, zone, &STYLE)
}

pub fn minutes(minutes: u32) -> Words {
    match minutes {
        1 => "1 minuto".into(),
        _ => Words::ours(format!("{minutes} minutos")),
    }
}

pub fn days(days: u32) -> Words {
    match days {
        1 => "1 día".into(),
        _ => Words::ours(format!("{days} días")),
    }
}

/// What a customer's email is about.
pub fn about(number: Option<&TicketNumber>, ecosystem: &str) -> Facts {
    Facts::default().fact_if("Caso:", number.map(ticket)).fact("Ecosistema:", name(ecosystem))
}

pub const HIDDEN: &str = "Oculto para el agente:";

pub fn hidden(visibility: Visibility) -> &'static str {
    match (visibility.messages, visibility.talks) {
        (true, true) => "nada",
        (false, true) => "mensajes",
        (true, false) => "conversaciones",
        (false, false) => "mensajes, conversaciones",
    }
}

pub const ACCESS: &str = "Qué puede hacer el agente:";

/// What a session is for.
pub fn access(access: Access) -> &'static str {
    match access {
        Access::View => "solo ver, sin cambiar nada",
        Access::Change => "ver y cambiar",
    }
}

/// What an agent can do in an account.
pub fn can_do(access: Access, visibility: Visibility) -> &'static str {
    match (access, visibility == Visibility::default()) {
        (Access::View, true) => "ver lo mismo que usted, sin cambiar nada",
        (Access::View, false) => {
            "ver lo mismo que usted, salvo lo que está oculto, sin cambiar nada"
        }
        (Access::Change, true) => "ver y hacer lo mismo que usted",
        (Access::Change, false) => "ver y hacer lo mismo que usted, salvo lo que está oculto",
    }
}
