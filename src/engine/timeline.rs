//! The order of one conversation: what is new, what is known, what is missing.
//!
//! Three sources tell of the same messages (live, replay, HTTP). A server that
//! numbers its messages is held to its numbers; otherwise ids tell what is known
//! and HTTP pages tell the order.

use std::rc::Rc;

use crate::protocol::{Cursor, Keys, Subscribed};

use super::effect::Via;
use super::input::Item;
use super::window::{CAPACITY, Window};

/// Live messages that wait for what belongs before them; one more and they are let go with a gap.
const MAX_HELD: usize = 512;

/// A message on its way to the listeners.
#[derive(Clone, Debug)]
pub(super) struct Arrival<P> {
    /// The message.
    pub data: P,
    /// The frame it came in, where one did.
    pub whole: Option<P>,
    /// What identifies it.
    pub keys: Keys,
    /// How it came.
    pub via: Via,
}

/// What the timeline makes of what it is given, in the order in which it is to be told.
#[derive(Clone, Debug)]
pub(super) enum Told<P> {
    /// New: for listeners and the snapshot.
    New(Arrival<P>),
    /// New, but others that follow it were told before; stands before the message with this id.
    Late(Arrival<P>, Option<Rc<str>>),
    /// From before the join: for the snapshot only, before the message with this id.
    History(Arrival<P>, Option<Rc<str>>),
    /// Something before what follows could not be recovered.
    Gap,
}

/// The order of one conversation.
#[derive(Clone, Debug)]
pub(super) struct Timeline<P> {
    position: Option<u64>,
    epoch: Option<Rc<str>>,
    last_id: Option<Rc<str>>,
    confirmed_id: Option<Rc<str>>,
    since_confirmed: usize,
    window: Window,
    held: Vec<Arrival<P>>,
    catching_up: bool,
    baseline: bool,
    joined_before: bool,
}

impl<P> Default for Timeline<P> {
    fn default() -> Self {
        Self {
            position: None,
            epoch: None,
            last_id: None,
            confirmed_id: None,
            since_confirmed: 0,
            window: Window::default(),
            held: Vec::new(),
            catching_up: false,
            baseline: false,
            joined_before: false,
        }
    }
}

