//! Who calls: the agent or the customer of an access token, from the claims that the API's authorizers
//! have checked.

use std::collections::HashMap;

use support_core::directory::Locale;
use support_core::identity::{Agent, EmailAddress};
use support_core::refusal::NotAllowed;

use crate::problem::{Problem, Unauthenticated};

/// The group of the agents.
const AGENTS: &str = "CustomerService";
/// The group of the agents who read everyone's verifications.
const SUPERVISORS: &str = "SupportSupervisor";

/// An agent, according to their token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub agent: Agent,
    /// The username in the agents' pool, to ask Cognito about the agent.
    pub username: String,
    /// The language of emails to the agent.
    pub locale: Locale,
    /// Whether the agent reads everyone's verifications.
    pub supervisor: bool,
}

/// A customer who is signed in to their own app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerCaller {
    /// The `sub`, which is also the username in the customers' pool.
    pub user_id: String,
}

/// Accepts a token of the customers' own client that is not a support session's: an agent in a
/// customer's account is not the customer. The authorizer's audience says the same, and in RFC 8693 a
/// token with `act` is somebody else's.
pub(crate) fn customer_from_claims(
    claims: Option<&HashMap<String, String>>,
    client_id: &str,
) -> Result<CustomerCaller, Problem> {
    let claim =
        |name: &str| claims?.get(name).map(String::as_str).filter(|text| !text.trim().is_empty());
    let has = |name: &str| claims.is_some_and(|claims| claims.contains_key(name));
    let own = claim("token_use") == Some("access")
        && claim("client_id") == Some(client_id)
        && !has("act")
        && !has("support_session");
    match claim("sub") {
        Some(sub) if own => Ok(CustomerCaller { user_id: sub.to_owned() }),
        Some(_) | None => Err(Unauthenticated::NotACustomersOwn.into()),
    }
}

/// Accepts only an access token. A valid ID token passes the authorizer as well, since its audience is
/// the same client; only `token_use` tells them apart.
pub(crate) fn from_claims(claims: Option<&HashMap<String, String>>) -> Result<Caller, Problem> {
    let claim =
        |name: &str| claims?.get(name).map(String::as_str).filter(|text| !text.trim().is_empty());
    if claim("token_use") != Some("access") {
        return Err(Unauthenticated::NotAnAccessToken.into());
    }
    let (Some(id), Some(username)) = (claim("sub"), claim("username")) else {
        return Err(Unauthenticated::NotAnAccessToken.into());
    };
    if claim("email_verified") != Some("true") {
        return Err(Unauthenticated::AddressNotVerified.into());
    }
    let email =
        claim("email").and_then(EmailAddress::parse).ok_or(Unauthenticated::AddressNotVerified)?;
    let name = claim("name").ok_or(Unauthenticated::NoName)?;
    let groups = claim("cognito:groups");
    if !is_member(groups, AGENTS) {
        return Err(NotAllowed::Agent.into());
    }
    Ok(Caller {
        agent: Agent { id: id.to_owned(), name: name.trim().to_owned(), email },
        username: username.to_owned(),
        locale: claim("locale").map(Locale::of_tag).unwrap_or_default(),
        supervisor: is_member(groups, SUPERVISORS),
    })
}

