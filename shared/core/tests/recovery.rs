//! Who may recover a password, and what a request counts against.

use support_core::directory::{Locale, SignIn};
use support_core::identity::EmailAddress;
use support_core::recovery::{Account, Job, RecoveryLimits, Source};
use support_core::secret::HashKey;
use support_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn key() -> HashKey {
    HashKey::new(&[7; 32]).unwrap()
}

fn email(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@agents.example.com")).unwrap()
}

#[test] // P7
fn no_quota_names_an_address_or_a_source() {
    let limits = RecoveryLimits::default();
    let source = Source::parse("203.0.113.7");
    let asking = limits.asking(&email("ana"), &source, &key(), NOW);
    let entries = limits.entries(&email("ana"), &source, &key());
    let kept = format!("{asking:?} {entries:?}");
    for canary in ["ana", "agents", "203.0", "113.7"] {
        assert!(!kept.contains(canary), "{kept}");
    }
}

#[test]
fn each_address_and_each_source_has_its_own_quotas() {
    let limits = RecoveryLimits::default();
    let (here, there) = (Source::parse("203.0.113.7"), Source::parse("203.0.113.8"));
    let asking = |name, source| limits.asking(&email(name), source, &key(), NOW);
    let (ana, ben, away) = (asking("ana", &here), asking("ben", &here), asking("ana", &there));
    assert_eq!(ana.source, ben.source);
    assert_ne!(ana.source, away.source);
    assert_eq!((&ana.address, &ana.cool_down), (&away.address, &away.cool_down));
    assert_ne!(ana.address, ben.address);
    assert_ne!(ana.cool_down, ben.cool_down);
    let entries = |name, source| limits.entries(&email(name), source, &key());
    assert_ne!(entries("ana", &here), entries("ana", &there));
    assert_ne!(entries("ana", &here), entries("ben", &here));
}

#[test]
fn a_subscriber_is_one_source_however_many_addresses_they_have() {
    let same = |a, b| Source::parse(a) == Source::parse(b);
    assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
    assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert!(same("::ffff:203.0.113.7", "203.0.113.7"));
    assert!(!same("203.0.113.7", "203.0.113.8"));
    assert!(same("", "nonsense"));
}

#[test]
fn the_networks_of_one_site_share_a_quota() {
    let limits = RecoveryLimits { per_source: 2, per_network: 3, ..RecoveryLimits::default() };
    let network =
        |source| limits.asking(&email("ana"), &Source::parse(source), &key(), NOW).network;
    let site = network("2001:db8:1:2::1").unwrap();
    assert_eq!(site.limit, 3);
    assert_eq!(network("2001:db8:1:ffff::1"), Some(site.clone()));
    assert_ne!(network("2001:db8:2:2::1"), Some(site));
    for alone in ["203.0.113.7", "::ffff:203.0.113.7", "nonsense"] {
        assert_eq!(network(alone), None);
    }
}

#[test]
fn only_a_confirmed_enabled_agent_with_a_verified_address_may_recover() {
    let may = |sign_in, address_verified, in_group| {
        let (name, locale) = ("Ana".to_owned(), Locale::Es);
        Account { sign_in, address_verified, in_group, name, locale }.may_recover()
    };
    assert!(may(SignIn::Confirmed, true, true));
    assert!(may(SignIn::ResetRequired, true, true));
    assert!(!may(SignIn::Confirmed, false, true));
    assert!(!may(SignIn::Confirmed, true, false));
    for sign_in in [
        SignIn::Unconfirmed,
        SignIn::MustChangePassword,
        SignIn::Disabled,
        SignIn::Federated,
        SignIn::Missing,
    ] {
        assert!(!may(sign_in, true, true), "{sign_in:?}");
    }
}

#[test]
fn a_job_survives_the_queue() {
    let jobs = [
        (
            Job::SendCode { email: email("ana") },
            r#"{"job":"send-code","email":"ana@agents.example.com"}"#,
        ),
        (
            Job::TellChanged { email: email("ana"), at: NOW, sign_out: true },
            r#"{"job":"tell-changed","email":"ana@agents.example.com","at":1800000000000,"sign_out":true}"#,
        ),
    ];
    for (job, text) in jobs {
        assert_eq!(serde_json::to_string(&job).unwrap(), text);
        assert_eq!(serde_json::from_str::<Job>(text).unwrap(), job);
    }
    assert!(serde_json::from_str::<Job>(r#"{"job":"send-code","email":"nobody"}"#).is_err());
}
