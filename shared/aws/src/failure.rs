//! What an SDK's errors mean.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use support_core::refusal::Failure;

/// Makes the failure of a call without an answer, or with one that is not an outcome. It contains the
/// error's code and never its message, which may quote what was sent.
pub fn failure<E: ProvideErrorMetadata>(
    service: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> Failure {
    match error {
        SdkError::ConstructionFailure(_) => Failure::clean(service, "request not built"),
        SdkError::TimeoutError(_) => Failure::unsure(service, "timed out"),
        SdkError::DispatchFailure(_) => Failure::unsure(service, "not reached"),
        SdkError::ResponseError(_) => Failure::unsure(service, "answer unreadable"),
        SdkError::ServiceError(context) => {
            let status = context.raw().status();
            let code = match context.err().code() {
                Some(code) => code.to_owned(),
                None => format!("status {}", status.as_u16()),
            };
            // The first of two tries timed out here and is still in progress there.
            let in_progress = code == "TransactionInProgressException";
            if status.is_server_error() || in_progress {
                Failure::unsure(service, code)
            } else {
                Failure::clean(service, code)
            }
        }
        _ => Failure::unsure(service, "unknown error"),
    }
}
