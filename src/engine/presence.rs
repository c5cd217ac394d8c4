//! Who types, until they stop or fall silent.

use std::rc::Rc;

use super::input::Slot;
use super::time::Timestamp;

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
    /// Notes that somebody types; true if they did not before.
    pub(super) fn start(&mut self, slot: Slot, user_id: &str, until: Timestamp) -> bool {
        let known = self.0.iter_mut().find(|typist| typist.slot == slot && *typist.user_id == *user_id);
        if let Some(typist) = known {
            typist.until = until;
            return false;
        }
        self.0.push(Typist {
            slot,
            user_id: Rc::from(user_id),
            until,
        });
        true
    }

    /// Notes that somebody stopped; true if they typed before.
    pub(super) fn stop(&mut self, slot: Slot, user_id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|typist| typist.slot != slot || *typist.user_id != *user_id);
        self.0.len() < before
    }

    /// Takes out everybody who has been silent for too long; gives the conversations that changed.
    pub(super) fn expire(&mut self, now: Timestamp) -> Vec<Slot> {
        let mut changed: Vec<Slot> = self.0.iter().filter(|typist| typist.until <= now).map(|typist| typist.slot).collect();
        self.0.retain(|typist| typist.until > now);
        changed.sort_unstable();
        changed.dedup();
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

    /// Who types in one conversation, the first who began first.
    pub(super) fn in_conversation(&self, slot: Slot) -> Vec<Rc<str>> {
        self.0.iter().filter(|typist| typist.slot == slot).map(|typist| typist.user_id.clone()).collect()
    }
}
