//! The receipt as a page that its owner can read and print. It says what the signed file says and holds
//! no script, no picture and nothing that is loaded.

mod en;
mod es;

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::document::{Words, name, ticket};
use super::html::{escaped, words};
use super::sanitize;
use crate::chain::Word;
use crate::directory::{Locale, Reader};
use crate::entitlement::{Access, Environment, Visibility};
use crate::identity::TicketNumber;
use crate::receipt::words::{action, actor, detail};
use crate::receipt::{Person, Receipt, SecondFactor, digest};
use crate::status::{Module, Outcome};
use crate::time::{Timestamp, rfc3339};
use crate::time_zone::TimeZone;

/// Inline, because nothing may be loaded. On paper, the long hashes are left out of no line.
const STYLE: &str = "\
    :root{color-scheme:light dark;--ink:#1a1f29;--quiet:#515b6b;--line:#d5dbe4;--ground:#fff}\
    @media (prefers-color-scheme:dark){:root{--ink:#eef1f6;--quiet:#b3bcca;--line:#3a4453;--ground:#12161d}}\
    body{margin:0 auto;padding:24px 16px;max-width:60rem;background:var(--ground);color:var(--ink);\
    font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;overflow-wrap:anywhere}\
    h1{font-size:1.5rem}h2{font-size:1.125rem;margin-top:2rem}\
    dl div{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.4rem 0;border-bottom:1px solid var(--line)}\
    dt{flex:1 0 12rem;color:var(--quiet)}dd{flex:3 1 16rem;margin:0;font-weight:600}\
    ol{padding:0;list-style:none}li{padding:.5rem 0;border-bottom:1px solid var(--line);break-inside:avoid}\
    .when,.hash{display:block;color:var(--quiet);font-size:.875rem}\
    .hash,code{font-family:ui-monospace,Menlo,Consolas,monospace}a{color:inherit}\
    @media print{:root{color-scheme:light;--ink:#000;--quiet:#333;--line:#999;--ground:#fff}\
    body{max-width:none;padding:0;font-size:10pt}@page{margin:15mm}}";

/// A receipt for its owner.
pub struct ReceiptPage<'a> {
    pub receipt: &'a Receipt,
    /// The signed file, whose hash the page gives.
    pub file: &'a [u8],
    /// The address of the page that checks the file.
    pub check_page: &'a str,
}

/// The words of one language.
struct Language {
    tag: &'static str,
    title: &'static str,
    /// That the page alone proves nothing, before and behind the name of the file.
    about: [&'static str; 2],
    /// Before the address that checks the file.
    check: &'static str,
    heading_steps: &'static str,
    labels: Labels,
    module: fn(Module) -> &'static str,
    outcome: fn(Outcome) -> &'static str,
    access: fn(Access) -> &'static str,
    hidden: fn(Visibility) -> &'static str,
    second_factor: fn(SecondFactor) -> &'static str,
    nobody: &'static str,
    moment: fn(Timestamp, &TimeZone) -> Words,
}

struct Labels {
    verification: &'static str,
    module: &'static str,
    ticket: &'static str,
    agent: &'static str,
    customer: &'static str,
    ecosystem: &'static str,
    environments: &'static str,
    access: &'static str,
    hidden: &'static str,
    app_qr: &'static str,
    second_factor: &'static str,
    from: &'static str,
    until: &'static str,
    deadline: &'static str,
    outcome: &'static str,
    reason: &'static str,
    head: &'static str,
    file: &'static str,
}

/// The address of the page that checks receipts: beside the customers' page.
pub fn receipt_page(consent_page: &str) -> String {
    const NAME: &str = "receipt.html";
    let address = consent_page.split(['?', '#']).next().unwrap_or_default();
    let host = address.find("://").map_or(0, |at| at + 3);
    match address[host..].rfind('/') {
        Some(at) => format!("{}{NAME}", &address[..=host + at]),
        None => format!("{address}/{NAME}"),
    }
}

impl ReceiptPage<'_> {
    pub fn render(&self, reader: &Reader) -> String {
        let language = match reader.locale {
            Locale::Es => es::LANGUAGE,
            Locale::En => en::LANGUAGE,
        };
        let Language { tag, title, about: [before, behind], check, heading_steps, .. } = language;
        let file = format!("receipt-{}.json", self.receipt.verification);
        let link = escaped(&sanitize::graphic(self.check_page));
        let (facts, steps) = (self.facts(&language, reader), self.steps(&language, reader));
        format!(
            "<!doctype html>\n\
             <html lang=\"{tag}\">\n\
             <head>\n\
             <meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title}</title>\n\
             <style>{STYLE}</style>\n\
             </head>\n\
             <body>\n\
             <main>\n\
             <h1>{title}</h1>\n\
             <p>{before}<code>{file}</code>{behind}</p>\n\
             <p>{check} <a href=\"{link}\">{link}</a></p>\n\
             <dl>\n{facts}</dl>\n\
             <h2>{heading_steps}</h2>\n\
             <ol>\n{steps}</ol>\n\
             </main>\n\
             </body>\n\
             </html>\n"
        )
    }

