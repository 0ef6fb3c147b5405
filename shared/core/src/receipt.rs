//! The receipt of a session: what happened, in canonical JSON (RFC 8785), signed so that write access
//! to the table is not enough to forge one. Anyone can check it offline, with [`check`].

mod public_key;
pub mod words;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::chain::{self, Action, Actor, Step, Word};
use crate::entitlement::{Access, Environment, Visibility};
use crate::identity::VerificationId;
use crate::status::{Module, Outcome, Side};
use crate::step_detail::Detail;
use crate::time::Timestamp;
use crate::verification::{State, Verification};

pub use self::public_key::{PublicKey, digest};

/// The version of the receipts that this code writes. It reads the versions up to this one.
///
/// | version | the details of its steps |
/// | --- | --- |
/// | 1 | texts |
/// | 2 | data, and the texts of a verification that began before details were data |
pub const VERSION: u32 = 2;

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    pub version: u32,
    pub verification: VerificationId,
    pub module: Module,
    pub ticket: Option<String>,
    pub agent: Person,
    pub customer: Person,
    pub ecosystem: Person,
    /// What the session could open.
    pub environments: Vec<Environment>,
    /// What the session showed: everything, unless the customer's support grant said otherwise. The
    /// first receipts do not say it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Whether the session could change anything. The first receipts do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// Who got the App's QR code, if there was one.
    pub app_qr_given_to: Option<Actor>,
    /// A session does not ask for the customer's second factor, even if the customer has one.
    pub customer_second_factor: SecondFactor,
    pub session: SessionTimes,
    pub outcome: Outcome,
    pub reason: Option<String>,
    /// The record up to the close.
    pub steps: Vec<ReceiptStep>,
    /// The hash of the last of `steps`.
    pub head: String,
}

/// Somebody, or some ecosystem, by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondFactor {
    /// The customer has none.
    None,
    /// The customer has one, and was not asked for it.
    NotAsked,
}

/// RFC 3339, UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionTimes {
    pub started_at: String,
    pub ended_at: String,
    /// The deadline, at which it would have ended by itself.
    pub expires_at: String,
}

/// A step of the record. `at` is in milliseconds since the Unix epoch, as it was hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptStep {
    pub seq: u32,
    pub at: Timestamp,
    pub actor: Word<Actor>,
    pub action: Word<Action>,
    pub detail: Option<Detail>,
    pub hash: String,
}

/// A receipt with its signature: the file that the customer gets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    receipt: serde_json::Value,
    signature: Signature,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    /// ECDSA over P-256 with SHA-256, the signature in ASN.1 DER.
    algorithm: String,
    /// The key's id: its JWK thumbprint (RFC 7638).
    key: String,
    /// base64url.
    value: String,
}

const ALGORITHM: &str = "ECDSA_SHA_256";

/// How every receipt's file begins.
const BEGINNING: &[u8] = br#"{"receipt":{"#;

impl Receipt {
    /// The receipt of `verification`; `None` if there was no session, or it is not over.
    pub fn of(verification: &Verification) -> Option<Self> {
        let State::Closed(closed) = &verification.state else { return None };
        let (session, consent) = (closed.session.as_ref()?, closed.consent.as_ref()?);
        let end =
            verification.steps.iter().position(|step| step.action.known().is_some_and(ends))?;
        let steps: Vec<_> = verification.steps[..=end].iter().map(ReceiptStep::from).collect();
        let mfa = closed.sign_in_status.is_some_and(|sign_in_status| sign_in_status.mfa);
        Some(Self {
            version: VERSION,
            verification: verification.id.clone(),
            module: verification.module,
            ticket: verification.ticket.as_ref().map(|ticket| ticket.as_str().to_owned()),
            agent: Person {
                id: verification.agent.id.clone(),
                name: verification.agent.name.clone(),
            },
            customer: Person {
                id: verification.customer.user_id.clone(),
                name: verification.customer.name.clone(),
            },
            ecosystem: Person {
                id: consent.ecosystem.clone(),
                name: consent.ecosystem_name.clone(),
            },
            environments: session.environments.clone(),
            visibility: session.visibility,
            access: consent.access,
            app_qr_given_to: verification.app_qr_given_to().map(Side::actor),
            customer_second_factor: if mfa { SecondFactor::NotAsked } else { SecondFactor::None },
            session: SessionTimes {
                started_at: session.started_at.to_string(),
                ended_at: closed.at.to_string(),
                expires_at: session.expires_at.to_string(),
            },
            outcome: closed.outcome,
            reason: closed.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            head: steps.last()?.hash.clone(),
            steps,
        })
    }

    /// The bytes to sign.
    pub fn canonical(&self) -> Vec<u8> {
        canonical(self)
    }

    /// The file: this receipt with `signature` (ASN.1 DER) by `key` over [`Self::canonical`].
    pub fn signed(&self, signature: &[u8], key: &PublicKey) -> Vec<u8> {
        canonical(&Signed {
            receipt: serde_json::to_value(self).unwrap_or_default(),
            signature: Signature {
                algorithm: ALGORITHM.to_owned(),
                key: key.kid.clone(),
                value: URL_SAFE_NO_PAD.encode(signature),
            },
        })
    }
}

impl From<&Step> for ReceiptStep {
    fn from(step: &Step) -> Self {
        let Step { seq, at, actor, action, detail, hash } = step.clone();
        Self { seq, at, actor, action, detail, hash }
    }
}

impl From<ReceiptStep> for Step {
    fn from(step: ReceiptStep) -> Self {
        let ReceiptStep { seq, at, actor, action, detail, hash } = step;
        Self { seq, at, actor, action, detail, hash }
    }
}

