//! What customers are told of the access that they offer beforehand.

use super::*;

#[test] // P30
fn a_grant_tells_what_it_opens_until_when_and_how_to_take_it_back() {
    let created: &[&str] = &["grant-created", "grant-renewed"];
    let (renewed, used): (&[&str], &[&str]) = (&["grant-renewed"], &["grant-used"]);
    let ended: &[&str] = &["grant-revoked", "grant-expired"];
    let all = &[created, used, ended].concat()[..];
    for locale in LOCALES {
        let emails = Written::default().emails_of_grant(locale);
        let say = |names: &[&str], facts: &[&str]| {
            for name in names {
                let (_, email) = emails.iter().find(|(called, _)| called == name).unwrap();
                for words in [words_of_text(&email.text), words_of_html(&email.html)] {
                    for fact in facts {
                        assert!(words.join(" ").contains(fact), "{name} {locale:?}: {fact}");
                    }
                }
            }
        };
        say(all, &["Lucía Gómez", "Almacenes del Sur"]);
        say(
            created,
            &["Waizant Store", "Waizant Web", "5 minut", &told(locale, "15:34:56", "20:34:56")],
        );
        say(
            used,
            &[
                "Ana Ruiz",
                "5 minut",
                &told(locale, "07:34:56", "12:34:56"),
                &told(locale, "15:34:56", "20:34:56"),
            ],
        );
        say(ended, &[&told(locale, "07:34:56", "12:34:56")]);
        match locale {
            Locale::Es => {
                say(all, &["cambie", "su contraseña", "avise a soporte de Waizant"]);
                say(created, &["no están en este correo y no se volverán a mostrar"]);
                say(created, &["solo a soporte de Waizant", "solo le sirven al primer agente"]);
                say(renewed, &["las anteriores ya no sirven", "sesión en curso, continúa"]);
                say(used, &["todavía no se abrió nada", "solo le sirven a este agente"]);
                say(used, &["otro correo, con un enlace que la termina de inmediato"]);
                say(&[created, used].concat(), &[&format!("Revocar el acceso: {PAGE}")]);
                say(ended, &["ya no abren nada", "cree otras credenciales"]);
                say(&ended[..1], &["Se revocó el acceso"]);
                say(&ended[1..], &["Venció el acceso"]);
            }
            Locale::En => {
                say(all, &["change your password", "tell Waizant support"]);
                say(created, &["are not in this email and will not be shown again"]);
                say(created, &["only to Waizant support", "only for the first agent"]);
                say(
                    renewed,
                    &["the old ones no longer work", "If a session is running, it continues"],
                );
                say(used, &["This has not opened anything yet", "only for this agent"]);
                say(used, &["another email, with a link that ends it immediately"]);
                say(&[created, used].concat(), &[&format!("Revoke the access: {PAGE}")]);
                say(ended, &["no longer open anything", "create new credentials"]);
                say(&ended[..1], &["was revoked"]);
                say(&ended[1..], &["has expired"]);
            }
        }
    }
}

#[test] // P30
fn a_session_by_grant_is_told_as_one_and_can_come_again_until_the_grant_is_revoked() {
    for locale in LOCALES {
        let (created, asked, again, revoked) = match locale {
            Locale::Es => (
                "las credenciales que usted creó",
                ["autorización", "solicitud"],
                "inicie sesión y revoque el acceso",
                "se revocó el acceso",
            ),
            Locale::En => (
                "the credentials that you created",
                ["authorization", "request"],
                "sign in and revoke the access",
                "the access was revoked",
            ),
        };
        let ordinary = Written::default().closed(Ending::Completed, true).render(&reader(locale));
        for (name, email) in Written::default().emails_of_grant(locale) {
            if !name.contains("by-grant") {
                continue;
            }
            let what = format!("{name} {locale:?}");
            assert!(email.text.contains(created), "{what}");
            for word in asked {
                assert!(!email.text.replace(PAGE, "").contains(word), "{what}: {word}");
                assert!(!email.subject.contains(word), "{what}: {word}");
            }
            let ended = name.starts_with("closed-by-grant-revoked");
            let open = name.starts_with("closed") && !ended;
            assert_eq!(email.text.contains(again), open, "{what}");
            assert_eq!(email.text.contains(revoked), ended, "{what}");
            if name.ends_with("in-session") || name == "closed-by-grant-ended" {
                assert_eq!(email.text.lines().last(), ordinary.text.lines().last(), "{what}");
            }
        }
        for (name, email) in Written::default().emails_without_grant(locale) {
            for word in [created, again, revoked] {
                assert!(!email.text.contains(word), "{name} {locale:?}: {word}");
            }
        }
    }
}
