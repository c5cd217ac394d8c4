//! Long-polling: where no socket opens, the session itself goes over HTTP, and over a socket again once that is let
//! through.

use super::Payload;
use super::client::Client;
use super::effect::Effect;
use super::timers::Timer;

/// How long a session goes over HTTP until a socket is tried for the first time.
const MIN_UPGRADE_INTERVAL_MS: u64 = 1_000;
const MAX_UPGRADE_INTERVAL_MS: u64 = 30_000;

impl<P: Payload> Client<P> {
    /// Too long without a session: the next attempt is polled. It begins now where a socket has not even opened.
    pub(super) fn dial_by_polling(&mut self) {
        self.connectivity.is_polled = true;
        if self.connectivity.attempt.as_ref().is_some_and(|link| !link.is_polled && !link.is_open) {
            self.abandon_unopened();
            self.attempt();
        }
    }

    /// An attempt came to nothing. After one that was polled a socket is tried again; it may be that no server is there.
    pub(super) fn choose_transport(&mut self, was_polled: bool, is_refused: bool) {
        self.connectivity.is_polled = self.cx.config.long_polling && is_refused && !was_polled;
        if self.connectivity.is_polled {
            self.cx.timers.clear(Timer::FallBack);
        }
    }

    /// Tries a socket beside the polled session; the older that is, the more seldom.
    pub(super) fn upgrade(&mut self) {
        if let Some(session) = &self.connectivity.session {
            let generation = session.generation;
            self.cx.wish(Effect::Upgrade { generation });
        }
        self.arm_upgrade();
    }

    pub(super) fn arm_upgrade(&mut self) {
        if let Some(session) = self.connectivity.session.as_ref().filter(|session| session.is_polled) {
            let age_ms = self.cx.now.since(session.opened_at);
            self.cx.wake_in(Timer::Upgrade, age_ms.clamp(MIN_UPGRADE_INTERVAL_MS, MAX_UPGRADE_INTERVAL_MS));
        }
    }

    /// The polled session goes over a socket now.
    pub(super) fn upgraded(&mut self, generation: u32) {
        if let Some(session) = self.connectivity.session.as_mut().filter(|session| session.generation == generation) {
            session.is_polled = false;
            self.connectivity.is_polled = false;
            self.cx.timers.clear(Timer::Upgrade);
            self.forget_diagnosis();
        }
    }
}