/// Whether a step closes a verification.
const fn ends(action: Action) -> bool {
    match action {
        Action::Completed
        | Action::Ended
        | Action::Finished
        | Action::Cancelled
        | Action::Denied
        | Action::Expired
        | Action::Locked => true,
        Action::Started
        | Action::AgentCodeSent
        | Action::AgentCodeRefused
        | Action::AgentVerified
        | Action::ConsentAsked
        | Action::ConsentCodeRefused
        | Action::ConsentEntered
        | Action::Consented
        | Action::EmailFailed
        | Action::EmailUndelivered
        | Action::EmailReported
        | Action::MintStarted
        | Action::MintFailed
        | Action::SessionStarted
        | Action::HandoffRedeemed
        | Action::AppQrSent
        | Action::ActivityRead
        | Action::CustomerTold => false,
    }
}

fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("texts, whole numbers, lists and objects alone")
}

/// What is wrong with a receipt. Its `Display` is the sentence for the person who checks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    NotAReceipt,
    Truncated,
    Version(u64),
    /// It begins as a receipt does, and cannot be read: what the reader stumbled over.
    Unreadable(String),
    /// Written another way than a receipt is, at this byte.
    NotCanonical(usize),
    AnotherKey(String),
    UnusableKey,
    /// The step with this number is not the one that was recorded, or does not follow.
    Step(u32),
    /// The chain is whole and does not end where the receipt says.
    Head,
    /// The steps are in order: it is a fact above them, or the signature itself.
    Signature,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAReceipt => f.write_str("This is not a receipt."),
            Self::Truncated => f.write_str("This receipt is cut off: its end is missing."),
            Self::Unreadable(what) => {
                write!(f, "This receipt was altered: it cannot be read any more ({what}).")
            }
            Self::Version(version) => write!(
                f,
                "This receipt is of version {version}; this program checks versions 1 and {VERSION}."
            ),
            Self::NotCanonical(at) => {
                write!(f, "This receipt was altered: byte {at} is not as the receipt was written.")
            }
            Self::AnotherKey(key) => {
                write!(f, "This receipt was signed with another key, {key:?}.")
            }
            Self::UnusableKey => {
                f.write_str("The key is no public key on P-256, or it was altered.")
            }
            Self::Step(seq) => {
                write!(f, "This receipt was altered: step {seq} is not as recorded.")
            }
            Self::Head => f.write_str(
                "This receipt was altered: steps are missing at the end, or `head` is not theirs.",
            ),
            Self::Signature => f.write_str(
                "This receipt was altered: the steps are as recorded, but something beside them, \
                 or the signature, is not as signed.",
            ),
        }
    }
}

impl std::error::Error for Fault {}

/// Checks a receipt's file, of any [`VERSION`] so far, against the key that receipts are signed with.
///
/// # Errors
/// The first [`Fault`] found: `UnusableKey` before anything is said about the receipt.
pub fn check(file: &[u8], key: &PublicKey) -> Result<Receipt, Fault> {
    let point = key.point().ok_or(Fault::UnusableKey)?;
    let unreadable = |error: serde_json::Error| Fault::Unreadable(error.to_string());
    let value: serde_json::Value = serde_json::from_slice(file).map_err(|error| {
        match (file.starts_with(BEGINNING), error.is_eof()) {
            (false, _) => Fault::NotAReceipt,
            (true, true) => Fault::Truncated,
            (true, false) => unreadable(error),
        }
    })?;
    let version = value.pointer("/receipt/version").and_then(serde_json::Value::as_u64);
    match version.ok_or(Fault::NotAReceipt)? {
        version if !(1..=u64::from(VERSION)).contains(&version) => {
            return Err(Fault::Version(version));
        }
        _ => {}
    }
    let written = canonical(&value);
    if file != written {
        let same = file.iter().zip(&written).take_while(|(a, b)| a == b).count();
        return Err(Fault::NotCanonical(same + 1));
    }
    let signed: Signed = serde_json::from_value(value).map_err(unreadable)?;
    let receipt: Receipt = serde_json::from_value(signed.receipt.clone()).map_err(unreadable)?;
    as_written(&receipt, &signed.receipt["steps"]).map_err(Fault::Step)?;
    let steps: Vec<Step> = receipt.steps.iter().cloned().map(Step::from).collect();
    chain::check(&receipt.verification, &steps).map_err(Fault::Step)?;
    if steps.last().is_none_or(|last| last.hash != receipt.head) {
        return Err(Fault::Head);
    }
    if signed.signature.key != key.kid {
        return Err(Fault::AnotherKey(signed.signature.key));
    }
    let signature =
        URL_SAFE_NO_PAD.decode(&signed.signature.value).map_err(|_| Fault::Signature)?;
    if signed.signature.algorithm != ALGORITHM {
        return Err(Fault::Signature);
    }
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(&canonical(&signed.receipt), &signature)
        .map_err(|_| Fault::Signature)?;
    Ok(receipt)
}

/// Checks that the steps say exactly what was read from them, in the form of the receipt's version.
///
/// # Errors
/// The number of the first step that does not.
fn as_written(receipt: &Receipt, written: &serde_json::Value) -> Result<(), u32> {
    for ((step, written), number) in
        receipt.steps.iter().zip(written.as_array().into_iter().flatten()).zip(1..)
    {
        let of_its_version = match &step.detail {
            Some(Detail::Text(_)) => true,
            Some(Detail::Facts(_) | Detail::Other(_)) | None => receipt.version > 1,
        };
        // A detail with a member too many is read without it, and would be hashed without it.
        if !of_its_version || serde_json::to_value(step).ok().as_ref() != Some(written) {
            return Err(number);
        }
    }
    Ok(())
}
