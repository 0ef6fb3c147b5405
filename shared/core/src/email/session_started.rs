use super::document::{Document, Facts, Line, button, line, name, strong};
use super::message::Email;
use super::{en, es};
use crate::directory::{Locale, Reader};
use crate::entitlement::{Access, Environment, Visibility};
use crate::identity::TicketNumber;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// Tells customers that somebody is in their account, and how to end it.
pub struct SessionStarted<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    pub environments: &'a [Environment],
    /// What they show. What is hidden is listed.
    pub visibility: Visibility,
    pub access: Access,
    /// Whether the customer's support grant is the authorization.
    pub by_grant: bool,
    /// The deadline of the session.
    pub until: Timestamp,
    /// The page on which one press ends it, with its token in the fragment.
    pub page_url: &'a str,
}

impl SessionStarted<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&self.es(&reader.time_zone)),
            Locale::En => Email::of(&self.en(&reader.time_zone)),
        }
    }

    /// What is hidden, if anything is.
    fn hidden(&self, words: fn(Visibility) -> &'static str) -> Option<&'static str> {
        (self.visibility != Visibility::default()).then(|| words(self.visibility))
    }

    fn en(&self, zone: &TimeZone) -> Document {
        let agent = name(self.agent_name);
        let subject = line!["Waizant: ", agent.clone(), " started a session in your account"];
        let authorized = if self.by_grant {
            "with the credentials that you created for remote assistance"
        } else {
            "with your authorization"
        };
        let facts: Facts = en::about(self.ticket, self.ecosystem_name)
            .environments("Environments opened:", self.environments)
            .fact(en::ACCESS, en::access(self.access))
            .fact_if(en::HIDDEN, self.hidden(en::hidden))
            .fact("It ends automatically no later than:", en::moment(self.until, zone));
        let mut end: Vec<Line> = vec![
            line![button("End the session now", self.page_url)],
            "On the page, just press “End the session”. You do not need a password.".into(),
        ];
        if self.by_grant {
            end.push(
                "To keep the agent from entering again, also revoke the access: the link is in the \
                 email about the credentials."
                    .into(),
            );
        }
        en::to(self.customer_name, subject)
            .paragraph(line![
                strong(agent),
                ", a support agent at Waizant, has just started a session in your account ",
                authorized,
                ".",
            ])
            .facts(facts)
            .lines(end)
            .warning(if self.by_grant {
                "If you did not create the credentials, end the session, revoke the access, change \
                 your password, and tell Waizant support."
            } else {
                "If you did not give your authorization, end the session and tell Waizant support."
            })
    }

    fn es(&self, zone: &TimeZone) -> Document {
        let agent = name(self.agent_name);
        let subject = line!["Waizant: ", agent.clone(), " inició una sesión en su cuenta"];
        let authorized = if self.by_grant {
            "con las credenciales que usted creó para la asistencia remota"
        } else {
            "con su autorización"
        };
        let facts: Facts = es::about(self.ticket, self.ecosystem_name)
            .environments("Entornos abiertos:", self.environments)
            .fact(es::ACCESS, es::access(self.access))
            .fact_if(es::HIDDEN, self.hidden(es::hidden))
            .fact("Termina por sí sola, a más tardar:", es::moment(self.until, zone));
        let mut end: Vec<Line> = vec![
            line![button("Terminar la sesión ahora", self.page_url)],
            "En la página, solo presione «Terminar la sesión». No necesita contraseña.".into(),
        ];
        if self.by_grant {
            end.push(
                "Para que el agente no pueda entrar de nuevo, revoque también el acceso: el enlace \
                 está en el correo sobre las credenciales."
                    .into(),
            );
        }
        es::to(self.customer_name, subject)
            .paragraph(line![
                strong(agent),
                ", agente de soporte de Waizant, acaba de iniciar una sesión en su cuenta ",
                authorized,
                ".",
            ])
            .facts(facts)
            .lines(end)
            .warning(if self.by_grant {
                "Si usted no creó las credenciales, termine la sesión, revoque el acceso, cambie su \
                 contraseña y avise a soporte de Waizant."
            } else {
                "Si usted no dio su autorización, termine la sesión y avise a soporte de Waizant."
            })
    }
}
