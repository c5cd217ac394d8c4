//! Who types: others, until they stop or fall silent, and I, as often as it need be told.

use std::rc::Rc;

use crate::protocol::Outgoing;

use super::Payload;
use super::client::Client;
use super::effect::Edit;
use super::input::Slot;
use super::time::Timestamp;
use super::timers::Timer;

/// Everybody who types, in every conversation.
#[derive(Debug, Default)]
pub(super) struct Typists(Vec<Typist>);

#[derive(Debug)]
struct Typist {
    slot: Slot,
    user_id: Rc<str>,
    until: Timestamp,
}

impl Typists {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Notes that somebody types; true if they did not before.
    pub(super) fn start(&mut self, slot: Slot, user_id: &str, until: Timestamp) -> bool {
        if let Some(typist) = self.find(slot, user_id).and_then(|place| self.0.get_mut(place)) {
            typist.until = until;
            return false;
        }
        self.0.push(Typist { slot, user_id: Rc::from(user_id), until });
        true
    }

    /// Notes that somebody stopped; true if they typed before.
    pub(super) fn stop(&mut self, slot: Slot, user_id: &str) -> bool {
        self.find(slot, user_id).map(|place| self.0.remove(place)).is_some()
    }

    /// Takes out everybody who has been silent for too long; gives the conversations that changed.
    pub(super) fn expire(&mut self, now: Timestamp) -> Vec<Slot> {
        let mut changed = Vec::new();
        self.0.retain(|typist| {
            let is_silent = typist.until <= now;
            if is_silent && !changed.contains(&typist.slot) {
                changed.push(typist.slot);
            }
            !is_silent
        });
        changed
    }

    /// Forgets everybody in one conversation; true if there was somebody.
    pub(super) fn clear(&mut self, slot: Slot) -> bool {
        let before = self.0.len();
        self.0.retain(|typist| typist.slot != slot);
        self.0.len() < before
    }

    /// When the next one falls silent.
    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        self.0.iter().map(|typist| typist.until).min()
    }

    /// Whether somebody types in one conversation.
    pub(super) fn any_in(&self, slot: Slot) -> bool {
        self.0.iter().any(|typist| typist.slot == slot)
    }

    /// Who types in one conversation, the first who began first.
    pub(super) fn in_conversation(&self, slot: Slot) -> Vec<Rc<str>> {
        self.0.iter().filter(|typist| typist.slot == slot).map(|typist| typist.user_id.clone()).collect()
    }

    fn find(&self, slot: Slot, user_id: &str) -> Option<usize> {
        self.0.iter().position(|typist| typist.slot == slot && *typist.user_id == *user_id)
    }
}

impl<P: Payload> Client<P> {
    pub(super) fn somebody_types(&mut self, slot: Slot, user_id: &str, is_typing: bool) {
        let changed = if is_typing {
            let until = self.cx.now.after(self.cx.config.typing_expire_ms);
            self.typists.start(slot, user_id, until)
        } else {
            self.typists.stop(slot, user_id)
        };
        if changed {
            self.show_typing(slot);
        }
        self.arm_typing_expiry();
    }

    pub(super) fn expire_typing(&mut self) {
        for slot in self.typists.expire(self.cx.now) {
            self.show_typing(slot);
        }
        self.arm_typing_expiry();
    }

    pub(super) fn forget_typing(&mut self, slot: Slot) {
        if self.typists.clear(slot) {
            self.show_typing(slot);
        }
    }

    pub(super) fn forget_all_typing(&mut self) {
        for slot in self.conversations.slots() {
            self.forget_typing(slot);
        }
    }

    /// Tells the server that I type: at once, then at most once in a while; and that I stopped.
    pub(super) fn tell_typing(&mut self, slot: Slot, is_typing: bool) {
        let (now, throttle_ms) = (self.cx.now, self.cx.config.typing_throttle_ms);
        let Some(generation) = self.connectivity.session.as_ref().map(|session| session.generation) else {
            return;
        };
        let id = self.conversation_id(slot);
        let (Some(id), Some(conversation)) = (id, self.conversations.at_mut(slot)) else {
            return;
        };
        let is_due = match conversation.extra.typing_told_at {
            Some(at) if is_typing => now.since(at) >= throttle_ms,
            Some(_) => true,
            None => is_typing,
        };
        if !is_due {
            return;
        }
        conversation.extra.typing_told_at = is_typing.then_some(now);
        let frame = Outgoing::Typing { conversation: id, is_typing };
        self.transmit(generation, vec![frame]);
    }

    fn show_typing(&mut self, slot: Slot) {
        let typists = self.typists.in_conversation(slot);
        self.cx.edit(slot, Edit::Typing(typists));
    }

    fn arm_typing_expiry(&mut self) {
        match self.typists.next_expiry() {
            Some(at) => self.cx.timers.set(Timer::TypingExpiry, at),
            None => self.cx.timers.clear(Timer::TypingExpiry),
        }
    }
}
