//! What a store found in an item and this version does not know.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What another version wrote into an item beside what this one knows, in the store's own form. It goes with
/// its item through every transition, means nothing to the core, and is written again with the next state.
#[derive(Clone, Default)]
pub struct Kept(Option<Arc<dyn Any + Send + Sync>>);

impl Kept {
    pub fn new<T: Any + Send + Sync>(found: T) -> Self {
        Self(Some(Arc::new(found)))
    }

    /// Returns what was found, if it was a store with this form of it that found anything.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_ref()?.downcast_ref()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Kept(…)" } else { "Kept()" })
    }
}
