//! A receipt of each version, as it was signed: it checks, and is told in words.

use std::path::{Path, PathBuf};
use std::process::Command;

use support_core::directory::{Plan, Role};
use support_core::entitlement::{Access, Environment};
use support_core::identity::{LinkToken, Reason, TicketNumber};
use support_core::notice::NoticeKind;
use support_core::receipt::{Fault, PublicKey, Receipt, VERSION, check};
use support_core::step_detail::{Detail, Facts};
use support_core::verification::{ClosedByAgent, Module, Side, Verdict, Verification};
use support_testing::samples::{CONFIRMED, NOON, Walk, agent, customer, ecosystem, right};
use support_testing::signer::Signer;

fn folder(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/receipts/version-{version}"))
}

fn read(version: u32, name: &str) -> Vec<u8> {
    std::fs::read(folder(version).join(name)).unwrap()
}

fn printed(folder: &Path, language: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_verify-receipt"))
        .args(["--language", language, "receipt.json", "key.json"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert_eq!((done.status.code(), done.stderr.as_slice()), (Some(0), &b""[..]));
    String::from_utf8(done.stdout).unwrap()
}

#[test] // P12
fn a_receipt_of_each_version_checks_and_is_told_in_words() {
    for version in 1..=VERSION {
        let key: PublicKey = serde_json::from_slice(&read(version, "key.json")).unwrap();
        let receipt = check(&read(version, "receipt.json"), &key).unwrap();
        assert_eq!((receipt.version, receipt.steps.len()), (version, 20));
        for language in ["en", "es"] {
            let expected = String::from_utf8(read(version, &format!("{language}.txt"))).unwrap();
            assert_eq!(printed(&folder(version), language), expected, "{version} {language}");
        }
    }
}

/// Receipts of version 2 were made before a session was for viewing or changing. They check as they are.
#[test] // P12
fn a_receipt_of_version_2_that_does_not_speak_of_access_checks() {
    let folder = folder(2).with_file_name("version-2-without-access");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let key: PublicKey = serde_json::from_slice(&read("key.json")).unwrap();
    let receipt = check(&read("receipt.json"), &key).unwrap();
    assert_eq!((receipt.version, receipt.access), (2, None));
    for language in ["en", "es"] {
        let expected = String::from_utf8(read(&format!("{language}.txt"))).unwrap();
        assert_eq!(printed(&folder, language), expected, "{language}");
    }
}

/// A session for changes, narrowed by the customer: the words of what was asked and what was allowed.
#[test] // P12, P41
fn what_was_asked_and_what_was_allowed_can_be_read() {
    let receipt = eventful();
    assert_eq!(receipt.access, Some(Access::View));
    let details: Vec<_> = receipt.steps.iter().filter_map(|step| step.detail.clone()).collect();
    let asked = |access| {
        details.iter().any(|detail| {
            matches!(detail,
            Detail::Facts(Facts::ConsentRequest { access: Some(said), .. }) if *said == access)
        })
    };
    assert!(asked(Access::View) && asked(Access::Change), "one request after the other");
    assert!(details.contains(&Facts::AccessNarrowed { access: Access::View }.into()));
}

#[test] // P12
fn any_byte_changed_in_a_receipt_of_version_1_shows() {
    let key: PublicKey = serde_json::from_slice(&read(1, "key.json")).unwrap();
    let file = read(1, "receipt.json");
    for at in 0..file.len() {
        let mut altered = file.clone();
        altered[at] ^= 1 << (at % 8);
        check(&altered, &key).expect_err(&format!("byte {at}"));
    }
}

/// Neither version passes for the other.
#[test] // P12
fn the_version_is_signed() {
    for (version, other, fault) in [(1, 2, Fault::Signature), (2, 1, Fault::Step(1))] {
        let key: PublicKey = serde_json::from_slice(&read(version, "key.json")).unwrap();
        let file = String::from_utf8(read(version, "receipt.json")).unwrap();
        let from = format!(r#""version":{version}"#);
        assert_eq!(file.matches(&from).count(), 1);
        let altered = file.replace(&from, &format!(r#""version":{other}"#));
        assert_eq!(check(altered.as_bytes(), &key), Err(fault), "{version}");
    }
}

/// A session of a successor, in which about everything happens that can.
fn eventful() -> Receipt {
    let mut walk = Walk::start(101);
    let id = walk.verification.id.clone();
    let mut person = customer("diego");
    person.name = "Ana Prieto".into();
    person.ecosystems = vec![ecosystem("eco-1", Role::Successor, Plan::Premium)];
    let mut luis = agent("ana");
    luis.name = "Luis Ortega".into();
    walk.verification = Verification::start(
        id,
        Module::EcosystemAdmin,
        TicketNumber::parse("WZ-1042"),
        luis,
        person.clone(),
        &walk.limits,
        NOON,
    )
    .unwrap();
    walk.wait(2).challenge().wait(9);
    walk.verification =
        walk.verification.clone().refuse_agent_code(&walk.limits, walk.now).unwrap().0;
    walk.wait(5);
    let Ok(Verdict::Right(code)) =
        walk.verification.clone().judge_agent_code(&right(), &walk.key, walk.now)
    else {
        panic!("the code is right")
    };
    walk.verification =
        walk.verification.clone().prove_agent(code, CONFIRMED, &walk.limits, walk.now).unwrap();
    walk.wait(4).ask("eco-1").wait(3);
    let sent = walk.verification.clone();
    walk.verification = sent.clone().email_failed(&sent, true, walk.now).unwrap();
    walk.wait(2).ask_for("eco-1", Access::Change).wait(8);
    let entered = walk.verification.clone();
    walk.verification =
        entered.refuse_customer_code(Side::Customer, &walk.limits, walk.now).unwrap().0;
    walk.wait(4)
        .enter_allowing(Side::Customer, Some(Access::View))
        .wait(4)
        .enter(Side::Agent)
        .wait(1);
    walk.verification = walk.verification.clone().start_mint(&walk.limits, walk.now).unwrap();
    walk.verification = walk.verification.clone().mint_failed(walk.wait(2).now).unwrap();
    walk.wait(2);
    walk.verification = walk.verification.clone().start_mint(&walk.limits, walk.now).unwrap();
    walk.wait(1);
    let (session, handoffs) = walk.sealed();
    let minting = walk.verification.clone();
    walk.verification =
        minting.start_session(CONFIRMED, session, &walk.page.secret, &walk.key, walk.now).unwrap();
    walk.verification = walk.verification.clone().qr_emailed(true, walk.wait(1).now).unwrap();
    walk.verification = walk.verification.clone().notice_sent(NoticeKind::Start, walk.now).unwrap();
    for what in
        [Facts::ActivityList { continued: false }, Facts::ActivityItem { id: "p-2".to_owned() }]
    {
        walk.wait(2);
        let verification = walk.verification.clone();
        walk.verification =
            verification.read_activity(Some(&person), Some(what), &walk.limits, walk.now).unwrap();
    }
    let web = handoffs.into_iter().find(|h| h.environment == Environment::Web).unwrap();
    let secret = LinkToken::parse(web.secret.expose()).unwrap().secret;
    walk.wait(9);
    let verification = walk.verification.clone();
    walk.verification = verification
        .redeem(Environment::Web, &secret, Some(&person), &walk.key, &walk.limits, walk.now)
        .unwrap();
    let reason = Reason::parse("The customer's question was answered").unwrap();
    let cancelled = walk.verification.clone().cancel(reason, walk.wait(60).now).unwrap();
    let ClosedByAgent::Now(closed) = cancelled else { panic!("it was open") };
    Receipt::of(&closed).unwrap()
}

#[test]
#[ignore = "writes the sample of a new version, once"]
fn write_the_sample_of_this_version() {
    let (signer, folder) = (Signer::default(), folder(VERSION));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, content: &[u8]| std::fs::write(folder.join(name), content).unwrap();
    write("key.json", &serde_json::to_vec(&signer.public_key()).unwrap());
    write("receipt.json", &signer.file(&eventful()));
    for language in ["en", "es"] {
        write(&format!("{language}.txt"), printed(&folder, language).as_bytes());
    }
}

/// What this code makes is what the sample of its version holds.
#[test]
fn the_newest_sample_is_what_is_made() {
    let written: serde_json::Value =
        serde_json::from_slice(&read(VERSION, "receipt.json")).unwrap();
    let made: serde_json::Value = serde_json::from_slice(&eventful().canonical()).unwrap();
    assert_eq!(written["receipt"], made);
    let data =
        |step: &support_core::receipt::ReceiptStep| !matches!(step.detail, Some(Detail::Text(_)));
    assert!(eventful().steps.iter().all(data));
}
