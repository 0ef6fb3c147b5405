//! The Core directory and the Support table, on DynamoDB.
//!
//! | key in the Support table | item |
//! | --- | --- |
//! | `V#<id>` | a verification: state, steps, session |
//! | `B#<quota>` | the count of a quota in one window, or of a lockout quota |
//! | `G#<id>` | a mint ticket |
//! | `T#<id>#<environment>` | the sealed tokens of a session in one environment |
//! | `S#<key>` | a customer's support grant |
//!
//! Every item but a count carries `schema`, the number of the rules that it was written under: see `kept.rs`. A
//! count is never written as a whole, so that nothing of it can be lost; what counts differently has
//! another key.
//!
//! Every item carries `ttl`, when DynamoDB may remove it. That is housekeeping: no read trusts it.

mod counts;
mod directory;
mod due;
mod index;
mod item;
mod kept;
mod lockout;
mod mint_tickets;
mod quotas;
mod sealed_tokens;
mod support_grants;
mod table;
mod verifications;

pub use directory::DynamoDirectory;
pub use index::DynamoIndex;
pub use mint_tickets::DynamoMintTickets;
pub use quotas::DynamoQuotas;
pub use verifications::DynamoVerifications;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use support_core::refusal::Failure;

const SERVICE: &str = "dynamodb";

fn failure<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Failure {
    support_aws::failure(SERVICE, error)
}

/// A request that lacks a part: a mistake in this crate.
fn not_built<E>(_: E) -> Failure {
    Failure::clean(SERVICE, "request not built")
}

/// An item that is not what this version of the crate writes.
fn unreadable(error: serde_dynamo::Error) -> Failure {
    Failure::of_other_version(SERVICE, format!("item unreadable: {error}"))
}

/// A value that no item can hold: a mistake in this crate.
fn not_an_item(error: serde_dynamo::Error) -> Failure {
    Failure::clean(SERVICE, format!("not an item: {error}"))
}

/// Attribute names. The table's key is `pk` in the template, too.
mod attribute {
    pub const KEY: &str = "pk";
    pub const TTL: &str = "ttl";
    pub const VERSION: &str = "version";
    pub const COUNT: &str = "n";
    pub const ENDS_AT: &str = "ends_at";
    pub const ANSWERED: &str = "answered";
    pub const CREATED_AT: &str = "created_at";
    pub const AGENT_ID: &str = "agent_id";
    pub const CUSTOMER_EMAIL: &str = "customer_email";
    pub const TICKET_KEY: &str = "ticket_key";
    pub const KIND: &str = "kind";
    pub const DUE: &str = "due";
    pub const DUE_AT: &str = "due_at";
    pub const WRITER: &str = "writer";
    pub const SCHEMA: &str = "schema";
}

/// What every verification's `kind` is: the key of the index over all of them.
const VERIFICATION: &str = "verification";
