//! The emails as they are read (P30): every one in both languages, by snapshot, and every one
//! with hostile words in each field (P24).

use super::*;

const LOCALES: [Locale; 2] = [Locale::Es, Locale::En];
const START: Timestamp = Timestamp::from_seconds(1_793_190_896);
const OPENED: [(Environment, Timestamp); 1] = [(Environment::Web, START.plus(10))];
const NOTHING: Visibility = Visibility { messages: false, talks: false };
const PAGE: &str = "https://support.example/consent#token=AAAAAAAAAAAAAAAAAAAAAA.\
                    sssssssssssssssssssssssssssssssssssssssssss";

fn reader(locale: Locale) -> Reader {
    Reader { locale, time_zone: crate::time_zone::TimeZone::default() }
}

/// What other people may have written into an email.
struct Written {
    customer: String,
    agent: String,
    ticket: TicketNumber,
    ecosystem: String,
    reason: Reason,
    page_url: String,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            customer: "Lucía Gómez".into(),
            agent: "Ana Ruiz".into(),
            ticket: TicketNumber::parse("WZ-1042").unwrap(),
            ecosystem: "Almacenes del Sur".into(),
            reason: Reason::parse("El cliente colgó").unwrap(),
            page_url: PAGE.into(),
        }
    }
}

impl Written {
    /// Each field in turn made `text`, if it can be.
    fn with_each(text: &str) -> Vec<Self> {
        let honest = Self::default;
        let text = || text.to_owned();
        let mut all = vec![
            Self { customer: text(), ..honest() },
            Self { agent: text(), ..honest() },
            Self { ecosystem: text(), ..honest() },
            Self { page_url: text(), ..honest() },
        ];
        all.extend(TicketNumber::parse(&text()).map(|ticket| Self { ticket, ..honest() }));
        all.extend(Reason::parse(&text()).map(|reason| Self { reason, ..honest() }));
        all
    }

