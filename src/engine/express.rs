//! The express lane: the plain next message of a conversation goes to the listeners without its text ever coming
//! here. `src/js/lane.js` is its other half.

use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::input::Slot;
use super::time::Timestamp;
use super::view::View;
use super::window;

/// A message, as far as numbers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passing {
    /// Its conversation.
    pub slot: Slot,
    /// Its number there.
    pub offset: Option<u64>,
    /// The print of the numbering.
    pub epoch: Option<u64>,
    /// The print of its id.
    pub id: u64,
    /// It says which of its sender's messages it is.
    pub has_client_id: bool,
}

impl Passing {
    /// The print of an id.
    pub fn print(id: &str) -> u64 {
        window::print(id)
    }
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
    /// The messages in order; of a conversation that no page shows, only the last.
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
    /// Whether a message is the plain next one of its conversation: then it counts as told, the lane tells it, and
    /// `Input::Passed` names it before any other input. Else it is to come in whole.
    pub fn pass(&mut self, generation: u32, passing: &Passing) -> bool {
        let is_session = self.connectivity.session.as_ref().is_some_and(|session| session.generation == generation);
        let slot = passing.slot;
        if !is_session || self.outbox.awaits(slot) || self.typists.any_in(slot) {
            return false;
        }
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return false;
        };
        let is_plain = conversation.settles_at.is_none() && conversation.view.as_ref().is_none_or(View::is_plain);
        if !is_plain || !conversation.timeline.pass(passing) {
            return false;
        }
        if passing.has_client_id {
            self.outbox.echoes.note_client_id();
        }
        self.cx.stats.frames_received += 1;
        self.cx.stats.events += 1;
        true
    }

    pub(super) fn passed(&mut self, passed: Passed) {
        if self.connectivity.link_mut(passed.generation).is_some() {
            self.cx.stats.frames_received += u64::from(passed.unwanted);
            self.heard_at(passed.generation, passed.heard_at.min(self.cx.now));
        }
        for message in passed.messages {
            let Some(conversation) = self.conversations.at_mut(message.slot) else {
                continue;
            };
            conversation.timeline.last_id = Some(message.id.clone());
            let mut edits = Vec::new();
            if let Some(view) = conversation.view.as_mut() {
                view.append(message.id, message.offset, &mut edits);
            }
            self.edit_all(message.slot, edits);
        }
    }
}
