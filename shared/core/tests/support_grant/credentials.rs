//! The credentials as they are generated, typed and looked up.

use proptest::prelude::*;
use std::collections::HashSet;
use std::fmt::Debug;
use support_core::refusal::Refusal;
use support_core::secret::HashKey;
use support_core::support_grant::{
    EnteredCredentials, GrantKey, GrantLimits, SupportGrant, TypedCredential,
};
use support_testing::samples::{NOON, agent, entered, granted, key, rng};

use crate::samples::{ALPHABET, judged, shown};

#[test]
fn credentials_are_groups_of_four_unmistakable_characters() {
    let looks_alike = ['i', 'l', 'o', '0', '1'];
    assert!(ALPHABET.chars().all(|c| !looks_alike.contains(&c)));
    for seed in ["ana", "bob", "carla", "dora", "elsa"] {
        let (_, credentials) = granted(seed, None);
        let [user_name, password, security_code] = shown(&credentials);
        for (text, groups) in [(&user_name, 4), (&password, 5)] {
            let parts: Vec<_> = text.split('-').collect();
            assert_eq!(parts.len(), groups, "{text}");
            assert!(parts.iter().all(|part| part.len() == 4), "{text}");
            assert!(text.replace('-', "").chars().all(|c| ALPHABET.contains(c)), "{text}");
        }
        assert_eq!(security_code.len(), 6);
        assert!(!user_name.contains(seed), "the name says nothing of the customer");
    }
}

#[test] // P6
fn every_character_is_as_likely_as_any_other() {
    let (mut grant, _) = granted("carla", None);
    let mut rng = rng(31);
    let draws = 10_000;
    // The user name's end, and the password.
    let mut places = [[0_u32; ALPHABET.len()]; 4 + 20];
    let mut seen = HashSet::new();
    for _ in 0..draws {
        let (next, credentials, _) = grant.regenerate(None, &key(), &mut rng, NOON);
        let [user_name, password, security_code] = shown(&credentials);
        let random = user_name.replace('-', "")[12..].to_owned() + &password.replace('-', "");
        assert_eq!(random.len(), places.len());
        for (place, c) in random.chars().enumerate() {
            places[place][ALPHABET.find(c).expect("of the alphabet")] += 1;
        }
        assert!(seen.insert((password, security_code)), "none comes twice");
        grant = next;
    }
    let chi_square = |counts: &[u32]| {
        let expected =
            f64::from(counts.iter().sum::<u32>()) / f64::from(u32::try_from(counts.len()).unwrap());
        counts.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum::<f64>()
    };
    // At one in a million: 82.0 for 30 degrees of freedom.
    for place in &places {
        assert!(chi_square(place) < 82.0, "{place:?}");
    }
    let mut all = [0; ALPHABET.len()];
    for place in &places {
        all.iter_mut().zip(place).for_each(|(sum, n)| *sum += n);
    }
    assert!(chi_square(&all) < 82.0, "{all:?}");
}

/// Would not compile if `T` printed: two of these would fit it.
trait DoesNotPrint<A> {
    fn does_not_print() {}
}

impl<T> DoesNotPrint<()> for T {}

impl<T: Debug> DoesNotPrint<u8> for T {}

#[test] // P7
fn credentials_do_not_print() {
    let (grant, credentials) = granted("carla", None);
    assert_eq!(format!("{credentials:?}"), "Credentials(…)");
    assert_eq!(format!("{:?}", credentials.password()), "Secret(…)");
    <TypedCredential as DoesNotPrint<_>>::does_not_print();
    <EnteredCredentials as DoesNotPrint<_>>::does_not_print();
    let stored = format!("{grant:?} {}", serde_json::to_string(&grant).unwrap());
    for secret in shown(&credentials) {
        assert!(!stored.contains(&secret));
        // The key is no secret: it is where the grant is stored.
        assert!(!stored.contains(&secret.replace('-', "")));
    }
}

