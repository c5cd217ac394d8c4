//! Whether a session can still be believed.

use super::time::Timestamp;

/// A session that got a frame this recently is believed after a sleep.
const TRUSTED_MS: u64 = 10_000;

/// What to do about a session's silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It is believed for now; look again at this moment.
    Trust { until: Timestamp },
    /// Ask the server.
    Ask,
    /// It cannot be asked, and has been silent for too long to be believed after a sleep.
    Replace,
}

/// When frames came, and whether an answer is awaited.
#[derive(Clone, Debug, Default)]
pub(super) struct Liveness {
    last_frame_at: Timestamp,
    pub(super) is_asked: bool,
    /// Requests that are overdue by then were doubted once, and asked after.
    pub(super) doubted_until: Option<Timestamp>,
}

impl Liveness {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { last_frame_at: now, is_asked: false, doubted_until: None }
    }

    pub(super) const fn heard(&mut self, now: Timestamp) {
        self.last_frame_at = now;
        self.is_asked = false;
    }

    /// When so much silence will have passed.
    pub(super) const fn silent_since(&self, silence_ms: u64) -> Timestamp {
        self.last_frame_at.after(silence_ms)
    }

    /// Whether a frame came after that moment.
    pub(super) const fn was_heard_since(&self, moment: Timestamp) -> bool {
        self.last_frame_at.since(moment) > 0
    }

    /// Whether the server was asked because of this request, and has answered.
    pub(super) fn was_cleared(&self, due: Timestamp) -> bool {
        !self.is_asked && self.doubted_until.is_some_and(|until| due <= until)
    }

    /// Whether no frame came for so long that a sleep would raise doubt.
    pub(super) const fn is_silent(&self, now: Timestamp) -> bool {
        now.since(self.last_frame_at) > TRUSTED_MS
    }

    /// After `interval_ms` of silence while the page runs.
    pub(super) const fn after_silence(&self, now: Timestamp, interval_ms: u64, can_ask: bool) -> Doubt {
        if now.since(self.last_frame_at) < interval_ms {
            return Doubt::Trust { until: self.last_frame_at.after(interval_ms) };
        }
        if can_ask { Doubt::Ask } else { Doubt::Trust { until: now.after(interval_ms) } }
    }

    /// After the page or the machine slept.
    pub(super) const fn after_sleep(&self, now: Timestamp, interval_ms: u64, can_ask: bool) -> Doubt {
        if !self.is_silent(now) {
            return Doubt::Trust { until: self.last_frame_at.after(interval_ms) };
        }
        if can_ask {
            Doubt::Ask
        } else if now.since(self.last_frame_at) > interval_ms {
            Doubt::Replace
        } else {
            Doubt::Trust { until: self.last_frame_at.after(interval_ms) }
        }
    }
}
