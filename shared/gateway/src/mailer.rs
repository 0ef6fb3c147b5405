//! A mailer whose emails are counted.

use support_core::email::Email;
use support_core::identity::EmailAddress;
use support_core::ports::Mailer;
use support_core::refusal::Failure;

use crate::metrics::{Metric, measure};

/// Sends with another mailer, and measures how each email ended.
#[derive(Clone, Debug)]
pub struct Counted<M>(pub M);

impl<M: Mailer> Mailer for Counted<M> {
    async fn send(&self, to: &EmailAddress, email: &Email) -> Result<(), Failure> {
        let sent = self.0.send(to, email).await;
        measure(if sent.is_ok() { Metric::EmailsSent } else { Metric::EmailsFailed }, 1);
        sent
    }
}
