//! What HTTP pages add to a conversation's order.

use std::rc::Rc;

use crate::protocol::Keys;

use super::effect::Via;
use super::input::Item;
use super::timeline::{Arrival, Between, Timeline, Told};
use super::view::View;

/// What is known of a page as a whole.
#[derive(Clone, Copy)]
struct Page {
    /// What it holds follows what was told; else it begins with what was there before.
    follows: bool,
    /// Numbers were known before it came.
    has_numbers: bool,
    /// It was asked for without a cursor: the snapshot may lack even what is known.
    is_latest: bool,
    /// It ends before what was told last: whatever it brings comes late.
    is_behind: bool,
    /// It is the latest, and nothing tells where it stands but what was told since it was asked for: before that.
    is_apart: bool,
    /// Something told follows the message of it that is looked at.
    is_followed: bool,
}

impl<P: Clone> Timeline<P> {
    /// A page came over HTTP: what follows `after`, or the latest where that is `None`. `shown` may hold some of it already.
    /// Says whether it brought anything new.
    pub(super) fn page(
        &mut self,
        items: Vec<Item<P>>,
        after: Option<&str>,
        shown: Option<&View>,
        told: &mut Vec<Told<P>>,
    ) -> bool {
        // What this page itself lets go was not told meanwhile.
        let told_since_asked = self.known.told_since_asked.clone();
        let mut page = self.begin_page(&items, after, told_since_asked.is_some(), told);
        let following = self.known_after_each(&items, shown);
        let mut any_new = false;
        let first_told = told_since_asked.filter(|_| page.is_apart);
        let last_told = items.iter().rposition(|item| !self.is_unknown(&item.keys));
        let mut previous: Option<Rc<str>> = after.map(Rc::from);
        for (index, (item, before)) in items.into_iter().zip(following).enumerate() {
            page.is_followed = last_told > Some(index);
            let arrival = Arrival { data: item.data, whole: None, keys: item.keys, via: Via::Poll };
            let between = Between { after: previous.clone(), before: before.or_else(|| first_told.clone()) };
            if let Some(id) = arrival.keys.id.as_deref() {
                previous = Some(Rc::from(id));
                self.known.confirm(previous.clone());
            }
            let is_known = !self.is_unknown(&arrival.keys);
            let is_new = self.place(arrival, between, page, told);
            page.follows |= is_known || is_new;
            any_new |= is_new;
        }
        self.has_baseline = true;
        if !self.catching_up {
            self.release_held(told);
        }
        any_new
    }

    /// Pages have told all there is: live messages that waited go on.
    pub(super) fn caught_up(&mut self, told: &mut Vec<Told<P>>) {
        self.catching_up = false;
        self.end_break();
        self.release_held(told);
        if let Some(target) = self.take_target() {
            let is_numbered = !self.known.has_unnumbered && self.position().is_some();
            self.give_up_to(target, is_numbered, told);
        }
    }

    /// Pages could not be had: what waited goes on, with a gap.
    pub(super) fn give_up_catching_up(&mut self, told: &mut Vec<Told<P>>) {
        self.catching_up = false;
        if self.has_baseline || self.known.last_id.is_some() {
            self.gap(told);
        }
        let is_broken = self.end_break();
        match self.take_target() {
            Some(target) => self.give_up_to(target, true, told),
            None => {
                self.tell_held(told);
                if is_broken {
                    self.gap(told);
                }
            }
        }
    }

    /// The server does not know the message that pages were to follow.
    pub(super) fn lose_http_cursor(&mut self, told: &mut Vec<Told<P>>) {
        self.gap(told);
        self.known.confirmed_id = None;
        self.known.last_id = None;
    }

    fn end_break(&mut self) -> bool {
        self.known.changed().is_some_and(|known| known.held.end_break())
    }

    fn take_held(&mut self, keys: &Keys) -> Option<Arrival<P>> {
        self.known.changed()?.held.take(keys)
    }

