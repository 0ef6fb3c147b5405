//! Load, decide, save; and again when a race was lost.

use crate::identity::VerificationId;
use crate::limits::Quota;
use crate::ports::{Change, Saved, Verifications};
use crate::refusal::{CallError, Refusal};
use crate::time::Timestamp;
use crate::verification::Verification;

/// How often a lost race is tried again, on fresh state.
const RETRIES: u32 = 3;

/// What a call makes of the verification it found.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made and taken apart within one call")]
pub enum Decision<T> {
    /// Write this, then answer so.
    Save(Change, T),
    /// Nothing to write.
    Answer(T),
}

/// Loads the verification as it is at `now`, lets `decide` say what becomes of it, and saves that
/// against the version it was decided on. The answer is given only once it is saved.
///
/// `decide` gets the quota that had nothing left, when the save before was refused for it.
///
/// # Errors
/// What `decide` refuses; [`Refusal::NotFound`]; [`Refusal::Conflict`] when the race is lost more
/// than three times over; the store's failures.
pub async fn attempt<T>(
    store: &impl Verifications,
    id: &VerificationId,
    now: Timestamp,
    mut decide: impl AsyncFnMut(Verification, Option<&Quota>) -> Result<Decision<T>, CallError>,
) -> Result<T, CallError> {
    for _ in 0..=RETRIES {
        let stored = store.load(id).await?.ok_or(Refusal::NotFound)?.at(now);
        let mut exhausted = None;
        loop {
            match decide(stored.clone(), exhausted.as_ref()).await? {
                Decision::Answer(answer) => return Ok(answer),
                Decision::Save(change, answer) => match store.save(&change).await? {
                    Saved::Done => return Ok(answer),
                    Saved::LostRace => break,
                    Saved::OverQuota(quota) if exhausted.is_none() => exhausted = Some(quota),
                    Saved::OverQuota(_) => return Err(Refusal::Conflict.into()),
                },
            }
        }
    }
    Err(Refusal::Conflict.into())
}
