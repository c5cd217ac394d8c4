//! Sends that leave over the session, and what the server answers.

use crate::protocol::frame::Features;
use crate::protocol::{Keys, Outgoing};

use super::Payload;
use super::client::Client;
use super::conversation::Join;
use super::conversations::Conversations;
use super::effect::{Drop, Outcome, State, Via};
use super::error::{Error, ErrorCode};
use super::input::{Body, Slot};
use super::outbox::{Entry, Stage, is_message, slot_of};
use super::timeline::{Arrival, Between};
use super::timers::Timer;

/// Sends of one message that may stay unanswered.
const MAX_TRIES: u32 = 3;
/// What a frame holds besides what is said and the ids, at most.
const ENVELOPE_BYTES: usize = 89;

impl<P: Payload> Client<P> {
    pub(super) fn write_all(&mut self, generation: u32, features: Features) {
        let learnt = self.connectivity.answers.message;
        let due = self.cx.now.after(self.ack_timeout_ms(features, learnt));
        let mut room_bytes = self.room_bytes();
        let mut frames = Vec::new();
        let mut written = Vec::new();
        let mut unsupported = Vec::new();
        let mut too_large = Vec::new();
        let max_bytes = self.connectivity.session.as_ref().and_then(|session| session.opening.max_bytes);
        let mut posting: Vec<Slot> = Vec::new();
        for entry in &mut self.outbox.entries {
            if room_bytes == 0 {
                break;
            }
            if entry.stage == Stage::Posting {
                posting.extend(slot_of(&entry.send));
            }
            let is_behind = slot_of(&entry.send).is_some_and(|slot| posting.contains(&slot));
            if !entry.may_leave(self.cx.now) || is_behind {
                continue;
            }
            let has_acks = if entry.is_request() { features.ack } else { features.expects_acks(learnt) };
            if entry.is_request() && !has_acks {
                unsupported.push(entry.send.delivery);
                continue;
            }
            let reference = has_acks.then(|| entry.reference.unwrap_or_else(|| self.cx.next_reference()));
            let Some(frame) = frame_of(&entry.send.body, &self.conversations, reference) else {
                continue;
            };
            let bytes = entry.send.bytes + overhead_bytes(&frame);
            if max_bytes.is_some_and(|max_bytes| bytes as u64 > max_bytes) {
                too_large.push(entry.send.delivery);
                continue;
            }
            room_bytes = room_bytes.saturating_sub(bytes);
            frames.push(frame);
            // What is said where nobody listens yet does not come back: only its answer tells that it is stored.
            let conversation = slot_of(&entry.send).and_then(|slot| self.conversations.at(slot));
            entry.may_be_older |= entry.has_left || conversation.is_some_and(|one| one.join == Join::Out);
            entry.has_left = true;
            match (&entry.send.body, reference) {
                (Body::Message { .. } | Body::Request { .. }, Some(_)) => {
                    if !entry.is_request() {
                        let first = &mut self.connectivity.answers.first_message;
                        *first = first.or(reference);
                        self.cx.timers.set_earlier(Timer::SendAnswer, due);
                    }
                    entry.reference = reference;
                    entry.stage = Stage::Written { due };
                }
                (Body::Message { .. } | Body::Raw(_) | Body::Request { .. }, _) => written.push(entry.send.delivery),
            }
        }
        self.transmit(generation, frames);
        self.note_written(room_bytes);
        for delivery in too_large {
            if let Some(entry) = self.outbox.take_delivery(delivery) {
                self.reject_send(entry, Error::lasting(ErrorCode::TooLarge, "this server takes no frame of this size"));
            }
        }
        for delivery in unsupported {
            self.refuse_request(delivery);
        }
        for delivery in written {
            if let Some(entry) = self.outbox.take_delivery(delivery) {
                self.sent(entry);
            }
        }
    }