    /// What a page is to what is known; tells of what may be missing before it.
    fn begin_page(
        &mut self,
        items: &[Item<P>],
        after: Option<&str>,
        told_since_asked: bool,
        told: &mut Vec<Told<P>>,
    ) -> Page {
        let is_latest = after.is_none();
        let was_empty_before = self.has_baseline && self.known.confirmed_id.is_none();
        let mut follows = !is_latest || was_empty_before;
        let had_numbers = self.position().is_some();
        if let Some(other) = items.iter().find(|item| self.is_other_epoch(&item.keys)) {
            self.forget_numbers(other.keys.epoch.clone().map(Rc::new), told);
            if !follows {
                self.gap(told);
            }
        }
        let has_numbers = self.position().is_some();
        let any_known = items.iter().any(|item| !self.is_unknown(&item.keys));
        let has_told = self.known.last_id.is_some();
        let is_apart = is_latest && has_told && !any_known && !items.is_empty() && !has_numbers;
        if is_latest {
            if is_apart && !told_since_asked {
                self.gap(told);
            }
            // What was told since may follow this page, or what this page lacks.
            follows |= is_apart && (!told_since_asked || self.has_baseline || had_numbers);
            // All of this page is newer than what was heard by then.
            follows |= self.tell_old_before(items, told);
        }
        let is_last = |id: Option<&str>| id.is_some() && id == self.known.last_id.as_deref();
        let ends_before_last = !is_last(after) && !items.iter().any(|item| is_last(item.keys.id.as_deref()));
        let may_be_behind = !is_latest || (follows && told_since_asked);
        let is_behind = may_be_behind && has_told && ends_before_last;
        if is_behind && !is_latest && items.is_empty() && !told_since_asked {
            // What was told last is there no more.
            self.known.last_id = self.known.confirmed_id.clone();
        }
        Page { follows, has_numbers, is_latest, is_behind, is_apart: is_apart && !had_numbers, is_followed: false }
    }

    /// What waited under an older numbering or since an older session, and is not among the latest messages, is older
    /// than they. True if there was any.
    fn tell_old_before(&mut self, items: &[Item<P>], told: &mut Vec<Told<P>>) -> bool {
        let is_elsewhere = |keys: &Keys| items.iter().any(|item| item.keys.id == keys.id);
        let mut is_apart = false;
        while let Some((waiting, may_miss)) = self.known.changed().and_then(|known| known.held.pop_old(is_elsewhere)) {
            self.tell_waiting(waiting, may_miss, told);
            is_apart = true;
        }
        if is_apart {
            self.gap(told);
        }
        is_apart
    }

    /// Goes on to `target`; what is missing before it will not come, or came without a number.
    pub(super) fn give_up_to(&mut self, target: u64, is_missing: bool, told: &mut Vec<Told<P>>) {
        while self.known.held.first_offset().is_none_or(|offset| offset <= target)
            && let Some((arrival, may_miss)) = self.pop_held()
        {
            match arrival.keys.offset {
                Some(offset) => self.skip_to(offset, is_missing, told),
                None if may_miss && is_missing => self.gap(told),
                None => {}
            }
            self.tell(arrival, told);
        }
        self.skip_to(target.saturating_add(1), is_missing, told);
        self.release_held(told);
    }

    /// The next message has this number.
    fn skip_to(&mut self, offset: u64, is_missing: bool, told: &mut Vec<Told<P>>) {
        let before = offset.checked_sub(1);
        if self.position() < before {
            if is_missing {
                self.gap(told);
            }
            if let Some(known) = self.known.changed() {
                known.is_cut_off |= is_missing;
            }
            self.set_position(before);
        }
    }

