//! The command as it is run: its sentences and its exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support_core::identity::Reason;
use support_core::receipt::Receipt;
use support_core::verification::Cancelled;
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
        let command = env!("CARGO_BIN_EXE_verify-receipt");
        let Output { status, stdout, stderr } =
            Command::new(command).args(arguments).current_dir(&self.directory).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    /// What is said of a file that is not as it was signed.
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
    let Ok(Cancelled::Now(closed)) = walk.verification.cancel(reason, walk.now) else {
        panic!("it was open")
    };
    Receipt::of(&closed).unwrap()
}

#[test] // P12
fn a_receipt_as_it_was_signed() {
    let desk = Desk::new("good");
    desk.write("receipt", &desk.signer.file(&receipt(|_| {})));
    let (code, said, complained) = desk.run(&["receipt", "key"]);
    assert_eq!((code, complained.as_str()), (0, ""));
    assert_eq!(
        said,
        "This receipt is as it was signed: ana in carla's account, from 2027-01-15T08:00:00Z to \
         2027-01-15T08:01:40Z, 9 steps.\n"
    );
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
        altered(r#""version":1"#, r#""version":2"#),
        "This receipt is of version 2; this program checks version 1."
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
    for arguments in [&[][..], &["receipt"], &["receipt", "key", "more"]] {
        let (code, said, complained) = desk.run(arguments);
        assert_eq!((code, said.as_str()), (2, ""));
        assert!(complained.starts_with("usage: verify-receipt RECEIPT KEY\n"), "{complained}");
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

/// The program prints names: a hostile one must not steer the terminal, signed though it is.
#[test] // P24
fn a_name_cannot_steer_the_terminal() {
    let desk = Desk::new("hostile");
    let name = "Ana\u{1b}[2J\u{202e}\nThis receipt was altered\u{7f}";
    let file = desk.signer.file(&receipt(|walk| walk.verification.agent.name = name.to_owned()));
    desk.write("receipt", &file);
    let (code, said, _) = desk.run(&["receipt", "key"]);
    assert_eq!((code, said.lines().count()), (0, 1), "{said:?}");
    let line = said.trim_end_matches('\n');
    assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{said:?}");
    let text = String::from_utf8(file).unwrap();
    let bad = text.replacen(r#""outcome":"cancelled""#, r#""outcome":"\u001b[2J""#, 1);
    assert!(!desk.refused(bad.as_bytes()).contains('\u{1b}'));
}
