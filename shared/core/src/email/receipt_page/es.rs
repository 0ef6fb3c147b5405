//! Spanish.

use super::{Labels, Language};
use crate::email::es;
use crate::receipt::SecondFactor;
use crate::status::{Module, Outcome};

pub const LANGUAGE: Language = Language {
    tag: "es",
    title: "Recibo de una sesión de soporte",
    about: [
        "Esta página dice lo que dice el archivo firmado ",
        ". La página misma no está firmada: conserve el archivo, que muestra cualquier cambio.",
    ],
    check: "Puede revisar el archivo aquí, en su navegador; no se envía a ninguna parte:",
    heading_steps: "Qué pasó",
    labels: Labels {
        verification: "Verificación",
        module: "Módulo",
        ticket: "Caso",
        agent: "Agente",
        customer: "Cliente",
        ecosystem: "Ecosistema",
        environments: "Entornos que se podían abrir",
        access: "Qué podía hacer el agente",
        hidden: "Oculto para el agente",
        app_qr: "Quién recibió el código QR de la App",
        second_factor: "Segundo factor del cliente",
        from: "Desde",
        until: "Hasta",
        deadline: "Habría terminado por sí sola",
        outcome: "Resultado",
        reason: "Motivo del agente",
        head: "Hash del último paso",
        file: "SHA-256 del archivo",
    },
    module,
    outcome,
    access: es::access,
    hidden: es::hidden,
    second_factor,
    nobody: "nadie",
    moment: es::moment,
};

const fn module(module: Module) -> &'static str {
    match module {
        Module::TechnicalAssistance => "Asistencia técnica",
        Module::EcosystemAdmin => "Administración de ecosistemas",
        Module::SupportGrant => "Asistencia remota, con credenciales que creó el cliente",
    }
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "se acabó su tiempo",
        Outcome::Ended => "terminada por el cliente",
        Outcome::Finished => "terminada por el agente, que ya había acabado",
        Outcome::Cancelled => "cancelada por el agente",
        Outcome::Denied => "rechazada por el cliente",
        Outcome::Expired => "vencida",
        Outcome::Locked => "bloqueada por demasiados códigos incorrectos",
    }
}

const fn second_factor(factor: SecondFactor) -> &'static str {
    match factor {
        SecondFactor::None => "ninguno",
        SecondFactor::NotAsked => "no se pidió: una sesión de soporte no lo necesita",
    }
}
