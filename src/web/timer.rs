//! The one real timer.

use std::cell::Cell;

use crate::engine::Timestamp;

use super::host::Host;

/// Browsers keep a delay in 31 bits; a longer one would fire at once.
const MAX_DELAY_MS: u64 = 0x7fff_ffff;

/// Wakes the driver at the engine's next deadline.
#[derive(Default)]
pub(super) struct Timer(Cell<Option<Timestamp>>);

impl Timer {
    /// Moves the timer to `deadline`, unless it stands there already.
    pub(super) fn set(&self, host: &Host, deadline: Option<Timestamp>, now: Timestamp) {
        if self.0.replace(deadline) != deadline {
            host.wake_in(deadline.map(|at| at.since(now).min(MAX_DELAY_MS) as u32));
        }
    }

    /// The timer has fired: it stands nowhere now.
    pub(super) fn fired(&self) {
        self.0.set(None);
    }
}
