//! `verify-receipt [--language en|es] RECEIPT KEY`: checks the receipt of a support session, offline,
//! and prints its record.
//!
//! KEY is the answer of `GET /receipts/key`, saved once from a trusted place. Exit code 0: the receipt
//! is as it was signed; its steps follow in words. 1: it is not, and a sentence says what is wrong
//! where. 2: the check could not be made: a file cannot be read, or the key is not a key.

mod words;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use support_core::directory::Locale;
use support_core::receipt::words::{action, actor, detail, fault};
use support_core::receipt::{Fault, PublicKey, Receipt, ReceiptStep, check};

const USAGE: &str = "usage: verify-receipt [--language en|es] RECEIPT KEY\n\
    RECEIPT  the file attached to the closing email\n\
    KEY      the answer of GET /receipts/key\n\
    The language is that of LC_ALL, LC_MESSAGES or LANG, unless it is given.";

fn main() -> ExitCode {
    let Some(Arguments { receipt, key, language }) = Arguments::parse(std::env::args_os().skip(1))
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let answered = run(&receipt, &key, language).and_then(|(answer, code)| {
        std::io::stdout().write_all(answer.as_bytes()).map_err(|error| error.to_string())?;
        Ok(code)
    });
    answered.unwrap_or_else(|sentence| {
        eprintln!("{}", printable(&sentence));
        ExitCode::from(2)
    })
}

struct Arguments {
    receipt: PathBuf,
    key: PathBuf,
    language: Locale,
}

impl Arguments {
    fn parse(mut given: impl Iterator<Item = OsString>) -> Option<Self> {
        let (mut files, mut language) = (Vec::new(), None);
        while let Some(next) = given.next() {
            let text = next.to_str().unwrap_or_default();
            if text == "--language" {
                language = Some(words::parse(given.next()?.to_str()?)?);
            } else if let Some(name) = text.strip_prefix("--language=") {
                language = Some(words::parse(name)?);
            } else {
                files.push(PathBuf::from(next));
            }
        }
        let [receipt, key] = files.try_into().ok()?;
        Some(Self { receipt, key, language: language.unwrap_or_else(language_of_environment) })
    }
}

/// The first of these variables that is set counts (POSIX, section 8.2).
#[expect(clippy::disallowed_methods, reason = "a command, whose start is here")]
fn language_of_environment() -> Locale {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|locale| !locale.is_empty());
    words::of_locale(set.unwrap_or_default().to_str().unwrap_or_default())
}

/// Names and damaged files come from others: they must not move the cursor or turn the line around.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_format(c) { '\u{fffd}' } else { c }).collect()
}

/// Direction marks, overrides and isolates (Unicode annex 9).
fn is_format(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Returns what to print and the exit code; as an error, why the check could not be made.
fn run(receipt: &Path, key: &Path, language: Locale) -> Result<(String, ExitCode), String> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|error| {
            words::unreadable_file(language, &path.display().to_string(), &error.to_string())
        })
    };
    let (receipt, key) = (read(receipt)?, read(key)?);
    let key: PublicKey =
        serde_json::from_slice(&key).map_err(|_| words::unreadable_key(language).to_owned())?;
    match check(&receipt, &key) {
        Ok(receipt) => Ok((in_words(&receipt, language), ExitCode::SUCCESS)),
        Err(found @ Fault::UnusableKey) => Err(fault(language, &found)),
        Err(found) => Ok((format!("{}\n", printable(&fault(language, &found))), ExitCode::FAILURE)),
    }
}

/// The sentence about a good receipt and, below it, its record.
fn in_words(receipt: &Receipt, language: Locale) -> String {
    let mut text = format!("{}\n\n", printable(&words::good(language, receipt)));
    for step in &receipt.steps {
        let _ = writeln!(text, "{}", printable(&line(step, language)));
    }
    text
}

/// One step: its number, when, who, what.
fn line(step: &ReceiptStep, language: Locale) -> String {
    let (who, what) = (actor(language, &step.actor), action(language, &step.action));
    let ReceiptStep { seq, at, .. } = step;
    let mut line = format!("{seq:>3}  {at}  {who:<11}  {what}");
    if let Some(more) = detail(language, &step.action, step.detail.as_ref()) {
        let _ = write!(line, ": {more}");
    }
    line
}