    /// For each item, the id of the next one after it that is known already.
    fn known_after_each(&self, items: &[Item<P>], shown: Option<&View>) -> Vec<Option<Rc<str>>> {
        let is_known =
            |id: &str| self.known.window.contains(id) || shown.and_then(|view| view.find_placed(Some(id))).is_some();
        let mut next_known: Option<Rc<str>> = None;
        let mut following: Vec<Option<Rc<str>>> = Vec::with_capacity(items.len());
        for item in items.iter().rev() {
            following.push(next_known.clone());
            if let Some(id) = item.keys.id.as_deref().filter(|id| is_known(id)) {
                next_known = Some(Rc::from(id));
            }
        }
        following.reverse();
        following
    }

    fn place(&mut self, arrival: Arrival<P>, between: Between, page: Page, told: &mut Vec<Told<P>>) -> bool {
        match (arrival.keys.offset, self.position()) {
            (Some(offset), Some(position)) if offset <= position => {
                if offset == position {
                    self.note_last(&arrival.keys);
                }
                self.show(arrival, between, page, told);
                false
            }
            (Some(offset), Some(_)) if page.has_numbers || (page.follows && !page.is_followed) => {
                self.place_by_number(arrival, offset, between, told)
            }
            (Some(_) | None, Some(_) | None) => self.place_by_id(arrival, between, page, told),
        }
    }

    fn place_by_number(&mut self, arrival: Arrival<P>, offset: u64, between: Between, told: &mut Vec<Told<P>>) -> bool {
        self.tell_held_before(offset, told);
        self.take_held(&arrival.keys);
        self.tell_between(arrival, between, told);
        true
    }

    fn place_by_id(&mut self, arrival: Arrival<P>, between: Between, page: Page, told: &mut Vec<Told<P>>) -> bool {
        if arrival.keys.offset.is_none() && self.known.target.is_some() {
            self.known.has_unnumbered = true;
        }
        if let Some(offset) = arrival.keys.offset.filter(|_| self.known.held.contains(&arrival.keys) || page.follows) {
            self.tell_held_before(offset, told);
        }
        if let Some(mut waiting) = self.take_held(&arrival.keys) {
            if arrival.keys.offset.is_some() {
                // What waits may have come under a numbering that is void.
                (waiting.keys.offset, waiting.keys.epoch) = (arrival.keys.offset, arrival.keys.epoch);
            }
            self.tell_between(waiting, between, told);
            return true;
        }
        if let Some(offset) = arrival.keys.offset {
            self.stand_at(offset, &arrival.keys);
            self.note_last(&arrival.keys);
        }
        let is_unknown = self.is_unknown(&arrival.keys);
        if !is_unknown || !page.follows {
            if is_unknown {
                self.note_last(&arrival.keys);
            }
            self.show(arrival, between, page, told);
            return false;
        }
        if page.is_followed || page.is_behind {
            self.tell_late(arrival, between, told);
        } else {
            self.tell_between(arrival, between, told);
        }
        true
    }

    /// What may be older than what was told last.
    pub(super) fn tell_late(&mut self, arrival: Arrival<P>, between: Between, told: &mut Vec<Told<P>>) {
        self.remember(&arrival.keys);
        told.push(Told::Late(arrival, between));
    }

    /// A page goes on with this number: what waited before it is told, and what it lacks is missing.
    fn tell_held_before(&mut self, offset: u64, told: &mut Vec<Told<P>>) {
        while let Some(earlier) = self.known.held.first_offset().filter(|earlier| *earlier < offset)
            && let Some((waiting, _)) = self.pop_held()
        {
            self.gap_before(earlier, told);
            self.tell(waiting, told);
        }
        self.gap_before(offset, told);
    }

    fn gap_before(&self, offset: u64, told: &mut Vec<Told<P>>) {
        if self.is_hole_before(offset) {
            self.gap(told);
        }
    }

    fn show(&mut self, arrival: Arrival<P>, between: Between, page: Page, told: &mut Vec<Told<P>>) {
        if self.remember(&arrival.keys) || page.is_latest {
            told.push(Told::History(arrival, between));
        }
    }
}

#[cfg(test)]
mod tests;
