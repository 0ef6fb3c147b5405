//! English.

use crate::chain::{Action, Actor};
use crate::email_origin::EmailKind;
use crate::entitlement::{Access, Environment};
use crate::notice::NoticeKind;
use crate::step_detail::Facts;

pub const fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Agent => "Agent",
        Actor::Customer => "Customer",
        Actor::Environment => "Environment",
        Actor::System => "System",
    }
}

pub const fn action(action: Action) -> &'static str {
    match action {
        Action::Started => "Customer looked up",
        Action::AgentCodeSent => "Code sent to the agent",
        Action::AgentCodeRefused => "Agent's code refused",
        Action::AgentVerified => "Agent verified",
        Action::ConsentAsked => "Authorization requested",
        Action::ConsentCodeRefused => "Customer's code refused",
        Action::ConsentEntered => "First entry of the customer's code",
        Action::Consented => "Authorization given",
        Action::EmailFailed => "Email could not be sent",
        Action::EmailUndelivered => "Email could not be delivered",
        Action::EmailReported => "Email reported as spam",
        Action::MintStarted => "Session opening",
        Action::MintFailed => "Session could not be opened",
        Action::SessionStarted => "Session started",
        Action::HandoffRedeemed => "Environment opened",
        Action::AppQrSent => "QR code for the App sent to the customer",
        Action::ActivityRead => "Activity read",
        Action::CustomerTold => "Customer notified by email",
        Action::Completed => "Session over",
        Action::Ended => "Ended by the customer",
        Action::Finished => "Ended by the agent, who had finished",
        Action::Cancelled => "Cancelled by the agent",
        Action::Denied => "Refused by the customer",
        Action::Expired => "Expired",
        Action::Locked => "Locked",
    }
}

pub fn facts(facts: &Facts) -> String {
    match facts {
        Facts::SupportGrant { id } => format!("with the credentials of support grant {id}"),
        Facts::Sending { number, of } => format!("sending {number} of {of}"),
        Facts::ConsentRequest { ecosystem, access, number, of } => {
            format!("for ecosystem {ecosystem}{}, sending {number} of {of}", to_do(*access))
        }
        Facts::WrongEntry { number, of } => format!("wrong entry {number} of {of}"),
        Facts::AccessNarrowed { access: Access::View } => "to view only".to_owned(),
        Facts::AccessNarrowed { access: Access::Change } => "to view and change".to_owned(),
        Facts::ConsentedByGrant => "beforehand, by support grant".to_owned(),
        Facts::Attempt { number } => format!("attempt {number}"),
        Facts::Session { ecosystem, environments, access } => {
            let names: Vec<_> =
                environments.iter().copied().map(Environment::display_name).collect();
            format!("in ecosystem {ecosystem}{}: {}", to_do(*access), names.join(", "))
        }
        Facts::Environment { environment } => environment.display_name().to_owned(),
        Facts::AppQr => "the QR code for the App".to_owned(),
        Facts::ActivityList { continued: false } => "the list".to_owned(),
        Facts::ActivityList { continued: true } => "the list, further back".to_owned(),
        Facts::ActivityItem { id } => format!("item {id}"),
        Facts::Notice { notice } => match notice {
            NoticeKind::GrantUsed => "that the support grant is used",
            NoticeKind::Start => "that the session started",
            NoticeKind::Close => "how it ended",
        }
        .to_owned(),
        Facts::Email { email, number } => {
            let what = match email {
                EmailKind::AgentCode => "the agent's code",
                EmailKind::ConsentRequest => "the request for authorization",
                EmailKind::GrantUsed => "that the support grant is used",
                EmailKind::SessionStarted => "that the session started",
                EmailKind::AppQr => "the QR code for the App",
                EmailKind::Closed => "how it ended",
            };
            number.map_or(what.to_owned(), |number| format!("{what}, sending {number}"))
        }
        Facts::CredentialsReplaced => "the credentials were replaced".to_owned(),
        Facts::GrantRevoked => "the support grant was revoked".to_owned(),
    }
}

/// What the session is for; nothing in a receipt of before there was a choice.
const fn to_do(access: Option<Access>) -> &'static str {
    match access {
        Some(Access::View) => ", to view",
        Some(Access::Change) => ", to view and change",
        None => "",
    }
}