#[test]
fn spaces_dashes_and_capitals_make_no_difference_when_they_are_typed() {
    let (grant, credentials) = granted("carla", None);
    let [user_name, password, code] = shown(&credentials);
    let ways: [fn(&str) -> String; 9] = [
        |text| text.to_owned(),
        |text| text.replace('-', ""),
        |text| text.replace('-', " "),
        |text| text.to_uppercase(),
        |text| format!("  {text}\t\n"),
        |text| text.replace('-', "\u{2013}"),
        |text| text.replace('-', " \u{2014}\u{a0}"),
        |text| text.replace('-', "\u{2010}\u{2015}"),
        |text| text.chars().flat_map(|c| [c, ' ']).collect(),
    ];
    for (n, way) in ways.iter().enumerate() {
        let entered = entered(&way(&user_name), &way(&password), &code);
        assert_eq!(entered.grant_key(&key()), grant.key, "way {n}");
        assert_eq!(judged(&grant, &entered, "ana", NOON), None, "way {n}");
    }
    // What looks the same and is not is never typed by mistake, and is refused.
    let others: [fn(&str) -> String; 6] = [
        |text| text.replace('-', "_"),
        |text| text.replace('-', "\u{2212}"),
        |text| text.replace('-', "\u{ad}"),
        |text| text.replace('-', "."),
        |text| format!("{text}\0"),
        |text| text.chars().map(|c| if c == '-' { c } else { fullwidth(c) }).collect(),
    ];
    for (n, other) in others.iter().enumerate() {
        let name = entered(&other(&user_name), &password, &code);
        assert_eq!(judged(&grant, &name, "ana", NOON), Some(Refusal::GrantRefused), "{n}");
        let secret = entered(&user_name, &other(&password), &code);
        assert_eq!(judged(&grant, &secret, "ana", NOON), Some(Refusal::GrantRefused), "{n}");
    }
}

fn fullwidth(c: char) -> char {
    char::from_u32(u32::from(c) - 0x21 + 0xff01).unwrap_or(c)
}

#[test]
fn capitals_outside_ascii_stay_what_they_are() {
    // Lower-cased by Unicode's rules, the Kelvin sign would be a `k`.
    let one = entered("\u{212a}qmx2vd9fhrwc4t", "x", "123456").grant_key(&key());
    let other = entered("kqmx2vd9fhrwc4t", "x", "123456").grant_key(&key());
    assert_ne!(one, other);
}

#[test] // P24
fn a_typed_credential_has_one_to_sixty_four_characters() {
    let typed = |text: &str| TypedCredential::try_from(text.to_owned()).is_ok();
    assert!(!typed(""));
    for text in ["a", "-", " ", "\0", &"x".repeat(64), &"\u{1f600}".repeat(64)] {
        assert!(typed(text), "{text:?}");
    }
    assert!(!typed(&"x".repeat(65)));
    assert!(!typed(&"\u{1f600}".repeat(65)));
    assert!(!typed(&" ".repeat(65)), "as they were typed, not as they are kept");
    let read = |body: serde_json::Value| serde_json::from_value::<EnteredCredentials>(body).is_ok();
    let whole =
        || serde_json::json!({"user_name": "a", "password": "b", "security_code": "123456"});
    assert!(read(whole()));
    for (field, value) in [
        ("user_name", serde_json::json!(1)),
        ("password", serde_json::json!(null)),
        ("password", serde_json::json!(["b"])),
        ("security_code", serde_json::json!("12345")),
        ("security_code", serde_json::json!("123-456")),
        ("another", serde_json::json!("c")),
    ] {
        let mut body = whole();
        body[field] = value;
        assert!(!read(body), "{field}");
    }
}

