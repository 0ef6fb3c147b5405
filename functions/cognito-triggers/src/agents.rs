//! The agents' pool: access tokens say who the agent is and do not allow changing it. The emails with
//! an invitation and for a forgotten password are ours.

use serde_json::{Map, Value, json};
use support_core::directory::Locale;
use support_core::email::{AgentInvitation, Email, RecoveryCode};
use support_core::mint::SELF_SERVICE_SCOPE;

use crate::event::Event;

/// The claims of an agent's access token beside `sub`, with their values at this moment.
const ATTRIBUTES: [&str; 4] = ["email", "email_verified", "name", "locale"];

/// An administrator created an account, or sent its invitation again.
const INVITED: &str = "CustomMessage_AdminCreateUser";

/// How long Cognito takes a first password, in days: `TemporaryPasswordValidityDays` of the pool.
const FIRST_PASSWORD_DAYS: u32 = 7;

/// Somebody requested a code because the password is forgotten, or an administrator reset it.
const FORGOTTEN: &str = "CustomMessage_ForgotPassword";

/// `console_url`: where agents sign in.
pub fn handle(mut event: Event, console_url: &str) -> Event {
    if event.is_pre_token() {
        let attributes = event.request("userAttributes");
        let claims: Map<String, Value> = ATTRIBUTES
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), attributes.get(name)?.clone())))
            .collect();
        let access = json!({
            "claimsToAddOrOverride": claims,
            "scopesToSuppress": [SELF_SERVICE_SCOPE],
        });
        event.override_tokens(Map::from_iter([("accessTokenGeneration".to_owned(), access)]));
    } else if let Some(email) = message(&event, console_url) {
        event.respond("emailSubject", email.subject);
        event.respond("emailMessage", email.html);
    }
    event
}