    pub(super) fn acked(&mut self, reference: u32, data: Option<P>, keys: Keys) {
        let entry = self.outbox.take_written(reference);
        let is_first = self.connectivity.answers.first_message == Some(reference);
        if is_first || entry.as_ref().is_some_and(|entry| !entry.is_request()) {
            self.connectivity.answers.message = Some(true);
        }
        if let Some(entry) = entry {
            match entry.send.body {
                Body::Request { .. } => self.settle(entry.send.delivery, Outcome::Acked(data)),
                Body::Message { .. } | Body::Raw(_) => self.stored(entry, data, keys, Via::Socket),
            }
        } else if let (Some(slot), Some(client_id)) = (self.outbox.forget_failed(&keys), keys.client_id.as_deref()) {
            self.show_stored(slot, client_id, data, &keys);
        }
    }

    /// The server has refused a send. False if the refusal is about something else.
    pub(super) fn send_refused(&mut self, reference: Option<u32>, error: &Error) -> bool {
        let Some(reference) = reference.filter(|reference| self.outbox.has_written(*reference)) else {
            return false;
        };
        if (self.outbox.is_request(reference) || !error.retryable)
            && let Some(entry) = self.outbox.take_written(reference)
        {
            self.reject_send(entry, error.clone());
        }
        true
    }

    /// A message that came may be one of mine whose ack was lost, or has not come yet.
    pub(super) fn confirm_send(&mut self, slot: Slot, arrival: &Arrival<P>) {
        let Some(client_id) = arrival.keys.client_id.as_deref() else {
            return;
        };
        if let Some(entry) = self.outbox.take(&|entry| is_message(&entry.send, slot, client_id)) {
            self.outbox.echoes.expect(&entry.send, arrival.keys.id.as_deref());
            self.settle(entry.send.delivery, Outcome::Acked(Some(arrival.data.clone())));
        }
        self.outbox.discard_failed(slot, client_id);
    }

    pub(super) fn sends_overdue(&mut self) {
        let now = self.cx.now;
        let due = self.outbox.next_due();
        if due.is_none_or(|due| now < due) {
            self.arm_send_answer();
            return;
        }
        if self.is_unsure(self.connectivity.answers.message) {
            return self.learn_silent_sends();
        }
        if let Some(recheck_at) = self.doubt_unanswered(due) {
            for entry in &mut self.outbox.entries {
                if let Stage::Written { due } = &mut entry.stage {
                    *due = (*due).max(recheck_at);
                }
            }
            self.arm_send_answer();
            return;
        }
        let is_overdue = |entry: &Entry<P>| {
            let is_late = matches!(entry.stage, Stage::Written { due } if due <= now);
            is_late && !entry.is_request()
        };
        for entry in self.outbox.entries.iter_mut().filter(|entry| is_overdue(entry)) {
            entry.stage = Stage::Waiting;
            entry.unanswered += 1;
        }
        for entry in self.outbox.take_all(&|entry| entry.unanswered >= MAX_TRIES) {
            self.drop_send(entry.send, Drop::NoAck);
        }
        self.arm_expiry();
        self.arm_send_answer();
        self.pump();
    }

    /// What a lost session did not answer waits again, under the same client id.
    pub(super) fn unwrite_sends(&mut self, is_unsure: bool) {
        self.cx.timers.clear(Timer::SendAnswer);
        self.lose_requests();
        if is_unsure {
            self.count_as_sent();
        }
        self.connectivity.answers.first_message = None;
        for entry in &mut self.outbox.entries {
            entry.unanswered = 0;
            if matches!(entry.stage, Stage::Written { .. }) {
                entry.stage = Stage::Waiting;
            }
        }
        self.arm_expiry();
        self.pump();
    }

    /// A frame of ours was too large for the server: the largest one on its way is given up.
    pub(super) fn fail_largest_send(&mut self, detail: &str) {
        let on_its_way = |entry: &&Entry<P>| matches!(entry.stage, Stage::Written { .. });
        let largest = self.outbox.entries.iter().filter(on_its_way).max_by_key(|entry| entry.send.bytes);
        let Some(delivery) = largest.map(|entry| entry.send.delivery) else {
            return;
        };
        if let Some(entry) = self.outbox.take_delivery(delivery) {
            self.reject_send(entry, Error::lasting(ErrorCode::TooLarge, detail.to_owned()));
        }
    }

