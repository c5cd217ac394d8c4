//! Sends of a short while leave together, where the server takes batches. What is written in one turn does so
//! anyway, without a wait: the shell packs it.

use super::Payload;
use super::client::Client;
use super::timers::Timer;

impl<P: Payload> Client<P> {
    /// A send that may wait this long was taken in: it leaves with those of the next moments, or at once.
    pub(super) fn pump_soon(&mut self, left_ms: Option<u64>) {
        let batch_ms = self.cx.config.outbox.batch_ms;
        let takes_batches = self.connectivity.session.as_ref().is_some_and(|session| session.features.batch);
        // Nothing grows too old for the sake of company; and a hidden page's timers are late.
        let may_wait = left_ms.is_none_or(|left_ms| batch_ms < left_ms) && !self.connectivity.is_hidden;
        if batch_ms > 0 && takes_batches && may_wait {
            self.cx.timers.set_earlier(Timer::Batch, self.cx.now.after(batch_ms));
        } else {
            self.pump();
        }
    }

    /// What waits for company leaves now: something is to follow it.
    pub(super) fn send_gathered(&mut self) {
        if self.cx.timers.is_set(Timer::Batch) {
            self.pump();
        }
    }
}
