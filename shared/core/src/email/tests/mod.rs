//! The emails as they are read (P30), each in every variant and in both languages.

mod facts;
mod grants;
mod hostile;
mod snapshots;

use super::*;
use crate::code::Code;
use crate::directory::{Locale, Reader};
use crate::entitlement::{Access, Environment, Visibility};
use crate::grant_terms::GrantEnding;
use crate::identity::{Reason, TicketNumber};
use crate::status::Side;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

const LOCALES: [Locale; 2] = [Locale::Es, Locale::En];
const START: Timestamp = Timestamp::from_seconds(1_793_190_896);
const OPENED: [(Environment, Timestamp); 1] = [(Environment::Web, START.plus(10))];
const NOTHING: Visibility = Visibility { messages: false, talks: false };
const PAGE: &str = "https://support.example/consent#token=AAAAAAAAAAAAAAAAAAAAAA.\
                    sssssssssssssssssssssssssssssssssssssssssss";

fn reader(locale: Locale) -> Reader {
    Reader { locale, time_zone: TimeZone::default() }
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
            access: Access::View,
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
                access: Some(Access::View),
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
            access: Access::View,
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
            access: Access::Change,
            session_minutes: 5,
            at: START,
            until: START.plus(28_800),
            page_url: &self.page_url,
        }
    }

    fn started_by_grant(&self) -> SessionStarted<'_> {
        let (access, visibility) = (Access::Change, NOTHING);
        SessionStarted { ticket: None, visibility, access, by_grant: true, ..self.started() }
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
                access: if agent_entry { Access::View } else { Access::Change },
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
            (
                "agent-invitation",
                AgentInvitation {
                    agent_name: agent,
                    username: "{username}",
                    password: "{####}",
                    console_url: page_url,
                    days: 7,
                }
                .render(locale),
            ),
            (
                "agent-not-active",
                AgentNotActive { agent_name: agent, console_url: page_url }.render(locale),
            ),
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
            ("closed-finished-in-session", closed(Ending::Finished, true)),
            ("closed-finished", closed(Ending::Finished, false)),
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
            ("closed-by-grant-finished-in-session", closed(Ending::Finished, true)),
            ("closed-by-grant-finished", closed(Ending::Finished, false)),
            ("closed-by-grant-cancelled-in-session", closed(Ending::Cancelled { reason }, true)),
            ("closed-by-grant-cancelled", closed(Ending::Cancelled { reason }, false)),
            ("closed-by-grant-expired", closed(Ending::Expired, false)),
            ("closed-by-grant-locked", closed(Ending::Locked, false)),
            ("closed-by-grant-revoked", closed(Ending::Revoked, false)),
            ("closed-by-grant-revoked-in-session", closed(Ending::Revoked, true)),
        ]
    }
}

/// A moment of the day on which the samples happen, by the clock of Bogotá and in UTC.
fn told(locale: Locale, local: &str, utc: &str) -> String {
    match locale {
        Locale::Es => {
            format!("28 de octubre de 2026, {local} (hora de Bogotá, UTC−5) · {utc} UTC")
        }
        Locale::En => format!("28 October 2026, {local} (Bogotá time, UTC−5) · {utc} UTC"),
    }
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
