//! The express lane: the plain next message of a conversation goes to the listeners without its text ever coming
//! here. `src/js/lane.js` is its other half.

use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::input::Slot;
use super::time::Timestamp;
use super::timeline::Timeline;
use super::view::View;
use super::window::{joined, print};

/// A message that asks whether it may go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passing<'a> {
    /// Its conversation.
    pub slot: Slot,
    /// Its number there.
    pub offset: Option<u64>,
    /// The numbering.
    pub epoch: Option<&'a str>,
    /// The server's id.
    pub id: &'a str,
    /// It says which of its sender's messages it is.
    pub has_client_id: bool,
}

/// What may go by unasked until the next input: those that follow under the same epoch, in number where they have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// It alone.
    One,
    /// And those that follow, if each one's id is longer than the one before, or as long and greater.
    LaterIds,
    /// And those that follow.
    NextNumbers,
}

/// What went by the lane since the last input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Over which socket.
    pub generation: u32,
    /// When the last of it came.
    pub heard_at: Timestamp,
    /// How many frames nobody here wanted.
    pub unwanted: u32,
    /// The messages that a page shows, in order; of another conversation only the last, if it followed others.
    pub messages: Vec<PassedMessage>,
}

/// A message that went by the lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedMessage {
    /// Its conversation.
    pub slot: Slot,
    /// Its number there.
    pub offset: Option<u64>,
    /// The server's id.
    pub id: Rc<str>,
}

impl<P: Payload> Client<P> {
    /// Gives leave to a message that is the plain next one of its conversation: then it counts as told, and the lane
    /// tells it. Else it is to come in whole. `Input::Passed` has named what followed others of this conversation.
    pub fn pass(&mut self, generation: u32, passing: &Passing<'_>) -> Option<Leave> {
        let is_session = self.connectivity.session.as_ref().is_some_and(|session| session.generation == generation);
        let slot = passing.slot;
        if !is_session || self.outbox.awaits(slot) || self.typists.any_in(slot) {
            return None;
        }
        let conversation = self.conversations.at_mut(slot)?;
        let is_plain =
            conversation.extra.settles_at.is_none() && conversation.view.as_deref().is_none_or(View::is_plain);
        if !is_plain || !conversation.timeline.pass(passing) {
            return None;
        }
        if passing.has_client_id {
            self.outbox.echoes.note_client_id();
        }
        self.cx.stats.frames_received += 1;
        self.cx.stats.events += 1;
        Some(conversation.timeline.leave(passing.id))
    }

    /// The next message of a conversation has gone by, under leave that was given to one before it: its id by `hashes`.
    pub fn followed(&mut self, slot: Slot, id: [u32; 2]) {
        if let Some(conversation) = self.conversations.at_mut(slot) {
            conversation.timeline.follow(joined(id));
            self.cx.stats.frames_received += 1;
            self.cx.stats.events += 1;
        }
    }

    pub(super) fn passed(&mut self, passed: &Passed) {
        if self.connectivity.link_mut(passed.generation).is_some() {
            self.cx.stats.frames_received += u64::from(passed.unwanted);
            self.heard_at(passed.generation, passed.heard_at.min(self.cx.now));
        }
        let mut messages = passed.messages.as_slice();
        while let Some(slot) = messages.first().map(|message| message.slot) {
            let count = messages.iter().take_while(|message| message.slot == slot).count();
            let (of_one, others) = messages.split_at_checked(count).unwrap_or((messages, &[]));
            self.passed_in(slot, of_one);
            messages = others;
        }
    }

    fn passed_in(&mut self, slot: Slot, messages: &[PassedMessage]) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        for message in messages {
            conversation.timeline.name(&message.id);
        }
        if let Some(view) = conversation.view.as_mut() {
            let mut edits = Vec::new();
            let messages = messages.iter().map(|message| (message.id.clone(), message.offset));
            view.append(conversation.timeline.epoch(), messages, &mut edits);
            self.edit_all(slot, edits);
        }
    }
}

impl<P: Clone> Timeline<P> {
    /// Whether a message is the plain next one: then it counts as told.
    pub(super) fn pass(&mut self, passing: &Passing<'_>) -> bool {
        let follows = match (passing.offset, self.position()) {
            (Some(offset), Some(position)) => offset == position.saturating_add(1),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let is_same_epoch = passing.epoch.is_none() || passing.epoch == self.epoch();
        let is_plain = follows && is_same_epoch && !self.catching_up && self.known.held.is_empty();
        let passes = is_plain && self.remember_next(passing);
        if passes {
            self.go_to(passing.offset);
            self.known.last_id = Some(Rc::from(passing.id));
            self.known.count_told();
            self.known.confirm_last();
        }
        passes
    }

    /// Remembers the id of what may be new; false if it is not. Where all that is known came by its number, the next
    /// number is that of none of them.
    fn remember_next(&mut self, passing: &Passing<'_>) -> bool {
        let window = &mut self.known.window;
        if passing.offset.is_some() && window.is_numbered() {
            window.append(print(passing.id));
            window.name(passing.id);
            return true;
        }
        window.insert(passing.id, passing.offset.is_some())
    }

    /// What may follow the message with this id, which has just passed.
    pub(super) fn leave(&self, id: &str) -> Leave {
        if self.position().is_some() && self.known.window.is_numbered() {
            Leave::NextNumbers
        } else if self.known.window.is_last(id) {
            Leave::LaterIds
        } else {
            Leave::One
        }
    }

    /// What the last message gave leave to has followed it.
    pub(super) fn follow(&mut self, print: u64) {
        if let Some(position) = self.position() {
            self.go_to(Some(position.saturating_add(1)));
            self.known.window.note_nameless();
        }
        let known = &mut *self.known;
        known.window.append(print);
        known.count_told();
    }

    /// The id of the message that was told last.
    pub(super) fn name(&mut self, id: &Rc<str>) {
        self.known.window.name(id);
        self.known.last_id = Some(id.clone());
        self.known.confirm_last();
    }
}