#[test]
fn a_key_is_always_the_same_for_a_customer_and_different_for_another() {
    let of = |user_id: &str| GrantKey::of(user_id, &key());
    assert_eq!(of("sub-carla"), of("sub-carla"));
    assert_eq!(granted("carla", None).0.key, of("sub-carla"));
    let keys: HashSet<_> = (0..5000).map(|n| of(&format!("sub-{n}"))).collect();
    assert_eq!(keys.len(), 5000);
    for key in &keys {
        assert_eq!(GrantKey::parse(key.as_str()).as_ref(), Some(key));
        assert_eq!(key.as_str().len(), 12);
    }
    let other = HashKey::new(&[43; 32]).unwrap();
    assert_ne!(GrantKey::of("sub-carla", &other), of("sub-carla"));
    // All user names of a customer lead to the customer's grant; the user id does not.
    let (first, credentials) = granted("carla", None);
    assert!(shown(&credentials)[0].replace('-', "").starts_with(first.key.as_str()));
    for id in ["sub-carla", "subcarla"] {
        assert_ne!(entered(id, "x", "123456").grant_key(&key()), of(id));
    }
}

#[test]
fn what_cannot_be_a_key_is_none() {
    let good = granted("carla", None).0.key;
    assert!(GrantKey::parse(good.as_str()).is_some());
    for text in [
        "",
        "abcdefghjkm",
        "abcdefghjkmnp",
        "ABCDEFGHJKMN",
        "abcdefghjkml",
        "abcdefghjkm0",
        "abcdefghjkm1",
        "abcdefghjkmi",
        "abcdefghjkmo",
        "abcd-efgh-jk",
        "abcdefghjkm ",
        "abcdefghjkm\0",
        "abcdefghjké",
        "ééééé\u{1f600}a",
        "abcdefghjkm#",
    ] {
        assert_eq!(GrantKey::parse(text), None, "{text:?}");
    }
}

#[test] // P24
fn a_hostile_user_name_leads_to_the_same_empty_place_every_time() {
    let stored = granted("carla", None).0.key;
    let mut places = HashSet::new();
    let names = [
        // 16 bytes, of which the twelfth is in the middle of a character.
        "abcdefghjké23456".to_owned(),
        "abcdefghjkmñ2345".to_owned(),
        "\u{1f600}".repeat(4),
        "é".repeat(8),
        "aaaaaaaaaa\u{20ac}bcd".to_owned(),
        "\0".repeat(16),
        "abcdefghjkm\0pqrs".to_owned(),
        "a".repeat(15),
        "a".repeat(17),
        "a".repeat(64),
        "\u{10ffff}".repeat(64),
        "0".repeat(16),
        "#".repeat(16),
        "abcdefghjkmnpqrs'".to_owned(),
        "-".repeat(16),
        "' OR 1=1 --".to_owned(),
    ];
    for name in &names {
        let place = entered(name, "x", "123456").grant_key(&key());
        assert_eq!(entered(name, "y", "654321").grant_key(&key()), place, "{name:?}");
        assert!(GrantKey::parse(place.as_str()).is_some(), "{name:?}: a key like any other");
        assert_ne!(place, stored);
        assert!(places.insert(place), "{name:?}: a place of its own");
    }
    // What is one to the store is one to the count: no second chance by another spelling.
    let entries = |name: &str| {
        GrantLimits::default().entry_lockout(&entered(name, "x", "123456"), &key()).key
    };
    assert_eq!(entries("abcd-efgh-jkmn-pqrs"), entries("ABCD efgh jkmn PQRS"));
    assert_eq!(entries("no-body"), entries("NOBODY "));
    assert_ne!(entries("nobody"), entries("nobodi"));
    // A customer's next user name is not locked by what was entered for the last one.
    assert_ne!(entries("abcd-efgh-jkmn-pqrs"), entries("abcd-efgh-jkmn-aaaa"));
}

proptest! {
    #[test] // P24
    fn no_user_name_causes_a_panic(name in "\\PC{1,64}", other in ".{1,64}", bytes in "[a-z2-9é\u{1f600}-]{12,20}") {
        for text in [name, other, bytes] {
            let Ok(_) = TypedCredential::try_from(text.clone()) else { continue };
            let entered = entered(&text, &text, "123456");
            let place = entered.grant_key(&key());
            prop_assert!(GrantKey::parse(place.as_str()).is_some());
            let nothing = SupportGrant::judge(None, &entered, &agent("ana"), &key(), NOON);
            prop_assert_eq!(nothing.err(), Some(Refusal::GrantRefused));
        }
    }
}