impl<P: Clone> Timeline<P> {
    /// How far the numbers are known, for a server that replays.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        Some(Cursor { offset: self.position?, epoch: self.epoch.clone() })
    }

    /// The message after which HTTP is asked to go on. Where numbers prove that
    /// nothing is missing, the last one; else the last one that a page confirmed.
    pub(super) fn http_cursor(&self) -> Option<Rc<str>> {
        if self.position.is_some() { self.last_id.clone() } else { self.confirmed_id.clone() }
    }

    /// The newest message known.
    pub(super) fn last_id(&self) -> Option<&Rc<str>> {
        self.last_id.as_ref()
    }

    /// Whether live messages wait for a page.
    pub(super) const fn is_catching_up(&self) -> bool {
        self.catching_up
    }

    /// Whether live messages wait for numbers that are missing before them.
    pub(super) fn has_hole(&self) -> bool {
        !self.catching_up && !self.held.is_empty()
    }

    /// The conversation is joined on a server that does not say how far it is.
    /// Says whether a page is needed before anything live is told.
    pub(super) fn joined_silently(&mut self, can_read: bool, told: &mut Vec<Told<P>>) -> bool {
        let again = std::mem::replace(&mut self.joined_before, true);
        self.catching_up = can_read;
        if again && !can_read {
            self.gap(told);
        }
        can_read
    }

    /// The conversation is joined on a server that says how far it is. Says
    /// whether a page is wanted.
    pub(super) fn joined(&mut self, answer: &Subscribed, can_read: bool, told: &mut Vec<Told<P>>) -> bool {
        let Some(offset) = answer.offset else {
            return self.joined_silently(can_read, told);
        };
        let again = std::mem::replace(&mut self.joined_before, true);
        let epoch: Option<Rc<str>> = answer.epoch.as_deref().map(Rc::from);
        let same_epoch = self.epoch == epoch;
        let known_up_to_here = same_epoch && self.position.is_some_and(|position| position >= offset);
        if (answer.recovered && same_epoch && self.position.is_some()) || known_up_to_here {
            return false;
        }
        if self.position.is_none() && !again && !self.baseline {
            self.start_at(offset, epoch, told);
            return can_read;
        }
        if can_read {
            if !same_epoch {
                self.forget_numbers(epoch);
            }
            self.catching_up = true;
            return true;
        }
        self.gap(told);
        self.start_at(offset, epoch, told);
        false
    }

    /// A message came over the socket. Says whether something before it is missing.
    pub(super) fn live(&mut self, arrival: Arrival<P>, told: &mut Vec<Told<P>>) -> bool {
        self.notice_epoch(&arrival.keys, told);
        match (arrival.keys.offset, self.position) {
            (Some(offset), Some(position)) if offset <= position => {
                self.remember(&arrival.keys);
                false
            }
            (Some(offset), Some(position)) if offset > position + 1 || self.catching_up => {
                self.hold(arrival, told);
                self.has_hole()
            }
            (None, _) | (_, None) if self.catching_up => {
                self.hold(arrival, told);
                false
            }
            _ => {
                self.tell(arrival, told);
                self.release_held(told);
                false
            }
        }
    }

    /// A page came over HTTP: what follows `after`, or the latest where that is `None`.
    /// Says whether it brought anything new.
    pub(super) fn page(&mut self, items: Vec<Item<P>>, after: Option<&str>, told: &mut Vec<Told<P>>) -> bool {
        let mut following = Vec::with_capacity(items.len());
        let mut next_known: Option<Rc<str>> = None;
        for item in items.iter().rev() {
            following.push(next_known.clone());
            if let Some(id) = &item.keys.id
                && self.window.contains(id)
            {
                next_known = Some(Rc::from(id.as_str()));
            }
        }
        let was_known = self.baseline;
        let numbers_known = self.position.is_some();
        let mut any_new = false;
        let mut last: Option<Rc<str>> = None;
        for (item, next) in items.into_iter().zip(following.into_iter().rev()) {
            last = item.keys.id.as_deref().map(Rc::from).or(last);
            let arrival = Arrival { data: item.data, whole: None, keys: item.keys, via: Via::Poll };
            self.notice_epoch(&arrival.keys, told);
            any_new |= self.place(arrival, next, was_known || after.is_some(), numbers_known, told);
        }
        if last.is_some() {
            self.confirmed_id = last;
            self.since_confirmed = 0;
        }
        self.baseline = true;
        if !self.catching_up {
            self.release_held(told);
        }
        any_new
    }

    /// Pages have told all there is: live messages that waited go on.
    pub(super) fn caught_up(&mut self, told: &mut Vec<Told<P>>) {
        self.catching_up = false;
        self.release_held(told);
        if !self.held.is_empty() {
            self.skip_hole(told);
        }
    }

    /// Pages could not be had: what waited goes on, with a gap.
    pub(super) fn give_up_catching_up(&mut self, told: &mut Vec<Told<P>>) {
        self.catching_up = false;
        self.gap(told);
        self.skip_to_held(told);
    }

    /// What is missing will not come: what waited goes on, with a gap.
    pub(super) fn skip_hole(&mut self, told: &mut Vec<Told<P>>) {
        self.gap(told);
        self.skip_to_held(told);
    }

    /// A message of ours is stored. True if it may be told at once: it is not
    /// known yet, and no number says that something belongs before it.
    pub(super) fn stored(&self, keys: &Keys) -> bool {
        match (keys.offset, self.position) {
            (Some(offset), Some(position)) => offset == position + 1 && !self.catching_up,
            (Some(_), None) => false,
            (None, _) => !self.catching_up && keys.id.as_ref().is_some_and(|id| !self.window.contains(id)),
        }
    }

    fn place(
        &mut self,
        arrival: Arrival<P>,
        next: Option<Rc<str>>,
        is_news: bool,
        numbers_known: bool,
        told: &mut Vec<Told<P>>,
    ) -> bool {
        match (arrival.keys.offset, self.position) {
            (Some(offset), Some(position)) if offset <= position => {
                if self.remember(&arrival.keys) {
                    self.note_last(&arrival.keys, offset == position);
                    told.push(Told::History(arrival, next));
                }
                false
            }
            (Some(offset), Some(position)) if numbers_known || is_news => {
                if offset > position + 1 {
                    self.release_held(told);
                }
                match self.position {
                    Some(position) if offset <= position => return false,
                    Some(position) if offset > position + 1 => self.gap(told),
                    Some(_) | None => {}
                }
                self.tell(arrival, told);
                true
            }
            _ => {
                if let Some(waiting) = self.take_held(&arrival.keys) {
                    self.tell(waiting, told);
                    return true;
                }
                if !self.is_unknown(&arrival.keys) {
                    self.position = arrival.keys.offset.or(self.position);
                    return false;
                }
                if !is_news {
                    self.remember(&arrival.keys);
                    self.note_last(&arrival.keys, true);
                    self.position = arrival.keys.offset.or(self.position);
                    told.push(Told::History(arrival, next));
                    return false;
                }
                if next.is_some() {
                    self.remember(&arrival.keys);
                    told.push(Told::Late(arrival, next));
                } else {
                    self.tell(arrival, told);
                }
                true
            }
        }
    }

    fn tell(&mut self, arrival: Arrival<P>, told: &mut Vec<Told<P>>) {
        if let Some(offset) = arrival.keys.offset {
            self.position = Some(offset);
            if self.epoch.is_none() {
                self.epoch = arrival.keys.epoch.as_deref().map(Rc::from);
            }
        }
        if self.remember(&arrival.keys) {
            self.note_last(&arrival.keys, true);
            self.since_confirmed += 1;
            if self.since_confirmed > CAPACITY / 2 {
                self.confirmed_id.clone_from(&self.last_id);
                self.since_confirmed = 0;
            }
            told.push(Told::New(arrival));
        }
    }

    fn hold(&mut self, arrival: Arrival<P>, told: &mut Vec<Told<P>>) {
        let place = match arrival.keys.offset {
            Some(offset) => {
                let place = self.held.partition_point(|held| held.keys.offset < Some(offset));
                if self.held.get(place).is_some_and(|held| held.keys.offset == Some(offset)) {
                    return;
                }
                place
            }
            None => self.held.len(),
        };
        self.held.insert(place, arrival);
        if self.held.len() > MAX_HELD {
            self.catching_up = false;
            self.skip_hole(told);
        }
    }

    fn release_held(&mut self, told: &mut Vec<Told<P>>) {
        while let Some(first) = self.held.first() {
            if let (Some(offset), Some(position)) = (first.keys.offset, self.position)
                && offset > position + 1
            {
                return;
            }
            let arrival = self.held.remove(0);
            let is_past =
                matches!((arrival.keys.offset, self.position), (Some(offset), Some(position)) if offset <= position);
            if !is_past {
                self.tell(arrival, told);
            }
        }
    }

    fn skip_to_held(&mut self, told: &mut Vec<Told<P>>) {
        if let Some(offset) = self.held.first().and_then(|held| held.keys.offset) {
            self.position = Some(offset.saturating_sub(1));
        }
        self.release_held(told);
        if !self.held.is_empty() {
            self.skip_hole(told);
        }
    }

    fn take_held(&mut self, keys: &Keys) -> Option<Arrival<P>> {
        keys.id.as_ref()?;
        let place = self.held.iter().position(|held| held.keys.id == keys.id)?;
        Some(self.held.remove(place))
    }

    fn start_at(&mut self, offset: u64, epoch: Option<Rc<str>>, told: &mut Vec<Told<P>>) {
        self.position = Some(offset);
        self.epoch = epoch;
        self.catching_up = false;
        self.release_held(told);
    }

    fn forget_numbers(&mut self, epoch: Option<Rc<str>>) {
        self.position = None;
        self.epoch = epoch;
        self.held.clear();
    }

    fn notice_epoch(&mut self, keys: &Keys, told: &mut Vec<Told<P>>) {
        if let (Some(new), Some(old)) = (&keys.epoch, &self.epoch)
            && **old != **new
        {
            self.forget_numbers(Some(Rc::from(new.as_str())));
            self.gap(told);
        }
    }

    fn gap(&self, told: &mut Vec<Told<P>>) {
        if !matches!(told.last(), Some(Told::Gap)) {
            told.push(Told::Gap);
        }
    }

    fn is_unknown(&self, keys: &Keys) -> bool {
        keys.id.as_ref().is_none_or(|id| !self.window.contains(id))
    }

    fn remember(&mut self, keys: &Keys) -> bool {
        keys.id.as_ref().is_none_or(|id| self.window.insert(id))
    }

    fn note_last(&mut self, keys: &Keys, is_newest: bool) {
        if is_newest && let Some(id) = &keys.id {
            self.last_id = Some(Rc::from(id.as_str()));
        }
    }
}
