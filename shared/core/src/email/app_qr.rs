use super::document::{Document, address, line, name, strong};
use super::message::Email;
use super::{en, es};
use crate::directory::{Locale, Reader};
use crate::identity::TicketNumber;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// Brings the App's handoff to the customer, where the customer holds it and not the agent.
pub struct AppQr<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    pub session_minutes: u32,
    /// The deadline of the session.
    pub until: Timestamp,
    /// What the QR code says, for customers who read the email on the phone itself or cannot see
    /// pictures: the handoff.
    pub app_url: &'a str,
    /// The [picture](super::message::Picture)'s id.
    pub picture_id: &'a str,
    /// How wide and high it is shown, in CSS pixels: Outlook takes an image's own size
    /// otherwise.
    pub picture_side: u32,
}

impl AppQr<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&self.es(&reader.time_zone)),
            Locale::En => Email::of(&self.en(&reader.time_zone)),
        }
    }

    fn en(&self, zone: &TimeZone) -> Document {
        let subject = "Waizant: open the support session in your account in the App";
        let facts = en::about(self.ticket, self.ecosystem_name).line(line![
            "It works only once and for up to ",
            en::minutes(self.session_minutes),
            ", until: ",
            strong(en::moment(self.until, zone)),
        ]);
        en::to(self.customer_name, subject)
            .paragraph(line![
                "With your authorization, ",
                strong(name(self.agent_name)),
                ", a support agent at Waizant, has started a session in your account. With this \
                 email, you can open it in the Waizant App. Nobody else can: the agent has neither \
                 the code nor the link.",
            ])
            .facts(facts)
            .steps([
                "Open the Waizant App on your phone.".into(),
                "In the App, scan the QR code in this email.".into(),
            ])
            .picture(
                self.picture_id,
                self.picture_side,
                "QR code that opens the session in the Waizant App",
            )
            .paragraph(line![
                "If you cannot see the code, or are reading this email on that phone, open this \
                 link on the phone: ",
                address(self.app_url),
            ])
            .warning(
                "Do not show the code to anyone or forward this email: anyone who has it can enter \
                 your account. To end the session, use the link in the email that told you that \
                 the session had started.",
            )
    }

    fn es(&self, zone: &TimeZone) -> Document {
        let subject = "Waizant: abra en la App la sesión de soporte en su cuenta";
        let facts = es::about(self.ticket, self.ecosystem_name).line(line![
            "Sirve una sola vez y durante ",
            es::minutes(self.session_minutes),
            " como máximo, hasta: ",
            strong(es::moment(self.until, zone)),
        ]);
        es::to(self.customer_name, subject)
            .paragraph(line![
                "Con su autorización, ",
                strong(name(self.agent_name)),
                ", agente de soporte de Waizant, inició una sesión en su cuenta. Con este correo, \
                 usted puede abrirla en Waizant App. Nadie más puede hacerlo: el agente no tiene \
                 ni el código ni el enlace.",
            ])
            .facts(facts)
            .steps([
                "Abra Waizant App en su teléfono.".into(),
                "En la App, escanee el código QR de este correo.".into(),
            ])
            .picture(
                self.picture_id,
                self.picture_side,
                "Código QR que abre la sesión en Waizant App",
            )
            .paragraph(line![
                "Si no ve el código, o está leyendo este correo en ese teléfono, abra este enlace \
                 en el teléfono: ",
                address(self.app_url),
            ])
            .warning(
                "No muestre el código a nadie ni reenvíe este correo: cualquiera que lo tenga puede \
                 entrar a su cuenta. Para terminar la sesión, use el enlace del correo que le avisó \
                 que la sesión había empezado.",
            )
    }
}
