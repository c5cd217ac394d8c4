//! What is to be sent, until it is known to have arrived or is given up.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::protocol::{Keys, Outgoing};

use super::Payload;
use super::client::Client;
use super::config::Overflow;
use super::effect::{Drop, Effect, Fetch, Outcome, State};
use super::error::{Error, ErrorCode};
use super::input::{Body, DeliveryId, Fetched, Item, RequestId, Slot, Submission};
use super::polling::Request;
use super::time::Timestamp;
use super::timeline::{Arrival, Told};
use super::timers::Timer;
use super::effect::Via;

/// Sends of one message that may stay unanswered.
const MAX_TRIES: u32 = 3;
/// Own messages whose echo has not come, and failed ones that a person may retry.
const MAX_KEPT: usize = 256;
const POST_RETRY_MIN_MS: u64 = 500;
const POST_RETRY_MAX_MS: u64 = 30_000;

/// The sends of one client, in order.
#[derive(Debug)]
pub(super) struct Outbox<P> {
    entries: VecDeque<Entry<P>>,
    bytes: usize,
    echoes: VecDeque<Echo<P>>,
    failed: VecDeque<Submission<P>>,
    post_failures: u32,
}

#[derive(Debug)]
struct Entry<P> {
    send: Submission<P>,
    expires_at: Option<Timestamp>,
    stage: Stage,
    tries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Written { reference: u32, due: Timestamp },
    Posting,
}

/// A message of mine that the server has, and that will come back.
#[derive(Debug)]
struct Echo<P> {
    slot: Slot,
    client_id: Rc<str>,
    /// What was said, where the server may not return the client id.
    content: Option<P>,
}

impl<P> Default for Outbox<P> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            echoes: VecDeque::new(),
            failed: VecDeque::new(),
            post_failures: 0,
        }
    }
}

impl<P: Payload> Outbox<P> {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_waiting(&self, delivery: DeliveryId) -> bool {
        self.entries.iter().any(|entry| entry.send.delivery == delivery && entry.stage == Stage::Waiting)
    }

    /// Whether a message with this client id is mine; it is asked once.
    pub(super) fn take_echo(&mut self, client_id: Option<&str>) -> bool {
        let place = self.echoes.iter().position(|echo| Some(&*echo.client_id) == client_id);
        place.and_then(|place| self.echoes.remove(place)).is_some()
    }

    /// The client id of the oldest message of mine that says just this, on a server that does not return ids.
    pub(super) fn echo_of(&self, slot: Slot, stored: &P) -> Option<String> {
        let echo = self.echoes.iter().find(|echo| {
            echo.slot == slot && echo.content.as_ref().is_some_and(|content| content.is_content_of(stored))
        })?;
        Some(String::from(&*echo.client_id))
    }

    fn await_echo(&mut self, send: &Submission<P>, may_lack_id: bool) {
        let Body::Message { slot, client_id, content } = &send.body else {
            return;
        };
        keep(&mut self.echoes, Echo {
            slot: *slot,
            client_id: client_id.clone(),
            content: may_lack_id.then(|| content.clone()),
        });
    }

    fn take(&mut self, is_it: impl Fn(&Entry<P>) -> bool) -> Option<Entry<P>> {
        let entry = self.entries.remove(self.entries.iter().position(is_it)?)?;
        self.bytes -= entry.send.bytes;
        Some(entry)
    }

    fn next_expiry(&self) -> Option<Timestamp> {
        let waiting = self.entries.iter().filter(|entry| entry.stage == Stage::Waiting);
        waiting.filter_map(|entry| entry.expires_at).min()
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter_map(|entry| match entry.stage {
                Stage::Written { due, .. } => Some(due),
                Stage::Waiting | Stage::Posting => None,
            })
            .min()
    }
}

impl<P: Payload> Client<P> {
    pub(super) fn send(&mut self, send: Submission<P>) {
        self.cx.stats.sends += 1;
        if let Body::Message { slot, client_id, content } = &send.body {
            let mut edits = Vec::new();
            if let Some(conversation) = self.conversations.at_mut(*slot) {
                conversation.typing_told_at = None;
                if let Some(view) = conversation.view.as_mut()
                    && !view.mark(client_id, State::Pending, &mut edits)
                {
                    view.draft(client_id, content.clone(), &mut edits);
                }
            }
            self.edit_all(*slot, edits);
        }
        if !self.make_room(send.bytes) {
            self.drop_send(send, Drop::Overflow);
            return;
        }
        let ttl_ms = match send.body {
            Body::Message { .. } => self.cx.config.outbox.message_ttl_ms,
            Body::Raw(_) => Some(self.cx.config.outbox.ttl_ms),
        };
        self.outbox.bytes += send.bytes;
        self.outbox.entries.push_back(Entry {
            send,
            expires_at: ttl_ms.map(|ttl_ms| self.cx.now.after(ttl_ms)),
            stage: Stage::Waiting,
            tries: 0,
        });
        self.auto_connect();
        self.pump();
    }