    fn started(&self) -> SessionStarted<'_> {
        SessionStarted {
            customer_name: &self.customer,
            agent_name: &self.agent,
            ticket: Some(&self.ticket),
            ecosystem_name: &self.ecosystem,
            environments: &[Environment::Web, Environment::App],
            visibility: Visibility::default(),
            by_grant: false,
            until: START.plus(300),
            page_url: &self.page_url,
        }
    }

    fn closed<'a>(&'a self, ending: Ending<'a>, in_session: bool) -> VerificationClosed<'a> {
        self.closed_with_qr(ending, in_session, Some(Side::Agent))
    }

    fn closed_with_qr<'a>(
        &'a self,
        ending: Ending<'a>,
        in_session: bool,
        qr_given_to: Option<Side>,
    ) -> VerificationClosed<'a> {
        VerificationClosed {
            customer_name: &self.customer,
            agent_name: &self.agent,
            ticket: Some(&self.ticket),
            ecosystem_name: &self.ecosystem,
            environments: &Environment::ALL,
            visibility: Visibility::default(),
            by_grant: false,
            ending,
            session: in_session.then_some(ToldSession {
                from: START,
                until: START.plus(300),
                opened: &OPENED,
                qr_given_to,
            }),
        }
    }

    fn granted(&self) -> GrantCreated<'_> {
        GrantCreated {
            customer_name: &self.customer,
            ecosystem_name: &self.ecosystem,
            environments: &[Environment::Store, Environment::Web],
            visibility: NOTHING,
            session_minutes: 5,
            until: START.plus(28_800),
            renewed: false,
            page_url: &self.page_url,
        }
    }

    fn used(&self) -> GrantUsed<'_> {
        GrantUsed {
            customer_name: &self.customer,
            agent_name: &self.agent,
            ecosystem_name: &self.ecosystem,
            visibility: NOTHING,
            session_minutes: 5,
            at: START,
            until: START.plus(28_800),
            page_url: &self.page_url,
        }
    }

    fn started_by_grant(&self) -> SessionStarted<'_> {
        SessionStarted { ticket: None, visibility: NOTHING, by_grant: true, ..self.started() }
    }

    fn closed_by_grant<'a>(
        &'a self,
        ending: Ending<'a>,
        in_session: bool,
    ) -> VerificationClosed<'a> {
        let closed = self.closed(ending, in_session);
        VerificationClosed { ticket: None, visibility: NOTHING, by_grant: true, ..closed }
    }

    /// Every email in every variant, named.
    fn emails(&self, locale: Locale) -> Vec<(&'static str, Email)> {
        let mut all = self.emails_without_grant(locale);
        all.extend(self.emails_of_grant(locale));
        all
    }

    fn emails_without_grant(&self, locale: Locale) -> Vec<(&'static str, Email)> {
        let Self { customer, agent, ticket, ecosystem, reason, page_url } = self;
        let code = &Code::parse("042137").unwrap();
        let consent = |agent_entry| {
            CustomerCode {
                customer_name: customer,
                agent_name: agent,
                ticket: Some(ticket),
                ecosystem_name: ecosystem,
                environments: &Environment::ALL,
                session_minutes: 5,
                code,
                code_minutes: 1,
                verification_number: "47",
                page_url,
                agent_entry,
                idle_minutes: 15,
                lost_at: START.plus(900),
            }
            .render(&reader(locale))
        };
        let qr = AppQr {
            customer_name: customer,
            agent_name: agent,
            ticket: Some(ticket),
            ecosystem_name: ecosystem,
            session_minutes: 5,
            until: START.plus(300),
            app_url: page_url,
            picture_id: "app-qr.1@support-access",
            picture_side: 244,
        };
        let closed = |ending, in_session| self.closed(ending, in_session).render(&reader(locale));
        let closed_with_qr =
            |qr| self.closed_with_qr(Ending::Completed, true, qr).render(&reader(locale));
        vec![
            ("agent-code", AgentCode { agent_name: agent, code, minutes: 5 }.render(locale)),
            ("recovery-code", RecoveryCode { agent_name: agent, code: "{####}" }.render(locale)),
            (
                "password-changed",
                PasswordChanged { agent_name: agent, at: START }.render(&reader(locale)),
            ),
            ("customer-code", consent(false)),
            ("customer-code-agent-entry", consent(true)),
            ("session-started", self.started().render(&reader(locale))),
            ("closed-completed", closed(Ending::Completed, true)),
            ("closed-ended", closed(Ending::Ended, true)),
            ("closed-cancelled-in-session", closed(Ending::Cancelled { reason }, true)),
            ("closed-cancelled", closed(Ending::Cancelled { reason }, false)),
            ("closed-denied", closed(Ending::Denied, false)),
            ("closed-expired", closed(Ending::Expired, false)),
            ("closed-locked", closed(Ending::Locked, false)),
            ("closed-qr-mailed", closed_with_qr(Some(Side::Customer))),
            ("closed-qr-lost", closed_with_qr(None)),
            ("app-qr", qr.render(&reader(locale))),
        ]
    }

    /// With a support grant, and everything hidden that can be.
    fn emails_of_grant(&self, locale: Locale) -> Vec<(&'static str, Email)> {
        let reason = &self.reason;
        let ended = |ending| {
            GrantEnded {
                customer_name: &self.customer,
                ecosystem_name: &self.ecosystem,
                ending,
                at: START,
            }
            .render(&reader(locale))
        };
        let closed =
            |ending, in_session| self.closed_by_grant(ending, in_session).render(&reader(locale));
        vec![
            ("grant-created", self.granted().render(&reader(locale))),
            (
                "grant-renewed",
                GrantCreated { renewed: true, ..self.granted() }.render(&reader(locale)),
            ),
            ("grant-used", self.used().render(&reader(locale))),
            ("grant-revoked", ended(GrantEnding::Revoked)),
            ("grant-expired", ended(GrantEnding::Expired)),
            ("session-started-by-grant", self.started_by_grant().render(&reader(locale))),
            ("closed-by-grant-completed", closed(Ending::Completed, true)),
            ("closed-by-grant-ended", closed(Ending::Ended, true)),
            ("closed-by-grant-cancelled-in-session", closed(Ending::Cancelled { reason }, true)),
            ("closed-by-grant-cancelled", closed(Ending::Cancelled { reason }, false)),
            ("closed-by-grant-expired", closed(Ending::Expired, false)),
            ("closed-by-grant-locked", closed(Ending::Locked, false)),
            ("closed-by-grant-revoked", closed(Ending::Revoked, false)),
        ]
    }
}

#[test] // P30
fn every_mail_reads_as_it_was_read() {
    for locale in LOCALES {
        for (name, email) in Written::default().emails(locale) {
            let email = format!("{}\n\n{}\n\n{}", email.subject, email.text, email.html);
            insta::assert_snapshot!(format!("{name}-{locale:?}").to_lowercase(), email);
        }
    }
}

