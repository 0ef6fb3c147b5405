//! Spanish.

use crate::chain::{Action, Actor};
use crate::email_origin::EmailKind;
use crate::entitlement::{Access, Environment};
use crate::notice::NoticeKind;
use crate::receipt::{Fault, VERSION};
use crate::step_detail::Facts;

pub fn fault(fault: &Fault) -> String {
    match fault {
        Fault::NotAReceipt => "Esto no es un recibo.".to_owned(),
        Fault::Truncated => "Este recibo está cortado: falta el final.".to_owned(),
        Fault::Unreadable(what) => {
            format!("Este recibo fue alterado: ya no se puede leer ({what}).")
        }
        Fault::Version(version) => format!(
            "Este recibo es de la versión {version}; este programa revisa las versiones 1 y {VERSION}."
        ),
        Fault::NotCanonical(at) => {
            format!("Este recibo fue alterado: el byte {at} no está como se escribió el recibo.")
        }
        Fault::AnotherKey(key) => {
            format!("Este recibo se firmó con otra clave, {key:?}.")
        }
        Fault::UnusableKey => {
            "La clave no es una clave pública sobre P-256, o fue alterada.".to_owned()
        }
        Fault::Step(number) => {
            format!("Este recibo fue alterado: el paso {number} no está como se registró.")
        }
        Fault::Head => "Este recibo fue alterado: faltan pasos al final, o `head` no es el de \
                        ellos."
            .to_owned(),
        Fault::Signature => "Este recibo fue alterado: los pasos están como se registraron, \
                             pero otro dato, o la firma, no está como se firmó."
            .to_owned(),
    }
}

pub const fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Agent => "Agente",
        Actor::Customer => "Cliente",
        Actor::Environment => "Entorno",
        Actor::System => "Sistema",
    }
}

pub const fn action(action: Action) -> &'static str {
    match action {
        Action::Started => "Cliente buscado",
        Action::AgentCodeSent => "Código enviado al agente",
        Action::AgentCodeRefused => "Código del agente rechazado",
        Action::AgentVerified => "Agente validado",
        Action::ConsentAsked => "Autorización pedida",
        Action::ConsentCodeRefused => "Código del cliente rechazado",
        Action::ConsentEntered => "Primer ingreso del código del cliente",
        Action::Consented => "Autorización dada",
        Action::EmailFailed => "No se pudo enviar el correo",
        Action::EmailUndelivered => "No se pudo entregar el correo",
        Action::EmailReported => "Correo denunciado como no deseado",
        Action::MintStarted => "Sesión abriéndose",
        Action::MintFailed => "No se pudo abrir la sesión",
        Action::SessionStarted => "Sesión iniciada",
        Action::HandoffRedeemed => "Entorno abierto",
        Action::AppQrSent => "Código QR de la App enviado al cliente",
        Action::ActivityRead => "Actividad consultada",
        Action::CustomerTold => "Aviso enviado al cliente",
        Action::Completed => "Sesión terminada",
        Action::Ended => "Terminada por el cliente",
        Action::Finished => "Terminada por el agente, que ya había acabado",
        Action::Cancelled => "Cancelada por el agente",
        Action::Denied => "Rechazada por el cliente",
        Action::Expired => "Vencida",
        Action::Locked => "Bloqueada",
    }
}

pub fn facts(facts: &Facts) -> String {
    match facts {
        Facts::SupportGrant { id } => format!("con las credenciales del acceso ofrecido {id}"),
        Facts::Sending { number, of } => format!("envío {number} de {of}"),
        Facts::ConsentRequest { ecosystem, access, number, of } => {
            format!("para el ecosistema {ecosystem}{}, envío {number} de {of}", to_do(*access))
        }
        Facts::WrongEntry { number, of } => format!("código incorrecto {number} de {of}"),
        Facts::AccessNarrowed { access: Access::View } => "solo para ver".to_owned(),
        Facts::AccessNarrowed { access: Access::Change } => "para ver y cambiar".to_owned(),
        Facts::ConsentedByGrant => "de antemano, con el acceso ofrecido".to_owned(),
        Facts::Attempt { number } => format!("intento {number}"),
        Facts::Session { ecosystem, environments, access } => {
            let names: Vec<_> =
                environments.iter().copied().map(Environment::display_name).collect();
            format!("en el ecosistema {ecosystem}{}: {}", to_do(*access), names.join(", "))
        }
        Facts::Environment { environment } => environment.display_name().to_owned(),
        Facts::AppQr => "el código QR de la App".to_owned(),
        Facts::ActivityList { continued: false } => "la lista".to_owned(),
        Facts::ActivityList { continued: true } => "la lista, más atrás".to_owned(),
        Facts::ActivityItem { id } => format!("elemento {id}"),
        Facts::Notice { notice } => match notice {
            NoticeKind::GrantUsed => "de que se usa su acceso ofrecido",
            NoticeKind::Start => "de que empezó la sesión",
            NoticeKind::Close => "de cómo terminó",
        }
        .to_owned(),
        Facts::Email { email, number } => {
            let what = match email {
                EmailKind::AgentCode => "el código del agente",
                EmailKind::ConsentRequest => "la solicitud de autorización",
                EmailKind::GrantUsed => "que se usa el acceso ofrecido",
                EmailKind::SessionStarted => "que empezó la sesión",
                EmailKind::AppQr => "el código QR de la App",
                EmailKind::Closed => "cómo terminó",
            };
            number.map_or(what.to_owned(), |number| format!("{what}, envío {number}"))
        }
        Facts::CredentialsReplaced => "se reemplazaron las credenciales".to_owned(),
        Facts::GrantRevoked => "se revocó el acceso ofrecido".to_owned(),
    }
}

/// What the session is for; nothing in a receipt of before there was a choice.
const fn to_do(access: Option<Access>) -> &'static str {
    match access {
        Some(Access::View) => ", para ver",
        Some(Access::Change) => ", para ver y cambiar",
        None => "",
    }
}
