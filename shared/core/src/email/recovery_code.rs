use super::document::{Document, line, placeholder};
use super::message::Email;
use super::{en, es};
use crate::directory::Locale;

/// Brings an agent who forgot their password the code with which they set another one. Cognito
/// makes the code and sends the email, as HTML alone; its words are ours.
pub struct RecoveryCode<'a> {
    pub agent_name: &'a str,
    /// What Cognito puts the code in place of.
    pub code: &'a str,
}

impl RecoveryCode<'_> {
    pub fn render(&self, locale: Locale) -> Email {
        match locale {
            Locale::Es => Email::of(&self.es()),
            Locale::En => Email::of(&self.en()),
        }
    }

    fn en(&self) -> Document {
        en::to(self.agent_name, "Waizant: code to reset your password")
            .paragraph(line![
                "Your code to reset your password for the support console is: ",
                placeholder(self.code),
            ])
            .paragraph(
                "Enter it in the console together with your new password. It expires in one hour \
                 and works only once.",
            )
            .warning(
                "Do not give it to anyone, even if they say they are from Waizant. If you did not \
                 request it, your password has not changed. If this happens again, tell your \
                 administrator.",
            )
    }

    fn es(&self) -> Document {
        es::to(self.agent_name, "Waizant: código para restablecer su contraseña")
            .paragraph(line![
                "Su código para restablecer la contraseña de la consola de soporte es: ",
                placeholder(self.code),
            ])
            .paragraph(
                "Ingréselo en la consola junto con la contraseña nueva. Vence en una hora y sirve \
                 una sola vez.",
            )
            .warning(
                "No se lo dé a nadie, aunque le digan que son de Waizant. Si usted no lo pidió, su \
                 contraseña sigue siendo la misma. Si vuelve a ocurrir, avise a su administrador.",
            )
    }
}
