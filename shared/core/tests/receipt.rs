//! A receipt and everything that may become of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::json;
use support_core::chain::{self, Action, NewStep, Step};
use support_core::entitlement::Environment;
use support_core::identity::{LinkToken, Reason, TicketNumber};
use support_core::receipt::{Fault, PublicKey, Receipt, check};
use support_core::step_detail::Detail;
use support_core::time::Timestamp;
use support_core::verification::{ClosedByAgent, NoticeKind, Outcome, Verification};
use support_testing::samples::{NOON, Walk, customer, granted};
use support_testing::signer::Signer;

fn ended() -> Verification {
    let mut walk = Walk::start(1);
    walk.session();
    walk.wait(100);
    walk.verification.stop_by_customer(walk.now).unwrap()
}

#[test] // P12
fn a_receipt_checks_with_its_key_alone() {
    let key = Signer::default();
    let receipt = Receipt::of(&ended()).unwrap();
    let checked = check(&key.file(&receipt), &key.public_key()).unwrap();
    assert_eq!(checked, receipt);
    assert_eq!(checked.outcome, Outcome::Ended);
    assert_eq!(checked.session.ended_at, "2027-01-15T08:01:40Z");
    let other = Signer::default();
    let fault = check(&key.file(&receipt), &other.public_key()).unwrap_err();
    assert_eq!(fault, Fault::AnotherKey(key.public_key().kid));
    // Somebody else's signature under the right key's name.
    let forged = String::from_utf8(other.file(&receipt)).unwrap();
    let forged = forged.replace(&other.public_key().kid, &key.public_key().kid);
    assert_eq!(check(forged.as_bytes(), &key.public_key()).unwrap_err(), Fault::Signature);
}

#[test] // P12
fn any_byte_changed_shows() {
    let key = Signer::default();
    let file = key.file(&Receipt::of(&ended()).unwrap());
    let refused = |altered: &[u8], what: &str| {
        let fault = check(altered, &key.public_key()).expect_err(what);
        assert!(fault.to_string().ends_with('.'), "{fault:?}");
    };
    for at in 0..file.len() {
        for bit in 0..8 {
            let mut altered = file.clone();
            altered[at] ^= 1 << bit;
            refused(&altered, &format!("bit {bit} of byte {at}"));
        }
        for digit in (b'0'..=b'9').filter(|digit| file[at].is_ascii_digit() && file[at] != *digit) {
            let mut altered = file.clone();
            altered[at] = digit;
            refused(&altered, &format!("byte {at} made {}", char::from(digit)));
        }
        let mut longer = file.clone();
        longer.insert(at, b' ');
        refused(&longer, &format!("a space before byte {at}"));
        let mut shorter = file.clone();
        shorter.remove(at);
        refused(&shorter, &format!("without byte {at}"));
    }
    refused(&[&file[..], b"\n"].concat(), "a line's end after it");
    refused(&[&file[..], &file].concat(), "twice");
}

#[test] // P12
fn every_cut_shows() {
    let key = Signer::default();
    let file = key.file(&Receipt::of(&ended()).unwrap());
    for length in 0..file.len() {
        let fault = check(&file[..length], &key.public_key()).unwrap_err();
        let expected = if length < 12 { Fault::NotAReceipt } else { Fault::Truncated };
        assert_eq!(fault, expected, "{length} bytes");
    }
}

