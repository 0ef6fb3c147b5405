//! Whose sessions were asked about before, so that the next time the session and the directory's record
//! can be read side by side: an access token does not say where in the directory to look.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use support_core::identity::{EmailAddress, VerificationId};

/// How many sessions are remembered. Then all are forgotten, which costs each one slower answer.
const MOST: usize = 1000;

/// The customers of sessions. What is remembered never changes, and decides nothing.
#[derive(Debug, Default)]
pub struct Customers(Mutex<HashMap<VerificationId, EmailAddress>>);

impl Customers {
    fn known(&self) -> MutexGuard<'_, HashMap<VerificationId, EmailAddress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn of(&self, session: &VerificationId) -> Option<EmailAddress> {
        self.known().get(session).cloned()
    }

    pub fn remember(&self, session: &VerificationId, email: &EmailAddress) {
        let mut known = self.known();
        if known.len() >= MOST && !known.contains_key(session) {
            known.clear();
        }
        known.insert(session.clone(), email.clone());
    }
}
