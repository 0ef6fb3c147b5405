use super::document::{Document, Line, button, code, line, link, name, number, strong};
use super::message::Email;
use super::{en, es};
use crate::code::Code;
use crate::directory::{Locale, Reader};
use crate::entitlement::{Access, Environment, Visibility};
use crate::identity::TicketNumber;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// Asks for the customer's authorization, with what they need to give or refuse it.
pub struct CustomerCode<'a> {
    pub customer_name: &'a str,
    pub agent_name: &'a str,
    pub ticket: Option<&'a TicketNumber>,
    pub ecosystem_name: &'a str,
    /// What a session would open.
    pub environments: &'a [Environment],
    /// What the agent asks for.
    pub access: Access,
    pub session_minutes: u32,
    pub code: &'a Code,
    pub code_minutes: u32,
    /// Two digits that the agent reads out, so that the customer knows that the email and the
    /// call belong together.
    pub verification_number: &'a str,
    /// The consent page, with its token in the fragment: as secret as the code.
    pub page_url: &'a str,
    /// Whether the agent's entry alone is the authorization, for customers who cannot open the
    /// page.
    pub agent_entry: bool,
    /// After how long without activity of the customer the request expires, and when that is if
    /// there is none.
    pub idle_minutes: u32,
    pub lost_at: Timestamp,
}

impl CustomerCode<'_> {
    pub fn render(&self, reader: &Reader) -> Email {
        match reader.locale {
            Locale::Es => Email::of(&self.es(&reader.time_zone)),
            Locale::En => Email::of(&self.en(&reader.time_zone)),
        }
    }

    fn en(&self, zone: &TimeZone) -> Document {
        let agent = name(self.agent_name);
        let subject =
            line!["Waizant: ", agent.clone(), " asks for your authorization to support you"];
        let facts = en::about(self.ticket, self.ecosystem_name)
            .environments("Environments that would be opened:", self.environments)
            .fact(en::ACCESS, en::access(self.access))
            .fact("Maximum duration:", en::minutes(self.session_minutes));
        let asked = if self.agent_entry { "called support" } else { "asked for this help" };
        let to_refuse: Vec<Line> = if self.agent_entry {
            vec![
                line![link("To refuse, open this page and press “Refuse”", self.page_url)],
                "If you do nothing, nothing is opened.".into(),
            ]
        } else {
            vec![
                "To refuse, open the same page and press “Refuse”. If you do nothing, nothing is \
                 opened."
                    .into(),
            ]
        };
        en::to(self.customer_name, subject)
            .paragraph(line![
                strong(agent.clone()),
                ", a support agent at Waizant, asks for your authorization to enter your account. \
                 There, they will be able to ",
                en::can_do(self.access, Visibility::default()),
                ".",
            ])
            .facts(facts)
            .paragraph(line!["Only if you ", asked, " and are talking to ", agent, " now:"])
            .steps(self.steps_en())
            .paragraph(line![
                "The code expires in ",
                en::minutes(self.code_minutes),
                ". If the agent reads out a different number, stop.",
            ])
            .lines(to_refuse)
            .paragraph(line![
                "The request expires after ",
                en::minutes(self.idle_minutes),
                " without any activity on your part. If you do nothing, it expires on ",
                en::moment(self.lost_at, zone),
                ".",
            ])
            .warning(
                "Be careful: if someone called you unexpectedly, do not read this code to anyone, \
                 even if they say they are from Waizant. Hang up and refuse the request.",
            )
    }

    fn steps_en(&self) -> Vec<Line> {
        let compare = line![
            "Ask the agent to read out the verification number. It must be: ",
            number(self.verification_number),
        ];
        if self.agent_entry {
            return vec![
                compare,
                line!["Read this code to the agent, who will enter it for you: ", code(self.code)],
            ];
        }
        vec![
            compare,
            line![button("Open the authorization page", self.page_url)],
            match self.access {
                Access::View => line!["Enter this code on the page: ", code(self.code)],
                Access::Change => line![
                    "Choose on the page whether the agent may change anything or only view, and \
                     enter this code: ",
                    code(self.code),
                ],
            },
            "Read the same code to the agent, who must enter it too.".into(),
        ]
    }

    fn es(&self, zone: &TimeZone) -> Document {
        let agent = name(self.agent_name);
        let subject = line!["Waizant: ", agent.clone(), " pide su autorización para darle soporte"];
        let facts = es::about(self.ticket, self.ecosystem_name)
            .environments("Entornos que se abrirían:", self.environments)
            .fact(es::ACCESS, es::access(self.access))
            .fact("Duración máxima:", es::minutes(self.session_minutes));
        let asked = if self.agent_entry { "llamó a soporte" } else { "pidió esta ayuda" };
        let to_refuse: Vec<Line> = if self.agent_entry {
            vec![
                line![link("Para rechazar, abra esta página y presione «Rechazar»", self.page_url)],
                "Si no hace nada, no se abre nada.".into(),
            ]
        } else {
            vec![
                "Para rechazar, abra la misma página y presione «Rechazar». Si no hace nada, no se \
                 abre nada."
                    .into(),
            ]
        };
        es::to(self.customer_name, subject)
            .paragraph(line![
                strong(agent.clone()),
                ", agente de soporte de Waizant, pide su autorización para entrar a su cuenta. \
                 Allí, el agente podrá ",
                es::can_do(self.access, Visibility::default()),
                ".",
            ])
            .facts(facts)
            .paragraph(line!["Solo si usted ", asked, " y está hablando ahora con ", agent, ":"])
            .steps(self.steps_es())
            .paragraph(line![
                "El código vence en ",
                es::minutes(self.code_minutes),
                ". Si el agente le lee otro número, no siga.",
            ])
            .lines(to_refuse)
            .paragraph(line![
                "La solicitud vence después de ",
                es::minutes(self.idle_minutes),
                " sin actividad de su parte. Si usted no hace nada, vence el ",
                es::moment(self.lost_at, zone),
                ".",
            ])
            .warning(
                "Cuidado: si recibió una llamada que no esperaba, no le lea este código a nadie, \
                 aunque le digan que son de Waizant. Cuelgue y rechace la solicitud.",
            )
    }

    fn steps_es(&self) -> Vec<Line> {
        let compare = line![
            "Pídale al agente que le lea el número de verificación. Debe ser: ",
            number(self.verification_number),
        ];
        if self.agent_entry {
            return vec![
                compare,
                line!["Léale este código al agente, que lo ingresará por usted: ", code(self.code)],
            ];
        }
        vec![
            compare,
            line![button("Abra la página de autorización", self.page_url)],
            match self.access {
                Access::View => line!["Ingrese en la página este código: ", code(self.code)],
                Access::Change => line![
                    "Elija en la página si el agente puede cambiar algo o solo ver, e ingrese este \
                     código: ",
                    code(self.code),
                ],
            },
            "Léale el mismo código al agente, que también debe ingresarlo.".into(),
        ]
    }
}
