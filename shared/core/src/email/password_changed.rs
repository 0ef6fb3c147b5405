use super::document::{Document, Facts};
use super::message::Email;
use super::{en, es};
use crate::directory::{Locale, Reader};
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// Tells agents that their password was changed, and what to do if they did not change it.
pub struct PasswordChanged<'a> {
    pub agent_name: &'a str,
    pub at: Timestamp,
}

impl PasswordChanged<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&self.es(&reader.time_zone)),
            Locale::En => Email::of(&self.en(&reader.time_zone)),
        }
    }

    fn en(&self, zone: &TimeZone) -> Document {
        en::to(self.agent_name, "Waizant: your password was changed")
            .paragraph(
                "The password of your account in the support console was changed with a code sent \
                 to this address.",
            )
            .facts(Facts::default().fact("Date and time:", en::moment(self.at, zone)))
            .paragraph(
                "You have been signed out of the console everywhere. Pages that were open can keep \
                 working for up to 15 minutes.",
            )
            .warning(
                "If you did not do this, someone is reading your email: tell your administrator \
                 immediately, so that your account is locked, and change the password of your \
                 mailbox.",
            )
    }

    fn es(&self, zone: &TimeZone) -> Document {
        es::to(self.agent_name, "Waizant: se cambió su contraseña")
            .paragraph(
                "Se cambió la contraseña de su cuenta en la consola de soporte con un código \
                 enviado a esta dirección.",
            )
            .facts(Facts::default().fact("Fecha y hora:", es::moment(self.at, zone)))
            .paragraph(
                "Se cerraron todas sus sesiones de la consola. Las páginas que estuvieran abiertas \
                 pueden seguir funcionando hasta por 15 minutos.",
            )
            .warning(
                "Si no fue usted, alguien está leyendo su correo: avise de inmediato a su \
                 administrador para que bloquee su cuenta, y cambie la contraseña de su correo.",
            )
    }
}
