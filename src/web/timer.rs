//! The one real timer.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;

use crate::engine::Timestamp;

/// Browsers keep a delay in 31 bits; a longer one would fire at once.
const MAX_DELAY_MS: u64 = 0x7fff_ffff;

/// Wakes the driver at the engine's next deadline.
#[derive(Default)]
pub(super) struct Timer {
    timeout: RefCell<Option<Timeout>>,
    armed_for: Cell<Option<Timestamp>>,
}

impl Timer {
    /// Moves the timer to `deadline`, unless it stands there already.
    pub(super) fn set(&self, deadline: Option<Timestamp>, now: Timestamp, wake: impl FnOnce() + 'static) {
        if self.armed_for.get() == deadline {
            return;
        }
        self.armed_for.set(deadline);
        let timeout = deadline.map(|at| {
            let delay_ms = at.since(now).min(MAX_DELAY_MS);
            Timeout::new(delay_ms as u32, wake)
        });
        drop(self.timeout.replace(timeout));
    }

    /// The timer stands nowhere.
    pub(super) fn clear(&self) {
        self.armed_for.set(None);
        drop(self.timeout.take());
    }

    /// The timer has fired: it stands nowhere now.
    pub(super) fn fired(&self) {
        self.armed_for.set(None);
    }
}
