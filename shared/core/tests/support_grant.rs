//! The life of a support grant and of the verifications under it, without a store.

use std::collections::HashSet;
use std::fmt::Debug;

use proptest::prelude::*;
use support_core::chain::{self, Action, Actor};
use support_core::directory::{Customer, CustomerStatus, Locale, Role, SignIn, SignInStatus};
use support_core::email::Email;
use support_core::entitlement::Visibility;
use support_core::entitlement::{Environment, RcmForMembers};
use support_core::identity::{Agent, LinkToken, Reason, VerificationId};
use support_core::limits::Limits;
use support_core::receipt::Receipt;
use support_core::refusal::{NotAllowed, Refusal};
use support_core::secret::{HashKey, Secret};
use support_core::step_detail::Facts;
use support_core::support_grant::{
    Credentials, Ended, EnteredCredentials, GrantEnding, GrantKey, GrantLimits, GrantNoticeKind,
    Offer, SupportGrant, TypedCredential, may_offer, use_email,
};
use support_core::time::Timestamp;
use support_core::time_zone::TimeZone;
use support_core::verification::{
    Cancelled, Module, NewConsentRequest, NoticeKind, Outcome, Side, State, Status, Verification,
};
use support_core::view::{ConsentView, VerificationView};
use support_testing::samples::{
    CONFIRMED, NOON, Walk, agent, customer, entered, granted, key, right, rng,
};

const ALPHABET: &str = "abcdefghjkmnpqrstuvwxyz23456789";
/// When the grants of the samples end.
const END: Timestamp = NOON.plus(15 * 60);

fn millis_from(moment: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(moment.millis() + millis)
}

/// The three as they are shown.
fn shown(credentials: &Credentials) -> [String; 3] {
    [
        credentials.user_name(),
        credentials.password().expose().to_owned(),
        credentials.security_code().expose().to_owned(),
    ]
}

fn entering([user_name, password, security_code]: &[String; 3]) -> EnteredCredentials {
    entered(user_name, password, security_code)
}

fn right_ones(credentials: &Credentials) -> EnteredCredentials {
    entering(&shown(credentials))
}

fn judged(
    grant: &SupportGrant,
    entered: &EnteredCredentials,
    by: &str,
    now: Timestamp,
) -> Option<Refusal> {
    SupportGrant::judge(Some(grant.clone()), entered, &agent(by), &key(), now).err()
}

// --- the credentials ---

