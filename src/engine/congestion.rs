//! Sends go no faster than the network takes them: what the browser has not written yet could not be taken back.

use super::Payload;
use super::client::Client;
use super::effect::Effect;
use super::timers::Timer;

/// So much is written before the browser is asked how much of it has left.
const PAUSE_BYTES: usize = 64 * 1024;
/// Sends go on when less than this is left.
const RESUME_BYTES: usize = 16 * 1024;
const MEASURE_INTERVAL_MS: u64 = 50;

impl<P: Payload> Client<P> {
    /// How much may be written now.
    pub(super) fn room_bytes(&self) -> usize {
        match &self.connectivity.session {
            Some(session) if !session.is_congested => PAUSE_BYTES.saturating_sub(session.unmeasured_bytes),
            Some(_) | None => 0,
        }
    }

    /// So much room is left after writing.
    pub(super) fn note_written(&mut self, room_bytes: usize) {
        let Some(session) = self.connectivity.session.as_mut().filter(|session| !session.is_congested) else {
            return;
        };
        session.unmeasured_bytes = PAUSE_BYTES - room_bytes;
        if room_bytes == 0 {
            session.is_congested = true;
            self.measure();
        }
    }

    /// The browser has said how much has not left yet.
    pub(super) fn buffered(&mut self, generation: u32, bytes: usize) {
        let Some(session) = self.connectivity.session.as_mut().filter(|session| session.generation == generation)
        else {
            return;
        };
        session.unmeasured_bytes = bytes.min(PAUSE_BYTES);
        session.is_congested = bytes >= RESUME_BYTES;
        if session.is_congested {
            self.cx.wake_in(Timer::Buffer, MEASURE_INTERVAL_MS);
        } else {
            self.pump();
        }
    }

    pub(super) fn measure(&mut self) {
        if let Some(session) = &self.connectivity.session {
            let generation = session.generation;
            self.cx.wish(Effect::Measure { generation });
        }
    }
}
