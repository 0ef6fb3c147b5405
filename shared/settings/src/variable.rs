//! The variables that the adapters and the functions need. Each name stands here once.

use crate::environment::{SettingError, environment, required};

/// A variable of a function's environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable(&'static str);

impl Variable {
    /// Returns the name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Reads the value.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn required(self) -> Result<String, SettingError> {
        required(&environment, self.0)
    }

    /// Reads the value if there is one that can be read. A blank one is none: so the template leaves it out.
    pub fn readable(self) -> Option<String> {
        environment(self.0)?.ok().filter(|value| !value.trim().is_empty())
    }
}

macro_rules! variables {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $($(#[$doc])* pub const $name: Variable = Variable(stringify!($name));)*

        /// All of them that the template sets.
        pub const ALL: &[Variable] = &[$($name),*];
    };
}

variables! {
    /// The table of verifications, mint tickets, quotas and support grants.
    SUPPORT_TABLE,
    /// The table of the Core directory.
    CORE_TABLE,
    /// The agents' user pool.
    AGENT_POOL_ID,
    /// The app client of the console in the agents' pool.
    AGENT_CLIENT_ID,
    /// The customers' user pool.
    CUSTOMER_POOL_ID,
    /// The app client of the customers' own app.
    CUSTOMER_CLIENT_ID,
    /// The app client `support-access` in the customers' pool.
    SUPPORT_CLIENT_ID,
    /// The secret with that client's secret: a name or an ARN. Blank: Cognito is asked for it.
    SUPPORT_CLIENT_SECRET,
    /// The secret with the key of keyed hashes: a name or an ARN.
    HASH_KEY_SECRET,
    /// The key that signs receipts: an id or an ARN.
    RECEIPT_KEY,
    /// The email address that emails are sent from.
    MAIL_FROM,
    /// The configuration set that emails are sent under.
    CONFIGURATION_SET,
    /// The queue of the recovery codes to send.
    RECOVERY_QUEUE_URL,
    /// The queue of the changes of password to finish.
    PASSWORD_CHANGED_QUEUE_URL,
    /// The page where a customer answers.
    CONSENT_PAGE_URL,
    /// The page where a customer offers access and revokes it.
    GRANT_PAGE_URL,
    /// The page where an agent enters the credentials of a support grant.
    GRANT_REDEEM_URL,
    /// Where agents sign in.
    CONSOLE_URL,
    /// The time zone of emails to a reader whose own is not known.
    TIME_ZONE,
    /// The CloudWatch namespace of the metrics in the log. Without it, the log has none.
    METRICS_NAMESPACE,
    /// The pool whose triggers a function answers: `agents` or `customers`.
    POOL,
}

/// The level of the log, if an operator sets one by hand.
pub const LOG_LEVEL: Variable = Variable("LOG_LEVEL");
/// The level of the log, where `LOG_LEVEL` is not set.
pub const RUST_LOG: Variable = Variable("RUST_LOG");
