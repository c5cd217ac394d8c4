//! What the application sends: how it is taken in, waits, leaves or is given up, and gets its one result.

use super::Payload;
use super::client::Client;
use super::config::Overflow;
use super::effect::{Drop, Effect, Outcome, State};
use super::input::{Body, DeliveryId, Slot, Submission};
use super::outbox::{Entry, Stage, is_message, keep};
use super::timers::Timer;

impl<P: Payload> Client<P> {
    pub(super) fn send(&mut self, send: Submission<P>) {
        self.show_draft(&send, false);
        self.take_in(send);
    }

    /// Shows what is said before it is sent, again if it failed before.
    fn show_draft(&mut self, send: &Submission<P>, again: bool) {
        let Body::Message { slot, client_id, content } = &send.body else {
            return;
        };
        let mut edits = Vec::new();
        if let Some(conversation) = self.conversations.at_mut(*slot) {
            if let Some(extra) = conversation.extra.changed() {
                extra.typing_told_at = None;
            }
            if let Some(view) = conversation.view.as_mut()
                && !(again && view.mark(client_id, State::Pending, &mut edits))
            {
                view.draft(client_id, content.clone(), &mut edits);
            }
        }
        self.edit_all(*slot, edits);
    }

    fn take_in(&mut self, send: Submission<P>) {
        self.cx.stats.sends += 1;
        if !self.make_room(send.bytes) {
            self.drop_send(send, Drop::Overflow);
            return;
        }
        let ttl_ms = match send.body {
            Body::Message { .. } => self.cx.config.outbox.message_ttl_ms,
            Body::Raw(_) => Some(self.cx.config.outbox.ttl_ms),
            Body::Request { timeout_ms, .. } => Some(timeout_ms),
        };
        let left_ms = ttl_ms.map(|ttl_ms| ttl_ms.saturating_sub(send.waited_ms));
        let expires_at = left_ms.map(|left_ms| self.cx.now.after(left_ms));
        if let Some(at) = expires_at {
            self.cx.timers.set_earlier(Timer::OutboxExpiry, at);
        }
        self.outbox.bytes += send.bytes;
        self.outbox.entries.push(Entry {
            send,
            expires_at,
            stage: Stage::Waiting,
            reference: None,
            has_left: false,
            has_returned: false,
            may_be_older: false,
            unanswered: 0,
        });
        self.auto_connect();
        self.pump_soon(left_ms);
        if self.connectivity.is_away {
            self.post_before_leaving();
        }
    }

    /// Writes or posts whatever waits and may leave.
    pub(super) fn pump(&mut self) {
        if self.connectivity.is_away {
            return;
        }
        if let Some(session) = &self.connectivity.session {
            let (generation, features) = (session.generation, session.features);
            self.cx.timers.clear(Timer::Batch);
            self.write_all(generation, features);
        } else if self.polling.is_active && self.cx.config.polling.send && !self.cx.timers.is_set(Timer::PostRetry) {
            let is_posting = self.outbox.entries.iter().any(|entry| entry.stage == Stage::Posting);
            if !is_posting {
                self.post_next(false);
            }
        }
    }

    pub(super) fn cancel_send(&mut self, delivery: DeliveryId) {
        let can_go = |entry: &Entry<P>| !entry.has_left || entry.is_request();
        if let Some(entry) = self.outbox.take(&|entry| entry.send.delivery == delivery && can_go(entry)) {
            if let Body::Message { slot, client_id, .. } = &entry.send.body {
                self.discard_send(*slot, client_id);
            }
            self.settle(delivery, Outcome::Dropped(Drop::Cancelled));
        }
    }

    pub(super) fn retry_send(&mut self, slot: Slot, client_id: &str, delivery: DeliveryId) {
        let found = self.outbox.failed.iter().position(|send| is_message(send, slot, client_id));
        match found.map(|place| self.outbox.failed.remove(place)) {
            Some(send) => {
                let send = Submission { delivery, waited_ms: 0, ..send };
                self.show_draft(&send, true);
                self.take_in(send);
            }
            None => self.settle(delivery, Outcome::Dropped(Drop::Cancelled)),
        }
    }

    /// A failed message of a snapshot goes; one that is on its way stays.
    pub(super) fn discard_failed(&mut self, slot: Slot, client_id: &str) {
        if !self.outbox.entries.iter().any(|entry| is_message(&entry.send, slot, client_id)) {
            self.discard_send(slot, client_id);
        }
    }

    pub(super) fn discard_send(&mut self, slot: Slot, client_id: &str) {
        self.outbox.discard_failed(slot, client_id);
        let mut edits = Vec::new();
        if let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut()) {
            view.discard(client_id, &mut edits);
        }
        self.edit_all(slot, edits);
    }

    pub(super) fn expire_sends(&mut self) {
        let now = self.cx.now;
        let is_old = |entry: &Entry<P>| entry.can_expire() && entry.expires_at.is_some_and(|at| at <= now);
        for entry in self.outbox.take_all(&is_old) {
            self.drop_send(entry.send, Drop::Expired);
        }
        self.arm_expiry();
        self.pump();
    }

    /// To be called whenever what could not expire can do so again.
    pub(super) fn arm_expiry(&mut self) {
        match self.outbox.next_expiry() {
            Some(at) => self.cx.timers.set(Timer::OutboxExpiry, at),
            None => self.cx.timers.clear(Timer::OutboxExpiry),
        }
    }

    pub(super) fn drop_all_sends(&mut self) {
        for entry in self.outbox.take_all(&|_| true) {
            self.drop_send(entry.send, Drop::Closed);
        }
    }

    pub(super) fn make_room(&mut self, bytes: usize) -> bool {
        let (max_messages, max_bytes) = (self.cx.config.outbox.max_messages, self.cx.config.outbox.max_bytes);
        if bytes > max_bytes {
            return false;
        }
        while self.outbox.entries.len() >= max_messages || self.outbox.bytes + bytes > max_bytes {
            if self.cx.config.outbox.overflow == Overflow::Reject {
                return false;
            }
            let Some(oldest) = self.outbox.take(&|entry| entry.stage == Stage::Waiting) else {
                return false;
            };
            self.drop_send(oldest.send, Drop::Overflow);
        }
        true
    }

    pub(super) fn drop_send(&mut self, send: Submission<P>, why: Drop) {
        let delivery = send.delivery;
        match &send.body {
            Body::Message { slot, client_id, .. } => {
                self.mark(*slot, &client_id.clone(), State::Failed);
                keep(&mut self.outbox.failed, send, self.cx.config.history_max_messages);
            }
            Body::Request { .. } => return self.fail_request(delivery, why),
            Body::Raw(_) => {}
        }
        self.settle(delivery, Outcome::Dropped(why));
    }

    pub(super) fn settle(&mut self, delivery: DeliveryId, outcome: Outcome<P>) {
        if matches!(outcome, Outcome::Dropped(_) | Outcome::Failed(_)) {
            self.cx.stats.dropped += 1;
        }
        self.cx.wish(Effect::Settle(delivery, outcome));
    }
}
