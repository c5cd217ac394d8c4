//! Live messages that wait for what belongs before them.

use crate::protocol::Keys;

use super::timeline::Arrival;

/// Messages that wait; one more and they are let go with a gap.
const CAPACITY: usize = 512;

/// Messages that wait: numbered ones by number, others as they came.
#[derive(Clone, Debug)]
pub(super) struct Held<P> {
    waiting: Vec<Waiting<P>>,
    /// What comes next comes over another session than what waits.
    is_broken: bool,
}

#[derive(Clone, Debug)]
struct Waiting<P> {
    arrival: Arrival<P>,
    /// Something may be missing between the one before it and this one.
    after_break: bool,
    /// It came under a numbering that is void now.
    is_old: bool,
    /// The session over which it came ended.
    is_from_before: bool,
    /// A page was asked for after it came.
    is_before_page: bool,
}

impl<P> Held<P> {
    /// None.
    pub(super) const NEW: Self = Self { waiting: Vec::new(), is_broken: false };

    pub(super) const fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) const fn is_full(&self) -> bool {
        self.waiting.len() >= CAPACITY
    }

    /// A session ended: without a page, nobody knows what was said until the next one.
    pub(super) fn mark_break(&mut self) {
        self.is_broken = !self.waiting.is_empty();
        self.waiting.iter_mut().for_each(|held| held.is_from_before = true);
    }

    /// A page is being asked for.
    pub(super) fn mark_page(&mut self) {
        self.waiting.iter_mut().for_each(|held| held.is_before_page = true);
    }

    /// Nothing waits for what may be missing any more; true if something may be.
    pub(super) const fn end_break(&mut self) -> bool {
        std::mem::replace(&mut self.is_broken, false)
    }

    /// Whether a page that was asked for last cannot tell where all of it belongs: some came after that, and no more of
    /// its session comes.
    pub(super) fn outdates_page(&self) -> bool {
        self.waiting.iter().any(|held| held.is_from_before && !held.is_before_page)
    }

    pub(super) fn insert(&mut self, arrival: Arrival<P>) {
        let offset = arrival.keys.offset;
        let after_break = self.end_break();
        let waiting = Waiting { arrival, after_break, is_old: false, is_from_before: false, is_before_page: false };
        if offset.is_none() {
            self.waiting.push(waiting);
            return;
        }
        let place = self.waiting.partition_point(|held| held.arrival.keys.offset < offset);
        if self.waiting.get(place).is_none_or(|held| held.arrival.keys.offset != offset) {
            self.waiting.insert(place, waiting);
        }
    }

    /// The numbers are void; the order in which they put what waits stays.
    pub(super) fn forget_numbers(&mut self, position: Option<u64>) {
        let mut before = position;
        for held in &mut self.waiting {
            if let Some(offset) = held.arrival.keys.offset.take() {
                held.after_break = before.map_or(held.after_break, |before| offset > before.saturating_add(1));
                before = Some(offset);
            }
            held.arrival.keys.epoch = None;
            held.is_old = true;
        }
        self.mark_break();
    }

    /// The first one, if it came under an older numbering, or over an older session before a page was asked for, and
    /// `is_elsewhere` does not know it.
    pub(super) fn pop_old(&mut self, is_elsewhere: impl Fn(&Keys) -> bool) -> Option<(Arrival<P>, bool)> {
        let first = self.waiting.first()?;
        let is_old = first.is_old || (first.is_from_before && first.is_before_page);
        if is_old && !is_elsewhere(&first.arrival.keys) { self.pop() } else { None }
    }

    /// The number of the first one, where it has one.
    pub(super) fn first_offset(&self) -> Option<u64> {
        self.waiting.first()?.arrival.keys.offset
    }

    /// The first one, and whether something may be missing before it, unless numbers say otherwise.
    pub(super) fn pop(&mut self) -> Option<(Arrival<P>, bool)> {
        let first = self.take_at(0)?;
        Some((first.arrival, first.after_break))
    }

    /// The first one, if no number is missing between `position` and it.
    pub(super) fn pop_following(&mut self, position: Option<u64>) -> Option<Arrival<P>> {
        match (self.first_offset(), position) {
            (Some(offset), Some(position)) if offset > position.saturating_add(1) => None,
            (Some(_) | None, Some(_) | None) => self.pop().map(|(arrival, _)| arrival),
        }
    }

    /// Whether the message with the same id waits.
    pub(super) fn contains(&self, keys: &Keys) -> bool {
        self.find(keys).is_some()
    }

    /// Takes out the message with the same id.
    pub(super) fn take(&mut self, keys: &Keys) -> Option<Arrival<P>> {
        let place = self.find(keys)?;
        Some(self.take_at(place)?.arrival)
    }

    fn take_at(&mut self, place: usize) -> Option<Waiting<P>> {
        (place < self.waiting.len()).then(|| self.waiting.remove(place))
    }

    fn find(&self, keys: &Keys) -> Option<usize> {
        let id = keys.id.as_ref()?;
        self.waiting.iter().position(|held| held.arrival.keys.id.as_ref() == Some(id))
    }
}
