//! Support access, the process itself: who may look, which codes are right, what a customer has
//! consented to, and when all of it ends.
//!
//! Nothing here knows AWS, a clock or a log, or reads an environment variable. Time and randomness
//! are arguments; storage and email are [`ports`].

pub mod activity;
pub mod attempt;
pub mod chain;
mod checked;
pub mod code;
pub mod consent_entry;
pub mod directory;
pub mod email;
pub mod email_origin;
pub mod entitlement;
pub mod grant_terms;
pub mod identity;
pub mod jwt;
pub mod kept;
pub mod limits;
pub mod mint;
pub mod notice;
pub mod notices;
pub mod password;
pub mod ports;
pub mod receipt;
pub mod recovery;
pub mod refusal;
pub mod secret;
pub mod session;
pub mod setting;
pub mod status;
pub mod step_detail;
pub mod support_grant;
mod text;
pub mod time;
pub mod time_zone;
pub mod verification;
pub mod view;
