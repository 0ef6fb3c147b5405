//! `verify-receipt RECEIPT KEY`: checks the receipt of a support session, offline.
//!
//! KEY is what `GET /receipts/key` answers, saved once from a place that is trusted. Exit code 0:
//! the receipt is as it was signed. 1: it is not, and a sentence says what is wrong where. 2: the
//! check could not be made: a file cannot be read, or the key is none.

use std::path::Path;
use std::process::ExitCode;

use support_core::receipt::{Fault, PublicKey, check};

const USAGE: &str = "usage: verify-receipt RECEIPT KEY\n\
    RECEIPT  the file attached to the closing email\n\
    KEY      the answer of GET /receipts/key";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [receipt, key] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(Path::new(receipt), Path::new(key)) {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("{}", printable(&sentence));
            ExitCode::from(2)
        }
    }
}

/// What others wrote, a name or a damaged file, must not move the cursor or turn the line around.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_format(c) { '\u{fffd}' } else { c }).collect()
}

/// Direction marks, overrides and isolates (Unicode annex 9).
fn is_format(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

fn run(receipt: &Path, key: &Path) -> Result<ExitCode, String> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))
    };
    let (receipt, key) = (read(receipt)?, read(key)?);
    let key: PublicKey = serde_json::from_slice(&key)
        .map_err(|_| "The key is not what GET /receipts/key answers.".to_owned())?;
    let (sentence, code) = match check(&receipt, &key) {
        Ok(receipt) => (
            format!(
                "This receipt is as it was signed: {} in {}'s account, from {} to {}, {} steps.",
                receipt.agent.name,
                receipt.customer.name,
                receipt.session.started_at,
                receipt.session.ended_at,
                receipt.steps.len()
            ),
            ExitCode::SUCCESS,
        ),
        Err(fault @ Fault::UnusableKey) => return Err(fault.to_string()),
        Err(fault) => (fault.to_string(), ExitCode::FAILURE),
    };
    println!("{}", printable(&sentence));
    Ok(code)
}
