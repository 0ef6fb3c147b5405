//! The command as it is run: its sentences and its exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support_core::chain::{self, NewStep, Step};
use support_core::identity::Reason;
use support_core::receipt::Receipt;
use support_core::step_detail::Detail;
use support_core::verification::ClosedByAgent;
use support_testing::samples::Walk;
use support_testing::signer::Signer;

/// A directory of its own for each test, gone with it.
struct Desk {
    directory: PathBuf,
    signer: Signer,
}

impl Desk {
    fn new(name: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&directory).unwrap();
        let desk = Self { directory, signer: Signer::default() };
        desk.write("key", &serde_json::to_vec(&desk.signer.public_key()).unwrap());
        desk
    }

    fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.directory.join(name), content).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run_in(&[], arguments)
    }

    /// Runs the command with these variables alone.
    fn run_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_verify-receipt"))
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .current_dir(&self.directory)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    /// The sentence about a file that is not as it was signed.
    fn refused(&self, file: &[u8]) -> String {
        self.write("receipt", file);
        let (code, said, complained) = self.run(&["receipt", "key"]);
        assert_eq!((code, complained.as_str()), (1, ""), "{said}");
        let sentence = said.strip_suffix('\n').unwrap().to_owned();
        assert!(sentence.ends_with('.') && !sentence.contains('\n'), "one sentence: {said:?}");
        sentence
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn receipt(change: impl Fn(&mut Walk)) -> Receipt {
    let mut walk = Walk::start(1);
    change(&mut walk);
    walk.session();
    walk.wait(100);
    let reason = Reason::parse("solved").unwrap();
    let Ok(ClosedByAgent::Now(closed)) = walk.verification.cancel(reason, walk.now) else {
        panic!("it was open")
    };
    Receipt::of(&closed).unwrap()
}

#[test] // P12
fn a_good_receipt_is_told_step_by_step() {
    let desk = Desk::new("good");
    desk.write("receipt", &desk.signer.file(&receipt(|_| {})));
    let (code, said, complained) = desk.run(&["receipt", "key"]);
    assert_eq!((code, complained.as_str()), (0, ""));
    assert_eq!(
        said,
        "\
This receipt is as it was signed: ana in carla's account, from 2027-01-15T08:00:00Z to 2027-01-15T08:01:40Z, 9 steps.

  1  2027-01-15T08:00:00Z  Agent        Customer looked up
  2  2027-01-15T08:00:00Z  Agent        Code sent to the agent: sending 1 of 5
  3  2027-01-15T08:00:00Z  Agent        Agent verified
  4  2027-01-15T08:00:00Z  Agent        Authorization requested: for ecosystem eco-1, to view, sending 1 of 5
  5  2027-01-15T08:00:00Z  Customer     First entry of the customer's code
  6  2027-01-15T08:00:00Z  Agent        Authorization given
  7  2027-01-15T08:00:00Z  Agent        Session opening: attempt 1
  8  2027-01-15T08:00:00Z  System       Session started: in ecosystem eco-1, to view: Waizant Store, Waizant Web, Waizant App, Waizant RCM
  9  2027-01-15T08:01:40Z  Agent        Cancelled by the agent
"
    );
}

#[test]
fn the_language_is_given_or_that_of_the_environment() {
    let desk = Desk::new("language");
    let file = desk.signer.file(&receipt(|_| {}));
    desk.write("receipt", &file);
    desk.write("altered", &file[..100]);
    let (english, spanish) = ("This receipt ", "Este recibo ");
    let spoken = |variables: &[(&str, &str)], arguments: &[&str], begins: &str| {
        for name in ["receipt", "altered"] {
            let arguments = [arguments, &[name, "key"]].concat();
            let (code, said, complained) = desk.run_in(variables, &arguments);
            assert!(said.starts_with(begins), "{variables:?} {arguments:?}: {said}{complained}");
            assert_eq!(code, i32::from(name == "altered"));
        }
    };
    spoken(&[], &[], english);
    spoken(&[("LANG", "es_CO.UTF-8")], &[], spanish);
    spoken(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "es")], &[], spanish);
    spoken(&[("LANG", "es_ES"), ("LC_ALL", "C")], &[], english);
    spoken(&[("LANG", "es_ES"), ("LC_ALL", "")], &[], spanish);
    spoken(&[("LANG", "es_ES"), ("LC_MESSAGES", "de_DE")], &[], english);
    spoken(&[("LANG", "est")], &[], english);
    spoken(&[("LANG", "es_CO")], &["--language", "en"], english);
    spoken(&[], &["--language", "es"], spanish);
    spoken(&[], &["--language=es"], spanish);
    let (code, said, complained) = desk.run(&["receipt", "--language", "es", "missing"]);
    assert_eq!((code, said.as_str()), (2, ""));
    assert!(complained.starts_with("No se puede leer missing: "), "{complained}");
}

