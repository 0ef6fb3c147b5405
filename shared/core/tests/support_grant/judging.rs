//! Whose credentials open what, and for how long.

use support_core::identity::Agent;
use support_core::refusal::Refusal;
use support_core::secret::HashKey;
use support_core::support_grant::SupportGrant;
use support_testing::samples::{NOON, Walk, agent, entered, granted, key, rng};

use crate::samples::{END, entering, judged, millis_from, right_ones, shown};

#[test] // P14
fn every_wrong_part_gives_the_same_answer() {
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
fn credentials_open_only_their_own_grant() {
    let (mine, credentials) = granted("carla", None);
    let (others, their_credentials) = granted("dora", None);
    let (ours, theirs) = (shown(&credentials), shown(&their_credentials));
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
fn credentials_work_until_the_deadline_and_not_at_it() {
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
fn credentials_work_only_for_the_first_agent() {
    let (grant, credentials) = granted("carla", None);
    let right = right_ones(&credentials);
    for by in ["ana", "ben"] {
        assert_eq!(judged(&grant, &right, by, NOON), None, "not redeemed yet");
    }
    let (walk, redeemed) = Walk::redeem(1, grant);
    assert_eq!(redeemed.redeemed_by.as_ref().map(|agent| agent.id.as_str()), Some("ana"));
    assert_eq!(redeemed.verification, Some(walk.verification.id));
    assert_eq!(judged(&redeemed, &right, "ana", NOON), None, "again");
    assert_eq!(judged(&redeemed, &right, "ben", NOON), Some(Refusal::GrantRefused));
    // By the id: name and address prove nothing.
    let namesake = Agent { id: "ben".to_owned(), ..agent("ana") };
    let refused = SupportGrant::judge(Some(redeemed.clone()), &right, &namesake, &key(), NOON);
    assert_eq!(refused.unwrap_err(), Refusal::GrantRefused);
    let (renewed, new, _) = redeemed.regenerate(None, &key(), &mut rng(5), NOON);
    assert_eq!(judged(&renewed, &right, "ana", NOON), Some(Refusal::GrantRefused), "the old ones");
    for by in ["ana", "ben"] {
        assert_eq!(judged(&renewed, &right_ones(&new), by, NOON), None, "anybody's again");
    }
}
