//! Ecosystem Admin: support for the successor of an ecosystem.

mod reading;
mod samples;
mod support;
