//! What is to be sent, until it is known to have arrived or is given up.

use std::rc::Rc;

use crate::protocol::Keys;

use super::Payload;
use super::echoes::Echoes;
use super::input::{Body, DeliveryId, Slot, Submission};
use super::time::Timestamp;
use super::view::View;

/// The sends of one client, in order.
#[derive(Debug)]
pub(super) struct Outbox<P> {
    pub(super) entries: Vec<Entry<P>>,
    pub(super) bytes: usize,
    pub(super) echoes: Echoes<P>,
    /// What a person may retry: as many as a snapshot shows.
    pub(super) failed: Vec<Submission<P>>,
    pub(super) post_failures: u32,
}

/// One send.
#[derive(Debug)]
pub(super) struct Entry<P> {
    pub(super) send: Submission<P>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) stage: Stage,
    /// The `ref` of its writes: the same for all of them, so that a late answer to an early one counts.
    pub(super) reference: Option<u32>,
    /// It was written or posted: it may be stored, whatever becomes of it here.
    pub(super) has_left: bool,
    /// By what it says, it has come back.
    pub(super) has_returned: bool,
    /// What was told may be newer, where nothing numbers it: it was sent again, or before its conversation was joined.
    pub(super) may_be_older: bool,
    /// Writes that this session did not answer in time.
    pub(super) unanswered: u32,
}

/// Where a send stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    Written { due: Timestamp },
    Posting,
}

impl<P> Entry<P> {
    pub(super) const fn is_request(&self) -> bool {
        matches!(self.send.body, Body::Request { .. })
    }

    /// What was written is in the server's hands; only a request still has its time.
    pub(super) const fn can_expire(&self) -> bool {
        matches!(self.stage, Stage::Waiting) || self.is_request()
    }

    /// It may leave: its turn has come, and its time has not run out.
    pub(super) fn may_leave(&self, now: Timestamp) -> bool {
        self.stage == Stage::Waiting && self.expires_at.is_none_or(|at| now < at)
    }

    fn is_written(&self, reference: u32) -> bool {
        self.reference == Some(reference) && self.stage != Stage::Posting
    }
}

impl<P: Payload> Outbox<P> {
    /// An empty one of this user, as far as that is known.
    pub(super) fn new(user_id: Option<String>) -> Self {
        Self { entries: Vec::new(), bytes: 0, echoes: Echoes::new(user_id), failed: Vec::new(), post_failures: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether this send has never left.
    pub(super) fn is_here(&self, delivery: DeliveryId) -> bool {
        self.entries.iter().any(|entry| entry.send.delivery == delivery && !entry.has_left)
    }

    /// Whether a write with this `ref` waits for its answer.
    pub(super) fn has_written(&self, reference: u32) -> bool {
        self.entries.iter().any(|entry| entry.is_written(reference))
    }

    /// Whether this `ref` is a request's.
    pub(super) fn is_request(&self, reference: u32) -> bool {
        self.entries.iter().any(|entry| entry.is_request() && entry.is_written(reference))
    }

    /// The write with this `ref`.
    pub(super) fn take_written(&mut self, reference: u32) -> Option<Entry<P>> {
        self.take(&|entry| entry.is_written(reference))
    }

    /// The send with this number.
    pub(super) fn take_delivery(&mut self, delivery: DeliveryId) -> Option<Entry<P>> {
        self.take(&|entry| entry.send.delivery == delivery)
    }

    /// A message that was given up is stored after all; gives where.
    pub(super) fn forget_failed(&mut self, keys: &Keys) -> Option<Slot> {
        let client_id = keys.client_id.as_deref()?;
        let is_it = |send: &Submission<P>| slot_of(send).is_some_and(|slot| is_message(send, slot, client_id));
        let place = self.failed.iter().position(is_it)?;
        slot_of(&self.failed.remove(place))
    }

    /// A message that failed may not be retried any more.
    pub(super) fn discard_failed(&mut self, slot: Slot, client_id: &str) {
        self.failed.retain(|send| !is_message(send, slot, client_id));
    }

    /// Whether a message of this conversation may be one of mine.
    pub(super) fn awaits(&self, slot: Slot) -> bool {
        let is_failed = |send: &Submission<P>| slot_of(send) == Some(slot);
        self.holds(slot) || self.echoes.awaits(slot) || self.failed.iter().any(is_failed)
    }

    /// Whether something is to be sent to this conversation.
    pub(super) fn holds(&self, slot: Slot) -> bool {
        self.entries.iter().any(|entry| slot_of(&entry.send) == Some(slot))
    }

    /// My id for a message that came, if it is mine. Where only what it says can tell, it is rather one that is shown, for
    /// others may never come.
    pub(super) fn recognize(&mut self, slot: Slot, keys: &Keys, data: &P, view: Option<&View>) -> Option<Rc<str>> {
        let mine = self.echoes.take(slot, keys);
        if mine.is_some() || !self.echoes.may_guess(keys) {
            return mine;
        }
        let is_shown = |client_id: &str| view.is_some_and(|view| view.has_draft(client_id));
        self.guess(slot, data, &is_shown).or_else(|| self.guess(slot, data, &|_| true))
    }

    /// What has left and got no answer yet may be it, too: enough to show one message instead of two, not to call it
    /// stored.
    fn guess(&mut self, slot: Slot, data: &P, may_be: &dyn Fn(&str) -> bool) -> Option<Rc<str>> {
        let awaited = self.echoes.guess(slot, data, may_be);
        if awaited.is_some() {
            return awaited;
        }
        for entry in self.entries.iter_mut().filter(|entry| entry.has_left && !entry.has_returned) {
            if let Body::Message { slot: own, client_id, content } = &entry.send.body
                && *own == slot
                && content.is_content_of(data)
                && may_be(client_id)
            {
                entry.has_returned = true;
                return Some(client_id.clone());
            }
        }
        None
    }

    /// The first that is meant.
    pub(super) fn take(&mut self, is_it: &dyn Fn(&Entry<P>) -> bool) -> Option<Entry<P>> {
        let entry = self.entries.remove(self.entries.iter().position(is_it)?);
        self.bytes -= entry.send.bytes;
        Some(entry)
    }

    /// All that are meant, in order.
    pub(super) fn take_all(&mut self, is_it: &dyn Fn(&Entry<P>) -> bool) -> Vec<Entry<P>> {
        let taken = self.entries.extract_if(.., |entry| is_it(entry)).collect();
        self.bytes = self.entries.iter().map(|entry| entry.send.bytes).sum();
        taken
    }

    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        let waiting = self.entries.iter().filter(|entry| entry.can_expire());
        waiting.filter_map(|entry| entry.expires_at).min()
    }

    /// When the oldest unanswered message is to be sent again; a request is not.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.entries
            .iter()
            .filter(|entry| !entry.is_request())
            .filter_map(|entry| match entry.stage {
                Stage::Written { due } => Some(due),
                Stage::Waiting | Stage::Posting => None,
            })
            .min()
    }
}

pub(super) fn slot_of<P>(send: &Submission<P>) -> Option<Slot> {
    match &send.body {
        Body::Message { slot, .. } => Some(*slot),
        Body::Raw(_) | Body::Request { .. } => None,
    }
}

pub(super) fn is_message<P>(send: &Submission<P>, slot: Slot, client_id: &str) -> bool {
    matches!(&send.body, Body::Message { slot: own, client_id: id, .. } if *own == slot && **id == *client_id)
}

pub(super) fn keep<T>(list: &mut Vec<T>, one: T, limit: usize) {
    if list.len() >= limit && !list.is_empty() {
        list.remove(0);
    }
    list.push(one);
}
