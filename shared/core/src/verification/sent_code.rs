//! A code that was sent, and what an entry of it is worth.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::secret::{Digest, HashKey, Purpose};
use crate::step_detail::Facts;
use crate::time::Timestamp;

/// A code that was sent, with the counts of its stage. Another sending replaces the code and keeps
/// the counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SentCode {
    digest: Digest,
    pub expires_at: Timestamp,
    pub resend_at: Timestamp,
    pub(super) sends: u32,
    /// Sendings of the stage that certainly did not arrive.
    pub(super) unsent: u32,
    pub(super) wrong: u32,
}

impl SentCode {
    /// Returns how many entries are left before the stage is locked.
    pub fn attempts_left(&self, limits: &Limits) -> u32 {
        limits.wrong_per_stage.saturating_sub(self.wrong)
    }
}

/// Whether an entry was right. A wrong code is a verdict, not an error: it changes the state.
#[derive(Debug)]
pub enum Verdict {
    Right(RightCode),
    Wrong,
}

/// Proof that a code was judged right.
#[derive(Debug)]
pub struct RightCode(());

impl SentCode {
    /// Returns the next sending of a stage, after `before`.
    ///
    /// # Errors
    /// [`Refusal::TooManyRequests`] before the cool-down is over, or after the last sending.
    pub(super) fn next(
        before: Option<&Self>,
        digest: Digest,
        idle_at: Timestamp,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (sends, unsent, wrong) =
            before.map_or((0, 0, 0), |code| (code.sends, code.unsent, code.wrong));
        let wait = match before {
            Some(_) if sends >= limits.sends_per_stage => Some(idle_at),
            Some(code) if !code.resend_at.is_over(now) => Some(code.resend_at),
            Some(_) | None => None,
        };
        if let Some(until) = wait {
            return Err(Refusal::until(until, now));
        }
        Ok(Self {
            digest,
            expires_at: now.plus(limits.code_seconds),
            resend_at: now.plus(limits.resend_seconds),
            sends: sends + 1,
            unsent,
            wrong,
        })
    }

    pub(super) fn judge(
        &self,
        purpose: Purpose,
        context: &[&str],
        code: &Code,
        key: &HashKey,
        now: Timestamp,
    ) -> Verdict {
        let right = key.matches(&self.digest, purpose, context, code.expose());
        if right && !self.expires_at.is_over(now) {
            Verdict::Right(RightCode(()))
        } else {
            Verdict::Wrong
        }
    }

    pub(super) fn wrong_entry(&self, limits: &Limits) -> Facts {
        Facts::WrongEntry { number: self.wrong, of: limits.wrong_per_stage }
    }
}
