use super::document::{Document, line, strong};
use super::message::Email;
use super::{en, es};
use crate::directory::{Locale, Reader};
use crate::grant_terms::GrantEnding;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// Tells customers that their credentials no longer open anything.
pub struct GrantEnded<'a> {
    pub customer_name: &'a str,
    pub ecosystem_name: &'a str,
    pub ending: GrantEnding,
    pub at: Timestamp,
}

impl GrantEnded<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&self.es(&reader.time_zone)),
            Locale::En => Email::of(&self.en(&reader.time_zone)),
        }
    }

    fn en(&self, zone: &TimeZone) -> Document {
        let (subject, how, ended, warning) = match self.ending {
            GrantEnding::Revoked => (
                "Waizant: remote assistance access in your account was revoked",
                "Remote assistance access in your account was revoked: ",
                "The credentials no longer open anything, and any session that was running with \
                 them has ended.",
                "If you did not revoke it, change your password and tell Waizant support.",
            ),
            GrantEnding::Expired => (
                "Waizant: remote assistance access in your account has expired",
                "Remote assistance access in your account has expired: ",
                "The credentials no longer open anything.",
                "If you did not know about this access, change your password and tell Waizant \
                 support.",
            ),
        };
        en::to(self.customer_name, subject)
            .lines([line![how, strong(en::moment(self.at, zone))], ended.into()])
            .facts(en::about(None, self.ecosystem_name))
            .paragraph("If you still need help, sign in and create new credentials.")
            .warning(warning)
    }

    fn es(&self, zone: &TimeZone) -> Document {
        let (subject, how, ended, warning) = match self.ending {
            GrantEnding::Revoked => (
                "Waizant: se revocó el acceso de asistencia remota en su cuenta",
                "Se revocó el acceso de asistencia remota en su cuenta: ",
                "Las credenciales ya no abren nada, y toda sesión que estuviera en curso con ellas \
                 terminó.",
                "Si usted no lo revocó, cambie su contraseña y avise a soporte de Waizant.",
            ),
            GrantEnding::Expired => (
                "Waizant: venció el acceso de asistencia remota en su cuenta",
                "Venció el acceso de asistencia remota en su cuenta: ",
                "Las credenciales ya no abren nada.",
                "Si usted no sabía de este acceso, cambie su contraseña y avise a soporte de \
                 Waizant.",
            ),
        };
        es::to(self.customer_name, subject)
            .lines([line![how, strong(es::moment(self.at, zone))], ended.into()])
            .facts(es::about(None, self.ecosystem_name))
            .paragraph("Si todavía necesita ayuda, inicie sesión y cree otras credenciales.")
            .warning(warning)
    }
}
