use super::told::{Ending, ToldSession, VerificationClosed};
use crate::email::document::{Document, Facts, Line, line, name, reason, strong};
use crate::email::es;
use crate::status::Side;
use crate::time_zone::TimeZone;

pub fn words(email: &VerificationClosed<'_>, zone: &TimeZone) -> Document {
    let facts =
        es::about(email.ticket, email.ecosystem_name).environments("Entornos:", email.environments);
    let mut document = es::to(email.customer_name, subject(email)).lines(what_happened(email));
    document = match &email.session {
        Some(session) => document.facts(of_session(email, session, facts, zone)).paragraph(
            "Se adjunta el recibo firmado de la sesión, con cada paso tal como quedó registrado: como \
             página para leer e imprimir, que también dice cómo revisarlo, y como archivo firmado.",
        ),
        None => document.facts(facts).paragraph(line![strong(if email.by_grant {
            "Esta vez no se abrió ninguna sesión: el agente no entró a su cuenta."
        } else {
            "No se abrió ninguna sesión: nadie entró a su cuenta."
        })]),
    };
    if email.can_come_again() {
        document = document.paragraph(
            "Si las credenciales siguen siendo válidas, este agente puede volver a entrar con \
             ellas. Para impedirlo, inicie sesión y revoque el acceso.",
        );
    }
    document.warning(match email.ending {
        Ending::Denied | Ending::Locked => {
            "Alguien intentó entrar a su cuenta. Si usted no pidió ayuda, avise a soporte de \
             Waizant."
        }
        Ending::Completed
        | Ending::Ended
        | Ending::Finished
        | Ending::Cancelled { .. }
        | Ending::Expired
        | Ending::Revoked => "Si no reconoce algo de esto, avise a soporte de Waizant.",
    })
}

fn subject(email: &VerificationClosed<'_>) -> Line {
    match (&email.ending, email.by_grant) {
        (Ending::Completed | Ending::Ended, _) => {
            "Waizant: terminó la sesión de soporte en su cuenta".into()
        }
        (Ending::Finished | Ending::Cancelled { .. } | Ending::Revoked, _)
            if email.session.is_some() =>
        {
            "Waizant: terminó la sesión de soporte en su cuenta".into()
        }
        (Ending::Finished, false) => "Waizant: terminó la solicitud de soporte en su cuenta".into(),
        (Ending::Cancelled { .. }, false) => {
            "Waizant: se canceló la solicitud de soporte en su cuenta".into()
        }
        (Ending::Denied, _) => "Waizant: se rechazó la solicitud de soporte en su cuenta".into(),
        (Ending::Expired, false) => "Waizant: venció la solicitud de soporte en su cuenta".into(),
        (Ending::Locked, true) => "Waizant: se bloqueó un intento de entrar a su cuenta".into(),
        (Ending::Locked, false) => {
            "Waizant: se bloqueó la solicitud de soporte en su cuenta".into()
        }
        (Ending::Finished | Ending::Cancelled { .. } | Ending::Expired, true)
        | (Ending::Revoked, _) => {
            line!["Waizant: ", name(email.agent_name), " no entró esta vez a su cuenta"]
        }
    }
}

fn what_happened(email: &VerificationClosed<'_>) -> Vec<Line> {
    let agent = || strong(name(email.agent_name));
    let session = |why: &'static str| {
        let with = if email.by_grant { " con las credenciales que usted creó: " } else { ": " };
        let had = ", agente de soporte de Waizant, tenía en su cuenta";
        line!["Terminó la sesión que ", agent(), had, with, why]
    };
    let request = |happened: &'static str, why: &'static str| {
        let to_enter = ", agente de soporte de Waizant, de entrar a su cuenta: ";
        line![happened, " la solicitud de ", agent(), to_enter, why]
    };
    let redeemer = |what: &'static str| {
        let entered = ", agente de soporte de Waizant, que había ingresado las credenciales que \
                       usted creó, ";
        line![agent(), entered, what]
    };
    match (&email.ending, email.by_grant) {
        (Ending::Completed, _) => vec![session("se acabó el tiempo.")],
        (Ending::Ended, _) => {
            vec![session("se terminó con el enlace que usted recibió por correo.")]
        }
        (Ending::Revoked, _) if email.session.is_some() => {
            vec![session("se revocó el acceso.")]
        }
        (Ending::Finished, by_grant) => vec![match (&email.session, by_grant) {
            (Some(_), _) => session("el agente la terminó porque ya había acabado."),
            (None, true) => redeemer("acabó sin entrar a su cuenta."),
            (None, false) => request("Terminó", "el agente la cerró sin entrar a su cuenta."),
        }],
        (Ending::Cancelled { reason: why }, by_grant) => vec![
            match (&email.session, by_grant) {
                (Some(_), _) => session("el agente la terminó."),
                (None, true) => redeemer("decidió no entrar a su cuenta."),
                (None, false) => line![
                    agent(),
                    ", agente de soporte de Waizant, canceló su solicitud de entrar a su cuenta.",
                ],
            },
            line!["Motivo del agente: ", strong(reason(why))],
        ],
        (Ending::Denied, _) => {
            vec![request("Se rechazó", "se hizo con el enlace que usted recibió por correo.")]
        }
        (Ending::Expired, true) => vec![redeemer("no inició una sesión a tiempo.")],
        (Ending::Expired, false) => vec![request("Venció", "nadie la completó a tiempo.")],
        (Ending::Locked, true) => vec![line![
            "Se bloqueó el intento de ",
            agent(),
            ", agente de soporte de Waizant, de entrar a su cuenta con las credenciales que usted \
             creó: alguien ingresó demasiados códigos incorrectos.",
        ]],
        (Ending::Locked, false) => {
            vec![request("Se bloqueó", "alguien ingresó demasiados códigos incorrectos.")]
        }
        (Ending::Revoked, _) => vec![redeemer(
            "ya no puede entrar con ellas a su cuenta: se revocó el acceso o se reemplazaron las \
             credenciales.",
        )],
    }
}

fn of_session(
    email: &VerificationClosed<'_>,
    session: &ToldSession<'_>,
    facts: Facts,
    zone: &TimeZone,
) -> Facts {
    let facts = facts
        .fact("Desde:", es::moment(session.from, zone))
        .fact("Hasta:", es::moment(session.until, zone))
        .fact_if(es::ACCESS, session.access.map(es::access))
        .fact_if(es::HIDDEN, email.hidden(es::hidden));
    let facts = if session.opened.is_empty() {
        facts.line("No se abrió nada.")
    } else {
        let opened = session.opened.iter().map(|(environment, at)| {
            line![strong(environment.display_name()), ", ", es::moment(*at, zone)]
        });
        facts.list("Se abrió:", opened)
    };
    match session.qr_given_to {
        Some(Side::Agent) => {
            facts.line("El agente recibió un código QR que abre la App una sola vez.")
        }
        Some(Side::Customer) => {
            facts.line("El código QR de la App se le envió a usted por correo.")
        }
        None => facts,
    }
}
