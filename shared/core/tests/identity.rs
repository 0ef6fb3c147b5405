//! Texts from outside, at the edges of what is taken.

use serde_json::{from_value, json, to_value};
use support_core::identity::{
    Checked, EmailAddress, IdText, LinkToken, New, Reason, Text, TicketNumber, TokenText,
    VerificationId,
};

#[test]
fn a_stored_ticket_number_is_read_as_it_was_written() {
    for text in ["WZ-1042", "WZ 1042", "!~", &"7".repeat(64)] {
        let ticket = from_value::<TicketNumber>(json!(text)).unwrap();
        assert_eq!(ticket.as_str(), text);
        assert_eq!(to_value(&ticket).unwrap(), json!(text));
    }
    for text in ["", "é", "a\tb", "a\u{7f}", &"7".repeat(65)] {
        assert_eq!(TicketNumber::parse(text), None, "{text:?}");
        assert!(from_value::<New<TicketNumber>>(json!(text)).is_err(), "{text:?}");
    }
}

#[test]
fn a_text_is_kept_as_it_came_up_to_its_length() {
    type Short = Text<3>;
    for text in ["a", " a ", "ñññ"] {
        assert_eq!(from_value::<Short>(json!(text)).unwrap().as_str(), text);
    }
    for text in ["", "abcd", "ññññ"] {
        let refused = from_value::<Short>(json!(text)).unwrap_err().to_string();
        assert_eq!(refused, "1 to 3 characters", "{text:?}");
    }
    assert_eq!(from_value::<IdText>(json!("x".repeat(128))).unwrap().as_str().len(), 128);
    assert!(from_value::<IdText>(json!("x".repeat(129))).is_err());
}

#[test]
fn an_address_is_taken_up_to_the_lengths_of_its_parts() {
    let label = "d".repeat(63);
    let domain = format!("{label}.{label}.{}", "d".repeat(61));
    let longest = format!("{}@{domain}", "a".repeat(64));
    assert_eq!(longest.len(), EmailAddress::MAX_BYTES);
    for text in [longest.as_str(), "a@b", "!#$%&'*+/=?^_`{|}~-@b", "a.b@c-d.e9"] {
        assert_eq!(EmailAddress::parse(text).unwrap().as_str(), text);
    }
    let too_long =
        [format!("{longest}d"), format!("{}@b", "a".repeat(65)), format!("a@{}", "d".repeat(64))];
    let malformed = [".a@b", "a.@b", "a@b-", "a@-b", "a@.b", "a@b.", "a@b_c", "a;b@c"];
    for text in too_long.iter().map(String::as_str).chain(malformed) {
        assert_eq!(EmailAddress::parse(text), None, "{text:?}");
    }
}

#[test]
fn a_link_token_is_an_id_and_43_characters_of_base64url() {
    let (id, secret) = ("AAAAAAAAAAAAAAAA-_AAAA", "s".repeat(41) + "-_");
    let text = format!("{id}.{secret}");
    let token: TokenText = from_value(json!(text)).unwrap();
    let token = token.parse().unwrap();
    assert_eq!((token.verification.as_str(), token.secret.expose()), (id, secret.as_str()));
    assert_eq!(token.to_secret().expose(), text);
    assert_eq!(token.page_url("https://p"), format!("https://p#token={text}"));
    for text in [
        format!("{id}{secret}"),
        format!("{id}.{secret}s"),
        format!("{id}.{}", &secret[1..]),
        format!("{id}.{}/", &secret[1..]),
        format!("{}.{secret}", &id[1..]),
    ] {
        assert!(LinkToken::parse(&text).is_none(), "{text}");
    }
}

#[test]
fn what_is_read_again_is_what_was_written() {
    let id = VerificationId::parse("AAAAAAAAAAAAAAAA-_AAAA").unwrap();
    assert_eq!(id.to_string(), id.as_str());
    assert_eq!(from_value::<VerificationId>(json!(id.as_str())).unwrap(), id);
    assert!(from_value::<VerificationId>(json!("short")).is_err());
    let reason = Reason::parse("a\tb").unwrap();
    assert_eq!(to_value(&reason).unwrap(), json!("a\tb"));
    assert!(from_value::<New<Reason>>(json!(" ")).is_err());
    assert!(from_value::<New<EmailAddress>>(json!("nobody")).is_err());
    assert_eq!(from_value::<New<Reason>>(json!(" a\tb ")).unwrap().0, reason);
}

/// What no rule of today takes, and another rule may have taken.
#[test] // P37
fn what_is_stored_is_read_whatever_the_rule_is_for_what_comes_in() {
    fn stored<T: Checked + TryFrom<String>>(text: &str) -> bool {
        assert!(T::checked(text).is_none(), "{text:?}");
        T::try_from(text.to_owned()).is_ok()
    }
    let long = "a".repeat(1000);
    for ticket in ["CASE 4711", "!~", "Nº 1", &long] {
        assert!(stored::<TicketNumber>(ticket), "{ticket:?}");
    }
    let (far, quoted) = (format!("{long}@example.com"), "\"a b\"@example.com");
    for address in ["José@example.com", "ana@correo.españa", "a..b@example.com", &far] {
        assert!(stored::<EmailAddress>(address), "{address:?}");
    }
    for reason in ["", " ", "\u{200b}", &long] {
        assert!(stored::<Reason>(reason), "{reason:?}");
    }
    for hostile in ["a@b.c\r\nBcc: x@y.z", "", "nobody", quoted] {
        assert!(!stored::<EmailAddress>(hostile), "{hostile:?}");
    }
    assert!(!stored::<TicketNumber>("T\r\n1"));
}