#[test] // P12
fn what_is_wrong_is_said_where_and_ends_with_1() {
    let desk = Desk::new("wrong");
    let file = desk.signer.file(&receipt(|_| {}));
    let text = String::from_utf8(file.clone()).unwrap();
    let altered = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        desk.refused(text.replacen(from, to, 1).as_bytes())
    };
    assert_eq!(
        altered(r#""number":1,"of":5"#, r#""number":3,"of":5"#),
        "This receipt was altered: step 2 is not as recorded."
    );
    let beside = "This receipt was altered: the steps are as recorded, but something beside them, \
                  or the signature, is not as signed.";
    assert_eq!(altered(r#""reason":"solved""#, r#""reason":"Solved""#), beside);
    assert_eq!(altered(r#""talks":true"#, r#""talks":false"#), beside);
    assert_eq!(altered(r#""value":"M"#, r#""value":"N"#), beside);
    assert_eq!(
        altered(r#""head":""#, r#""head":"x"#),
        "This receipt was altered: steps are missing at the end, or `head` is not theirs."
    );
    assert_eq!(
        altered(r#"{"receipt":{"#, r#"{"receipt":{ "#),
        "This receipt was altered: byte 13 is not as the receipt was written."
    );
    assert_eq!(
        altered(r#""version":2"#, r#""version":3"#),
        "This receipt is of version 3; this program checks versions 1 and 2."
    );
    assert!(
        altered(r#""outcome":"cancelled""#, r#""outcome":"unheard-of""#)
            .starts_with("This receipt was altered: it cannot be read any more (unknown variant")
    );
    for length in [12, 100, file.len() - 1] {
        assert_eq!(
            desk.refused(&file[..length]),
            "This receipt is cut off: its end is missing.",
            "{length} bytes"
        );
    }
    for other in [&b""[..], b"hello", b"{}", b"[1]", b"\x89PNG\r\n\x1a\n", b"\xff\xfe{", &file[1..]]
    {
        assert_eq!(desk.refused(other), "This is not a receipt.", "{other:?}");
    }
    let other = Signer::default();
    assert_eq!(
        desk.refused(&other.file(&receipt(|_| {}))),
        format!("This receipt was signed with another key, {:?}.", other.public_key().kid)
    );
}

#[test]
fn a_check_that_cannot_be_made_ends_with_2() {
    let desk = Desk::new("unusable");
    desk.write("receipt", &desk.signer.file(&receipt(|_| {})));
    for arguments in [
        &[][..],
        &["receipt"],
        &["receipt", "key", "more"],
        &["receipt", "key", "--language"],
        &["receipt", "key", "--language", "de"],
        &["--language=", "receipt", "key"],
    ] {
        let (code, said, complained) = desk.run(arguments);
        assert_eq!((code, said.as_str()), (2, ""));
        let usage = "usage: verify-receipt [--language en|es] RECEIPT KEY\n";
        assert!(complained.starts_with(usage), "{complained}");
    }
    for arguments in [["receipt", "missing"], ["missing", "key"], [".", "key"]] {
        let (code, said, complained) = desk.run(&arguments);
        assert_eq!((code, said.as_str()), (2, ""));
        assert!(complained.contains(" cannot be read: "), "{complained}");
    }
    let whole = serde_json::to_string(&desk.signer.public_key()).unwrap();
    let damaged = whole.replace("P-256", "P-384");
    for key in ["", "{}", "receipt", damaged.as_str(), &whole.replacen("\"x\":\"", "\"x\":\"A", 1)]
    {
        desk.write("key", key.as_bytes());
        let (code, said, complained) = desk.run(&["receipt", "key"]);
        assert_eq!((code, said.as_str()), (2, ""), "{key}");
        assert!(complained.starts_with("The key is "), "{complained}");
    }
}

/// The program prints names and ids: a hostile one must not steer the terminal, signed though it is.
#[test] // P24
fn a_name_cannot_steer_the_terminal() {
    let desk = Desk::new("hostile");
    let name = "Ana\u{1b}[2J\u{202e}\nThis receipt was altered\u{7f}";
    let hostile = receipt(|walk| {
        walk.verification.agent.name = name.to_owned();
        // As a step of an older verification, whose detail is a text.
        let steps = &mut walk.verification.steps;
        let Step { at, actor, action, .. } = steps.remove(0);
        let detail = Some(Detail::Text(name.to_owned()));
        chain::append(&walk.verification.id, steps, NewStep { at, actor, action, detail });
    });
    let file = desk.signer.file(&hostile);
    desk.write("receipt", &file);
    let (code, said, _) = desk.run(&["receipt", "key"]);
    assert_eq!((code, said.lines().count()), (0, 2 + hostile.steps.len()), "{said:?}");
    for line in said.lines() {
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{said:?}");
    }
    let told =
        "Customer looked up: Ana\u{fffd}[2J\u{fffd}\u{fffd}This receipt was altered\u{fffd}\n";
    assert!(said.contains(told), "{said:?}");
    let text = String::from_utf8(file).unwrap();
    let bad = text.replacen(r#""outcome":"cancelled""#, r#""outcome":"\u001b[2J""#, 1);
    assert!(!desk.refused(bad.as_bytes()).contains('\u{1b}'));
}
