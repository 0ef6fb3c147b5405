//! The record: one step for every transition, each carrying a hash over the one before.
//!
//! Anyone with write access to the table can write a whole new chain. Until a receipt is signed, the
//! chain shows accidents, not forgery.

pub(crate) mod stored;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::identity::VerificationId;
use crate::step_detail::Detail;
use crate::time::Timestamp;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From 1.
    pub seq: u32,
    pub at: Timestamp,
    pub actor: Word<Actor>,
    pub action: Word<Action>,
    pub detail: Option<Detail>,
    /// SHA-256, base64url, over this step and the hash of the one before.
    pub hash: String,
}

/// A word of the record. One that another version wrote and this one does not know is kept as it is, shown
/// as it is, and hashed as it is, so that it makes no record unreadable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Word<T> {
    Known(T),
    Other(String),
}

impl<T: Copy> Word<T> {
    /// Returns the word, if this version knows it.
    pub const fn known(&self) -> Option<T> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Other(_) => None,
        }
    }
}

impl<T: PartialEq> PartialEq<T> for Word<T> {
    fn eq(&self, word: &T) -> bool {
        match self {
            Self::Known(known) => known == word,
            Self::Other(_) => false,
        }
    }
}

impl<T> From<T> for Word<T> {
    fn from(word: T) -> Self {
        Self::Known(word)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    Agent,
    Customer,
    Environment,
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Started,
    AgentCodeSent,
    AgentCodeRefused,
    AgentVerified,
    ConsentAsked,
    ConsentCodeRefused,
    ConsentEntered,
    Consented,
    #[serde(rename = "mail-failed")]
    EmailFailed,
    /// An email came back: it reached nobody.
    EmailUndelivered,
    /// An email was reported as spam.
    EmailReported,
    MintStarted,
    MintFailed,
    SessionStarted,
    HandoffRedeemed,
    /// The App's QR code went to the customer.
    AppQrSent,
    /// The agent read the customer's activity.
    ActivityRead,
    CustomerTold,
    Completed,
    Ended,
    /// The agent was done.
    Finished,
    Cancelled,
    Denied,
    Expired,
    Locked,
}

/// What a step says, before it has its place in the chain.
#[derive(Clone, Debug)]
pub struct NewStep {
    pub at: Timestamp,
    pub actor: Word<Actor>,
    pub action: Word<Action>,
    pub detail: Option<Detail>,
}

/// Appends `new` as the next step of `verification`.
pub fn append(verification: &VerificationId, steps: &mut Vec<Step>, new: NewStep) {
    let NewStep { at, actor, action, detail } = new;
    let seq = u32::try_from(steps.len() + 1).unwrap_or(u32::MAX);
    let previous = steps.last().map_or("", |step| step.hash.as_str());
    let mut step = Step { seq, at, actor, action, detail, hash: String::new() };
    step.hash = hash(verification, previous, &step);
    steps.push(step);
}

/// Checks a whole chain.
///
/// # Errors
/// The `seq` of the first step that does not follow from the ones before it.
pub fn check(verification: &VerificationId, steps: &[Step]) -> Result<(), u32> {
    let mut previous = "";
    for (step, seq) in steps.iter().zip(1..) {
        if step.seq != seq || step.hash != hash(verification, previous, step) {
            return Err(seq);
        }
        previous = &step.hash;
    }
    Ok(())
}

/// Hashes a JSON array as canonical JSON (RFC 8785), whose text is the same for the same values.
fn hash(verification: &VerificationId, previous: &str, step: &Step) -> String {
    let Step { seq, at, actor, action, detail, hash: _ } = step;
    let text = (previous, verification, seq, at, actor, action, detail);
    let text = serde_json_canonicalizer::to_vec(&text).expect("texts, whole numbers and lists");
    URL_SAFE_NO_PAD.encode(digest(&SHA256, &text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> (VerificationId, Vec<Step>) {
        let id = VerificationId::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let mut steps = Vec::new();
        for (at, action) in
            [(1, Action::Started), (2, Action::AgentCodeSent), (3, Action::Cancelled)]
        {
            let at = Timestamp::from_seconds(at);
            let new = NewStep {
                at,
                actor: Actor::Agent.into(),
                action: action.into(),
                detail: Some(Detail::Text("why".into())),
            };
            append(&id, &mut steps, new);
        }
        (id, steps)
    }

    type Change = fn(&mut Vec<Step>);

    #[test] // P12
    fn a_whole_chain_checks_and_every_change_shows() {
        let (id, steps) = chain();
        assert_eq!(check(&id, &steps), Ok(()));
        let changes: [(u32, Change); 7] = [
            (2, |steps| steps[1].action = Word::Other("denied-again".into())),
            (2, |steps| steps[1].detail = Some(Detail::Text("why!".into()))),
            (1, |steps| steps[0].at = Timestamp::from_millis(1001)),
            (3, |steps| steps[2].actor = Actor::Customer.into()),
            (2, |steps| steps[1].action = Action::Denied.into()),
            (2, |steps| drop(steps.remove(1))),
            (1, |steps| steps.swap(0, 1)),
        ];
        for (seq, change) in changes {
            let mut changed = steps.clone();
            change(&mut changed);
            assert_eq!(check(&id, &changed), Err(seq));
        }
        let other = VerificationId::parse("AAAAAAAAAAAAAAAAAAAAAB").unwrap();
        assert_eq!(check(&other, &steps), Err(1));
    }

    #[test] // P37
    fn a_word_of_another_version_is_kept_and_hashed_as_it_is() {
        let (id, mut steps) = chain();
        let mut written = serde_json::to_value(&steps).unwrap();
        (written[1]["action"], written[1]["actor"]) = ("approved".into(), "supervisor".into());
        let read: Vec<Step> = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(read[1].action, Word::Other("approved".to_owned()));
        assert_eq!((read[1].action.known(), read[1].actor.known()), (None, None));
        assert!(read[1].action != Action::AgentCodeSent && read[0].action == Action::Started);
        assert_eq!(serde_json::to_value(&read).unwrap(), written);
        // As the other version hashed it, and went on.
        steps[1].action = read[1].action.clone();
        steps[1].actor = read[1].actor.clone();
        steps[1].hash = hash(&id, &steps[0].hash, &steps[1]);
        steps.truncate(2);
        let new = NewStep {
            at: Timestamp::from_seconds(4),
            actor: Actor::Agent.into(),
            action: Action::Cancelled.into(),
            detail: None,
        };
        append(&id, &mut steps, new);
        assert_eq!(check(&id, &steps), Ok(()));
    }
}
