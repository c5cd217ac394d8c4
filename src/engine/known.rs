//! What a timeline knows that told something, or waits for pages.

use std::rc::Rc;

use super::held::Held;
use super::rare::New;
use super::window::{CAPACITY, Window};

/// What a timeline knows that told something, or waits for pages.
#[derive(Clone, Debug)]
pub(super) struct Known<P> {
    pub(super) window: Window,
    /// The newest message.
    pub(super) last_id: Option<Rc<str>>,
    /// The newest message up to which a page has proved that nothing is missing.
    pub(super) confirmed_id: Option<Rc<str>>,
    since_confirmed: u32,
    /// The first message that was told since a page was asked for last.
    pub(super) told_since_asked: Option<Rc<str>>,
    /// Pages told messages without numbers on the way to `target`.
    pub(super) has_unnumbered: bool,
    /// The newest number when the server was joined: pages that are complete reach it.
    pub(super) target: Option<u64>,
    /// What stands between the newest message known and the last number is missing.
    pub(super) is_cut_off: bool,
    /// The number that the last subscribe named, if others came since.
    pub(super) asked_from: Option<Packed>,
    pub(super) held: Held<P>,
}

impl<P> New for Known<P> {
    const NEW: Self = Self {
        window: Window::NEW,
        last_id: None,
        confirmed_id: None,
        since_confirmed: 0,
        told_since_asked: None,
        has_unnumbered: false,
        target: None,
        is_cut_off: false,
        asked_from: None,
        held: Held::NEW,
    };

    fn unchanged<'a>() -> &'a Self
    where
        Self: 'a,
    {
        const { &Self::NEW }
    }
}

impl<P> Known<P> {
    /// One more message was told, which is the last one now.
    pub(super) fn count_told(&mut self) {
        self.is_cut_off = false;
        self.since_confirmed = self.since_confirmed.saturating_add(1);
        if self.told_since_asked.is_none() {
            self.told_since_asked.clone_from(&self.last_id);
        }
    }

    /// Nothing is missing up to this message.
    pub(super) fn confirm(&mut self, id: Option<Rc<str>>) {
        self.confirmed_id = id;
        self.since_confirmed = 0;
    }

    /// Now and then the last message is taken as the one up to which nothing is missing.
    pub(super) fn confirm_last(&mut self) {
        if self.confirmed_id.is_none() || self.since_confirmed as usize > CAPACITY / 2 {
            self.confirm(self.last_id.clone());
        }
    }
}

/// A number or none, in the room of a number.
#[derive(Clone, Copy, Debug)]
#[repr(Rust, packed(4))]
pub(super) struct Packed(u64);

impl Packed {
    pub(super) const NONE: Self = Self(u64::MAX);

    pub(super) fn new(number: Option<u64>) -> Self {
        number.map_or(Self::NONE, Self)
    }

    pub(super) fn get(self) -> Option<u64> {
        Some(self.0).filter(|number| *number != u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_message_counts_as_confirmed_once_very_many_were_told_since() {
        let last_id: Option<Rc<str>> = Some("z".into());
        for (told, confirmed) in [(0, "a"), (CAPACITY / 2, "a"), (CAPACITY / 2 + 1, "z"), (CAPACITY, "z")] {
            let mut known = Known::<()> { last_id: last_id.clone(), ..Known::NEW };
            known.confirm(Some("a".into()));
            (0..told).for_each(|_| known.count_told());
            known.confirm_last();
            assert_eq!(known.confirmed_id.as_deref(), Some(confirmed), "{told}");
        }
        let mut known = Known::<()> { last_id, ..Known::NEW };
        known.confirm_last();
        assert_eq!(known.confirmed_id.as_deref(), Some("z"), "no page has confirmed anything");
    }
}
