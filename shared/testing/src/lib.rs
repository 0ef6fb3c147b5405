//! For tests alone: sample people, the in-memory double of the store, the conformance suite that
//! it passes together with DynamoDB, and a world that fails on demand.

pub mod calls;
pub mod conformance;
pub mod jwt;
pub mod memory;
pub mod recovery;
pub mod samples;
pub mod signer;
pub mod world;
