//! The conversations of one client: who wants them, how far they are known, what is shown of them.

use std::collections::VecDeque;
use std::rc::Rc;

use super::effect::Status;
use super::error::Error;
use super::input::{Holder, Slot};
use super::rare::{New, Rare};
use super::reading::Reader;
use super::time::Timestamp;
use super::timeline::Timeline;
use super::view::View;
use super::window::print;

/// No slot.
const NOWHERE: Slot = Slot(u32::MAX);
/// Nobody.
const NOBODY: Holder = Holder(u32::MAX);

/// Conversations that nobody wants are remembered up to this many, so that whoever comes back resumes.
const MAX_RESTING: usize = 1_000;

/// Conversations that stand in one piece of memory: lists grow without moving them, and each costs what it holds.
const PER_PAGE: usize = 16;

/// One conversation. There may be a hundred thousand: what few of them have stands apart.
#[derive(Debug)]
pub(super) struct Conversation<P> {
    /// Its id on the wire.
    id: Box<str>,
    /// The next one whose id has the same place in the table of ids.
    next: Slot,
    /// Who wants it: one, as a rule.
    holder: Holder,
    /// The last of them left a moment ago; it counts as wanted still.
    pub is_lingering: bool,
    /// What this session's server knows of our wish.
    pub join: Join,
    /// The `ref` of its last subscribe that is to be answered.
    pub reference: u32,
    /// Its order.
    pub timeline: Timeline<P>,
    /// What a page shows of it.
    pub view: Option<Box<View>>,
    /// What its snapshot says.
    pub status: Status,
    /// Something could not be recovered.
    pub has_gap: bool,
    /// What few have.
    pub extra: Rare<Extra>,
}

/// What a conversation has that several want, or that is read over HTTP, incomplete, refused or typed in.
#[derive(Debug)]
pub(super) struct Extra {
    /// Who else wants it.
    others: Vec<Holder>,
    /// How it is read over HTTP.
    pub reader: Reader,
    /// Only a page that is asked for from then on holds all that was said before the join.
    pub settles_at: Option<Timestamp>,
    /// The server or HTTP was asked for a number that is missing.
    pub is_mending: bool,
    /// Why the server refuses it.
    pub error: Option<Error>,
    /// Subscribes in a row that stayed without success.
    pub join_failures: u32,
    /// Those of them, in this session, that got no answer.
    pub unanswered: u32,
    /// When the server was last told that I type.
    pub typing_told_at: Option<Timestamp>,
}

impl New for Extra {
    const NEW: Self = Self {
        others: Vec::new(),
        reader: Reader::NEW,
        settles_at: None,
        is_mending: false,
        error: None,
        join_failures: 0,
        unanswered: 0,
        typing_told_at: None,
    };

    fn unchanged<'a>() -> &'a Self {
        const { &Self::NEW }
    }
}

/// What this session's server knows of our wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// Nothing.
    Out,
    /// Nothing, and the last one knew that it was joined.
    Interrupted,
    /// It was asked, and has not answered.
    Asked,
    /// It was asked, and did not answer in time: it may send what happens, or not.
    Unsure,
    /// It sends what happens.
    In,
    /// It refused for good.
    Refused,
}

impl<P> Conversation<P> {
    /// Its id, to be passed on.
    pub(super) fn id(&self) -> Rc<str> {
        Rc::from(&*self.id)
    }

    /// Somebody wants it.
    pub(super) fn hold(&mut self, holder: Holder) {
        self.unhold(holder);
        let other = std::mem::replace(&mut self.holder, holder);
        if other != NOBODY {
            self.extra.others.push(other);
        }
    }

    /// They do no longer.
    pub(super) fn unhold(&mut self, holder: Holder) {
        let others = self.extra.changed().map(|extra| &mut extra.others);
        if self.holder == holder {
            self.holder = others.and_then(Vec::pop).unwrap_or(NOBODY);
        } else if let Some(others) = others {
            others.retain(|other| *other != holder);
        }
    }

    /// Subscribes that failed before count no more.
    pub(super) fn forgive(&mut self) {
        if let Some(extra) = self.extra.changed() {
            extra.error = None;
            extra.join_failures = 0;
            extra.unanswered = 0;
        }
    }

    /// What failed while there was no session says nothing of the pages from now on.
    pub(super) fn forgive_reads(&mut self) {
        if let Some(extra) = self.extra.changed() {
            extra.reader.failures = 0;
        }
    }

