//! Which of the messages that come are mine: by my own id for them, by the server's, else by what they say.

use std::rc::Rc;

use crate::protocol::Keys;

use super::Payload;
use super::input::{Body, Slot, Submission};
use super::outbox::keep;

const MAX_AWAITED: usize = 256;

/// Messages of mine that the server has, and that will come back.
#[derive(Debug)]
pub(super) struct Echoes<P> {
    awaited: Vec<Echo<P>>,
    /// Who I am, where that is known: what names another sender is not mine, whatever it says.
    pub(super) user_id: Option<String>,
    /// This server sends its messages with their senders' ids: what comes without one is nobody's of ours.
    returns_client_ids: bool,
}

#[derive(Debug)]
struct Echo<P> {
    slot: Slot,
    client_id: Rc<str>,
    /// The server's id, where it was told.
    id: Option<String>,
    content: P,
}

impl<P: Payload> Echoes<P> {
    pub(super) const fn new(user_id: Option<String>) -> Self {
        Self { awaited: Vec::new(), user_id, returns_client_ids: false }
    }

    /// A message of mine will come back, under this id if that is known.
    pub(super) fn expect(&mut self, send: &Submission<P>, id: Option<&str>) {
        if let Body::Message { slot, client_id, content } = &send.body {
            let (client_id, content) = (client_id.clone(), content.clone());
            keep(&mut self.awaited, Echo { slot: *slot, client_id, id: id.map(String::from), content }, MAX_AWAITED);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.awaited.len()
    }

    pub(super) fn note(&mut self, keys: &Keys) {
        if keys.client_id.is_some() {
            self.note_client_id();
        }
    }

    pub(super) const fn note_client_id(&mut self) {
        self.returns_client_ids = true;
    }

    /// Whether a message of mine will come back to this conversation.
    pub(super) fn awaits(&self, slot: Slot) -> bool {
        self.awaited.iter().any(|echo| echo.slot == slot)
    }

    /// Whether what a message says may tell whose it is.
    pub(super) fn may_guess(&self, keys: &Keys) -> bool {
        let is_anothers = keys.sender_id.is_some() && self.user_id.is_some() && keys.sender_id != self.user_id;
        keys.client_id.is_none() && !self.returns_client_ids && !is_anothers
    }

    /// My id for a message that came, if its keys tell that it is one that was awaited.
    pub(super) fn take(&mut self, slot: Slot, keys: &Keys) -> Option<Rc<str>> {
        self.take_first(|echo| match (&keys.client_id, &echo.id) {
            (Some(client_id), _) => **client_id == *echo.client_id,
            (None, Some(id)) => echo.slot == slot && keys.id.as_ref() == Some(id),
            (None, None) => false,
        })
    }

    /// The same, if what it says tells it, of those that it may be.
    pub(super) fn guess(&mut self, slot: Slot, data: &P, may_be: &dyn Fn(&str) -> bool) -> Option<Rc<str>> {
        self.take_first(|echo| {
            echo.id.is_none() && echo.slot == slot && echo.content.is_content_of(data) && may_be(&echo.client_id)
        })
    }

    fn take_first(&mut self, is_it: impl Fn(&Echo<P>) -> bool) -> Option<Rc<str>> {
        let place = self.awaited.iter().position(is_it)?;
        Some(self.awaited.remove(place).client_id)
    }
}
