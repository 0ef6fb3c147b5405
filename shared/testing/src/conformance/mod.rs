//! What every store must do, shown with concurrent writers.

mod listings;
mod quotas;
mod support_grants;
mod verifications;

use std::sync::Arc;

use support_core::identity::Reason;
use support_core::ports::{
    DueItems, JointQuotas, MintTickets, Quotas, SealedPairs, SupportGrants, VerificationIndex,
    Verifications,
};
use support_core::support_grant::SupportGrant;
use support_core::verification::{ClosedByAgent, Verification};

use crate::samples::{NOON, Walk, granted};

/// Everything a store is.
pub trait Store:
    Verifications
    + SealedPairs
    + SupportGrants
    + VerificationIndex
    + DueItems
    + Quotas
    + JointQuotas
    + MintTickets
    + Send
    + 'static
{
}
impl<S> Store for S where
    S: Verifications
        + SealedPairs
        + SupportGrants
        + VerificationIndex
        + DueItems
        + Quotas
        + JointQuotas
        + MintTickets
        + Send
        + 'static
{
}

/// All of it, on one empty store.
pub async fn suite(store: Arc<impl Store>) {
    verifications::what_is_saved_is_loaded(&*store).await;
    verifications::one_of_several_writers_of_a_version_wins(&store).await;
    verifications::a_first_version_is_written_once(&*store).await;
    quotas::a_quota_is_never_exceeded_however_many_use_it_at_once(&store).await;
    quotas::an_exhausted_quota_writes_nothing(&*store).await;
    quotas::a_required_quota_is_not_counted(&*store).await;
    quotas::a_lockout_lasts_from_its_last_count_and_then_starts_again(&*store).await;
    quotas::a_lockout_quota_is_never_exceeded_however_many_count_at_once(&store).await;
    quotas::quotas_are_counted_together_or_not_at_all(&*store).await;
    quotas::a_cool_down_lets_one_of_many_through(&store).await;
    quotas::what_is_given_back_can_be_counted_again(&*store).await;
    verifications::a_mint_ticket_lives_and_dies_with_its_write(&*store).await;
    verifications::sealed_tokens_live_and_die_with_their_write(&*store).await;
    listings::listings_are_newest_first_and_go_on_where_they_stopped(&*store).await;
    listings::a_ticket_is_found_whatever_its_capitals(&*store).await;
    listings::what_is_due_is_found_until_it_is_done(&*store).await;
    listings::a_listing_of_what_is_due_goes_on_where_it_stopped(&*store).await;
    listings::what_is_postponed_is_listed_later_until_it_is_written(&*store).await;
    support_grants::a_support_grant_replaces_only_the_one_that_was_read(&store).await;
    support_grants::a_support_grant_and_its_verification_are_written_together_or_not_at_all(
        &*store,
    )
    .await;
    listings::a_support_grant_that_is_due_is_found(&*store).await;
}

fn verification(seed: u64) -> Verification {
    Walk::start(seed).verification
}

fn cancelled(verification: Verification, reason: &str) -> Verification {
    let reason = Reason::parse(reason).expect("a reason");
    match verification.cancel(reason, NOON).expect("open") {
        ClosedByAgent::Now(next) | ClosedByAgent::Already(next) => next,
    }
}

/// A grant of the customer `name`, of 15 minutes from [`NOON`].
fn grant(name: &str) -> SupportGrant {
    granted(name, None).0
}
