//! An entry of the customer's code, by the customer or the agent: judged, recorded and counted in one
//! write.

use crate::attempt::Decision;
use crate::code::Code;
use crate::entitlement::Access;
use crate::limits::{Limits, Quota};
use crate::ports::Change;
use crate::refusal::{CallError, Refusal};
use crate::secret::HashKey;
use crate::time::Timestamp;
use crate::verification::{Side, Verdict, Verification};

/// An entry of the customer's code.
#[derive(Clone, Copy, Debug)]
pub struct ConsentEntry<'a> {
    pub side: Side,
    pub code: &'a Code,
    /// The widest access that this side allows; `None` for what was asked.
    pub access: Option<Access>,
}

/// Decides what an entry changes. With `over_quota`, a quota had nothing left when the entry was tried
/// before: then it is refused whether right or wrong, and still counted in its stage.
///
/// # Errors
/// [`Refusal::WrongStep`] unless the verification is in `AwaitingConsent` and this side has not entered
/// the code yet.
pub fn decide_consent_entry(
    verification: Verification,
    ConsentEntry { side, code, access }: ConsentEntry<'_>,
    over_quota: bool,
    key: &HashKey,
    limits: &Limits,
    now: Timestamp,
) -> Result<Decision<Result<Verification, Refusal>>, CallError> {
    let customer = &verification.customer.user_id;
    let quotas = [
        Quota::customer_wrong(customer, limits, now),
        Quota::customer_wrong_by(customer, &verification.agent.id, limits, now),
    ];
    match verification.judge_customer_code(side, code, key, now)? {
        Verdict::Right(right) if !over_quota => {
            let next = verification.enter_customer_code(right, side, access, limits, now)?;
            let change = Change::to(next.clone()).counting(quotas.map(Quota::require));
            Ok(Decision::Save(change, Ok(next)))
        }
        Verdict::Right(_) | Verdict::Wrong => {
            let (next, attempts_left) = verification.refuse_customer_code(side, limits, now)?;
            let mut change = Change::to(next);
            if !over_quota {
                change = change.counting(quotas.map(Quota::spend));
            }
            Ok(Decision::Save(change, Err(Refusal::CodeRefused { attempts_left })))
        }
    }
}
