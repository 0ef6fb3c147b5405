//! Load, decide, save; and again after a lost race. What changes a verification or a support grant
//! goes through here.

use std::future::Future;

use crate::email_origin::{Origin, Returned};
use crate::identity::VerificationId;
use crate::limits::Quota;
use crate::ports::{Change, GrantChange, Saved, SupportGrants, Verifications};
use crate::refusal::{CallError, Failure, Refusal};
use crate::support_grant::SupportGrant;
use crate::time::Timestamp;
use crate::verification::Verification;

/// How often a lost race is tried again, on fresh state.
const RETRIES: u32 = 3;

/// What a call makes of the state that it found: of a verification, unless it says otherwise.
#[derive(Debug)]
pub enum Decision<T, C = Change> {
    /// Write this, then give this answer.
    Save(C, T),
    /// Give this answer; there is nothing to write.
    Answer(T),
}

/// One write, as a store takes it: as a whole or not at all.
pub trait Write<Store>: Sync {
    fn write(&self, store: &Store) -> impl Future<Output = Result<Saved, Failure>> + Send;
}

impl<S: Verifications> Write<S> for Change {
    async fn write(&self, store: &S) -> Result<Saved, Failure> {
        store.save(self).await
    }
}

impl<S: SupportGrants> Write<S> for SupportGrant {
    async fn write(&self, store: &S) -> Result<Saved, Failure> {
        store.save_grant(self, &[]).await
    }
}

impl<S: Verifications + SupportGrants> Write<S> for GrantChange {
    async fn write(&self, store: &S) -> Result<Saved, Failure> {
        match &self.closed {
            None => store.save_grant(&self.next, &self.quota_uses).await,
            Some(closed) => {
                let support_grant = Some(self.next.clone());
                let change = Change { support_grant, ..Change::to(closed.clone()) };
                store.save(&change.counting(self.quota_uses.iter().cloned())).await
            }
        }
    }
}

/// Loads a verification as it is at `now`, lets `decide` say what becomes of it, and saves that. See
/// [`attempt_on`].
///
/// # Errors
/// What `decide` refuses; [`Refusal::NotFound`] if there is none; [`Refusal::Conflict`] if every retry
/// loses its race; the store's failures.
pub async fn attempt<T>(
    store: &impl Verifications,
    id: &VerificationId,
    now: Timestamp,
    decide: impl AsyncFnMut(Verification, Option<&Quota>) -> Result<Decision<T>, CallError>,
) -> Result<T, CallError> {
    let load = async || Ok(store.load(id).await?.ok_or(Refusal::NotFound)?.at(now));
    attempt_on(store, load, decide).await
}

/// As [`attempt`], from a verification that was just read or written: it is read again only after a
/// lost race.
///
/// # Errors
/// As [`attempt`].
pub async fn attempt_from<T>(
    store: &impl Verifications,
    known: Verification,
    now: Timestamp,
    decide: impl AsyncFnMut(Verification, Option<&Quota>) -> Result<Decision<T>, CallError>,
) -> Result<T, CallError> {
    let id = known.id.clone();
    let mut known = Some(known);
    let load = async || match known.take() {
        Some(known) => Ok(known.at(now)),
        None => Ok(store.load(&id).await?.ok_or(Refusal::NotFound)?.at(now)),
    };
    attempt_on(store, load, decide).await
}

/// Loads a state, lets `decide` say what becomes of it, and saves that against the version it was
/// decided on. The answer is given only once it is saved.
///
/// If a save is refused because a quota has nothing left, `decide` is asked once more, with that
/// quota.
///
/// # Errors
/// What `load` and `decide` refuse; [`Refusal::Conflict`] if every retry loses its race; the store's
/// failures.
pub async fn attempt_on<S, F: Clone, C: Write<S>, T>(
    store: &S,
    mut load: impl AsyncFnMut() -> Result<F, CallError>,
    mut decide: impl AsyncFnMut(F, Option<&Quota>) -> Result<Decision<T, C>, CallError>,
) -> Result<T, CallError> {
    for _ in 0..=RETRIES {
        let found = load().await?;
        let mut exhausted = None;
        loop {
            match decide(found.clone(), exhausted.as_ref()).await? {
                Decision::Answer(answer) => return Ok(answer),
                Decision::Save(change, answer) => match change.write(store).await? {
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

/// Closes a verification in the store, for good, if its deadline has passed, and returns it as it is
/// then; `None` if there is none.
///
/// # Errors
/// [`Refusal::Conflict`] if every retry loses its race; the store's failures.
pub async fn close_if_over(
    store: &impl Verifications,
    id: &VerificationId,
    now: Timestamp,
) -> Result<Option<Verification>, CallError> {
    let load = async || Ok(store.load(id).await?);
    attempt_on(store, load, async |found: Option<Verification>, _| {
        Ok(match found.clone().and_then(|found| found.close_if_over(now)) {
            Some(closed) => Decision::Save(Change::to(closed.clone()), Some(closed)),
            None => Decision::Answer(found.map(|found| found.at(now))),
        })
    })
    .await
}

/// Records in the store that an email of a verification came back. Returns whether it was news: `false`
/// if it is recorded already, or there is no such verification.
///
/// # Errors
/// [`Refusal::Conflict`] if every retry loses its race; the store's failures.
pub async fn note_returned_email(
    store: &impl Verifications,
    origin: &Origin,
    how: Returned,
    now: Timestamp,
) -> Result<bool, CallError> {
    // As it is stored: a deadline that has passed is left to the closing step.
    let load = async || Ok(store.load(&origin.verification).await?);
    attempt_on(store, load, async |found: Option<Verification>, _| {
        Ok(match found.and_then(|found| found.email_returned(origin, how, now)) {
            Some(next) => Decision::Save(Change::to(next), true),
            None => Decision::Answer(false),
        })
    })
    .await
}