#[test]
fn credentials_are_groups_of_four_that_nobody_misreads() {
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
        let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
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
    // What looks the same and is not: nobody types it by mistake, and nothing else is let through.
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
fn what_is_typed_has_one_to_sixty_four_characters() {
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

// --- the key ---

#[test]
fn a_key_is_always_the_same_for_a_customer_and_another_for_everybody_else() {
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
    // All the user names of a customer lead to his grant; nobody types his way to it by his id.
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
fn a_hostile_user_name_leads_nowhere_and_to_the_same_place_every_time() {
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
    fn no_user_name_makes_it_panic(name in "\\PC{1,64}", other in ".{1,64}", bytes in "[a-z2-9é\u{1f600}-]{12,20}") {
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

// --- judging ---

#[test] // P14
fn any_wrong_part_is_one_answer() {
    let (grant, credentials) = granted("carla", None);
    let good = shown(&credentials);
    assert_eq!(judged(&grant, &entering(&good), "ana", NOON), None);
    let mut tried = 0;
    for part in 0..3 {
        for place in 0..good[part].len() {
            let before = good[part].as_bytes()[place];
            let other = match before {
                b'-' => continue,
                b'2' => b'3',
                _ => b'2',
            };
            let mut wrong = good.clone();
            wrong[part].replace_range(place..=place, &char::from(other).to_string());
            let refused = judged(&grant, &entering(&wrong), "ana", NOON);
            assert_eq!(refused, Some(Refusal::GrantRefused), "part {part}, place {place}");
            tried += 1;
        }
        let mut short = good.clone();
        if part < 2 {
            short[part].pop();
            let refused = judged(&grant, &entering(&short), "ana", NOON);
            assert_eq!(refused, Some(Refusal::GrantRefused), "part {part}, cut");
        }
    }
    assert_eq!(tried, 16 + 20 + 6);
    // Moved from one to the other they say the same letters, and are not the same.
    let [name, password, code] = &good;
    let (name, password) = (name.replace('-', ""), password.replace('-', ""));
    let moved = entered(&format!("{name}{}", &password[..1]), &password[1..], code);
    assert_eq!(judged(&grant, &moved, "ana", NOON), Some(Refusal::GrantRefused));
    let swapped = entered(&password, &name, code);
    assert_eq!(judged(&grant, &swapped, "ana", NOON), Some(Refusal::GrantRefused));
    let none =
        SupportGrant::judge(None, &entering(&good), &agent("ana"), &key(), NOON).unwrap_err();
    assert_eq!(none, Refusal::GrantRefused);
    let other = HashKey::new(&[43; 32]).unwrap();
    let wrong_key = SupportGrant::judge(Some(grant), &entering(&good), &agent("ana"), &other, NOON);
    assert_eq!(wrong_key.unwrap_err(), Refusal::GrantRefused);
}

/// Each kind of credential belongs to its grant: those of two grants, mixed in every way, open
/// neither, and a digest put into another grant's item opens nothing there.
#[test] // P8
fn credentials_open_their_own_grant_alone() {
    let (mine, credentials) = granted("carla", None);
    let (others, his) = granted("dora", None);
    let (ours, theirs) = (shown(&credentials), shown(&his));
    for mix in 0..8_u8 {
        let pick = |part: usize| if mix & (1 << part) == 0 { &ours } else { &theirs }[part].clone();
        let entered = entering(&[pick(0), pick(1), pick(2)]);
        assert_eq!(judged(&mine, &entered, "ana", NOON).is_none(), mix == 0, "{mix:03b}");
        assert_eq!(judged(&others, &entered, "ana", NOON).is_none(), mix == 7, "{mix:03b}");
    }
    let with_digest_of = |grant: &SupportGrant, from: &SupportGrant| -> SupportGrant {
        let mut stored = serde_json::to_value(grant).unwrap();
        stored["credentials"] = serde_json::to_value(from).unwrap()["credentials"].clone();
        serde_json::from_value(stored).unwrap()
    };
    let refused = Some(Refusal::GrantRefused);
    assert_eq!(judged(&with_digest_of(&mine, &mine), &entering(&ours), "ana", NOON), None);
    let planted = with_digest_of(&others, &mine);
    assert_eq!(judged(&planted, &entering(&ours), "ana", NOON), refused);
    // Nor in a later grant of the same customer, where even the key is the same.
    let (ended, _) = mine.clone().revoke(None, NOON);
    let (later, new) = granted("carla", Some(&ended));
    assert_eq!(later.key, mine.key);
    assert_eq!(judged(&later, &right_ones(&new), "ana", NOON), None);
    assert_eq!(judged(&later, &entering(&ours), "ana", NOON), refused, "the old ones");
    assert_eq!(judged(&with_digest_of(&later, &mine), &entering(&ours), "ana", NOON), refused);
}

#[test] // P5
fn credentials_serve_until_the_deadline_and_not_at_it() {
    let (grant, credentials) = granted("carla", None);
    let right = right_ones(&credentials);
    assert_eq!(grant.terms.expires_at, END);
    for (millis, good) in [(-1, true), (0, false), (1, false), (1_000_000, false)] {
        let now = millis_from(END, millis);
        let expected = (!good).then_some(Refusal::GrantRefused);
        assert_eq!(judged(&grant, &right, "ana", now), expected, "T{millis:+} ms");
        assert_eq!(grant.is_live(now), good, "T{millis:+} ms");
        let read = grant.clone().live_of("sub-carla", now).map(drop);
        assert_eq!(read.is_ok(), good, "T{millis:+} ms");
    }
    let (revoked, _) = grant.clone().revoke(None, NOON);
    assert_eq!(judged(&revoked, &right, "ana", NOON), Some(Refusal::GrantRefused));
    assert_eq!(revoked.live_of("sub-carla", NOON).unwrap_err(), Refusal::NoGrant);
    let expired = grant.clone().end_if_over(END).unwrap();
    // A clock that was set back opens nothing again.
    assert_eq!(judged(&expired, &right, "ana", NOON), Some(Refusal::GrantRefused));
    assert_eq!(grant.live_of("sub-dora", NOON).unwrap_err(), Refusal::NoGrant, "somebody else's");
}

#[test] // P22
fn they_serve_for_the_first_agent_and_for_nobody_else() {
    let (grant, credentials) = granted("carla", None);
    let right = right_ones(&credentials);
    for by in ["ana", "ben"] {
        assert_eq!(judged(&grant, &right, by, NOON), None, "nobody has come yet");
    }
    let (walk, redeemed) = Walk::redeem(1, grant);
    assert_eq!(redeemed.redeemed_by.as_ref().map(|agent| agent.id.as_str()), Some("ana"));
    assert_eq!(redeemed.verification, Some(walk.verification.id));
    assert_eq!(judged(&redeemed, &right, "ana", NOON), None, "again");
    assert_eq!(judged(&redeemed, &right, "ben", NOON), Some(Refusal::GrantRefused));
    // By his id: the name and the address are anybody's.
    let namesake = Agent { id: "ben".to_owned(), ..agent("ana") };
    let refused = SupportGrant::judge(Some(redeemed.clone()), &right, &namesake, &key(), NOON);
    assert_eq!(refused.unwrap_err(), Refusal::GrantRefused);
    let (renewed, new, _) = redeemed.regenerate(None, &key(), &mut rng(5), NOON);
    assert_eq!(judged(&renewed, &right, "ana", NOON), Some(Refusal::GrantRefused), "the old ones");
    for by in ["ana", "ben"] {
        assert_eq!(judged(&renewed, &right_ones(&new), by, NOON), None, "anybody's again");
    }
}

// --- making one ---

fn create(
    before: Option<&SupportGrant>,
    ecosystem: &str,
    change: impl Fn(&mut Offer<'_>, &mut Customer),
    now: Timestamp,
) -> Result<SupportGrant, Refusal> {
    let mut person = customer("carla");
    let mut offer = Offer {
        customer: &customer("carla"),
        sign_in_status: CONFIRMED,
        ecosystem,
        visibility: Visibility::default(),
        minutes: 15,
    };
    change(&mut offer, &mut person);
    let offer = Offer { customer: &person, ..offer };
    let rcm = RcmForMembers::default();
    SupportGrant::create(before, &offer, rcm, &key(), &mut rng(1), now).map(|(grant, _)| grant)
}

#[test] // P31
fn a_customer_offers_what_is_his_and_could_be_opened() {
    let grant = create(None, "eco-1", |_, _| {}, NOON).unwrap();
    assert_eq!((grant.version, grant.created_at, grant.ended), (1, NOON, None));
    assert_eq!(grant.customer.user_id, "sub-carla");
    assert_eq!(grant.terms.environments, Environment::ALL);
    assert_eq!(grant.terms.ecosystem_name, "Ecosystem eco-1");
    let member = create(None, "eco-2", |_, _| {}, NOON).unwrap();
    assert_eq!(member.terms.environments, [Environment::Web, Environment::App]);
    for minutes in [15, 48 * 60] {
        let grant = create(None, "eco-1", |offer, _| offer.minutes = minutes, NOON).unwrap();
        assert_eq!(grant.terms.expires_at, NOON.plus(minutes * 60));
    }
    // More minutes than there are seconds: later than anybody asks, and no panic.
    assert!(create(None, "eco-1", |offer, _| offer.minutes = u32::MAX, NOON).is_ok());
    let elsewhere = create(None, "eco-3", |_, _| {}, NOON);
    assert_eq!(elsewhere.unwrap_err(), Refusal::EnvironmentRefused);
    let suspended = create(None, "eco-1", |_, c| c.status = CustomerStatus::Suspended, NOON);
    assert_eq!(suspended.unwrap_err(), Refusal::NotAllowed(NotAllowed::Suspended));
    for sign_in in [
        SignIn::Unconfirmed,
        SignIn::MustChangePassword,
        SignIn::ResetRequired,
        SignIn::Disabled,
        SignIn::Federated,
        SignIn::Missing,
    ] {
        let refused = create(
            None,
            "eco-1",
            |o, _| o.sign_in_status = SignInStatus { sign_in, mfa: false },
            NOON,
        );
        assert_eq!(refused.unwrap_err(), Refusal::NotAllowed(NotAllowed::CannotSignIn));
    }
}

#[test]
fn what_he_may_offer_is_what_create_takes() {
    let person = customer("carla");
    let places = may_offer(&person, CONFIRMED, RcmForMembers::default()).unwrap();
    let ids: Vec<_> = places.iter().map(|place| (place.id, place.name)).collect();
    assert_eq!(ids, [("eco-1", "Ecosystem eco-1"), ("eco-2", "Ecosystem eco-2")]);
    for place in &places {
        let grant = create(None, place.id, |_, _| {}, NOON).unwrap();
        assert_eq!(grant.terms.environments, place.environments);
    }
    let mut nobody = customer("carla");
    nobody.ecosystems.clear();
    assert_eq!(may_offer(&nobody, CONFIRMED, RcmForMembers::default()), Ok(vec![]));
    nobody.status = CustomerStatus::Suspended;
    let suspended = may_offer(&nobody, CONFIRMED, RcmForMembers::default());
    assert_eq!(suspended, Err(NotAllowed::Suspended));
}

#[test]
fn there_is_one_live_grant_and_a_later_one_takes_the_place_of_one_that_is_over() {
    let (live, _) = granted("carla", None);
    let last = millis_from(END, -1);
    let exists = Refusal::GrantExists { expires_at: END };
    for now in [NOON, last] {
        assert_eq!(create(Some(&live), "eco-1", |_, _| {}, now).unwrap_err(), exists);
        // Which is said before anything else.
        let refused = create(Some(&live), "eco-3", |_, _| {}, now);
        assert_eq!(refused.unwrap_err(), exists);
    }
    let (_, redeemed) = Walk::redeem(1, live.clone());
    let (revoked, _) = redeemed.revoke(None, NOON);
    for (before, now) in [(&live, END), (&revoked, NOON)] {
        let next = create(Some(before), "eco-1", |_, _| {}, now).unwrap();
        assert_eq!(next.version, before.version + 1, "counted on, over all his grants");
        assert_ne!(next.terms.id, before.terms.id);
        assert_eq!(next.key, before.key);
        assert_eq!((next.redeemed_by, next.verification), (None, None));
        assert_eq!(next.notice.map(|notice| notice.kind), Some(GrantNoticeKind::Created));
    }
}

// --- redeeming ---

fn redeem(
    grant: &SupportGrant,
    open: Option<&Verification>,
    by: Agent,
    person: Option<Customer>,
    now: Timestamp,
) -> Result<(SupportGrant, Verification), Refusal> {
    let id = VerificationId::generate(&mut rng(77));
    grant.clone().redeem(open, id, by, person, &Limits::default(), now)
}

fn simply(grant: &SupportGrant, open: Option<&Verification>) -> Result<Status, Refusal> {
    redeem(grant, open, agent("ana"), Some(customer("carla")), NOON).map(|(_, v)| v.status())
}

#[test] // P11, P30
fn a_redeem_starts_a_verification_with_one_step_and_a_notice() {
    let (grant, _) = granted("carla", None);
    let (next, verification) =
        redeem(&grant, None, agent("ana"), Some(customer("carla")), NOON).unwrap();
    assert_eq!(next.version, grant.version + 1);
    assert_eq!(next.verification, Some(verification.id.clone()));
    assert_eq!(verification.module, Module::SupportGrant);
    assert_eq!(verification.support_grant.as_ref(), Some(&grant.terms));
    assert_eq!((verification.status(), verification.version), (Status::Started, 1));
    let [step] = verification.steps.as_slice() else { panic!("{:?}", verification.steps) };
    assert_eq!((step.actor, step.action, step.at), (Actor::Agent, Action::Started, NOON));
    assert_eq!(step.detail, Some(Facts::SupportGrant { id: grant.terms.id.clone() }.into()));
    assert_eq!(chain::check(&verification.id, &verification.steps), Ok(()));
    let notice = verification.notice.unwrap();
    assert_eq!((notice.kind, notice.due_at), (NoticeKind::GrantUsed, NOON.plus(20)));
    assert_eq!(verification.expires_at(), Some(NOON.plus(900)), "idle like any other");
    assert_eq!((verification.ticket, verification.created_at), (None, NOON));
}

#[test]
fn nothing_is_started_when_a_session_would_not_fit_any_more() {
    let (grant, _) = granted("carla", None);
    let at = |millis| {
        let now = millis_from(END, millis);
        redeem(&grant, None, agent("ana"), Some(customer("carla")), now).map(|(_, v)| v.status())
    };
    assert_eq!(at(-300_001), Ok(Status::Started));
    assert_eq!(at(-300_000), Ok(Status::Started), "just a session's length is left");
    assert_eq!(at(-299_999), Err(Refusal::GrantEndsTooSoon));
    assert_eq!(at(-1), Err(Refusal::GrantEndsTooSoon));
}

/// However lately somebody acted.
#[test] // P5
fn a_verification_ends_with_its_grant() {
    let reach: [fn(&mut Walk) -> &mut Walk; 4] =
        [|walk| walk, Walk::challenge, Walk::prove, |walk| walk.consent()];
    for reach in reach {
        let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
        walk.wait(600);
        reach(&mut walk);
        let v = walk.verification;
        assert_eq!((v.expires_at(), v.due_at().map(|at| at.min(END))), (Some(END), v.due_at()));
        assert_eq!(v.clone().at(millis_from(END, -1)).status(), v.status());
        let State::Closed(closed) = v.clone().at(END).state else { panic!("{:?}", v.status()) };
        assert_eq!((closed.outcome, closed.at), (Outcome::Expired, END));
    }
    // A mint begun in time may use its lease, and nothing comes after it.
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    walk.wait(880).mint();
    let v = walk.verification;
    assert_eq!(v.expires_at(), Some(NOON.plus(880 + 45)));
    assert_eq!(v.clone().at(NOON.plus(924)).status(), Status::Minting);
    assert_eq!(v.at(NOON.plus(925)).status(), Status::Closed);
}

#[test]
fn a_customer_who_is_gone_or_another_now_is_not_supported() {
    let (grant, _) = granted("carla", None);
    let with = |by: Agent, person| redeem(&grant, None, by, person, NOON).map(|(_, v)| v.status());
    assert_eq!(with(agent("ana"), None), Err(Refusal::GrantRefused));
    let mut another = customer("carla");
    another.user_id = "sub-dora".into();
    assert_eq!(with(agent("ana"), Some(another)), Err(Refusal::GrantRefused));
    // As the directory has him now, under what he offered then.
    let mut renamed = customer("carla");
    renamed.name = "Carla Ruiz".into();
    renamed.locale = Locale::Es;
    let (_, v) = redeem(&grant, None, agent("ana"), Some(renamed), NOON).unwrap();
    assert_eq!((v.customer.name.as_str(), v.customer.locale), ("Carla Ruiz", Locale::Es));
}

#[test] // P20
fn nobody_redeems_his_own_grant() {
    let (grant, _) = granted("carla", None);
    let oneself = Err(Refusal::NotAllowed(NotAllowed::SelfSupport));
    let by = |by: Agent| {
        redeem(&grant, None, by, Some(customer("carla")), NOON).map(|(_, v)| v.status())
    };
    assert_eq!(by(Agent { id: "sub-carla".into(), ..agent("ana") }), oneself);
    assert_eq!(by(Agent { email: customer("carla").email, ..agent("ana") }), oneself);
}

// --- the verification under it ---

/// A walk at each place that a verification under a grant can be in, with the grant.
fn everywhere() -> Vec<(&'static str, Walk, SupportGrant)> {
    let at = |name, reach: fn(&mut Walk)| {
        let (mut walk, grant) = Walk::redeem(1, granted("carla", None).0);
        reach(&mut walk);
        (name, walk, grant)
    };
    vec![
        at("started", |_| {}),
        at("agent_challenged", |w| _ = w.challenge()),
        at("consented", |w| _ = w.prove()),
        at("minting", |w| _ = w.mint()),
        at("lease lapsed", |w| _ = w.mint().wait(45)),
        at("in_session", |w| _ = w.session()),
        at("session over", |w| {
            w.session();
            w.wait(300);
        }),
        at("expired", |w| _ = w.wait(900)),
        at("cancelled", |w| w.verification = cancelled(&w.verification, w.now)),
        at("cancelled in session", |w| {
            w.session();
            w.verification = cancelled(&w.verification, w.now);
        }),
    ]
}

fn cancelled(verification: &Verification, now: Timestamp) -> Verification {
    let reason = Reason::parse("enough").unwrap();
    match verification.clone().cancel(reason, now).unwrap() {
        Cancelled::Now(next) | Cancelled::Already(next) => next,
    }
}

/// What becomes of the verification when the customer takes the grant back or replaces its
/// credentials; where nothing is named it stays as it is.
#[test] // P10, P11, P15
fn in_every_state_revoking_ends_it_and_regenerating_ends_it_but_for_a_session() {
    use Outcome::{Denied, Ended};
    let table = [
        ("started", Some(Denied), Some(Denied)),
        ("agent_challenged", Some(Denied), Some(Denied)),
        ("consented", Some(Denied), Some(Denied)),
        ("minting", Some(Denied), Some(Denied)),
        ("lease lapsed", Some(Denied), Some(Denied)),
        ("in_session", Some(Ended), None),
        ("session over", None, None),
        ("expired", None, None),
        ("cancelled", None, None),
        ("cancelled in session", None, None),
    ];
    let all = everywhere();
    assert_eq!(all.len(), table.len());
    for (name, walk, grant) in all {
        let (_, revoke, regenerate) = table.iter().find(|row| row.0 == name).unwrap();
        let now = walk.now;
        let open = walk.verification.clone().at(now);
        let (revoked, by_revoke) = grant.clone().revoke(Some(open.clone()), now);
        let (renewed, credentials, by_regenerate) =
            grant.clone().regenerate(Some(open.clone()), &key(), &mut rng(5), now);
        for (closed, expected, why) in [
            (by_revoke, revoke, Facts::GrantRevoked),
            (by_regenerate, regenerate, Facts::CredentialsReplaced),
        ] {
            let Some(outcome) = expected else {
                assert!(closed.is_none(), "{name}: {why:?}");
                continue;
            };
            let closed = closed.unwrap_or_else(|| panic!("{name}: {why:?}"));
            let State::Closed(facts) = &closed.state else { panic!("{name}: open") };
            assert_eq!((facts.outcome, facts.at), (*outcome, now), "{name}: {why:?}");
            assert_eq!(facts.session.is_some(), *outcome == Ended, "{name}");
            assert_eq!(closed.version, walk.verification.version + 1, "{name}: {why:?}");
            assert_eq!(closed.steps.len(), walk.verification.steps.len() + 1, "{name}: {why:?}");
            assert_eq!(chain::check(&closed.id, &closed.steps), Ok(()));
            let last = closed.steps.last().unwrap();
            assert_eq!((last.actor, &last.detail), (Actor::Customer, &Some(why.into())), "{name}");
            let owed = closed.notice.map(|notice| (notice.kind, notice.due_at));
            assert_eq!(owed, Some((NoticeKind::Close, now)), "{name}: he is told of every end");
            assert!(closed.support_grant.is_some(), "{name}");
        }
        assert_eq!(revoked.version, grant.version + 1, "{name}");
        assert_eq!(
            revoked.ended,
            Some(support_core::support_grant::Ended { how: GrantEnding::Revoked, at: now })
        );
        assert_eq!(renewed.version, grant.version + 1, "{name}");
        assert_eq!((renewed.ended, &renewed.redeemed_by), (None, &None), "{name}");
        assert_eq!(renewed.terms, grant.terms, "{name}: same deadline, same visibility");
        assert_eq!(judged(&renewed, &right_ones(&credentials), "ben", NOON), None);
        // As long as the session goes on, nobody starts another.
        assert_eq!(renewed.verification, grant.verification, "{name}");
    }
    let (grant, _) = granted("carla", None);
    assert!(grant.clone().revoke(None, NOON).1.is_none(), "nobody has come yet");
    assert!(grant.regenerate(None, &key(), &mut rng(5), NOON).2.is_none());
}

#[test]
fn of_verifications_under_a_grant_one_is_open_at_a_time() {
    for (name, walk, grant) in everywhere() {
        let now = walk.now;
        let open = walk.verification.clone().at(now);
        let came = redeem(&grant, Some(&open), agent("ana"), Some(customer("carla")), NOON);
        match open.status() {
            Status::Closed => {
                let (next, verification) = came.unwrap();
                assert_eq!(next.verification, Some(verification.id.clone()), "{name}");
                assert_ne!(verification.id, open.id, "{name}");
            }
            status => assert_eq!(came.unwrap_err(), Refusal::WrongStep(status), "{name}"),
        }
    }
    assert_eq!(simply(&granted("carla", None).0, None), Ok(Status::Started));
}

/// Whatever is done for a customer who is asked is refused in every state here, and no page opens
/// before there is a session to end.
#[test] // P10, P27
fn nothing_is_asked_of_a_customer_who_consented_beforehand() {
    for (name, walk, _) in everywhere() {
        let Walk { key, limits, page, now, .. } = &walk;
        let (now, v) = (*now, walk.verification.clone().at(walk.now));
        let wrong_step = Refusal::WrongStep(v.status());
        let code = right();
        let asking = NewConsentRequest {
            ecosystem: "eco-1",
            code: &code,
            page: &page.secret,
            verification_number: "47".into(),
        };
        assert_eq!(v.clone().request_consent(asking, key, limits, now).unwrap_err(), wrong_step);
        for side in [Side::Agent, Side::Customer] {
            let judged = v.judge_customer_code(side, &right(), key, now).map(drop);
            assert_eq!(judged.unwrap_err(), wrong_step, "{name}");
            let refused = v.clone().refuse_customer_code(side, limits, now).map(drop);
            assert_eq!(refused.unwrap_err(), wrong_step, "{name}");
        }
        let read = v.clone().read_activity(
            Some(&customer("carla")),
            Some(Facts::ActivityList { continued: false }),
            limits,
            now,
        );
        assert_eq!(read.unwrap_err(), Refusal::NoActivity, "{name}");
        let session = matches!(
            &v.state,
            State::InSession { .. }
                | State::Closed(support_core::verification::Closed { session: Some(_), .. })
        );
        assert_eq!(v.is_page(&page.secret, key), session, "{name}");
        assert!(!v.is_page(&Secret::from(String::new()), key), "{name}");
        assert!(v.consent().is_none_or(|consent| consent.entries.is_none()), "{name}");
        let shown = serde_json::to_value(VerificationView::new(&v, limits)).unwrap();
        assert!(shown["consent"].is_null(), "{name}");
        let terms = serde_json::json!({
            "id": v.support_grant.as_ref().unwrap().id,
            "expires_at": END.to_string(),
            "visibility": {"messages": true, "talks": false},
        });
        assert_eq!(shown["support_grant"], terms, "{name}");
        assert_eq!(shown["module"], "support-grant");
        if let Some(page) = ConsentView::new(&v, limits) {
            let page = serde_json::to_value(page).unwrap();
            assert!(page["match_number"].is_null() && page["code_expires_at"].is_null(), "{name}");
            assert_eq!(page["customer_entered"], false, "{name}");
        }
    }
}

#[test] // P10
fn the_proof_is_the_consent_to_what_was_offered() {
    let (mut walk, grant) = Walk::redeem(1, granted("carla", None).0);
    assert!(walk.verification.consent().is_none(), "none before the agent has proved himself");
    let shown = |walk: &Walk| {
        serde_json::to_value(VerificationView::new(&walk.verification, &walk.limits)).unwrap()
    };
    assert_eq!(shown(&walk)["customer"].get("ecosystems"), None, "nor any data");
    walk.wait(10).prove();
    let v = &walk.verification;
    assert_eq!((v.status(), v.sign_in_status()), (Status::Consented, Some(CONFIRMED)));
    assert_eq!(v.expires_at(), Some(END), "an act keeps it alive as long as the grant lives");
    let consent = v.consent().unwrap();
    assert_eq!(
        (&consent.ecosystem, &consent.environments),
        (&grant.terms.ecosystem, &grant.terms.environments)
    );
    let last = v.steps.last().unwrap();
    assert_eq!((last.actor, last.action), (Actor::Agent, Action::AgentVerified));
    assert_eq!(last.detail, Some(Facts::ConsentedByGrant.into()));
    assert_eq!(shown(&walk)["ecosystem"], "eco-1");
    let ecosystems = shown(&walk)["customer"]["ecosystems"].clone();
    assert_eq!(ecosystems.as_array().unwrap().len(), 1, "the others are none of his business");
    assert_eq!(ecosystems[0]["id"], "eco-1");
}

#[test] // P31, P34
fn a_session_is_issued_where_and_for_as_long_as_was_offered() {
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    walk.wait(14).prove();
    let issue = |change: &dyn Fn(&mut Customer), now: Timestamp| {
        let mut person = customer("carla");
        change(&mut person);
        walk.verification
            .may_issue(Some(&person), CONFIRMED, &walk.limits, now)
            .map(|(ecosystem, environments)| (ecosystem.id.clone(), environments))
    };
    let all = Ok(("eco-1".to_owned(), Environment::ALL.to_vec()));
    let last = millis_from(END, -300_000);
    for now in [walk.now, last] {
        assert_eq!(issue(&|_| {}, now), all);
    }
    assert_eq!(issue(&|_| {}, millis_from(last, 1)), Err(Refusal::GrantEndsTooSoon));
    let narrowed = issue(&|c| c.ecosystems[0].role = Role::Member, walk.now).unwrap().1;
    assert_eq!(narrowed, [Environment::Web, Environment::App]);
    let gone = issue(&|c| drop(c.ecosystems.remove(0)), walk.now);
    assert_eq!(gone, Err(Refusal::EnvironmentRefused), "nowhere else instead");
    let suspended = issue(&|c| c.status = CustomerStatus::Suspended, walk.now);
    assert_eq!(suspended, Err(Refusal::NotAllowed(NotAllowed::Suspended)));

    // The tokens' deadline is Cognito's: beyond the grant's it is not taken.
    let minting = walk.verification.clone().start_mint(CONFIRMED, &walk.limits, walk.now).unwrap();
    let start = |now: Timestamp| {
        let at = Walk {
            now,
            verification: minting.clone(),
            limits: walk.limits.clone(),
            key: key(),
            page: walk.page.clone(),
        };
        let (session, _) = at.sealed();
        minting.clone().start_session(session, &at.page.secret, &key(), now).map(|v| v.status())
    };
    assert_eq!(start(last), Ok(Status::InSession));
    assert_eq!(start(millis_from(last, 1)), Err(Refusal::GrantEndsTooSoon));
}

#[test] // P34
fn never_more_is_opened_than_was_offered() {
    let mut person = customer("carla");
    person.ecosystems[0].role = Role::Member;
    let offer = Offer {
        customer: &person,
        sign_in_status: CONFIRMED,
        ecosystem: "eco-1",
        visibility: Visibility::default(),
        minutes: 60,
    };
    let rcm = RcmForMembers::default();
    let (grant, _) = SupportGrant::create(None, &offer, rcm, &key(), &mut rng(1), NOON).unwrap();
    let (mut walk, _) = Walk::redeem(1, grant);
    walk.prove();
    let (_, environments) = walk
        .verification
        .may_issue(Some(&customer("carla")), CONFIRMED, &walk.limits, walk.now)
        .unwrap();
    assert_eq!(environments, [Environment::Web, Environment::App], "an administrator by now");
}

#[test] // P12
fn what_stays_hidden_is_in_the_session_and_in_its_receipt() {
    let hidden = Visibility { messages: true, talks: false };
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    assert_eq!(walk.verification.visibility(), hidden);
    let handoffs = walk.session();
    let State::InSession { session, .. } = &walk.verification.state else { panic!("no session") };
    assert_eq!(session.visibility, hidden);
    let web = handoffs.iter().find(|h| h.environment == Environment::Web).unwrap();
    let secret = LinkToken::parse(web.secret.expose()).unwrap().secret;
    let opened = walk.verification.clone().redeem(
        Environment::Web,
        &secret,
        Some(&customer("carla")),
        &walk.key,
        &walk.limits,
        walk.now,
    );
    let ended = opened.unwrap().close_if_over(NOON.plus(300)).unwrap();
    let receipt = Receipt::of(&ended).unwrap();
    assert_eq!((receipt.visibility, receipt.module), (hidden, Module::SupportGrant));
    assert_eq!(Walk::start(1).verification.visibility(), Visibility::default());
}

/// Told of its use, he is told of its end, however early that comes.
#[test] // P30
fn every_end_is_told_since_he_was_told_of_the_beginning() {
    let about = |v: &Verification| v.notice.map(|notice| notice.kind);
    for (name, walk, _) in everywhere() {
        if walk.verification.expires_at().is_none() {
            continue;
        }
        let deadline = walk.verification.expires_at().unwrap();
        let over = walk.verification.clone().close_if_over(deadline).unwrap();
        assert_eq!(about(&over), Some(NoticeKind::Close), "{name}");
        assert_eq!(about(&cancelled(&walk.verification, NOON)), Some(NoticeKind::Close), "{name}");
    }
    let mut locked = Walk::redeem(1, granted("carla", None).0).0;
    locked.challenge();
    for _ in 0..5 {
        let v = locked.verification.clone();
        (locked.verification, _) = v.refuse_agent_code(&locked.limits, locked.now).unwrap();
    }
    assert_eq!(about(&locked.verification), Some(NoticeKind::Close), "the agent's own code, too");

    // The news of the use give way to those of the session, and both to those of the end.
    let (mut walk, _) = Walk::redeem(1, granted("carla", None).0);
    assert_eq!(about(&walk.verification), Some(NoticeKind::GrantUsed));
    walk.prove();
    assert_eq!(about(&walk.verification), Some(NoticeKind::GrantUsed), "owed still");
    let told = walk.verification.clone().notice_sent(NoticeKind::GrantUsed, NOON).unwrap();
    assert_eq!((told.notice, told.status()), (None, Status::Consented));
    let last = told.steps.last().unwrap();
    assert_eq!(
        (last.action, &last.detail),
        (Action::CustomerTold, &Some(Facts::Notice { notice: NoticeKind::GrantUsed }.into()))
    );
    walk.verification =
        walk.verification.clone().start_mint(CONFIRMED, &walk.limits, NOON).unwrap();
    let (session, _) = walk.sealed();
    let v = walk.verification.clone();
    let started = v.start_session(session, &walk.page.secret, &walk.key, NOON).unwrap();
    assert_eq!(about(&started), Some(NoticeKind::Start));
    assert!(started.notice_sent(NoticeKind::GrantUsed, NOON).is_none(), "told too late");
}

#[test]
fn what_is_stored_is_read_again_and_what_was_stored_before_there_were_grants() {
    for (name, walk, grant) in everywhere() {
        let stored = serde_json::to_value(&walk.verification).unwrap();
        let read: Verification = serde_json::from_value(stored).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", walk.verification), "{name}");
        let stored = serde_json::to_value(&grant).unwrap();
        let read: SupportGrant = serde_json::from_value(stored).unwrap();
        assert_eq!(format!("{read:?}"), format!("{grant:?}"), "{name}");
    }
    let plain = serde_json::to_value(&Walk::start(1).verification).unwrap();
    assert!(plain.get("support_grant").is_none());
    let read: Verification = serde_json::from_value(plain).unwrap();
    assert_eq!((read.module, read.support_grant), (Module::TechnicalAssistance, None));
}

// --- its end, and what the customer is told ---

#[test] // P5
fn a_grant_ends_at_its_deadline_once_however_late_anybody_looks() {
    let (grant, _) = granted("carla", None);
    assert!(grant.clone().end_if_over(millis_from(END, -1)).is_none());
    for late in [0, 1, 100_000_000] {
        let now = millis_from(END, late);
        let ended = grant.clone().end_if_over(now).unwrap();
        assert_eq!(ended.ended, Some(Ended { how: GrantEnding::Expired, at: END }));
        assert_eq!(ended.version, grant.version + 1);
        let owed = ended.notice.map(|notice| (notice.kind, notice.due_at));
        assert_eq!(owed, Some((GrantNoticeKind::Ended, now)), "and at once");
        assert!(ended.end_if_over(now).is_none(), "once");
    }
    let (revoked, _) = grant.revoke(None, NOON);
    assert!(revoked.end_if_over(END).is_none(), "it had ended before");
}

#[test]
fn it_is_looked_at_when_it_ends_and_when_he_is_to_be_told() {
    let (created, _) = granted("carla", None);
    assert_eq!(created.due_at(), Some(NOON.plus(20)), "whoever made it has his time first");
    let told = created.clone().notice_sent(GrantNoticeKind::Created).unwrap();
    assert_eq!(told.due_at(), Some(END));
    // A notice that would come later than the end.
    let late = millis_from(END, -1000);
    let (renewed, ..) = told.clone().regenerate(None, &key(), &mut rng(5), late);
    assert_eq!(renewed.notice.map(|notice| notice.due_at), Some(late.plus(20)));
    assert_eq!(renewed.due_at(), Some(END));
    let (revoked, _) = told.revoke(None, NOON.plus(60));
    assert_eq!(revoked.due_at(), Some(NOON.plus(60)));
    let done = revoked.notice_sent(GrantNoticeKind::Ended).unwrap();
    assert_eq!(done.due_at(), None, "all is done");
}

#[test] // P26
fn a_try_is_taken_once_and_comes_later_each_time() {
    let (grant, _) = granted("carla", None);
    assert!(grant.clone().take_notice(millis_from(NOON.plus(20), -1)).is_none());
    let (mut grant, _) = grant.revoke(None, NOON);
    let (mut now, mut waits) = (NOON, Vec::new());
    for _ in 0..9 {
        let (next, about) = grant.clone().take_notice(now).expect("it is due");
        assert_eq!((about, next.version), (GrantNoticeKind::Ended, grant.version + 1));
        assert!(next.clone().take_notice(now).is_none(), "taken");
        let due = next.due_at().unwrap();
        assert!(next.clone().take_notice(millis_from(due, -1)).is_none(), "not yet");
        waits.push(due.seconds_from(now));
        (grant, now) = (next, due);
    }
    assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    let told = grant.notice_sent(GrantNoticeKind::Ended).unwrap();
    assert!(told.take_notice(now.plus(1_000_000)).is_none(), "nothing is owed");
}

#[test]
fn what_is_newer_takes_the_place_of_what_was_owed() {
    let about = |grant: &SupportGrant| grant.notice.map(|notice| notice.kind);
    let (created, _) = granted("carla", None);
    assert_eq!(about(&created), Some(GrantNoticeKind::Created));
    let (_, redeemed) = Walk::redeem(1, created.clone());
    assert_eq!(
        about(&redeemed),
        Some(GrantNoticeKind::Created),
        "of its use its verification tells"
    );
    let (renewed, ..) = redeemed.clone().regenerate(None, &key(), &mut rng(5), NOON.plus(5));
    assert_eq!(about(&renewed), Some(GrantNoticeKind::Renewed));
    assert_eq!(renewed.due_at(), Some(NOON.plus(25)));
    assert!(renewed.clone().notice_sent(GrantNoticeKind::Created).is_none(), "told too late");
    // A new one is tried from the beginning.
    let (tried, _) = created.take_notice(NOON.plus(20)).unwrap();
    assert_eq!(tried.due_at(), Some(NOON.plus(80)));
    let (renewed, ..) = tried.regenerate(None, &key(), &mut rng(5), NOON.plus(30));
    let (again, _) = renewed.take_notice(NOON.plus(50)).unwrap();
    assert_eq!(again.due_at(), Some(NOON.plus(110)));
    let (revoked, _) = again.revoke(None, NOON.plus(60));
    assert_eq!(about(&revoked), Some(GrantNoticeKind::Ended));
    assert!(revoked.clone().notice_sent(GrantNoticeKind::Renewed).is_none());
    let version = revoked.version;
    let told = revoked.notice_sent(GrantNoticeKind::Ended).unwrap();
    assert_eq!((told.notice, told.version), (None, version + 1));
    assert!(told.notice_sent(GrantNoticeKind::Ended).is_none(), "once");
}

#[test] // P7, P30
fn each_mail_says_what_it_is_about_and_none_has_the_credentials() {
    const PAGE: &str = "https://console.example.com/remote-assistance.html";
    let (created, credentials) = granted("carla", None);
    let (renewed, new, _) = created.clone().regenerate(None, &key(), &mut rng(5), NOON);
    let (revoked, _) = created.clone().revoke(None, NOON.plus(60));
    let expired = created.clone().end_if_over(END).unwrap();
    let email = |grant: &SupportGrant, about| grant.email(about, 5, PAGE, &TimeZone::default());
    let has = |email: &Email, words: &[&str]| {
        for word in words {
            assert!(email.text.contains(word), "{word}: {}", email.text);
        }
        for secret in shown(&credentials).iter().chain(&shown(&new)) {
            for secret in [secret.clone(), secret.replace('-', "")] {
                let whole = format!("{}{}{}", email.subject, email.text, email.html);
                assert!(!whole.contains(&secret), "a credential in an email");
            }
        }
        assert!(email.attachments.is_empty() && email.pictures.is_empty());
    };
    let limits = ["Ecosystem eco-1", "Hidden from the analyst: talks", PAGE, "for 5 minutes"];
    let first = email(&created, GrantNoticeKind::Created).unwrap();
    assert!(first.subject.contains("activated"), "{}", first.subject);
    has(&first, &limits);
    let second = email(&renewed, GrantNoticeKind::Renewed).unwrap();
    assert!(second.subject.contains("replaced"), "{}", second.subject);
    has(&second, &limits);
    let third = email(&revoked, GrantNoticeKind::Ended).unwrap();
    assert!(third.subject.contains("revoked"), "{}", third.subject);
    has(&third, &["Ecosystem eco-1", "08:01"]);
    let fourth = email(&expired, GrantNoticeKind::Ended).unwrap();
    assert!(fourth.subject.contains("expired"), "{}", fourth.subject);
    has(&fourth, &["08:15"]);
    // Nothing is told that is not so any more.
    for grant in [&revoked, &expired] {
        for about in [GrantNoticeKind::Created, GrantNoticeKind::Renewed] {
            assert!(email(grant, about).is_none(), "{about:?}");
        }
    }
    assert!(email(&created, GrantNoticeKind::Ended).is_none());

    let (walk, _) = Walk::redeem(1, created);
    let used = use_email(&walk.verification, 5, PAGE, &TimeZone::default()).unwrap();
    assert!(used.subject.contains("ana"), "{}", used.subject);
    has(&used, &["ana", "Hidden from the analyst: talks", "08:15", PAGE]);
    assert!(
        use_email(&Walk::start(1).verification, 5, PAGE, &TimeZone::default()).is_none(),
        "there is no grant"
    );
}

/// In his language, as the directory had him when he made it.
#[test] // P30
fn the_customer_is_written_to_in_his_language() {
    let mut person = customer("carla");
    person.locale = Locale::Es;
    let offer = Offer {
        customer: &person,
        sign_in_status: CONFIRMED,
        ecosystem: "eco-1",
        visibility: Visibility { messages: false, talks: false },
        minutes: 15,
    };
    let rcm = RcmForMembers::default();
    let (grant, _) = SupportGrant::create(None, &offer, rcm, &key(), &mut rng(1), NOON).unwrap();
    let email = grant
        .email(GrantNoticeKind::Created, 5, "https://console.example.com/", &TimeZone::default())
        .unwrap();
    assert!(email.text.starts_with("Hola, carla"), "{}", email.text);
}

#[test]
fn the_numbers_are_those_of_the_contract() {
    let GrantLimits { min_minutes, max_minutes, per_customer, wrong_entries, lock_seconds } =
        GrantLimits::default();
    assert_eq!((min_minutes, max_minutes), (15, 2880));
    assert_eq!((per_customer, wrong_entries, lock_seconds), (10, 5, 900));
    let limits = GrantLimits::default();
    let makings = limits.credential_quota("sub-carla", NOON);
    assert_eq!(
        (makings.limit, makings.ends_at),
        (10, Timestamp::from_seconds(1_800_000_000).plus(3600))
    );
    assert_ne!(makings.key, limits.credential_quota("sub-dora", NOON).key);
    assert_ne!(makings.key, limits.credential_quota("sub-carla", NOON.plus(3600)).key);
}
