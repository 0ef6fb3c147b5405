use super::told::{Ending, ToldSession, VerificationClosed};
use crate::email::document::{Document, Facts, Line, line, name, reason, strong};
use crate::email::en;
use crate::status::Side;
use crate::time_zone::TimeZone;

pub fn words(email: &VerificationClosed<'_>, zone: &TimeZone) -> Document {
    let facts = en::about(email.ticket, email.ecosystem_name)
        .environments("Environments:", email.environments);
    let mut document = en::to(email.customer_name, subject(email)).lines(what_happened(email));
    document = match &email.session {
        Some(session) => document.facts(of_session(email, session, facts, zone)).paragraph(
            "The signed receipt of the session is attached, with every step as it was recorded: as a \
             page to read and print, which also says how to check it, and as the signed file.",
        ),
        None => document.facts(facts).paragraph(line![strong(if email.by_grant {
            "No session was opened this time: the agent did not enter your account."
        } else {
            "No session was opened: nobody entered your account."
        })]),
    };
    if email.can_come_again() {
        document = document.paragraph(
            "If the credentials are still valid, this agent can enter again with them. To prevent \
             that, sign in and revoke the access.",
        );
    }
    document.warning(match email.ending {
        Ending::Denied | Ending::Locked => {
            "Someone tried to enter your account. If you did not ask for help, tell Waizant \
             support."
        }
        Ending::Completed
        | Ending::Ended
        | Ending::Finished
        | Ending::Cancelled { .. }
        | Ending::Expired
        | Ending::Revoked => "If you do not recognize any of this, tell Waizant support.",
    })
}

fn subject(email: &VerificationClosed<'_>) -> Line {
    match (&email.ending, email.by_grant) {
        (Ending::Completed | Ending::Ended, _) => {
            "Waizant: the support session in your account has ended".into()
        }
        (Ending::Finished | Ending::Cancelled { .. } | Ending::Revoked, _)
            if email.session.is_some() =>
        {
            "Waizant: the support session in your account has ended".into()
        }
        (Ending::Finished, false) => {
            "Waizant: the support request for your account has ended".into()
        }
        (Ending::Cancelled { .. }, false) => {
            "Waizant: the support request for your account was cancelled".into()
        }
        (Ending::Denied, _) => "Waizant: the support request for your account was refused".into(),
        (Ending::Expired, false) => {
            "Waizant: the support request for your account has expired".into()
        }
        (Ending::Locked, true) => "Waizant: an attempt to enter your account was blocked".into(),
        (Ending::Locked, false) => {
            "Waizant: the support request for your account was locked".into()
        }
        (Ending::Finished | Ending::Cancelled { .. } | Ending::Expired, true)
        | (Ending::Revoked, _) => {
            line!["Waizant: ", name(email.agent_name), " did not enter your account this time"]
        }
    }
}

fn what_happened(email: &VerificationClosed<'_>) -> Vec<Line> {
    let agent = || strong(name(email.agent_name));
    let session = |why: &'static str| {
        let with = if email.by_grant { " with the credentials that you created" } else { "" };
        let had = ", a support agent at Waizant, had in your account";
        line!["The session that ", agent(), had, with, " is over: ", why]
    };
    let request = |why: &'static str| {
        line![
            "The request of ",
            agent(),
            ", a support agent at Waizant, to enter your account ",
            why
        ]
    };
    let redeemer = |what: &'static str| {
        let entered = ", a support agent at Waizant, who had entered the credentials that you \
                       created, ";
        line![agent(), entered, what]
    };
    match (&email.ending, email.by_grant) {
        (Ending::Completed, _) => vec![session("its time ran out.")],
        (Ending::Ended, _) => {
            vec![session("it was ended with the link that you received by email.")]
        }
        (Ending::Revoked, _) if email.session.is_some() => {
            vec![session("the access was revoked.")]
        }
        (Ending::Finished, by_grant) => vec![match (&email.session, by_grant) {
            (Some(_), _) => session("the agent had finished and ended it."),
            (None, true) => redeemer("finished without entering your account."),
            (None, false) => {
                request("has ended: the agent closed it without entering your account.")
            }
        }],
        (Ending::Cancelled { reason: why }, by_grant) => vec![
            match (&email.session, by_grant) {
                (Some(_), _) => session("the agent ended it."),
                (None, true) => redeemer("decided not to enter your account."),
                (None, false) => line![
                    agent(),
                    ", a support agent at Waizant, cancelled the request to enter your account.",
                ],
            },
            line!["The agent’s reason: ", strong(reason(why))],
        ],
        (Ending::Denied, _) => {
            vec![request("was refused with the link that you received by email.")]
        }
        (Ending::Expired, true) => vec![redeemer("did not start a session in time.")],
        (Ending::Expired, false) => vec![request("has expired: nobody completed it in time.")],
        (Ending::Locked, true) => vec![line![
            "The attempt of ",
            agent(),
            ", a support agent at Waizant, to enter your account with the credentials that you \
             created was blocked: someone entered too many wrong codes.",
        ]],
        (Ending::Locked, false) => {
            vec![request("was locked: someone entered too many wrong codes.")]
        }
        (Ending::Revoked, _) => vec![redeemer(
            "can no longer enter your account with them: the access was revoked, or the \
             credentials were replaced.",
        )],
    }
}

fn of_session(
    email: &VerificationClosed<'_>,
    session: &ToldSession<'_>,
    facts: Facts,
    zone: &TimeZone,
) -> Facts {
    let facts = facts
        .fact("From:", en::moment(session.from, zone))
        .fact("Until:", en::moment(session.until, zone))
        .fact_if(en::ACCESS, session.access.map(en::access))
        .fact_if(en::HIDDEN, email.hidden(en::hidden));
    let facts = if session.opened.is_empty() {
        facts.line("Nothing was opened.")
    } else {
        let opened = session.opened.iter().map(|(environment, at)| {
            line![strong(environment.display_name()), ", ", en::moment(*at, zone)]
        });
        facts.list("Opened:", opened)
    };
    match session.qr_given_to {
        Some(Side::Agent) => facts.line("The agent received a QR code that opens the App once."),
        Some(Side::Customer) => facts.line("The QR code for the App was sent to you by email."),
        None => facts,
    }
}
