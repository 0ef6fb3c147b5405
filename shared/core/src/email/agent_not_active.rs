use super::document::{Document, address, line};
use super::message::Email;
use super::{en, es};
use crate::directory::Locale;

/// Tells an agent who never set a password of their own why there is no code with which to set another
/// one.
pub struct AgentNotActive<'a> {
    pub agent_name: &'a str,
    pub console_url: &'a str,
}

impl AgentNotActive<'_> {
    pub fn render(&self, locale: Locale) -> Email {
        match locale {
            Locale::Es => Email::of(&self.es()),
            Locale::En => Email::of(&self.en()),
        }
    }

    fn en(&self) -> Document {
        en::to(self.agent_name, "Waizant: your account is not active yet")
            .paragraph(
                "Someone, probably you, asked for a code to reset your password for the support \
                 console. There is no code, because you have never set a password of your own.",
            )
            .paragraph("To do that, sign in with the first password from your invitation:")
            .paragraph(line![address(self.console_url)])
            .paragraph(
                "If it no longer works, or you cannot find it, ask your administrator for a new \
                 invitation.",
            )
            .warning("If you did not ask for a code, there is nothing to do.")
    }

    fn es(&self) -> Document {
        es::to(self.agent_name, "Waizant: su cuenta todavía no está activa")
            .paragraph(
                "Alguien, probablemente usted, pidió un código para restablecer su contraseña de la \
                 consola de soporte. No hay código, porque usted todavía no definió una contraseña \
                 propia.",
            )
            .paragraph("Para hacerlo, inicie sesión con la primera contraseña de su invitación:")
            .paragraph(line![address(self.console_url)])
            .paragraph(
                "Si ya no sirve o no la encuentra, pida a su administrador una invitación nueva.",
            )
            .warning("Si usted no pidió un código, no tiene que hacer nada.")
    }
}
