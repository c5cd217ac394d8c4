//! The conversations of one client, by slot and by id.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use super::conversation::{Conversation, NOWHERE};
use super::input::Slot;
use super::window::print;

/// Conversations that nobody wants are remembered up to this many, so that whoever comes back resumes.
const MAX_RESTING: usize = 1_000;

/// Conversations that stand in one piece of memory.
const PER_PAGE: usize = 32;

/// All conversations of one client.
#[derive(Debug)]
pub(super) struct Conversations<P> {
    free: Vec<Slot>,
    /// How many slots are in use, or not yet to be used again.
    len: usize,
    /// The first conversation of each row of those whose ids have the same place. There are no fewer rows than
    /// conversations, and a power of two.
    rows: Vec<Slot>,
    resting: VecDeque<Slot>,
    pages: Vec<Page<P>>,
}

/// Slots, in order.
#[derive(Debug)]
pub(super) struct Slots(Range<u32>);

impl Iterator for Slots {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        self.0.next().map(Slot)
    }
}

/// A list of them that grows moves none of what they hold.
type Page<P> = Box<Block<P>>;

/// Some that stand together.
#[derive(Debug)]
struct Block<P> {
    conversations: [Option<Conversation<P>>; PER_PAGE],
    /// Their ids on the wire, one behind the other.
    ids: String,
    /// Where in these so many end.
    ends: [u32; PER_PAGE + 1],
}

impl<P> Default for Conversations<P> {
    fn default() -> Self {
        Self { pages: Vec::new(), free: Vec::new(), len: 0, rows: Vec::new(), resting: VecDeque::new() }
    }
}

impl<P: Clone> Conversations<P> {
    /// The slot of `id`, new if need be.
    pub(super) fn open(&mut self, id: &str) -> Slot {
        if let Some(slot) = self.find(id) {
            return slot;
        }
        if self.len == self.rows.len() {
            self.add_rows();
        }
        let slot = self.free.pop().unwrap_or(Slot(self.len as u32));
        if slot.0 as usize == self.pages.len() * PER_PAGE {
            self.pages.push(Box::new(Block::new()));
        }
        if let Some(page) = self.page_mut(slot) {
            page.open(index(slot), id);
        }
        self.len += 1;
        self.enter(slot);
        self.resting.push_back(slot);
        slot
    }

    /// The slot of `id`, if there is one.
    pub(super) fn find(&self, id: &str) -> Option<Slot> {
        let mut slot = *self.rows.get(self.row_of(id))?;
        while self.name(slot)? != id {
            slot = self.at(slot)?.next;
        }
        Some(slot)
    }

    /// The id on the wire, to be passed on.
    pub(super) fn id(&self, slot: Slot) -> Option<Rc<str>> {
        self.name(slot).map(Rc::from)
    }

    /// One conversation.
    pub(super) fn at(&self, slot: Slot) -> Option<&Conversation<P>> {
        self.page(slot)?.conversations.get(index(slot))?.as_ref()
    }

    /// One conversation, to change it.
    pub(super) fn at_mut(&mut self, slot: Slot) -> Option<&mut Conversation<P>> {
        self.page_mut(slot)?.conversations.get_mut(index(slot))?.as_mut()
    }

    /// Whether somebody wants the conversation there, if there is one.
    pub(super) fn is_wanted(&self, slot: Slot) -> bool {
        self.at(slot).is_some_and(Conversation::is_wanted)
    }

    /// All slots, in order: those, too, that are not in use.
    pub(super) const fn slots(&self) -> Slots {
        Slots(0..(self.pages.len() * PER_PAGE) as u32)
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
            // What is wanted comes back here once it is not; what is shown stays for good.
            let is_forgettable = |one: &&Conversation<P>| !one.is_wanted() && one.view.is_none();
            let Some(conversation) = self.at(oldest).filter(is_forgettable) else {
                continue;
            };
            let reader = &conversation.extra.reader;
            let is_read = reader.in_flight.is_some() || reader.is_queued;
            if is_read || is_needed(oldest) {
                self.resting.push_back(oldest);
                continue;
            }
            self.leave(oldest);
            *self.page_mut(oldest)?.conversations.get_mut(index(oldest))? = None;
            return Some(oldest);
        }
        None
    }

    /// Everybody knows that `slot` was forgotten: it may be another conversation's.
    pub(super) fn reuse(&mut self, slot: Slot) {
        self.len -= 1;
        self.free.push(slot);
    }

    fn name(&self, slot: Slot) -> Option<&str> {
        self.page(slot)?.id(index(slot))
    }

    fn page(&self, slot: Slot) -> Option<&Block<P>> {
        self.pages.get(slot.0 as usize / PER_PAGE).map(|page| &**page)
    }

    fn page_mut(&mut self, slot: Slot) -> Option<&mut Block<P>> {
        self.pages.get_mut(slot.0 as usize / PER_PAGE).map(|page| &mut **page)
    }

    fn row_of(&self, id: &str) -> usize {
        print(id) as usize & self.rows.len().wrapping_sub(1)
    }

    /// Puts a conversation into the row of its id.
    fn enter(&mut self, slot: Slot) {
        let row = self.name(slot).map_or(0, |id| self.row_of(id));
        if let Some(first) = self.rows.get_mut(row) {
            let next = std::mem::replace(first, slot);
            if let Some(conversation) = self.at_mut(slot) {
                conversation.next = next;
            }
        }
    }

    /// Takes a conversation out of its row.
    fn leave(&mut self, slot: Slot) -> Option<()> {
        let row = self.row_of(self.name(slot)?);
        let next = self.at(slot)?.next;
        let mut before = *self.rows.get(row)?;
        if before == slot {
            *self.rows.get_mut(row)? = next;
            return Some(());
        }
        while self.at(before)?.next != slot {
            before = self.at(before)?.next;
        }
        self.at_mut(before)?.next = next;
        Some(())
    }

    fn add_rows(&mut self) {
        self.rows = vec![NOWHERE; (self.rows.len() * 2).max(PER_PAGE)];
        for slot in self.slots() {
            if self.at(slot).is_some() {
                self.enter(slot);
            }
        }
    }
}

impl<P> Block<P> {
    fn new() -> Self {
        Self { conversations: [const { None }; PER_PAGE], ids: String::new(), ends: [0; PER_PAGE + 1] }
    }

    fn id(&self, index: usize) -> Option<&str> {
        self.ids.get(self.end(index)..self.end(index + 1))
    }

    /// Puts a new conversation there, and its id where that of the one before it was.
    fn open(&mut self, index: usize, id: &str) {
        let before = self.ids.get(..self.end(index)).unwrap_or_default();
        let after = self.ids.get(self.end(index + 1)..).unwrap_or_default();
        let ids = [before, id, after].concat();
        let longer = ids.len().wrapping_sub(self.ids.len()) as u32;
        self.ids = ids;
        for end in self.ends.get_mut(index + 1..).unwrap_or_default() {
            *end = end.wrapping_add(longer);
        }
        if let Some(place) = self.conversations.get_mut(index) {
            *place = Some(Conversation::default());
        }
    }

    fn end(&self, count: usize) -> usize {
        self.ends.get(count).map_or(0, |end| *end as usize)
    }
}

/// Where in its page a conversation stands.
const fn index(slot: Slot) -> usize {
    slot.0 as usize % PER_PAGE
}

#[cfg(test)]
mod tests;