    /// Whether somebody listens.
    pub(super) fn is_held(&self) -> bool {
        self.holder != NOBODY
    }

    /// Whether the server was asked for what is missing, and has not answered.
    pub(super) fn awaits_replay(&self) -> bool {
        self.extra.is_mending && self.join == Join::Asked
    }

    /// Whether the server should know of it.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_held() || self.is_lingering
    }
}

/// All conversations of one client, by slot and by id.
#[derive(Debug)]
pub(super) struct Conversations<P> {
    pages: Vec<Page<P>>,
    free: Vec<Slot>,
    /// How many slots are in use, or not yet to be used again.
    len: usize,
    /// The first conversation of each row of those whose ids have the same place. There are no fewer rows than
    /// conversations, and a power of two.
    rows: Vec<Slot>,
    resting: VecDeque<Slot>,
}

type Page<P> = Box<[Option<Conversation<P>>; PER_PAGE]>;

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
            self.pages.push(Box::new([const { None }; PER_PAGE]));
        }
        if let Some(place) = self.place(slot) {
            *place = Some(Conversation {
                id: Box::from(id),
                next: NOWHERE,
                holder: NOBODY,
                is_lingering: false,
                join: Join::Out,
                reference: 0,
                timeline: Timeline::default(),
                view: None,
                status: Status::Idle,
                has_gap: false,
                extra: Rare::new(),
            });
        }
        self.len += 1;
        self.enter(slot);
        self.resting.push_back(slot);
        slot
    }

    /// The slot of `id`, if there is one.
    pub(super) fn find(&self, id: &str) -> Option<Slot> {
        let mut slot = *self.rows.get(self.row_of(id))?;
        while let Some(conversation) = self.at(slot) {
            if *conversation.id == *id {
                return Some(slot);
            }
            slot = conversation.next;
        }
        None
    }

    /// One conversation.
    pub(super) fn at(&self, slot: Slot) -> Option<&Conversation<P>> {
        self.pages.get(slot.0 as usize / PER_PAGE)?.get(slot.0 as usize % PER_PAGE)?.as_ref()
    }

    /// One conversation, to change it.
    pub(super) fn at_mut(&mut self, slot: Slot) -> Option<&mut Conversation<P>> {
        self.place(slot)?.as_mut()
    }

    /// All slots in use, in order.
    pub(super) fn all(&self) -> Vec<Slot> {
        self.slots(&|_| true)
    }

    /// All slots that somebody wants, in order.
    pub(super) fn wanted(&self) -> Vec<Slot> {
        self.slots(&Conversation::is_wanted)
    }

    fn slots(&self, is_meant: &dyn Fn(&Conversation<P>) -> bool) -> Vec<Slot> {
        let all = (0..(self.pages.len() * PER_PAGE) as u32).map(Slot);
        all.filter(|slot| self.at(*slot).is_some_and(is_meant)).collect()
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
            *self.place(oldest)? = None;
            return Some(oldest);
        }
        None
    }

    /// Everybody knows that `slot` was forgotten: it may be another conversation's.
    pub(super) fn reuse(&mut self, slot: Slot) {
        self.len -= 1;
        self.free.push(slot);
    }

    fn place(&mut self, slot: Slot) -> Option<&mut Option<Conversation<P>>> {
        self.pages.get_mut(slot.0 as usize / PER_PAGE)?.get_mut(slot.0 as usize % PER_PAGE)
    }

    fn row_of(&self, id: &str) -> usize {
        print(id) as usize & self.rows.len().wrapping_sub(1)
    }

    /// Puts a conversation into the row of its id.
    fn enter(&mut self, slot: Slot) {
        let row = self.at(slot).map_or(0, |conversation| self.row_of(&conversation.id));
        if let Some(first) = self.rows.get_mut(row) {
            let next = std::mem::replace(first, slot);
            if let Some(conversation) = self.at_mut(slot) {
                conversation.next = next;
            }
        }
    }

    /// Takes a conversation out of its row.
    fn leave(&mut self, slot: Slot) -> Option<()> {
        let Conversation { id, next, .. } = self.at(slot)?;
        let (row, next) = (self.row_of(id), *next);
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
        for slot in self.all() {
            self.enter(slot);
        }
    }
}

#[cfg(test)]
mod tests;
