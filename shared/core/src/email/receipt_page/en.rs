//! English.

use super::{Labels, Language};
use crate::email::en;
use crate::receipt::SecondFactor;
use crate::status::{Module, Outcome};

pub const LANGUAGE: Language = Language {
    tag: "en",
    title: "Receipt of a support session",
    about: [
        "This page says what the signed file ",
        " says. The page itself is not signed: keep the file, which shows any change.",
    ],
    check: "You can check the file here, in your browser; it is sent nowhere:",
    heading_steps: "What happened",
    labels: Labels {
        verification: "Verification",
        module: "Module",
        ticket: "Case",
        agent: "Agent",
        customer: "Customer",
        ecosystem: "Ecosystem",
        environments: "Environments that could be opened",
        access: "What the agent could do",
        hidden: "Hidden from the agent",
        app_qr: "Who got the App’s QR code",
        second_factor: "Customer’s second factor",
        from: "From",
        until: "Until",
        deadline: "Would have ended by itself",
        outcome: "Outcome",
        reason: "The agent’s reason",
        head: "Hash of the last step",
        file: "SHA-256 of the file",
    },
    module,
    outcome,
    access: en::access,
    hidden: en::hidden,
    second_factor,
    nobody: "nobody",
    moment: en::moment,
};

const fn module(module: Module) -> &'static str {
    match module {
        Module::TechnicalAssistance => "Technical Assistance",
        Module::EcosystemAdmin => "Ecosystem Admin",
        Module::SupportGrant => "Remote Assistance, with credentials that the customer created",
    }
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "its time ran out",
        Outcome::Ended => "ended by the customer",
        Outcome::Finished => "ended by the agent, who had finished",
        Outcome::Cancelled => "cancelled by the agent",
        Outcome::Denied => "refused by the customer",
        Outcome::Expired => "expired",
        Outcome::Locked => "locked after too many wrong codes",
    }
}

const fn second_factor(factor: SecondFactor) -> &'static str {
    match factor {
        SecondFactor::None => "none",
        SecondFactor::NotAsked => "not asked for: a support session does not need it",
    }
}
