//! Subscribes that wait for an answer.

use super::input::Slot;
use super::time::Timestamp;
use super::timeline::Epoch;

/// Subscribes that wait for an answer, the oldest first: their `ref`s rise.
#[derive(Debug, Default)]
pub(super) struct Asked {
    runs: Vec<Run>,
    /// The numbering of the last answer: most name the same, which is kept once.
    pub epoch: Option<Epoch>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subscribe {
    pub reference: u32,
    pub slot: Slot,
    /// When its answer is overdue.
    pub due: Timestamp,
}

/// Those of one moment that follow each other, by `ref` and by slot, as most of very many do.
#[derive(Debug)]
struct Run {
    first: Subscribe,
    count: u32,
}

impl Asked {
    /// How many there are, answered ones included.
    pub(super) fn len(&self) -> usize {
        self.runs.iter().map(|run| run.count as usize).sum()
    }

    pub(super) fn push(&mut self, one: Subscribe) {
        match self.runs.last_mut() {
            Some(last) if last.nth(last.count) == one => last.count += 1,
            Some(_) | None => self.runs.push(Run { first: one, count: 1 }),
        }
    }

    /// The one with this `ref`.
    pub(super) fn find(&self, reference: u32) -> Option<Subscribe> {
        let place = self.runs.partition_point(|run| run.first.reference <= reference).checked_sub(1)?;
        let run = self.runs.get(place)?;
        let index = reference - run.first.reference;
        (index < run.count).then(|| run.nth(index))
    }

    /// None is awaited any more whose answer was due before this moment; none at all without one.
    pub(super) fn keep_from(&mut self, due: Option<Timestamp>) {
        self.runs.retain(|run| due.is_some_and(|due| run.first.due >= due));
    }

    /// None is overdue before this moment.
    pub(super) fn put_off(&mut self, until: Timestamp) {
        for run in &mut self.runs {
            run.first.due = run.first.due.max(until);
        }
    }
}

impl Run {
    const fn nth(&self, index: u32) -> Subscribe {
        let Subscribe { reference, slot, due } = self.first;
        Subscribe { reference: reference.wrapping_add(index), slot: Slot(slot.0.wrapping_add(index)), due }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_follow_each_other_take_no_more_room_than_one() {
        let one = |reference, slot, due| Subscribe { reference, slot: Slot(slot), due: Timestamp::from_millis(due) };
        let apart = [one(3, 7, 1), one(4, 8, 1), one(6, 9, 1), one(7, 10, 1), one(8, 10, 1), one(9, 11, 2)];
        let mut asked = Asked::default();
        apart.into_iter().for_each(|one| asked.push(one));
        assert_eq!((asked.runs.len(), asked.len()), (4, 6));
        assert!(apart.iter().all(|one| asked.find(one.reference) == Some(*one)));
        assert!([0, 2, 5, 10].iter().all(|reference| asked.find(*reference).is_none()));
        asked.keep_from(Some(Timestamp::from_millis(2)));
        assert_eq!((asked.len(), asked.find(9)), (1, Some(one(9, 11, 2))));
        asked.keep_from(None);
        assert_eq!(asked.len(), 0);
        (0..100_000).for_each(|n| asked.push(one(n, n, 0)));
        assert_eq!(asked.runs.len(), 1);
    }
}
