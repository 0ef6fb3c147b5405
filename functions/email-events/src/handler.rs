//! Records in its verification that an email came back.

use support_core::attempt::note_returned_email;
use support_core::email_origin::Returned;
use support_core::ports::Verifications;
use support_core::refusal::{CallError, Failure};
use support_core::time::Timestamp;
use support_gateway::{Metric, Noted, measure};

use crate::event::{Event, Fate};

/// Takes in one report, and returns the outcome for the log. Reports come at least once, in any order
/// and perhaps late: each email is recorded once, whatever the verification's state.
///
/// # Errors
/// The store failed, or others kept changing the verification: the report comes again.
pub async fn handle(
    verifications: &impl Verifications,
    event: &Event,
    now: Timestamp,
) -> Result<Noted, Failure> {
    let how = match event.fate() {
        Fate::Undelivered => {
            measure(Metric::EmailsBounced, 1);
            Returned::Undelivered
        }
        Fate::PerhapsUndelivered => {
            measure(Metric::EmailsBounced, 1);
            return Ok(("perhaps an automatic answer", None));
        }
        Fate::Reported => {
            measure(Metric::EmailsComplained, 1);
            Returned::Reported
        }
        Fate::Other => return Ok(("of no interest", None)),
    };
    let Some(origin) = event.origin() else { return Ok(("of no verification", None)) };
    let noted = note_returned_email(verifications, &origin, how, now).await;
    let outcome = match noted {
        Ok(true) => "recorded",
        Ok(false) => "known already, or unknown",
        Err(CallError::Refused(_)) => return Err(Failure::clean("dynamodb", "changed by others")),
        Err(CallError::Failed(failure)) => return Err(failure),
    };
    Ok((outcome, Some(origin.verification)))
}