    /// Writes or posts whatever waits and may leave.
    pub(super) fn pump(&mut self) {
        if let Some(session) = &self.connectivity.session {
            let (generation, has_acks) = (session.generation, session.features.ack);
            self.write_all(generation, has_acks);
        } else if self.polling.is_active && self.cx.config.polling.send && !self.cx.timers.is_set(Timer::PostRetry) {
            let is_posting = self.outbox.entries.iter().any(|entry| entry.stage == Stage::Posting);
            if !is_posting {
                self.post_next(false);
            }
        }
        match self.outbox.next_expiry() {
            Some(at) => self.cx.timers.set(Timer::OutboxExpiry, at),
            None => self.cx.timers.clear(Timer::OutboxExpiry),
        }
    }

    pub(super) fn cancel_send(&mut self, delivery: DeliveryId) {
        if let Some(entry) = self.outbox.take(|entry| entry.send.delivery == delivery && entry.stage == Stage::Waiting) {
            if let Body::Message { slot, client_id, .. } = &entry.send.body {
                self.discard_send(*slot, client_id);
            }
            self.settle(delivery, Outcome::Dropped(Drop::Cancelled));
        }
    }

    pub(super) fn retry_send(&mut self, slot: Slot, client_id: &str, delivery: DeliveryId) {
        let found = self.outbox.failed.iter().position(|send| is_message(send, slot, client_id));
        match found.and_then(|place| self.outbox.failed.remove(place)) {
            Some(send) => self.send(Submission { delivery, ..send }),
            None => self.settle(delivery, Outcome::Dropped(Drop::Cancelled)),
        }
    }

