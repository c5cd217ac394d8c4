//! Dials on their way.

use std::cell::RefCell;

use futures::future::AbortHandle;

/// Each can be called off, and comes to its end some time all the same.
#[derive(Default)]
pub(super) struct Dials(RefCell<Vec<(u32, AbortHandle)>>);

impl Dials {
    /// One begins.
    pub(super) fn begin(&self, generation: u32) {
        let (handle, _) = AbortHandle::new_pair();
        self.0.borrow_mut().push((generation, handle));
    }

    /// Nobody wants this one any more.
    pub(super) fn abort(&self, generation: u32) {
        if let Some((_, handle)) = self.0.borrow().iter().find(|(other, _)| *other == generation) {
            handle.abort();
        }
    }

    /// It has come to its end. False if it was called off before.
    pub(super) fn end(&self, generation: u32) -> bool {
        let mut dials = self.0.borrow_mut();
        let place = dials.iter().position(|(other, _)| *other == generation);
        place.is_some_and(|place| !dials.swap_remove(place).1.is_aborted())
    }
}
