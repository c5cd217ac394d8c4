//! The conversations of one client: who wants them, how far they are known, what is shown of them.

use std::collections::VecDeque;
use std::rc::Rc;

use super::effect::Status;
use super::error::Error;
use super::index::Index;
use super::input::{Holder, Slot};
use super::reading::Reader;
use super::time::Timestamp;
use super::timeline::Timeline;
use super::view::View;
use super::window::print;

/// Conversations that nobody wants are remembered up to this many, so that whoever comes back resumes.
const MAX_RESTING: usize = 1_000;

/// One conversation.
#[derive(Debug)]
pub(super) struct Conversation<P> {
    /// Its id on the wire.
    pub id: Rc<str>,
    /// Who wants it.
    pub holders: Vec<Holder>,
    /// The last of them left a moment ago; it counts as wanted still.
    pub is_lingering: bool,
    /// What this session's server knows of our wish.
    pub join: Join,
    /// It was joined when the last session ended.
    pub was_joined: bool,
    /// Subscribes in a row that stayed without success.
    pub join_failures: u32,
    /// Only a page that is asked for from then on holds all that was said before the join.
    pub settles_at: Option<Timestamp>,
    /// Its order.
    pub timeline: Timeline<P>,
    /// The server or HTTP was asked for a number that is missing.
    pub is_mending: bool,
    /// What a page shows of it.
    pub view: Option<View>,
    /// How it is read over HTTP.
    pub reader: Reader,
    /// What its snapshot says.
    pub status: Status,
    /// Why the server refuses it.
    pub error: Option<Error>,
    /// Something could not be recovered.
    pub has_gap: bool,
    /// When the server was last told that I type.
    pub typing_told_at: Option<Timestamp>,
}

/// What this session's server knows of our wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// Nothing.
    Out,
    /// It was asked, and has not answered.
    Asked {
        /// The `ref` of the subscribe.
        reference: u32,
        /// When an answer is overdue.
        due: Timestamp,
    },
    /// It was asked, and did not answer in time: it may send what happens, or not.
    Unsure,
    /// It sends what happens.
    In,
    /// It refused for good.
    Refused,
}

impl<P> Conversation<P> {
    /// Whether somebody listens.
    pub(super) const fn is_held(&self) -> bool {
        !self.holders.is_empty()
    }

    /// Whether the server should know of it.
    pub(super) const fn is_wanted(&self) -> bool {
        self.is_held() || self.is_lingering
    }
}

/// All conversations of one client, by slot and by id.
#[derive(Debug)]
pub(super) struct Conversations<P> {
    /// Boxed, so that the list can grow without moving them.
    slots: Vec<Option<Box<Conversation<P>>>>,
    free: Vec<Slot>,
    /// By the print of the id; the next number where that is another's.
    by_id: Index<u64>,
    resting: VecDeque<Slot>,
}

impl<P> Default for Conversations<P> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), by_id: Index::default(), resting: VecDeque::new() }
    }
}

impl<P: Clone> Conversations<P> {
    /// The slot of `id`, new if need be.
    pub(super) fn open(&mut self, id: &str) -> Slot {
        let (key, known) = self.look_up(id);
        if let Some(slot) = known {
            return slot;
        }
        let id: Rc<str> = Rc::from(id);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            Slot(self.slots.len() as u32 - 1)
        });
        if let Some(place) = self.slots.get_mut(slot.0 as usize) {
            *place = Some(Box::new(Conversation {
                id,
                holders: Vec::new(),
                is_lingering: false,
                join: Join::Out,
                was_joined: false,
                join_failures: 0,
                settles_at: None,
                timeline: Timeline::default(),
                is_mending: false,
                view: None,
                reader: Reader::default(),
                status: Status::Idle,
                error: None,
                has_gap: false,
                typing_told_at: None,
            }));
        }
        self.by_id.insert(key, slot.0.into());
        self.resting.push_back(slot);
        slot
    }

    /// The slot of `id`, if there is one.
    pub(super) fn find(&self, id: &str) -> Option<Slot> {
        self.look_up(id).1
    }

    /// The key of `id`, and the slot that stands under it.
    fn look_up(&self, id: &str) -> (u64, Option<Slot>) {
        let mut key = print(id);
        while let Some(slot) = self.by_id.get(key).map(|slot| Slot(slot as u32)) {
            if self.at(slot).is_some_and(|conversation| *conversation.id == *id) {
                return (key, Some(slot));
            }
            key += 1;
        }
        (key, None)
    }

    /// One conversation.
    pub(super) fn at(&self, slot: Slot) -> Option<&Conversation<P>> {
        self.slots.get(slot.0 as usize)?.as_deref()
    }

    /// One conversation, to change it.
    pub(super) fn at_mut(&mut self, slot: Slot) -> Option<&mut Conversation<P>> {
        self.slots.get_mut(slot.0 as usize)?.as_deref_mut()
    }

    /// All slots in use, in order.
    pub(super) fn all(&self) -> Vec<Slot> {
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, place)| place.is_some())
            .map(|(index, _)| Slot(index as u32))
            .collect()
    }

    /// All slots that somebody wants, in order.
    pub(super) fn wanted(&self) -> Vec<Slot> {
        self.all().into_iter().filter(|slot| self.at(*slot).is_some_and(Conversation::is_wanted)).collect()
    }

    /// Nobody wants `slot` any more.
    pub(super) fn rest(&mut self, slot: Slot) {
        self.resting.retain(|other| *other != slot);
        self.resting.push_back(slot);
    }

    /// Forgets one conversation that has rested the longest, if too many rest; gives its slot.
    pub(super) fn forget_oldest(&mut self, is_needed: impl Fn(Slot) -> bool) -> Option<Slot> {
        for _ in MAX_RESTING..self.resting.len() {
            let oldest = self.resting.pop_front()?;
            let Some(conversation) = self.at(oldest).filter(|conversation| !conversation.is_wanted()) else {
                continue;
            };
            let reader = &conversation.reader;
            let is_read = reader.in_flight.is_some() || reader.is_queued;
            if is_read || conversation.view.is_some() || is_needed(oldest) {
                self.resting.push_back(oldest);
                continue;
            }
            let (key, _) = self.look_up(&conversation.id);
            // What stands behind one with the same print is found by way of it.
            if self.by_id.get(key + 1).is_none() {
                self.by_id.remove(key);
            }
            *self.slots.get_mut(oldest.0 as usize)? = None;
            self.free.push(oldest);
            return Some(oldest);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_leaves_nothing_behind() {
        let mut conversations = Conversations::<()>::default();
        for n in 0..MAX_RESTING * 5 {
            conversations.open(&n.to_string());
            conversations.forget_oldest(|_| false);
        }
        assert_eq!((conversations.by_id.len(), conversations.resting.len()), (MAX_RESTING, MAX_RESTING));
        assert!(conversations.slots.len() <= MAX_RESTING + 1);
    }
}
