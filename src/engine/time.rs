//! Time as the engine sees it: given from outside, in milliseconds.

/// A moment on the shell's clock, which never runs backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment `millis` milliseconds after the clock's own beginning.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's own beginning.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The moment `delay_ms` later.
    #[must_use]
    pub const fn after(self, delay_ms: u64) -> Self {
        Self(self.0.saturating_add(delay_ms))
    }

    /// The moment `earlier_ms` before.
    #[must_use]
    pub const fn before(self, earlier_ms: u64) -> Self {
        Self(self.0.saturating_sub(earlier_ms))
    }

    /// Milliseconds that passed since `earlier`; 0 if it lies ahead.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
