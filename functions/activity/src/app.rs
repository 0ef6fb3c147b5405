//! The parts of this function.

use support_core::limits::Limits;

pub struct App<V, I, D> {
    pub verifications: V,
    pub index: I,
    pub directory: D,
    pub limits: Limits,
}
