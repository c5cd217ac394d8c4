//! The time for the engine: `performance.now()`, which may stand still while a machine sleeps,
//! plus the sleep that the wall clock shows.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::engine::Timestamp;

/// A wall clock this far ahead of the other shows that the machine slept.
const SLEEP_MS: f64 = 15_000.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic_ms() -> f64;
}

/// A clock that never runs backwards and counts sleep.
pub(super) struct Clock {
    lead_ms: Cell<f64>,
    slept_ms: Cell<f64>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { lead_ms: Cell::new(js_sys::Date::now() - monotonic_ms()), slept_ms: Cell::new(0.0) }
    }

    pub(super) fn now(&self) -> Timestamp {
        let monotonic_ms = monotonic_ms();
        let lead_ms = js_sys::Date::now() - monotonic_ms;
        let jump_ms = lead_ms - self.lead_ms.get();
        if jump_ms.abs() > SLEEP_MS {
            self.lead_ms.set(lead_ms);
            self.slept_ms.set(self.slept_ms.get() + jump_ms.max(0.0));
        }
        Timestamp::from_millis((monotonic_ms + self.slept_ms.get()) as u64)
    }

    /// A moment of `performance.now()` as one of this clock.
    pub(super) fn at(&self, monotonic_ms: f64) -> Timestamp {
        Timestamp::from_millis((monotonic_ms + self.slept_ms.get()) as u64)
    }

    /// A moment of this clock as one of `performance.now()`: timers stand still as long as that does.
    pub(super) fn awake(&self, at: Timestamp) -> Timestamp {
        at.before(self.slept_ms.get() as u64)
    }

    /// A moment of this clock as milliseconds since 1970.
    pub(super) fn wall_ms(&self, at: Timestamp) -> f64 {
        js_sys::Date::now() + at.as_millis() as f64 - self.now().as_millis() as f64
    }
}