/// Returns the email, with the placeholders that Cognito replaces with the code and the user name.
/// Returns `None` for an email that is Cognito's own, or if the event has no placeholder: Cognito then
/// sends its own.
fn message(event: &Event, console_url: &str) -> Option<Email> {
    let placeholder = |name| event.request(name).as_str();
    let attribute = |name| event.request("userAttributes")[name].as_str().unwrap_or_default();
    let (agent_name, locale) = (attribute("name"), Locale::of_tag(attribute("locale")));
    match event.source() {
        FORGOTTEN => {
            let code = placeholder("codeParameter")?;
            Some(RecoveryCode { agent_name, code }.render(locale))
        }
        INVITED => {
            let invitation = AgentInvitation {
                agent_name,
                username: placeholder("usernameParameter")?,
                password: placeholder("codeParameter")?,
                console_url,
                days: FIRST_PASSWORD_DAYS,
            };
            Some(invitation.render(locale))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRE_TOKEN: &str = include_str!("../../../events/cognito-triggers-agents-pre-token.json");
    const CUSTOM_MESSAGE: &str =
        include_str!("../../../events/cognito-triggers-agents-custom-message.json");
    const OTHER: &str = include_str!("../../../events/cognito-triggers-post-confirmation.json");

    const CONSOLE: &str = "https://console.example.com";

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn answer(event: &Value) -> Value {
        handle(Event::from(event.clone()), CONSOLE).into()
    }

    #[test] // P32
    fn an_access_token_says_who_the_agent_is_and_cannot_change_it() {
        let event = value(PRE_TOKEN);
        let mut expected = event.clone();
        expected["response"]["claimsAndScopeOverrideDetails"] = json!({
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {
                    "email": "ana@agents.example.com",
                    "email_verified": "true",
                    "name": "Ana",
                    "locale": "es",
                },
                "scopesToSuppress": ["aws.cognito.signin.user.admin"],
            },
            "groupOverrideDetails": {
                "groupsToOverride": ["CustomerService"],
                "iamRolesToOverride": [],
                "preferredRole": null,
            },
        });
        assert_eq!(answer(&event), expected);
    }

    #[test] // P19
    fn a_repeated_trigger_does_no_harm() {
        let first = answer(&value(PRE_TOKEN));
        assert_eq!(answer(&first), first);
    }

    #[test] // P32
    fn an_unverified_address_stays_unverified() {
        let mut event = value(PRE_TOKEN);
        event["request"]["userAttributes"]["email_verified"] = json!("false");
        let answer = answer(&event);
        let overrides = &answer["response"]["claimsAndScopeOverrideDetails"];
        let claims = &overrides["accessTokenGeneration"]["claimsToAddOrOverride"];
        assert_eq!(claims["email_verified"], json!("false"));
    }

    #[test]
    fn an_attribute_that_the_user_does_not_have_is_not_claimed() {
        let mut event = value(PRE_TOKEN);
        event["request"]["userAttributes"] = json!({"sub": "x", "email": "a@b.example"});
        let answer = answer(&event);
        let overrides = &answer["response"]["claimsAndScopeOverrideDetails"];
        let claims = &overrides["accessTokenGeneration"]["claimsToAddOrOverride"];
        assert_eq!(claims, &json!({"email": "a@b.example"}));
    }

    #[test]
    fn the_mail_for_a_forgotten_password_has_our_words_in_the_agents_language() {
        for (locale, subject, words) in [
            ("es", "Waizant: código para restablecer su contraseña", "Su código para restablecer"),
            ("es-MX", "Waizant: código para restablecer su contraseña", "Vence en una hora"),
            ("en", "Waizant: code to reset your password", "Your code to reset your password"),
            ("en_GB", "Waizant: code to reset your password", "It expires in one hour"),
            ("fr", "Waizant: código para restablecer su contraseña", "Su código"),
        ] {
            let mut event = value(CUSTOM_MESSAGE);
            event["request"]["userAttributes"]["locale"] = json!(locale);
            let mut answer = answer(&event);
            let email = answer["response"].take();
            assert_eq!(email["emailSubject"], subject, "{locale}");
            let message = email["emailMessage"].as_str().unwrap();
            assert!(message.contains(words) && message.contains("Ana"), "{message}");
            assert_eq!(email["smsMessage"], Value::Null);
            // Nothing else of the event is changed.
            event["response"].take();
            assert_eq!(answer, event);
        }
    }

    #[test] // P7
    fn the_code_stands_in_the_body_alone_once_where_cognito_says() {
        for placeholder in ["{####}", "{code}"] {
            let mut event = value(CUSTOM_MESSAGE);
            event["request"]["codeParameter"] = json!(placeholder);
            let email = &answer(&event)["response"];
            let message = email["emailMessage"].as_str().unwrap();
            assert_eq!(message.matches(placeholder).count(), 1, "{message}");
            assert!(!email["emailSubject"].as_str().unwrap().contains(placeholder));
            // Cognito's limits.
            assert!(
                message.len() <= 20_000 && email["emailSubject"].as_str().unwrap().len() <= 140
            );
        }
    }

    #[test] // P24
    fn a_name_cannot_write_the_mail() {
        let mut event = value(CUSTOM_MESSAGE);
        event["request"]["userAttributes"]["name"] =
            json!("<a href=\"https://evil.example\">Ana</a>\r\nBcc: x@y.z");
        let email = &answer(&event)["response"];
        let message = email["emailMessage"].as_str().unwrap();
        assert!(!message.contains("<a ") && !message.contains("evil.example"), "{message}");
        assert!(!email["emailSubject"].as_str().unwrap().contains('\n'));
    }

    fn invitation() -> Value {
        let mut event = value(CUSTOM_MESSAGE);
        event["triggerSource"] = json!(INVITED);
        event["request"]["usernameParameter"] = json!("{username}");
        event
    }

    #[test]
    fn an_invitation_has_our_words_in_the_agents_language_and_says_where_the_console_is() {
        for (locale, subject, words) in [
            ("es", "Waizant: su acceso a la consola de soporte", "Su primera contraseña"),
            ("en", "Waizant: your access to the support console", "works for 7 days"),
        ] {
            let mut event = invitation();
            event["request"]["userAttributes"]["locale"] = json!(locale);
            let answer = answer(&event);
            let email = &answer["response"];
            assert_eq!(email["emailSubject"], subject);
            let message = email["emailMessage"].as_str().unwrap();
            for part in [words, "Ana", "{username}", "{####}", CONSOLE] {
                assert!(message.contains(part), "{part}: {message}");
            }
            assert_eq!(message.matches("{####}").count(), 1, "{message}");
            assert!(message.len() <= 20_000, "Cognito's limit");
        }
    }

    #[test]
    fn an_invitation_without_its_placeholders_is_cognitos_own() {
        for parameter in ["codeParameter", "usernameParameter"] {
            let mut event = invitation();
            event["request"][parameter] = json!(null);
            assert_eq!(answer(&event), event, "{parameter}");
        }
    }

    #[test]
    fn cognitos_other_mails_are_its_own() {
        for source in [
            "CustomMessage_ResendCode",
            "CustomMessage_SignUp",
            "CustomMessage_UpdateUserAttribute",
            "CustomMessage_VerifyUserAttribute",
            "CustomMessage_Authentication",
        ] {
            let mut event = value(CUSTOM_MESSAGE);
            event["triggerSource"] = json!(source);
            assert_eq!(answer(&event), event);
        }
        let mut event = value(CUSTOM_MESSAGE);
        event["request"].as_object_mut().unwrap().remove("codeParameter");
        assert_eq!(answer(&event), event, "without a placeholder Cognito's own has to do");
    }

    #[test]
    fn every_other_trigger_gets_its_event_back() {
        for event in [value(OTHER), json!({}), json!(null), json!("text"), json!([1])] {
            assert_eq!(answer(&event), event);
        }
    }
}
