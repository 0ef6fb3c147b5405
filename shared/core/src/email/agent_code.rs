use super::document::{Document, code, line};
use super::message::Email;
use super::{en, es};
use crate::code::Code;
use crate::directory::Locale;

/// The agent's own code, which proves who they are before they see anything of a customer.
pub struct AgentCode<'a> {
    pub agent_name: &'a str,
    pub code: &'a Code,
    /// How long the code is valid.
    pub minutes: u32,
}

impl AgentCode<'_> {
    pub fn render(&self, locale: Locale) -> Email {
        match locale {
            Locale::Es => Email::of(&self.es()),
            Locale::En => Email::of(&self.en()),
        }
    }

    fn en(&self) -> Document {
        en::to(self.agent_name, "Waizant: your internal validation code")
            .paragraph(line!["Your internal validation code is: ", code(self.code)])
            .paragraph(line![
                "Enter it in the support console. It expires in ",
                en::minutes(self.minutes),
                " and works only once.",
            ])
            .warning(
                "Do not give it to anyone, even if they say they are from Waizant. If you did not \
                 request it, someone is using your account: tell your administrator immediately.",
            )
    }

    fn es(&self) -> Document {
        es::to(self.agent_name, "Waizant: su código de validación interna")
            .paragraph(line!["Su código de validación interna es: ", code(self.code)])
            .paragraph(line![
                "Ingréselo en la consola de soporte. Vence en ",
                es::minutes(self.minutes),
                " y sirve una sola vez.",
            ])
            .warning(
                "No se lo dé a nadie, aunque le digan que son de Waizant. Si usted no lo pidió, \
                 alguien está usando su cuenta: avise de inmediato a su administrador.",
            )
    }
}
