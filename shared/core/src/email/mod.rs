//! What people are told by email. Each email is a type with its facts as fields, and has its words
//! in each language once: as a `document`, which becomes text and HTML.
//!
//! Names, tickets and reasons are other people's words. A document takes them only after
//! `sanitize`, so that an email keeps its lines, its links and its headers whatever they contain
//! (P24).

mod document;
mod en;
mod es;
mod html;
mod message;
mod moment;
mod sanitize;
mod text;

mod agent_code;
mod agent_invitation;
mod agent_not_active;
mod app_qr;
mod customer_code;
mod grant_created;
mod grant_ended;
mod grant_used;
mod password_changed;
mod receipt_page;
mod recovery_code;
mod session_started;
mod verification_closed;

#[cfg(test)]
mod tests;

pub use self::agent_code::AgentCode;
pub use self::agent_invitation::AgentInvitation;
pub use self::agent_not_active::AgentNotActive;
pub use self::app_qr::AppQr;
pub use self::customer_code::CustomerCode;
pub use self::grant_created::GrantCreated;
pub use self::grant_ended::GrantEnded;
pub use self::grant_used::GrantUsed;
pub use self::message::{Attachment, Email, Picture};
pub use self::password_changed::PasswordChanged;
pub use self::receipt_page::{ReceiptPage, receipt_page};
pub use self::recovery_code::RecoveryCode;
pub use self::session_started::SessionStarted;
pub use self::verification_closed::{Ending, ToldSession, VerificationClosed};