    pub(super) fn discard_send(&mut self, slot: Slot, client_id: &str) {
        self.outbox.failed.retain(|send| !is_message(send, slot, client_id));
        let mut edits = Vec::new();
        if let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut()) {
            view.discard(client_id, &mut edits);
        }
        self.edit_all(slot, edits);
    }

    pub(super) fn acked(&mut self, reference: u32, data: Option<P>, keys: Keys) {
        let written = |entry: &Entry<P>| matches!(entry.stage, Stage::Written { reference: own, .. } if own == reference);
        if let Some(entry) = self.outbox.take(written) {
            self.stored(entry, data, keys);
        }
    }

    /// The server has refused a send. False if the refusal is about something else.
    pub(super) fn send_refused(&mut self, reference: Option<u32>, error: &Error) -> bool {
        let written = |entry: &Entry<P>| matches!(entry.stage, Stage::Written { reference: own, .. } if Some(own) == reference);
        if !self.outbox.entries.iter().any(written) {
            return false;
        }
        if error.retryable {
            return true;
        }
        if let Some(entry) = self.outbox.take(written) {
            let slot = slot_of(&entry.send);
            self.drop_send(entry.send, Drop::Rejected);
            self.cx.report(error.clone(), slot);
        }
        true
    }

    /// A message that came may be one of mine whose ack was lost, or has not come yet.
    pub(super) fn confirm_send(&mut self, slot: Slot, arrival: &Arrival<P>) {
        let Some(client_id) = arrival.keys.client_id.as_deref() else {
            return;
        };
        if let Some(entry) = self.outbox.take(|entry| is_message(&entry.send, slot, client_id)) {
            self.outbox.await_echo(&entry.send, false);
            self.settle(entry.send.delivery, Outcome::Acked(Some(arrival.data.clone())));
        }
        self.outbox.failed.retain(|send| !is_message(send, slot, client_id));
    }

    pub(super) fn sends_overdue(&mut self) {
        let now = self.cx.now;
        let is_overdue = |entry: &Entry<P>| matches!(entry.stage, Stage::Written { due, .. } if due <= now);
        while let Some(entry) = self.outbox.take(|entry| is_overdue(entry) && entry.tries >= MAX_TRIES) {
            self.drop_send(entry.send, Drop::NoAck);
        }
        for entry in self.outbox.entries.iter_mut().filter(|entry| is_overdue(entry)) {
            entry.stage = Stage::Waiting;
        }
        self.pump();
        self.arm_send_answer();
    }

    pub(super) fn expire_sends(&mut self) {
        let now = self.cx.now;
        let is_old = |entry: &Entry<P>| entry.stage == Stage::Waiting && entry.expires_at.is_some_and(|at| at <= now);
        while let Some(entry) = self.outbox.take(is_old) {
            self.drop_send(entry.send, Drop::Expired);
        }
        self.pump();
    }

    /// What a lost session did not answer waits again, under the same client id.
    pub(super) fn unwrite_sends(&mut self) {
        self.cx.timers.clear(Timer::SendAnswer);
        for entry in &mut self.outbox.entries {
            if matches!(entry.stage, Stage::Written { .. }) {
                entry.stage = Stage::Waiting;
            }
        }
        self.pump();
    }

    pub(super) fn drop_all_sends(&mut self) {
        while let Some(entry) = self.outbox.take(|_| true) {
            self.drop_send(entry.send, Drop::Closed);
        }
    }

    /// A frame of ours was too large for the server: the largest one on its way is given up.
    pub(super) fn fail_largest_send(&mut self, detail: &str) {
        let largest = self.outbox.entries.iter().filter(|entry| entry.tries > 0).max_by_key(|entry| entry.send.bytes);
        let Some(delivery) = largest.map(|entry| entry.send.delivery) else {
            return;
        };
        if let Some(entry) = self.outbox.take(|entry| entry.send.delivery == delivery) {
            let slot = slot_of(&entry.send);
            self.drop_send(entry.send, Drop::Rejected);
            self.cx.report(Error::lasting(ErrorCode::TooLarge, detail.to_owned()), slot);
        }
    }

    /// The page is being left: what waits leaves by requests that outlive it.
    pub(super) fn post_before_leaving(&mut self) {
        if self.cx.config.polling.send {
            while self.post_next(true) {}
        }
    }

    pub(super) fn post_ended(&mut self, delivery: DeliveryId, fetched: Fetched<P>) {
        let posting = |entry: &Entry<P>| entry.send.delivery == delivery && entry.stage == Stage::Posting;
        match fetched {
            Fetched::Posted(Item { data, keys }) => {
                self.outbox.post_failures = 0;
                if let Some(entry) = self.outbox.take(posting) {
                    self.stored(entry, Some(data), keys);
                }
            }
            Fetched::Failed { status: Some(status @ 400..=499), detail, .. } if !matches!(status, 401 | 408 | 425 | 429) => {
                if let Some(entry) = self.outbox.take(posting) {
                    let slot = slot_of(&entry.send);
                    self.drop_send(entry.send, Drop::Rejected);
                    self.cx.report(Error::lasting(ErrorCode::Refused, detail), slot);
                }
            }
            Fetched::Failed { retry_after_ms, .. } => {
                for entry in self.outbox.entries.iter_mut().filter(|entry| posting(entry)) {
                    entry.stage = Stage::Waiting;
                }
                self.outbox.post_failures += 1;
                let span_ms = (POST_RETRY_MIN_MS << self.outbox.post_failures.min(6)).min(POST_RETRY_MAX_MS);
                let delay_ms = POST_RETRY_MIN_MS + self.cx.rng.up_to(span_ms - POST_RETRY_MIN_MS);
                self.cx.wake_in(Timer::PostRetry, delay_ms.max(retry_after_ms.unwrap_or(0)));
            }
            Fetched::Messages(..) | Fetched::Conversations(..) | Fetched::NotModified => {}
        }
        self.pump();
    }

    fn write_all(&mut self, generation: u32, has_acks: bool) {
        let due = self.cx.now.after(self.cx.config.outbox.ack_timeout_ms);
        let mut frames = Vec::new();
        let mut written = Vec::new();
        let mut posting: Vec<Slot> = Vec::new();
        for entry in &mut self.outbox.entries {
            match (&entry.send.body, entry.stage) {
                (Body::Message { slot, .. }, Stage::Posting) => posting.push(*slot),
                (Body::Message { slot, client_id, content }, Stage::Waiting) if !posting.contains(slot) => {
                    let Some(conversation) = self.conversations.at(*slot) else {
                        continue;
                    };
                    let reference = has_acks.then(|| self.cx.next_reference());
                    frames.push(Outgoing::Message {
                        conversation: conversation.id.clone(),
                        reference,
                        client_id: client_id.clone(),
                        content: content.clone(),
                    });
                    entry.tries += 1;
                    match reference {
                        Some(reference) => entry.stage = Stage::Written { reference, due },
                        None => written.push(entry.send.delivery),
                    }
                }
                (Body::Raw(frame), Stage::Waiting) => {
                    frames.push(Outgoing::Raw(frame.clone()));
                    written.push(entry.send.delivery);
                }
                (Body::Message { .. } | Body::Raw(_), Stage::Waiting | Stage::Written { .. } | Stage::Posting) => {}
            }
        }
        self.transmit(generation, frames);
        for delivery in written {
            if let Some(entry) = self.outbox.take(|entry| entry.send.delivery == delivery) {
                self.outbox.await_echo(&entry.send, true);
                if let Body::Message { slot, client_id, .. } = &entry.send.body {
                    self.mark(*slot, client_id, State::Sent);
                }
                self.settle(delivery, Outcome::Sent);
            }
        }
        self.arm_send_answer();
    }

    fn post_next(&mut self, keepalive: bool) -> bool {
        let next = self.outbox.entries.iter_mut().find(|entry| entry.stage == Stage::Waiting && slot_of(&entry.send).is_some());
        let Some(entry) = next else {
            return false;
        };
        let Body::Message { slot, client_id, content } = &entry.send.body else {
            return false;
        };
        let Some(conversation) = self.conversations.at(*slot) else {
            return false;
        };
        entry.stage = Stage::Posting;
        entry.tries += 1;
        let delivery = entry.send.delivery;
        let fetch = Fetch::Send {
            conversation: conversation.id.clone(),
            client_id: client_id.clone(),
            content: content.clone(),
            keepalive,
        };
        let request: RequestId = self.cx.next_request();
        self.cx.stats.posts += 1;
        self.requests.insert(request, Request::Post(delivery));
        self.cx.wish(Effect::Fetch(request, fetch));
        true
    }

    /// A message of mine is stored: its result is due, and it takes its place.
    fn stored(&mut self, entry: Entry<P>, data: Option<P>, mut keys: Keys) {
        let Body::Message { slot, client_id, .. } = &entry.send.body else {
            return;
        };
        let (slot, client_id) = (*slot, client_id.clone());
        self.outbox.await_echo(&entry.send, keys.client_id.is_none());
        self.settle(entry.send.delivery, Outcome::Acked(data.clone()));
        keys.client_id = Some(String::from(&*client_id));
        self.mark(slot, &client_id, State::Sent);
        let (Some(data), true) = (data, keys.id.is_some()) else {
            return;
        };
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let is_news = conversation.is_wanted() && conversation.timeline.stored(&keys);
        let arrival = Arrival { data, whole: None, keys, via: Via::Echo };
        if is_news {
            let mut told = Vec::new();
            conversation.timeline.live(arrival, &mut told);
            self.tell(slot, told);
        } else {
            self.tell_quietly(slot, arrival);
        }
    }

    fn tell_quietly(&mut self, slot: Slot, arrival: Arrival<P>) {
        self.tell(slot, vec![Told::History(arrival, None)]);
    }

    fn make_room(&mut self, bytes: usize) -> bool {
        let (max_messages, max_bytes) = (self.cx.config.outbox.max_messages, self.cx.config.outbox.max_bytes);
        if bytes > max_bytes || max_messages == 0 {
            return false;
        }
        while self.outbox.entries.len() >= max_messages || self.outbox.bytes + bytes > max_bytes {
            if self.cx.config.outbox.overflow == Overflow::Reject {
                return false;
            }
            let Some(oldest) = self.outbox.take(|entry| entry.stage == Stage::Waiting) else {
                return false;
            };
            self.drop_send(oldest.send, Drop::Overflow);
        }
        true
    }

    fn drop_send(&mut self, send: Submission<P>, why: Drop) {
        let delivery = send.delivery;
        if let Body::Message { slot, client_id, .. } = &send.body {
            self.mark(*slot, &client_id.clone(), State::Failed);
            keep(&mut self.outbox.failed, send);
        }
        self.settle(delivery, Outcome::Dropped(why));
    }

    fn settle(&mut self, delivery: DeliveryId, outcome: Outcome<P>) {
        if matches!(outcome, Outcome::Dropped(_)) {
            self.cx.stats.dropped += 1;
        }
        self.cx.wish(Effect::Settle(delivery, outcome));
    }

    fn arm_send_answer(&mut self) {
        match self.outbox.next_due() {
            Some(at) => self.cx.timers.set(Timer::SendAnswer, at),
            None => self.cx.timers.clear(Timer::SendAnswer),
        }
    }
}

fn slot_of<P>(send: &Submission<P>) -> Option<Slot> {
    match &send.body {
        Body::Message { slot, .. } => Some(*slot),
        Body::Raw(_) => None,
    }
}

fn is_message<P>(send: &Submission<P>, slot: Slot, client_id: &str) -> bool {
    matches!(&send.body, Body::Message { slot: own, client_id: id, .. } if *own == slot && **id == *client_id)
}

fn keep<T>(list: &mut VecDeque<T>, one: T) {
    if list.len() == MAX_KEPT {
        list.pop_front();
    }
    list.push_back(one);
}
