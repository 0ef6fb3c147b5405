//! The double keeps to what it doubles.

use std::sync::Arc;

use support_testing::{conformance, memory::Memory};

#[tokio::test(flavor = "multi_thread")]
async fn the_double_conforms() {
    conformance::suite(Arc::new(Memory::default())).await;
}
