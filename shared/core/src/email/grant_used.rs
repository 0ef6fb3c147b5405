use super::document::{Document, button, line, name, strong};
use super::message::Email;
use super::{en, es};
use crate::directory::{Locale, Reader};
use crate::entitlement::{Access, Visibility};
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// Tells customers that an agent has entered their credentials, before anything is opened.
pub struct GrantUsed<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ecosystem_name: &'a str,
    /// What a session would show.
    pub visibility: Visibility,
    pub access: Access,
    /// How long each session may last.
    pub session_minutes: u32,
    /// When the agent entered the credentials.
    pub at: Timestamp,
    /// The deadline of the grant.
    pub until: Timestamp,
    /// Where the customer, signed in, revokes the grant.
    pub page_url: &'a str,
}

impl GrantUsed<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&self.es(&reader.time_zone)),
            Locale::En => Email::of(&self.en(&reader.time_zone)),
        }
    }

    fn en(&self, zone: &TimeZone) -> Document {
        let agent = name(self.agent_name);
        let subject =
            line!["Waizant: ", agent.clone(), " entered your remote assistance credentials"];
        let facts = en::about(None, self.ecosystem_name)
            .fact("Credentials entered:", en::moment(self.at, zone))
            .fact(en::ACCESS, en::access(self.access))
            .fact(en::HIDDEN, en::hidden(self.visibility))
            .fact("The credentials work only for this agent, until:", en::moment(self.until, zone));
        en::to(self.customer_name, subject)
            .paragraph(line![
                strong(agent),
                ", a support agent at Waizant, entered the credentials that you created for remote \
                 assistance.",
            ])
            .paragraph(line![
                "This has not opened anything yet: the agent must still prove who they are. Then \
                 they can start a session of ",
                en::minutes(self.session_minutes),
                " without asking you again, and there ",
                en::can_do(self.access, self.visibility),
                ". When it starts, you will get another email, with a link that ends it \
                 immediately.",
            ])
            .facts(facts)
            .lines([
                line![button("Revoke the access", self.page_url)],
                "The page asks you to sign in. Revoking also ends any session that is running."
                    .into(),
            ])
            .warning(
                "If you do not expect this agent, revoke the access and tell Waizant support. If \
                 you did not create the credentials, also change your password.",
            )
    }

    fn es(&self, zone: &TimeZone) -> Document {
        let agent = name(self.agent_name);
        let subject =
            line!["Waizant: ", agent.clone(), " ingresó sus credenciales de asistencia remota"];
        let facts = es::about(None, self.ecosystem_name)
            .fact("Credenciales ingresadas:", es::moment(self.at, zone))
            .fact(es::ACCESS, es::access(self.access))
            .fact(es::HIDDEN, es::hidden(self.visibility))
            .fact(
                "Las credenciales solo le sirven a este agente, hasta:",
                es::moment(self.until, zone),
            );
        es::to(self.customer_name, subject)
            .paragraph(line![
                strong(agent),
                ", agente de soporte de Waizant, ingresó las credenciales que usted creó para la \
                 asistencia remota.",
            ])
            .paragraph(line![
                "Con eso todavía no se abrió nada: el agente aún debe demostrar quién es. Después \
                 podrá iniciar una sesión de ",
                es::minutes(self.session_minutes),
                " sin volver a pedirle autorización, y allí ",
                es::can_do(self.access, self.visibility),
                ". Cuando empiece, usted recibirá otro correo, con un enlace que la termina de \
                 inmediato.",
            ])
            .facts(facts)
            .lines([
                line![button("Revocar el acceso", self.page_url)],
                "La página le pide que inicie sesión. Al revocar el acceso también termina la \
                 sesión que esté en curso."
                    .into(),
            ])
            .warning(
                "Si no espera a este agente, revoque el acceso y avise a soporte de Waizant. Si \
                 usted no creó las credenciales, cambie también su contraseña.",
            )
    }
}