/// Whether `group` is one of `groups`, which an HTTP API writes as `[a b]`. The name of a group cannot
/// contain a space, but it can contain brackets: one pair belongs to the list, the others to names.
fn is_member(groups: Option<&str>, group: &str) -> bool {
    groups
        .and_then(|list| list.strip_prefix('[')?.strip_suffix(']'))
        .is_some_and(|names| names.split(' ').any(|name| name == group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use support_core::refusal::Refusal;

    /// Claims set or, with `None`, left out.
    type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

    fn claims(changes: Changes<'_>) -> HashMap<String, String> {
        let mut claims: HashMap<String, String> = [
            ("token_use", "access"),
            ("sub", "5e1f"),
            ("username", "carla"),
            ("email", "Carla@Waizant.example"),
            ("email_verified", "true"),
            ("name", "Carla Ruiz"),
            ("cognito:groups", "[CustomerService]"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for (name, value) in changes {
            match value {
                Some(value) => claims.insert((*name).to_owned(), (*value).to_owned()),
                None => claims.remove(*name),
            };
        }
        claims
    }

    fn caller(changes: Changes<'_>) -> Result<Caller, Problem> {
        from_claims(Some(&claims(changes)))
    }

    #[test]
    fn an_agent_is_who_the_access_token_says() {
        let caller = caller(&[]).unwrap();
        assert_eq!(caller.agent.id, "5e1f");
        assert_eq!(caller.agent.name, "Carla Ruiz");
        assert_eq!(caller.agent.email.as_str(), "carla@waizant.example");
        assert_eq!(caller.username, "carla");
        assert!(!caller.supervisor);
    }

    #[test]
    fn an_agent_gets_emails_in_their_language() {
        let locale = |tag| caller(&[("locale", tag)]).unwrap().locale;
        assert_eq!(locale(Some("en-GB")), Locale::En);
        assert_eq!(locale(Some("es")), Locale::Es);
        assert_eq!(locale(None), Locale::default());
    }

    #[test] // P21
    fn membership_is_exact() {
        for groups in [
            "[CustomerService]",
            "[CustomerService SupportSupervisor]",
            "[Billing CustomerService]",
            "[Billing CustomerService Sales]",
        ] {
            assert!(caller(&[("cognito:groups", Some(groups))]).is_ok(), "{groups}");
        }
        for groups in [
            "[NotCustomerService]",
            "[CustomerService2]",
            "[customerservice]",
            "[CUSTOMERSERVICE]",
            "[[CustomerService]]",
            "[[CustomerService] x]",
            "[CustomerService]x",
            "x[CustomerService]",
            " [CustomerService]",
            "[CustomerService] ",
            "[CustomerService",
            "CustomerService]",
            "CustomerService",
            "NotCustomerService",
            "[CustomerService,Billing]",
            "[CustomerService\tBilling]",
            "[CustomerService\u{a0}Billing]",
            "[\"CustomerService\"]",
            "[SupportSupervisor]",
            "[Customer Service]",
            "[CustomerService\0]",
            "[CustomerS\u{435}rvice]",
            "[]",
            "[ ]",
            "",
        ] {
            let problem = caller(&[("cognito:groups", Some(groups))]).unwrap_err();
            assert_eq!(problem, NotAllowed::Agent.into(), "{groups:?}");
        }
        assert_eq!(caller(&[("cognito:groups", None)]).unwrap_err(), NotAllowed::Agent.into());
    }

    #[test] // P20
    fn a_supervisor_is_an_agent_who_is_also_in_the_other_group() {
        let supervises = |groups| caller(&[("cognito:groups", Some(groups))]).unwrap().supervisor;
        assert!(supervises("[CustomerService SupportSupervisor]"));
        assert!(supervises("[SupportSupervisor CustomerService]"));
        assert!(!supervises("[CustomerService SupportSupervisors]"));
        assert!(!supervises("[CustomerService [SupportSupervisor]]"));
        let alone = caller(&[("cognito:groups", Some("[SupportSupervisor]"))]).unwrap_err();
        assert_eq!(alone, Problem::Refused(Refusal::NotAllowed(NotAllowed::Agent)));
    }

    #[test] // P21
    fn only_a_complete_access_token_is_accepted() {
        use Unauthenticated::{AddressNotVerified, NoName, NotAnAccessToken};
        let cases: [(Changes<'_>, Unauthenticated); 16] = [
            (&[("token_use", Some("id"))], NotAnAccessToken),
            (&[("token_use", Some("Access"))], NotAnAccessToken),
            (&[("token_use", Some("refresh"))], NotAnAccessToken),
            (&[("token_use", None)], NotAnAccessToken),
            (&[("sub", None)], NotAnAccessToken),
            (&[("sub", Some(" "))], NotAnAccessToken),
            (&[("username", None), ("cognito:username", Some("carla"))], NotAnAccessToken),
            (&[("email_verified", None)], AddressNotVerified),
            (&[("email_verified", Some("false"))], AddressNotVerified),
            (&[("email_verified", Some("True"))], AddressNotVerified),
            (&[("email_verified", Some("1"))], AddressNotVerified),
            (&[("email", None)], AddressNotVerified),
            (&[("email", Some("carla"))], AddressNotVerified),
            (&[("email", Some("a@b.c\r\nBcc: x@y.z"))], AddressNotVerified),
            (&[("name", None)], NoName),
            (&[("name", Some(""))], NoName),
        ];
        for (changes, expected) in cases {
            assert_eq!(caller(changes).unwrap_err(), expected.into(), "{changes:?}");
        }
        assert_eq!(from_claims(None).unwrap_err(), NotAnAccessToken.into());
    }

    #[test] // P20
    fn a_customer_is_who_the_access_token_of_their_own_app_says() {
        let own = [("token_use", "access"), ("client_id", "app"), ("sub", "c0de")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let with = |changes: Changes<'_>| {
            let mut claims = HashMap::from(own.clone());
            for (name, value) in changes {
                match value {
                    Some(value) => claims.insert((*name).to_owned(), (*value).to_owned()),
                    None => claims.remove(*name),
                };
            }
            customer_from_claims(Some(&claims), "app")
        };
        assert_eq!(with(&[]).unwrap().user_id, "c0de");
        let refused: [Changes<'_>; 12] = [
            &[("token_use", Some("id"))],
            &[("token_use", None)],
            &[("client_id", Some("support-access"))],
            &[("client_id", Some("APP"))],
            &[("client_id", None)],
            &[("client_id", None), ("aud", Some("app"))],
            &[("sub", None)],
            &[("sub", Some(" "))],
            &[("act", Some("map[sub:5e1f]"))],
            &[("act", Some(""))],
            &[("support_session", Some("AAECAwQFBgcICQoLDA0ODw"))],
            &[("client_id", Some(""))],
        ];
        for changes in refused {
            let problem = with(changes).unwrap_err();
            assert_eq!(problem, Unauthenticated::NotACustomersOwn.into(), "{changes:?}");
        }
        assert!(customer_from_claims(None, "app").is_err());
    }

    #[test] // P20
    fn a_support_session_is_not_an_agent() {
        // What a support session's access token carries: no group of the agents' pool, no address.
        let session = claims(&[
            ("cognito:groups", None),
            ("email", None),
            ("email_verified", None),
            ("act", Some("map[sub:5e1f]")),
        ]);
        assert!(from_claims(Some(&session)).is_err());
    }
}
