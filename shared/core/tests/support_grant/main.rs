//! Support grants: access that a customer offers beforehand.

mod consent;
mod credentials;
mod judging;
mod notices;
mod offers;
mod samples;
mod verifications;
