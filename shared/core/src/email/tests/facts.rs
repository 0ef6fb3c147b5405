//! What customers are told, whatever the words.

use super::*;

#[test] // P30
fn the_customer_is_told_who_what_how_long_and_how_to_refuse() {
    for locale in LOCALES {
        // The first five are the agents’ own.
        let emails = &Written::default().emails_without_grant(locale)[5..];
        let (refuse, end) = match locale {
            Locale::Es => ("«Rechazar»", "«Terminar la sesión»"),
            Locale::En => ("“Refuse”", "“End the session”"),
        };
        let facts = ["Ana Ruiz", "Almacenes del Sur", "WZ-1042", "Waizant App", "Waizant Web"];
        for (name, email) in emails {
            let facts = if *name == "app-qr" { &facts[..4] } else { &facts[..] };
            for fact in facts {
                assert!(email.text.contains(fact), "{name} {locale:?}: {fact}");
            }
        }
        for (name, email) in &emails[..2] {
            for fact in ["Waizant Store", "Waizant RCM", "5 minut", "042137", "47", PAGE, refuse] {
                assert!(email.text.contains(fact), "{name} {locale:?}: {fact}");
            }
            for fact in ["15 minut", &told(locale, "07:49:56", "12:49:56")] {
                assert!(email.text.contains(fact), "{name} {locale:?}: when it is lost, {fact}");
            }
        }
        for fact in [&told(locale, "07:39:56", "12:39:56"), PAGE, end] {
            assert!(emails[2].1.text.contains(fact), "{locale:?}: {fact}");
        }
        let (_, qr) = emails.last().unwrap();
        for fact in ["5 minut", &told(locale, "07:39:56", "12:39:56"), PAGE] {
            assert!(qr.text.contains(fact), "{locale:?}: {fact}");
        }
        let cancelled: Vec<_> =
            emails.iter().filter(|(name, _)| name.contains("cancelled")).collect();
        assert_eq!(cancelled.len(), 2);
        for (name, email) in cancelled {
            assert!(email.text.contains("El cliente colgó"), "{name} {locale:?}");
        }
    }
}

#[test] // P30
fn times_are_given_by_the_clock_of_the_reader() {
    let name = crate::time_zone::TimeZoneName::parse("America/Montevideo").unwrap();
    let time_zone = TimeZone::find(&name).unwrap();
    for locale in LOCALES {
        let reader = Reader { locale, time_zone: time_zone.clone() };
        let email = Written::default().started().render(&reader);
        for fact in ["09:39:56", "Montevideo", "UTC−3) · 12:39:56 UTC"] {
            assert!(email.text.contains(fact) && email.html.contains(fact), "{fact}");
        }
    }
}

#[test] // P30
fn what_is_hidden_is_told_and_what_is_shown_is_not() {
    let written = Written::default();
    for locale in LOCALES {
        let (label, nothing, kinds, apart) = match locale {
            Locale::Es => (
                "Oculto para el agente:",
                "nada",
                ["mensajes", "conversaciones", "mensajes, conversaciones"],
                "salvo lo que está oculto",
            ),
            Locale::En => (
                "Hidden from the agent:",
                "nothing",
                ["messages", "talks", "messages, talks"],
                "except what is hidden",
            ),
        };
        for (messages, talks, hidden) in [
            (true, true, None),
            (false, true, Some(kinds[0])),
            (true, false, Some(kinds[1])),
            (false, false, Some(kinds[2])),
        ] {
            let visibility = Visibility { messages, talks };
            let shown = |email: &Email, expected: Option<&str>| {
                let line = email.text.lines().find(|line| line.starts_with(label));
                let expected = expected.map(|kinds| format!("{label} {kinds}"));
                assert_eq!(line, expected.as_deref(), "{locale:?}");
                let html = expected.map(|line| {
                    format!(
                        "{}</b></p>",
                        line.replace(&format!("{label} "), &format!("{label} <b>"))
                    )
                });
                let line = email.html.lines().find_map(|line| line.split_once(label));
                let line = line.map(|(_, kinds)| format!("{label}{kinds}"));
                assert_eq!(line, html, "{locale:?}");
            };
            // Before a session it is told that nothing is hidden, too.
            let told = Some(hidden.unwrap_or(nothing));
            for renewed in [false, true] {
                let email = GrantCreated { visibility, renewed, ..written.granted() }
                    .render(&reader(locale));
                shown(&email, told);
                assert_eq!(email.text.contains(apart), hidden.is_some(), "{locale:?}");
            }
            let email = GrantUsed { visibility, ..written.used() }.render(&reader(locale));
            shown(&email, told);
            assert_eq!(email.text.contains(apart), hidden.is_some(), "{locale:?}");
            for by_grant in [false, true] {
                let email = SessionStarted { visibility, by_grant, ..written.started() };
                shown(&email.render(&reader(locale)), hidden);
                for in_session in [false, true] {
                    let closed = written.closed(Ending::Completed, in_session);
                    let email = VerificationClosed { visibility, by_grant, ..closed };
                    shown(&email.render(&reader(locale)), hidden.filter(|_| in_session));
                }
            }
        }
    }
}
