use super::document::{Document, Line, button, line, strong};
use super::message::Email;
use super::{en, es};
use crate::directory::{Locale, Reader};
use crate::entitlement::{Access, Environment, Visibility};
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// Tells customers that they have offered access, or replaced its credentials, and how to revoke
/// it. The credentials are in no email.
pub struct GrantCreated<'a> {
    pub customer_name: &'a str,
    pub ecosystem_name: &'a str,
    /// What a session would open.
    pub environments: &'a [Environment],
    /// What a session would show.
    pub visibility: Visibility,
    pub access: Access,
    /// How long each session may last.
    pub session_minutes: u32,
    /// The deadline of the grant.
    pub until: Timestamp,
    /// Whether the credentials take the place of others, which no longer work.
    pub renewed: bool,
    /// Where the customer, signed in, revokes the grant.
    pub page_url: &'a str,
}

impl GrantCreated<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&self.es(&reader.time_zone)),
            Locale::En => Email::of(&self.en(&reader.time_zone)),
        }
    }

    fn en(&self, zone: &TimeZone) -> Document {
        let (subject, happened): (&'static str, Line) = if self.renewed {
            (
                "Waizant: your remote assistance credentials were replaced",
                line![
                    "The credentials for remote assistance in your account were replaced: ",
                    strong("the old ones no longer work"),
                    ". If a session is running, it continues; to end it, revoke the access.",
                ],
            )
        } else {
            (
                "Waizant: remote assistance access was activated in your account",
                "Remote assistance access was activated in your account.".into(),
            )
        };
        let facts = en::about(None, self.ecosystem_name)
            .environments("Environments that can be opened:", self.environments)
            .fact(en::ACCESS, en::access(self.access))
            .fact(en::HIDDEN, en::hidden(self.visibility))
            .fact("The access ends automatically:", en::moment(self.until, zone));
        en::to(self.customer_name, subject)
            .paragraph(happened)
            .facts(facts)
            .paragraph(line![
                "Until then, anyone who works in Waizant support and has the credentials can enter \
                 your account, for ",
                en::minutes(self.session_minutes),
                " at a time, without asking you again. There, they will be able to ",
                en::can_do(self.access, self.visibility),
                ". The credentials work only for the first agent who enters them.",
            ])
            .paragraph(
                "The credentials are not in this email and will not be shown again: if you lost \
                 them, replace them. Give them only to Waizant support, through your usual contact \
                 channel, and to nobody else.",
            )
            .lines([
                line![button("Revoke the access", self.page_url)],
                "The page asks you to sign in. There you can also replace the credentials.".into(),
            ])
            .warning(
                "If this was not you, revoke the access there, change your password, and tell Waizant \
                 support.",
            )
    }

    fn es(&self, zone: &TimeZone) -> Document {
        let (subject, happened): (&'static str, Line) = if self.renewed {
            (
                "Waizant: se reemplazaron sus credenciales de asistencia remota",
                line![
                    "Se reemplazaron las credenciales de asistencia remota de su cuenta: ",
                    strong("las anteriores ya no sirven"),
                    ". Si hay una sesión en curso, continúa; para terminarla, revoque el acceso.",
                ],
            )
        } else {
            (
                "Waizant: se activó el acceso de asistencia remota en su cuenta",
                "Se activó el acceso de asistencia remota en su cuenta.".into(),
            )
        };
        let facts = es::about(None, self.ecosystem_name)
            .environments("Entornos que se pueden abrir:", self.environments)
            .fact(es::ACCESS, es::access(self.access))
            .fact(es::HIDDEN, es::hidden(self.visibility))
            .fact("El acceso termina por sí solo:", es::moment(self.until, zone));
        es::to(self.customer_name, subject)
            .paragraph(happened)
            .facts(facts)
            .paragraph(line![
                "Hasta entonces, cualquier persona que trabaje en soporte de Waizant y tenga las \
                 credenciales puede entrar a su cuenta, ",
                es::minutes(self.session_minutes),
                " cada vez, sin volver a pedirle autorización. Allí, esa persona podrá ",
                es::can_do(self.access, self.visibility),
                ". Las credenciales solo le sirven al primer agente que las ingrese.",
            ])
            .paragraph(
                "Las credenciales no están en este correo y no se volverán a mostrar: si las \
                 perdió, reemplácelas. Déselas solo a soporte de Waizant, por su canal de contacto \
                 habitual, y a nadie más.",
            )
            .lines([
                line![button("Revocar el acceso", self.page_url)],
                "La página le pide que inicie sesión. Allí también puede reemplazar las \
                 credenciales."
                    .into(),
            ])
            .warning(
                "Si no fue usted, revoque allí el acceso, cambie su contraseña y avise a soporte de \
                 Waizant.",
            )
    }
}
