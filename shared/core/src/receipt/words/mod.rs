//! A receipt in words: what its steps say, and what is wrong with it. One file for each language.

mod en;
mod es;

use crate::chain::{Action, Actor, Word};
use crate::directory::Locale;
use crate::receipt::Fault;
use crate::step_detail::{Detail, Facts};

/// Returns the sentence about a receipt that is not as it was signed, or about an unusable key.
pub fn fault(language: Locale, fault: &Fault) -> String {
    match language {
        Locale::En => fault.to_string(),
        Locale::Es => es::fault(fault),
    }
}

/// Returns who took a step.
pub fn actor(language: Locale, actor: &Word<Actor>) -> &str {
    match (language, actor) {
        (Locale::En, Word::Known(actor)) => en::actor(*actor),
        (Locale::Es, Word::Known(actor)) => es::actor(*actor),
        (_, Word::Other(word)) => word,
    }
}

/// Returns what a step is. An action that this code does not know is its code.
pub fn action(language: Locale, action: &Word<Action>) -> &str {
    match (language, action) {
        (Locale::En, Word::Known(action)) => en::action(*action),
        (Locale::Es, Word::Known(action)) => es::action(*action),
        (_, Word::Other(word)) => word,
    }
}

/// Returns the detail of a step; `None` where it says no more than the action. The texts of older
/// steps stay as they are, in English.
pub fn detail(language: Locale, action: &Word<Action>, detail: Option<&Detail>) -> Option<String> {
    match detail? {
        Detail::Facts(Facts::AppQr) if *action == Action::AppQrSent => None,
        Detail::Facts(facts) => Some(match language {
            Locale::En => en::facts(facts),
            Locale::Es => es::facts(facts),
        }),
        Detail::Other(facts) => Some(facts.to_string()),
        Detail::Text(text) if text.is_empty() => None,
        Detail::Text(text) => Some(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    /// Every kind of facts, with its words in English and Spanish.
    #[test]
    fn every_kind_of_detail_has_its_words_in_both_languages() {
        let id = "Vn8cR2xJ0aTq5LwYk3mZpA";
        let kinds = [
            (
                json!({"kind": "support-grant", "id": id}),
                "with the credentials of support grant Vn8cR2xJ0aTq5LwYk3mZpA",
                "con las credenciales del acceso ofrecido Vn8cR2xJ0aTq5LwYk3mZpA",
            ),
            (json!({"kind": "sending", "number": 2, "of": 5}), "sending 2 of 5", "envío 2 de 5"),
            (
                json!({"kind": "consent-request", "ecosystem": "eco-1", "number": 2, "of": 5}),
                "for ecosystem eco-1, sending 2 of 5",
                "para el ecosistema eco-1, envío 2 de 5",
            ),
            (
                json!({"kind": "wrong-entry", "number": 2, "of": 5}),
                "wrong entry 2 of 5",
                "código incorrecto 2 de 5",
            ),
            (
                json!({"kind": "consented-by-grant"}),
                "beforehand, by support grant",
                "de antemano, con el acceso ofrecido",
            ),
            (json!({"kind": "attempt", "number": 2}), "attempt 2", "intento 2"),
            (
                json!({"kind": "session", "ecosystem": "eco-1", "environments": ["web", "app"]}),
                "in ecosystem eco-1: Waizant Web, Waizant App",
                "en el ecosistema eco-1: Waizant Web, Waizant App",
            ),
            (json!({"kind": "environment", "environment": "rcm"}), "Waizant RCM", "Waizant RCM"),
            (json!({"kind": "app-qr"}), "the QR code for the App", "el código QR de la App"),
            (json!({"kind": "activity-list", "continued": false}), "the list", "la lista"),
            (
                json!({"kind": "activity-list", "continued": true}),
                "the list, further back",
                "la lista, más atrás",
            ),
            (json!({"kind": "activity-item", "id": "p-2"}), "item p-2", "elemento p-2"),
            (
                json!({"kind": "notice", "notice": "grant_used"}),
                "that the support grant is used",
                "de que se usa su acceso ofrecido",
            ),
            (
                json!({"kind": "notice", "notice": "start"}),
                "that the session started",
                "de que empezó la sesión",
            ),
            (json!({"kind": "notice", "notice": "close"}), "how it ended", "de cómo terminó"),
            (
                json!({"kind": "email", "email": "consent-request", "number": 2}),
                "the request for authorization, sending 2",
                "la solicitud de autorización, envío 2",
            ),
            (json!({"kind": "email", "email": "closed"}), "how it ended", "cómo terminó"),
            (
                json!({"kind": "credentials-replaced"}),
                "the credentials were replaced",
                "se reemplazaron las credenciales",
            ),
            (
                json!({"kind": "grant-revoked"}),
                "the support grant was revoked",
                "se revocó el acceso ofrecido",
            ),
        ];
        for (facts, english, spanish) in kinds {
            let detail = Detail::Facts(from_value(facts).unwrap());
            assert_eq!(
                super::detail(Locale::En, &Action::EmailFailed.into(), Some(&detail)).as_deref(),
                Some(english)
            );
            assert_eq!(
                super::detail(Locale::Es, &Action::EmailFailed.into(), Some(&detail)).as_deref(),
                Some(spanish)
            );
        }
    }

    #[test]
    fn a_text_stays_as_it_is_and_nothing_is_said_where_there_is_nothing() {
        for language in [Locale::En, Locale::Es] {
            let said =
                |it: Option<Detail>| detail(language, &Action::AppQrSent.into(), it.as_ref());
            let text = Detail::Text("sending 1 of 5".to_owned());
            assert_eq!(said(Some(text)).as_deref(), Some("sending 1 of 5"));
            assert_eq!(said(Some(Detail::Text(String::new()))), None);
            assert_eq!(said(Some(Facts::AppQr.into())), None);
            assert_eq!(said(None), None);
        }
    }
}