#[test]
fn text_and_html_say_the_same_words() {
    for locale in LOCALES {
        for (name, email) in Written::default().emails(locale) {
            assert_eq!(words_of_html(&email.html), words_of_text(&email.text), "{name} {locale:?}");
        }
    }
}

#[test] // P30
fn the_customer_is_told_who_what_how_long_and_how_to_refuse() {
    for locale in LOCALES {
        // The first three are the agents' own.
        let emails = &Written::default().emails_without_grant(locale)[3..];
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
            for fact in ["15 minut", "2026-10-28 12:49:56 UTC"] {
                assert!(email.text.contains(fact), "{name} {locale:?}: when it is lost, {fact}");
            }
        }
        for fact in ["2026-10-28 12:39:56 UTC", PAGE, end] {
            assert!(emails[2].1.text.contains(fact), "{locale:?}: {fact}");
        }
        let (_, qr) = emails.last().unwrap();
        for fact in ["5 minut", "2026-10-28 12:39:56 UTC", PAGE] {
            assert!(qr.text.contains(fact), "{locale:?}: {fact}");
        }
        for (name, email) in &emails[5..7] {
            assert!(email.text.contains("El cliente colgó"), "{name} {locale:?}");
        }
    }
}

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
        say(created, &["Waizant Store", "Waizant Web", "5 minut", "2026-10-28 20:34:56 UTC"]);
        say(used, &["Ana Ruiz", "5 minut", "2026-10-28 12:34:56 UTC", "2026-10-28 20:34:56 UTC"]);
        say(ended, &["2026-10-28 12:34:56 UTC"]);
        match locale {
            Locale::Es => {
                say(all, &["cambie", "su contraseña", "avise a soporte de Waizant"]);
                say(created, &["no están en este correo y no se volverán a mostrar"]);
                say(created, &["solo a soporte de Waizant", "solo sirven al primer analista"]);
                say(renewed, &["las anteriores ya no sirven", "sesión en curso, continúa"]);
                say(used, &["todavía no se abrió nada", "solo a este analista"]);
                say(used, &["otro correo, con un enlace que la termina al instante"]);
                say(&[created, used].concat(), &[&format!("Revoque el acceso: {PAGE}")]);
                say(ended, &["ya no abren nada", "cree otras credenciales"]);
                say(&ended[..1], &["porque se revocó"]);
                say(&ended[1..], &["porque venció"]);
            }
            Locale::En => {
                say(all, &["change your password", "tell Waizant support"]);
                say(created, &["are not in this email and will not be shown again"]);
                say(created, &["only to Waizant support", "only for the first analyst"]);
                say(renewed, &["the old ones no longer work", "that is running goes on"]);
                say(used, &["This has opened nothing yet", "for this analyst alone"]);
                say(used, &["another email, with a link that ends it at once"]);
                say(&[created, used].concat(), &[&format!("Revoke the access: {PAGE}")]);
                say(ended, &["open nothing any more", "create new credentials"]);
                say(&ended[..1], &["since it was revoked"]);
                say(&ended[1..], &["since it has expired"]);
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
                ["consent", "request"],
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
            let open = name.starts_with("closed") && name != "closed-by-grant-revoked";
            assert_eq!(email.text.contains(again), open, "{what}");
            let ended = matches!(name, "closed-by-grant-ended" | "closed-by-grant-revoked");
            assert_eq!(email.text.contains(revoked), ended, "{what}");
            if ended {
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

#[test] // P30
fn what_is_hidden_is_told_and_what_is_shown_is_not() {
    let written = Written::default();
    for locale in LOCALES {
        let (label, nothing, kinds, apart) = match locale {
            Locale::Es => (
                "Oculto para el analista:",
                "nada",
                ["mensajes", "conversaciones", "mensajes, conversaciones"],
                "salvo lo oculto",
            ),
            Locale::En => (
                "Hidden from the analyst:",
                "nothing",
                ["messages", "talks", "messages, talks"],
                "apart from what is hidden",
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

#[test] // P7
fn a_code_or_token_stands_in_the_body_alone() {
    for locale in LOCALES {
        for (name, email) in Written::default().emails(locale) {
            assert!(!email.subject.contains("042137"), "{name}");
            assert!(!email.subject.contains("####"), "{name}");
            assert_eq!(format!("{email:?}"), "Email(…)");
        }
    }
}

#[test]
fn links_go_to_the_page_alone_and_nothing_is_loaded() {
    for locale in LOCALES {
        for (name, email) in Written::default().emails(locale) {
            for link in email.html.split("href=").skip(1) {
                assert!(link.starts_with(&format!("\"{PAGE}\"")), "{name}: {link}");
            }
            // The one picture comes with its email, and is described for who cannot see it.
            let picture =
                "<img src=\"cid:app-qr.1@support-access\" width=\"244\" height=\"244\" alt=\"";
            assert_eq!(email.html.matches(picture).count(), usize::from(name == "app-qr"));
            let elsewhere = email.html.replace(PAGE, "").replace(picture, "");
            for loading in ["://", "src=", "url(", "<img", "<link", "<script", "<table", "@import"]
            {
                assert!(!elsewhere.contains(loading), "{name}: {loading}");
            }
        }
    }
}

#[test] // P24
fn hostile_words_change_no_line_tag_link_or_header() {
    let long = "x".repeat(300);
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</p></div><a href=\"https://evil.example\">Autorizar</a>",
        "' onmouseover='alert(1)",
        "Ana\r\nBcc: everyone@evil.example\r\n\r\nSu código es: 999999",
        "Ana\u{2028}Su código\u{2029}es\u{85}otro\u{b}\u{c}",
        "Ana \u{202e}ziuR\u{202c} \u{2066}x\u{2069}\u{200f}\u{200b}\u{feff}\u{e0041}",
        "\0\u{1}\u{1b}[31m\u{7f}",
        "https://evil.example/win www.evil.example evil.example me@evil.example",
        "{{ email.code.expose() }}",
        &long,
        "",
        " \t ",
    ];
    for locale in LOCALES {
        let honest = Written::default().emails(locale);
        for text in hostile {
            for written in Written::with_each(text) {
                let page = sanitize::url(&written.page_url);
                let page_in_html = escaped(&page);
                for ((name, email), (_, honest)) in written.emails(locale).iter().zip(&honest) {
                    let what = format!("{name} {locale:?} {text:?}");
                    assert!(email.subject.chars().count() <= Email::MAX_SUBJECT_CHARS, "{what}");
                    assert!(!email.subject.contains('\n'), "{what}");
                    assert_eq!(email.text.lines().count(), honest.text.lines().count(), "{what}");
                    assert_eq!(
                        tags(&email.html.replace(&href(&page_in_html), &href(PAGE))),
                        tags(&honest.html),
                        "{what}"
                    );
                    for part in [&email.subject, &email.text, &email.html] {
                        assert!(!part.chars().any(is_unwelcome), "{what}");
                        let linked = part.contains("evil.example");
                        assert!(!linked || written.page_url != PAGE, "{what}");
                    }
                }
            }
        }
    }
}

/// Anything that does not show, or shows what stands elsewhere.
fn is_unwelcome(c: char) -> bool {
    (c.is_control() && c != '\n')
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
        || c == '\u{feff}'
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// The tags of a page, in order.
fn tags(html: &str) -> String {
    let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
    tags.flat_map(|tag| ["<", tag, ">"]).collect()
}

fn href(url: &str) -> String {
    format!("href=\"{url}\"")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

/// What is read in the text: its words without the marks of lists.
fn words_of_text(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(|line| {
            let marked = line
                .split_once(' ')
                .filter(|(mark, _)| matches!(*mark, "-" | "1." | "2." | "3." | "4."));
            marked.map_or(line, |(_, rest)| rest).split_whitespace()
        })
        .map(str::to_owned)
        .collect()
}

/// What is read in the page: its words, a link as `words: address`.
fn words_of_html(html: &str) -> Vec<String> {
    let body = html.split_once("<body").unwrap().1;
    let mut out = String::new();
    let mut link = "";
    for piece in format!("<body{body}").split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        if let Some((_, rest)) = tag.split_once("href=\"") {
            link = PAGE;
            assert!(rest.starts_with(PAGE));
        } else if tag == "/a" {
            // What is read as an address says where it goes.
            if !out.ends_with(link) {
                out.push_str(": ");
                out.push_str(link);
            }
        } else if !matches!(tag, "/b" | "/strong") && !tag.starts_with("b ") && tag != "b" {
            out.push(' ');
        }
        out.push_str(text);
    }
    out.split_whitespace().map(str::to_owned).collect()
}
