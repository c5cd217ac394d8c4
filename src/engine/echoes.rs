//! Which of the messages that come are mine: by my own id for them, by the server's, else by what they say.

use std::rc::Rc;

use crate::protocol::Keys;

use super::Payload;
use super::input::{Body, Slot, Submission};
use super::outbox::keep;
use super::view::View;

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

    /// My id for a message that came, if it is one that was awaited: the oldest of those that say the same, but rather
    /// one that is shown, for others may never come.
    pub(super) fn take(&mut self, slot: Slot, keys: &Keys, data: &P, view: Option<&View>) -> Option<Rc<str>> {
        let may_guess = self.may_guess(keys);
        let is_it = |echo: &Echo<P>| match (&keys.client_id, &echo.id) {
            (Some(client_id), _) => **client_id == *echo.client_id,
            (None, Some(id)) => echo.slot == slot && keys.id.as_ref() == Some(id),
            (None, None) => echo.slot == slot && may_guess && echo.content.is_content_of(data),
        };
        let is_shown = |echo: &Echo<P>| view.is_some_and(|view| view.has_draft(&echo.client_id));
        let shown = self.awaited.iter().position(|echo| is_it(echo) && is_shown(echo));
        let place = shown.or_else(|| self.awaited.iter().position(is_it))?;
        Some(self.awaited.remove(place).client_id)
    }
}