#[test] // P12
fn what_is_wrong_is_said_and_where() {
    let key = Signer::default();
    let text = String::from_utf8(key.file(&Receipt::of(&ended()).unwrap())).unwrap();
    let fault = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        check(text.replacen(from, to, 1).as_bytes(), &key.public_key()).unwrap_err()
    };
    assert_eq!(fault(r#""number":1,"of":5"#, r#""number":2,"of":5"#), Fault::Step(2));
    assert_eq!(fault(r#""actor":"customer""#, r#""actor":"agent""#), Fault::Step(5));
    assert_eq!(fault(r#""outcome":"ended""#, r#""outcome":"completed""#), Fault::Signature);
    assert_eq!(fault(r#""name":"ana""#, r#""name":"ann""#), Fault::Signature);
    assert_eq!(fault(r#""head":""#, r#""head":"A"#), Fault::Head);
    assert_eq!(fault(r#""version":2"#, r#""version":3"#), Fault::Version(3));
    assert_eq!(fault(r#""version":2"#, r#""version":0"#), Fault::Version(0));
    assert_eq!(fault(r#""version":2"#, r#""version":1"#), Fault::Step(1), "data in version 1");
    assert_eq!(fault(r#""number":1,"of":5"#, r#""number":1,"of":5,"to":1"#), Fault::Step(2));
    assert_eq!(fault(r#"{"receipt":{"#, r#"{"receipt": {"#), Fault::NotCanonical(12));
    assert!(matches!(
        fault(r#""reason""#, r#""reasom""#),
        Fault::NotCanonical(_) | Fault::Unreadable(_)
    ));
    for other in ["", "hello", "[]", "{}", r#"{"receipt":{}}"#, r#"{"a":1}"#, "\u{0}"] {
        assert_eq!(
            check(other.as_bytes(), &key.public_key()).unwrap_err(),
            Fault::NotAReceipt,
            "{other:?}"
        );
    }
    // Input that could stop a reader: numbers no receipt has, endless lists, duplicate names.
    let nested = format!(r#"{{"receipt":{{"version":2,"x":{}"#, "[".repeat(10_000));
    assert!(matches!(check(nested.as_bytes(), &key.public_key()), Err(Fault::Unreadable(_))));
    for odd in ["1e300", "-0", "1e400", "18446744073709551615", "99999999999999999999", "0.1"] {
        let file = format!(r#"{{"receipt":{{"version":2,"x":{odd}}},"signature":1}}"#);
        check(file.as_bytes(), &key.public_key()).unwrap_err();
    }
    assert!(matches!(
        fault(r#""version":2"#, r#""version":2,"version":2"#),
        Fault::NotCanonical(_)
    ));
    assert!(matches!(fault(r#""version":2"#, r#""version":2.0"#), Fault::NotAReceipt));
}

/// The steps cannot be signed anew with what is in the table and in the receipts that went out.
#[test] // P12
fn a_whole_new_story_does_not_check() {
    let key = Signer::default();
    let ended = ended();
    let true_file: serde_json::Value =
        serde_json::from_slice(&key.file(&Receipt::of(&ended).unwrap())).unwrap();
    let mut told_otherwise = ended.clone();
    let story: Vec<_> = std::mem::take(&mut told_otherwise.steps);
    for mut step in story {
        if step.action == Action::HandoffRedeemed {
            continue;
        }
        step.at = Timestamp::from_millis(step.at.millis() + 1);
        let Step { at, actor, action, detail, .. } = step;
        chain::append(&ended.id, &mut told_otherwise.steps, NewStep { at, actor, action, detail });
    }
    let receipt = Receipt::of(&told_otherwise).unwrap();
    let mut forged = serde_json::to_value(&true_file).unwrap();
    forged["receipt"] = serde_json::from_slice(&receipt.canonical()).unwrap();
    let forged = serde_json_canonicalizer::to_vec(&forged).unwrap();
    assert_eq!(check(&forged, &key.public_key()).unwrap_err(), Fault::Signature);
}

#[test] // P12
fn a_damaged_key_is_not_blamed_on_the_receipt() {
    let key = Signer::default();
    let file = key.file(&Receipt::of(&ended()).unwrap());
    let whole = serde_json::to_value(key.public_key()).unwrap();
    for (member, other) in [("x", 0), ("y", 0), ("kid", 0), ("kty", 1), ("crv", 1)] {
        let mut damaged = whole.clone();
        let text = damaged[member].as_str().unwrap();
        let first = if text.starts_with('A') { "B" } else { "A" };
        damaged[member] = format!("{first}{}", &text[1..]).into();
        if other == 1 {
            damaged[member] = "RSA".into();
        }
        let damaged: PublicKey = serde_json::from_value(damaged).unwrap();
        assert_eq!(check(&file, &damaged).unwrap_err(), Fault::UnusableKey, "{member}");
    }
}

#[test]
fn only_a_point_on_p_256_is_a_key() {
    let spki = Signer::default().spki();
    assert!(PublicKey::from_spki(&spki).is_some());
    assert!(PublicKey::from_spki(&spki[1..]).is_none());
    assert!(PublicKey::from_spki(&spki[..90]).is_none());
    assert!(PublicKey::from_spki(&[&spki[..], &[0]].concat()).is_none());
    let mut other_curve = spki;
    other_curve[22] = 0x08;
    assert!(PublicKey::from_spki(&other_curve).is_none());
}

#[test]
fn a_receipt_says_who_why_where_when_and_who_got_the_qr() {
    let mut walk = Walk::start(1);
    walk.verification.ticket = TicketNumber::parse("WZ-1042");
    walk.session();
    let handoff = walk.sealed().1.into_iter().find(|h| h.environment == Environment::Web).unwrap();
    let secret = LinkToken::parse(handoff.secret.expose()).unwrap().secret;
    let carla = customer("carla");
    walk.wait(7);
    let (key, limits) = (&walk.key, &walk.limits);
    let verification = walk.verification.clone();
    let opened =
        verification.redeem(Environment::Web, &secret, Some(&carla), key, limits, walk.now);
    let reason = Reason::parse("«done» \u{202e}\n\"quoted\"").unwrap();
    let ClosedByAgent::Now(closed) = opened.unwrap().cancel(reason, walk.wait(33).now).unwrap()
    else {
        panic!("it was open")
    };
    // What comes after the end is no part of it.
    let told = closed.clone().notice_sent(NoticeKind::Close, walk.wait(60).now).unwrap();
    let receipt = Receipt::of(&told).unwrap();
    assert_eq!(receipt, Receipt::of(&closed).unwrap());
    let value: serde_json::Value = serde_json::from_slice(&receipt.canonical()).unwrap();
    assert_eq!(value["agent"], json!({"id": "ana", "name": "ana"}));
    assert_eq!(value["customer"], json!({"id": "sub-carla", "name": "carla"}));
    assert_eq!(value["ecosystem"], json!({"id": "eco-1", "name": "Ecosystem eco-1"}));
    assert_eq!(value["environments"], json!(["store", "web", "app", "rcm"]));
    assert_eq!((&value["ticket"], &value["outcome"]), (&json!("WZ-1042"), &json!("cancelled")));
    assert_eq!(value["reason"], "«done» \u{202e}\n\"quoted\"");
    assert_eq!(value["app_qr_given_to"], "agent");
    assert_eq!(value["customer_second_factor"], "none");
    assert_eq!(
        value["session"],
        json!({
            "started_at": NOON.to_string(),
            "ended_at": NOON.plus(40).to_string(),
            "expires_at": NOON.plus(300).to_string(),
        })
    );
    let actions: Vec<_> =
        value["steps"].as_array().unwrap().iter().map(|step| step["action"].clone()).collect();
    assert_eq!(
        actions[actions.len() - 3..],
        [json!("session-started"), json!("handoff-redeemed"), json!("cancelled")]
    );
    assert_eq!(value["head"], value["steps"][actions.len() - 1]["hash"]);
    let key = Signer::default();
    assert_eq!(check(&key.file(&receipt), &key.public_key()), Ok(receipt));
}

/// A verification that began before details were data keeps its texts, in its receipt as well.
#[test] // P12
fn texts_of_older_steps_are_signed_as_they_are() {
    let key = Signer::default();
    let mut ended = ended();
    let steps = std::mem::take(&mut ended.steps);
    for step in steps {
        let Step { seq, at, actor, action, detail, .. } = step;
        let detail = match seq {
            1 => Some(Detail::Text(String::new())),
            2 => Some(Detail::Text("sending 1 of 5".to_owned())),
            _ => detail,
        };
        chain::append(&ended.id, &mut ended.steps, NewStep { at, actor, action, detail });
    }
    let receipt = Receipt::of(&ended).unwrap();
    let file = String::from_utf8(key.file(&receipt)).unwrap();
    assert_eq!(check(file.as_bytes(), &key.public_key()), Ok(receipt));
    for (from, to, seq) in [
        (r#""detail":"","#, r#""detail":null,"#, 1),
        (r#""sending 1 of 5""#, r#""sending 2 of 5""#, 2),
        (r#""sending 1 of 5""#, r#"{"kind":"sending","number":1,"of":5}"#, 2),
    ] {
        assert!(file.contains(from), "{from}");
        let altered = file.replacen(from, to, 1);
        let fault = check(altered.as_bytes(), &key.public_key()).unwrap_err();
        assert_eq!(fault, Fault::Step(seq), "{to}");
    }
}

/// What the session showed is signed with the rest: neither more nor less of it checks.
#[test] // P12
fn what_stayed_hidden_is_signed() {
    let key = Signer::default();
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    walk.session();
    let closed = walk.verification.clone().stop_by_customer(walk.wait(40).now).unwrap();
    let receipt = Receipt::of(&closed).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&receipt.canonical()).unwrap();
    assert_eq!(value["visibility"], json!({"messages": true, "talks": false}));
    assert_eq!(value["module"], "support-grant");
    assert_eq!(value["app_qr_given_to"], "agent");
    let id = &closed.support_grant.as_ref().unwrap().id;
    assert_eq!(value["steps"][0]["detail"], json!({"kind": "support-grant", "id": id}));
    let text = String::from_utf8(key.file(&receipt)).unwrap();
    assert_eq!(check(text.as_bytes(), &key.public_key()), Ok(receipt));
    let said = r#""visibility":{"messages":true,"talks":false}"#;
    assert_eq!(text.matches(said).count(), 1);
    for changed in [
        r#""visibility":{"messages":true,"talks":true}"#,
        r#""visibility":{"messages":false,"talks":false}"#,
        r#""visibility":{"messages":false,"talks":true}"#,
    ] {
        let fault = check(text.replace(said, changed).as_bytes(), &key.public_key()).unwrap_err();
        assert_eq!(fault, Fault::Signature, "{changed}");
    }
    for gone in [r#""visibility":{"messages":true}"#, r#""visibility":{}"#, r#""visibility":null"#]
    {
        let fault = check(text.replace(said, gone).as_bytes(), &key.public_key());
        assert!(fault.is_err(), "{gone}");
    }
    assert!(check(text.replace(&format!(",{said}"), "").as_bytes(), &key.public_key()).is_err());
    // Without a grant nothing is hidden, and that is said as well.
    let value: serde_json::Value =
        serde_json::from_slice(&Receipt::of(&ended()).unwrap().canonical()).unwrap();
    assert_eq!(value["visibility"], json!({"messages": true, "talks": true}));
}

/// The first receipts did not say what the session showed. They still check.
#[test] // P12
fn a_first_receipt_that_does_not_speak_of_visibility_checks() {
    let key = Signer::default();
    let receipt = Receipt::of(&ended()).unwrap();
    let mut older: serde_json::Value = serde_json::from_slice(&receipt.canonical()).unwrap();
    older.as_object_mut().unwrap().remove("visibility").unwrap();
    let canonical = |value: &serde_json::Value| serde_json_canonicalizer::to_vec(value).unwrap();
    let mut file: serde_json::Value = serde_json::from_slice(&key.file(&receipt)).unwrap();
    file["signature"]["value"] = URL_SAFE_NO_PAD.encode(key.signature(&canonical(&older))).into();
    file["receipt"] = older;
    assert_eq!(check(&canonical(&file), &key.public_key()), Ok(receipt));
}

/// A session that ran out ended at its deadline, however late that was written down.
#[test]
fn a_late_sweep_does_not_lengthen_the_session() {
    let mut walk = Walk::start(1);
    walk.session();
    walk.wait(359);
    let closed = walk.verification.close_if_over(walk.now).unwrap();
    let receipt = Receipt::of(&closed).unwrap();
    assert_eq!(receipt.session.ended_at, NOON.plus(300).to_string());
    assert_eq!(receipt.session.ended_at, receipt.session.expires_at);
    assert_eq!(receipt.steps.last().unwrap().at, NOON.plus(359), "when it was written down");
}

proptest! {
    /// Whatever the file is, it is read to an end, and is no receipt.
    #[test] // P12
    fn anything_else_is_refused_without_a_crash(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        place in any::<prop::sample::Index>(),
    ) {
        let key = Signer::default();
        prop_assert!(check(&bytes, &key.public_key()).is_err());
        let mut file = key.file(&Receipt::of(&ended()).unwrap());
        let at = place.index(file.len());
        let end = (at + bytes.len()).min(file.len());
        if file[at..end] != bytes {
            file.splice(at..end, bytes);
            prop_assert!(check(&file, &key.public_key()).is_err());
        }
    }
}

#[test]
fn there_is_a_receipt_where_there_was_a_session() {
    let mut walk = Walk::start(1);
    walk.consent();
    assert_eq!(Receipt::of(&walk.verification), None, "open");
    let denied = walk.verification.stop_by_customer(walk.now).unwrap();
    assert_eq!(Receipt::of(&denied), None, "no session");
    let mut walk = Walk::start(1);
    walk.session();
    assert_eq!(Receipt::of(&walk.verification), None, "not over");
}