    /// Gives up what the server does not take. Whoever asked a question is told why; of the rest, all are.
    pub(super) fn reject_send(&mut self, entry: Entry<P>, error: Error) {
        if entry.is_request() {
            self.settle(entry.send.delivery, Outcome::Failed(error));
            return;
        }
        let slot = slot_of(&entry.send);
        self.drop_send(entry.send, Drop::Rejected);
        self.report_in(slot, error);
    }

    /// A message of mine is stored: its result is due, and it takes its place.
    pub(super) fn stored(&mut self, entry: Entry<P>, data: Option<P>, mut keys: Keys, via: Via) {
        let Body::Message { slot, client_id, .. } = &entry.send.body else {
            return;
        };
        let (slot, client_id) = (*slot, client_id.clone());
        self.settle(entry.send.delivery, Outcome::Acked(data.clone()));
        keys.client_id = Some(String::from(&*client_id));
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if conversation.timeline.is_unknown(&keys) {
            self.outbox.echoes.expect(&entry.send, keys.id.as_deref());
        }
        // What was said before it comes by the session or by pages: only an answer of the session itself, or a
        // number, tells that nothing of that is on its way still.
        let is_in_order = via == Via::Socket || keys.offset.is_some();
        let may_be_older = entry.may_be_older && keys.offset.is_none();
        let is_news = is_in_order && conversation.is_wanted() && conversation.timeline.stored(&keys);
        match data {
            Some(data) if is_news => {
                let mut told = Vec::new();
                let arrival = Arrival { data, whole: None, keys, via: Via::Echo };
                if may_be_older {
                    conversation.timeline.tell_late(arrival, Between::default(), &mut told);
                } else {
                    conversation.timeline.live(arrival, &mut told);
                }
                self.tell(slot, told);
            }
            data => self.show_stored(slot, &client_id, data, &keys),
        }
        if via == Via::Poll {
            self.poll_if_alone(slot);
        }
    }

    /// A message of mine is stored; where it belongs is told by other ways.
    pub(super) fn show_stored(&mut self, slot: Slot, client_id: &str, data: Option<P>, keys: &Keys) {
        self.mark(slot, client_id, State::Sent);
        let view = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut());
        if let (Some(view), Some(data), Some(_)) = (view, data, &keys.id) {
            let mut edits = Vec::new();
            view.store(data, keys, client_id, &mut edits);
            self.edit_all(slot, edits);
        }
    }

    pub(super) fn arm_send_answer(&mut self) {
        match self.outbox.next_due() {
            Some(at) => self.cx.timers.set(Timer::SendAnswer, at),
            None => self.cx.timers.clear(Timer::SendAnswer),
        }
    }
}

fn frame_of<P: Payload>(
    body: &Body<P>,
    conversations: &Conversations<P>,
    reference: Option<u32>,
) -> Option<Outgoing<P>> {
    Some(match body {
        Body::Message { slot, client_id, content } => Outgoing::Message {
            conversation: conversations.id(*slot)?,
            reference,
            client_id: client_id.clone(),
            content: content.clone(),
        },
        Body::Raw(frame) => Outgoing::Raw(frame.clone()),
        Body::Request { event, data, .. } => {
            Outgoing::Request { event: event.clone(), reference: reference?, data: data.clone() }
        }
    })
}

/// What a send's frame holds besides what is said.
fn overhead_bytes<P>(frame: &Outgoing<P>) -> usize {
    match frame {
        Outgoing::Message { conversation, client_id, .. } => ENVELOPE_BYTES + conversation.len() + client_id.len(),
        Outgoing::Request { event, .. } => ENVELOPE_BYTES + event.len(),
        Outgoing::Raw(_)
        | Outgoing::Hello
        | Outgoing::Connect
        | Outgoing::Answer { .. }
        | Outgoing::Subscribe { .. }
        | Outgoing::Unsubscribe { .. }
        | Outgoing::Typing { .. }
        | Outgoing::Read { .. }
        | Outgoing::Ping
        | Outgoing::Pong => 0,
    }
}
