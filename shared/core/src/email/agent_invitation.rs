use super::document::{Document, address, line, placeholder, spelled};
use super::message::Email;
use super::{en, es};
use crate::directory::Locale;

/// Brings a new agent their user name, their first password and the console's address. Cognito makes
/// the password and sends the email, as HTML alone; its words are ours.
pub struct AgentInvitation<'a> {
    pub agent_name: &'a str,
    /// What Cognito puts the user name in place of.
    pub username: &'a str,
    /// What Cognito puts the first password in place of.
    pub password: &'a str,
    pub console_url: &'a str,
    /// How long the first password works, in days.
    pub days: u32,
}

impl AgentInvitation<'_> {
    pub fn render(&self, locale: Locale) -> Email {
        match locale {
            Locale::Es => Email::of(&self.es()),
            Locale::En => Email::of(&self.en()),
        }
    }

    fn en(&self) -> Document {
        en::to(self.agent_name, "Waizant: your access to the support console")
            .paragraph("You have an account for the support console. Sign in here:")
            .paragraph(line![address(self.console_url)])
            .paragraph(line!["Your user name: ", spelled(self.username)])
            .paragraph(line!["Your first password: ", placeholder(self.password)])
            .paragraph(line![
                "The console asks you for a password of your own. The first one works for ",
                en::days(self.days),
                ".",
            ])
            .warning(
                "Do not give it to anyone, even if they say they are from Waizant. If you did not \
                 expect this email, tell your administrator.",
            )
    }

    fn es(&self) -> Document {
        es::to(self.agent_name, "Waizant: su acceso a la consola de soporte")
            .paragraph("Usted tiene una cuenta en la consola de soporte. Inicie sesión aquí:")
            .paragraph(line![address(self.console_url)])
            .paragraph(line!["Su usuario: ", spelled(self.username)])
            .paragraph(line!["Su primera contraseña: ", placeholder(self.password)])
            .paragraph(line![
                "La consola le pedirá una contraseña propia. La primera sirve durante ",
                es::days(self.days),
                ".",
            ])
            .warning(
                "No se la dé a nadie, aunque le digan que son de Waizant. Si usted no esperaba este \
                 correo, avise a su administrador.",
            )
    }
}
