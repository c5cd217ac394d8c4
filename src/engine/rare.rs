//! What few of very many have.

use std::ops::{Deref, DerefMut};

/// A part that takes a pointer until it is changed for the first time.
#[derive(Clone, Debug)]
pub(super) struct Rare<T>(Option<Box<T>>);

/// What there may be a [`Rare`] one of.
pub(super) trait New: Sized {
    /// One that was never changed.
    const NEW: Self;

    /// The same, for all that were never changed.
    fn unchanged<'a>() -> &'a Self
    where
        Self: 'a;
}

impl<T> Rare<T> {
    /// None of its own yet.
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// The part, if it was ever changed.
    pub(super) fn changed(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

impl<T: New> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(T::unchanged)
    }
}

impl<T: New> DerefMut for Rare<T> {
    // There are many places where one may be made, and making one is much code.
    #[inline(never)]
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_with(|| Box::new(T::NEW))
    }
}
