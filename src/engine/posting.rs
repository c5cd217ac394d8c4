//! Sends that leave by POST while there is no session.

use super::Payload;
use super::client::Client;
use super::effect::{Fetch, Via};
use super::error::{Error, ErrorCode};
use super::input::{Body, DeliveryId, Fetched, Item};
use super::outbox::{Entry, Stage, slot_of};
use super::polling::{NO_ANSWER, Request};
use super::timers::Timer;

const POST_RETRY_MIN_MS: u64 = 500;
const POST_RETRY_MAX_MS: u64 = 30_000;

impl<P: Payload> Client<P> {
    /// The page is being left: what waits leaves by requests that outlive it.
    pub(super) fn post_before_leaving(&mut self) {
        if self.cx.config.polling.send {
            while self.post_next(true) {}
        }
    }

    pub(super) fn post_ended(&mut self, delivery: DeliveryId, fetched: Fetched<P>) {
        let posting = |entry: &Entry<P>| is_posting(entry, delivery);
        match fetched {
            Fetched::Posted(Item { data, keys }) => {
                self.outbox.post_failures = 0;
                if let Some(entry) = self.outbox.take(&posting) {
                    self.stored(entry, Some(data), keys, Via::Poll);
                }
            }
            Fetched::Failed { status: Some(status @ 400..=499), detail, .. }
                if !matches!(status, 401 | 408 | 425 | 429) =>
            {
                if let Some(entry) = self.outbox.take(&posting) {
                    self.reject_send(entry, Error::lasting(ErrorCode::Refused, detail));
                }
            }
            Fetched::Failed { retry_after_ms, detail, .. } => self.post_failed(delivery, retry_after_ms, detail),
            Fetched::Messages(..) | Fetched::Conversations(..) | Fetched::Probed { .. } | Fetched::NotModified => {
                self.post_failed(delivery, None, NO_ANSWER.into());
            }
        }
        self.pump();
    }

    fn post_failed(&mut self, delivery: DeliveryId, retry_after_ms: Option<u64>, detail: String) {
        let mut slot = None;
        for entry in self.outbox.entries.iter_mut().filter(|entry| is_posting(entry, delivery)) {
            entry.stage = Stage::Waiting;
            slot = slot_of(&entry.send);
        }
        self.arm_expiry();
        self.outbox.post_failures += 1;
        if self.outbox.post_failures == 1 {
            self.report_in(slot, Error::passing(ErrorCode::PollFailed, detail));
        }
        let span_ms = (POST_RETRY_MIN_MS << self.outbox.post_failures.min(6)).min(POST_RETRY_MAX_MS);
        let delay_ms = POST_RETRY_MIN_MS + self.cx.rng.up_to(span_ms - POST_RETRY_MIN_MS);
        self.cx.wake_in(Timer::PostRetry, delay_ms.max(retry_after_ms.unwrap_or(0)));
    }

    pub(super) fn post_next(&mut self, keepalive: bool) -> bool {
        let now = self.cx.now;
        let can_be_posted = |entry: &&mut Entry<P>| entry.may_leave(now) && slot_of(&entry.send).is_some();
        let Some(entry) = self.outbox.entries.iter_mut().find(can_be_posted) else {
            return false;
        };
        let Body::Message { slot, client_id, content } = &entry.send.body else {
            return false;
        };
        let Some(id) = self.conversations.id(*slot) else {
            return false;
        };
        entry.stage = Stage::Posting;
        entry.has_left = true;
        let delivery = entry.send.delivery;
        let fetch = Fetch::Send { conversation: id, client_id: client_id.clone(), content: content.clone(), keepalive };
        self.cx.stats.posts += 1;
        self.fetch(Request::Post(delivery), fetch);
        true
    }
}

fn is_posting<P>(entry: &Entry<P>, delivery: DeliveryId) -> bool {
    entry.send.delivery == delivery && entry.stage == Stage::Posting
}