    fn facts(&self, language: &Language, reader: &Reader) -> String {
        let Receipt { session, ticket: number, reason, .. } = self.receipt;
        let Language { labels, nobody, .. } = language;
        let moment = |text: &str| match rfc3339::parse(text) {
            Some(moment) => words(&(language.moment)(moment, &reader.time_zone)),
            None => escaped(text),
        };
        let environments: Vec<_> =
            self.receipt.environments.iter().copied().map(Environment::display_name).collect();
        let qr = self.receipt.app_qr_given_to.map(Word::from);
        let qr = qr.as_ref().map_or(*nobody, |who| actor(reader.locale, who));
        let number = number.as_deref().map(|number| {
            TicketNumber::parse(number)
                .map_or_else(|| words(&name(number)), |number| words(&ticket(&number)))
        });
        let reason = reason
            .as_deref()
            .map(|reason| escaped(&sanitize::one_line(reason, crate::identity::Reason::MAX_CHARS)));
        let rows = [
            (labels.verification, Some(code(self.receipt.verification.as_str()))),
            (labels.module, Some((language.module)(self.receipt.module).to_owned())),
            (labels.ticket, number),
            (labels.agent, Some(person(&self.receipt.agent))),
            (labels.customer, Some(person(&self.receipt.customer))),
            (labels.ecosystem, Some(person(&self.receipt.ecosystem))),
            (labels.environments, Some(environments.join(", "))),
            (labels.access, self.receipt.access.map(|it| (language.access)(it).to_owned())),
            (labels.hidden, Some((language.hidden)(self.receipt.visibility).to_owned())),
            (labels.app_qr, Some(qr.to_owned())),
            (
                labels.second_factor,
                Some((language.second_factor)(self.receipt.customer_second_factor).to_owned()),
            ),
            (labels.from, Some(moment(&session.started_at))),
            (labels.until, Some(moment(&session.ended_at))),
            (labels.deadline, Some(moment(&session.expires_at))),
            (labels.outcome, Some((language.outcome)(self.receipt.outcome).to_owned())),
            (labels.reason, reason),
            (labels.head, Some(code(&self.receipt.head))),
            (labels.file, Some(code(&URL_SAFE_NO_PAD.encode(digest(self.file))))),
        ];
        let rows = rows.into_iter().filter_map(|(label, value)| Some((label, value?)));
        rows.fold(String::new(), |mut out, (label, value)| {
            let _ = writeln!(out, "<div><dt>{label}</dt><dd>{value}</dd></div>");
            out
        })
    }

    fn steps(&self, language: &Language, reader: &Reader) -> String {
        self.receipt.steps.iter().fold(String::new(), |mut out, step| {
            // A word that this version does not know is shown as it is.
            let shown = |word: &str| escaped(&sanitize::one_line(word, MAX_DETAIL));
            let who = shown(actor(reader.locale, &step.actor));
            let what = shown(action(reader.locale, &step.action));
            let more = detail(reader.locale, &step.action, step.detail.as_ref())
                .map(|more| format!(": {}", bounded(&sanitize::one_line(&more, MAX_DETAIL))));
            let when = words(&(language.moment)(step.at, &reader.time_zone));
            let _ = writeln!(
                out,
                "<li>{}. <b>{who}</b>: {what}{}\
                 <span class=\"when\">{when}</span><span class=\"hash\">{}</span></li>",
                step.seq,
                more.unwrap_or_default(),
                escaped(&sanitize::graphic(&step.hash)),
            );
            out
        })
    }
}

/// The longest detail of a step that is shown, in characters.
const MAX_DETAIL: usize = 500;

/// What others wrote turns around nothing beside it.
fn bounded(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(&sanitize::graphic(text)))
}

/// A name and the id behind it.
fn person(person: &Person) -> String {
    format!("<bdi>{}</bdi> ({})", words(&name(&person.name)), code(&person.id))
}
