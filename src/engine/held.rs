//! Live messages that wait for what belongs before them.

use std::collections::VecDeque;

use crate::protocol::Keys;

use super::timeline::Arrival;

/// Messages that wait; one more and they are let go with a gap.
const CAPACITY: usize = 512;

/// Messages that wait: numbered ones by number, others as they came.
#[derive(Clone, Debug)]
pub(super) struct Held<P>(VecDeque<Arrival<P>>);

impl<P> Default for Held<P> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<P> Held<P> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= CAPACITY
    }

    pub(super) fn insert(&mut self, arrival: Arrival<P>) {
        let Some(offset) = arrival.keys.offset else {
            self.0.push_back(arrival);
            return;
        };
        let place = self.0.partition_point(|held| held.keys.offset < Some(offset));
        if self.0.get(place).is_none_or(|held| held.keys.offset != Some(offset)) {
            self.0.insert(place, arrival);
        }
    }

    /// The number of the first one, where it has one.
    pub(super) fn first_offset(&self) -> Option<u64> {
        self.0.front()?.keys.offset
    }

    pub(super) fn pop(&mut self) -> Option<Arrival<P>> {
        self.0.pop_front()
    }

    /// The first one, if nothing is missing between `position` and it.
    pub(super) fn pop_following(&mut self, position: Option<u64>) -> Option<Arrival<P>> {
        match (self.first_offset(), position) {
            (Some(offset), Some(position)) if offset > position.saturating_add(1) => None,
            (Some(_) | None, Some(_) | None) => self.0.pop_front(),
        }
    }

    /// Whether the message with the same id waits.
    pub(super) fn contains(&self, keys: &Keys) -> bool {
        keys.id.is_some() && self.0.iter().any(|held| held.keys.id == keys.id)
    }

    /// Takes out the message with the same id.
    pub(super) fn take(&mut self, keys: &Keys) -> Option<Arrival<P>> {
        keys.id.as_ref()?;
        let place = self.0.iter().position(|held| held.keys.id == keys.id)?;
        self.0.remove(place)
    }
}
