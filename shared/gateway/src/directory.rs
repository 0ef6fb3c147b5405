//! Records of the directory that cannot be read, where the answer must not say so.

use support_core::refusal::{Failure, Unreadable};

/// Takes a record that cannot be read for none, and says in the log which field is wrong: where all answers
/// that open nothing look alike.
///
/// # Errors
/// Every other failure.
pub fn readable<T>(found: Result<Option<T>, Failure>) -> Result<Option<T>, Failure> {
    match found {
        Err(failure) if failure.unreadable == Some(Unreadable::DirectoryRecord) => {
            tracing::warn!(
                failure = failure.service,
                failure_detail = failure.detail,
                "unreadable record"
            );
            Ok(None)
        }
        found => found,
    }
}
