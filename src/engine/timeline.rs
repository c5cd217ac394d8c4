//! The order of one conversation: what is new, what is known, what is missing.
//!
//! Three sources tell of the same messages (live, replay, HTTP). A server that numbers its messages is held to its
//! numbers; otherwise ids tell what is known and HTTP pages tell the order (`backfill`).

use std::rc::Rc;

use crate::protocol::{Cursor, Keys};

use super::effect::Via;
use super::known::{Known, Packed};
use super::rare::Rare;

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

/// What stands on either side of a message, where a page tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Between {
    /// The message before it.
    pub after: Option<Rc<str>>,
    /// The next one after it that is known already.
    pub before: Option<Rc<str>>,
}

/// What the timeline makes of what it is given, in the order in which it is to be told.
#[derive(Clone, Debug)]
pub(super) enum Told<P> {
    /// New: for listeners and the snapshot.
    New(Arrival<P>, Between),
    /// New, but others that follow it were told before.
    Late(Arrival<P>, Between),
    /// From before the join: for the snapshot only.
    History(Arrival<P>, Between),
    /// Something before what follows could not be recovered.
    Gap,
}

/// The name of a numbering. There is one in each conversation: a pointer without a length is half as large.
pub(super) type Epoch = Rc<String>;

/// The order of one conversation.
#[derive(Clone, Debug)]
pub(super) struct Timeline<P> {
    position: Packed,
    pub(super) epoch: Option<Epoch>,
    /// What is known since something was told or waited for.
    pub(super) known: Rare<Known<P>>,
    /// Live messages wait for pages.
    pub(super) catching_up: bool,
    /// A page told what was there before.
    pub(super) has_baseline: bool,
    pub(super) joined_before: bool,
    /// It was asked for, and given up before anybody said whether it was joined.
    pub(super) given_up_unjoined: bool,
}

impl<P> Default for Timeline<P> {
    fn default() -> Self {
        Self {
            position: Packed::NONE,
            epoch: None,
            known: Rare::new(),
            catching_up: false,
            has_baseline: false,
            joined_before: false,
            given_up_unjoined: false,
        }
    }
}

impl<P: Clone> Timeline<P> {
    /// The numbering.
    pub(super) fn epoch(&self) -> Option<&str> {
        self.epoch.as_deref().map(String::as_str)
    }

    /// The number of the last message told.
    pub(super) fn position(&self) -> Option<u64> {
        self.position.get()
    }

    /// That is the last one told now.
    pub(super) fn go_to(&mut self, position: Option<u64>) {
        self.known.asked_from.get_or_insert(self.position);
        self.position = Packed::new(position);
    }

    /// The next one told follows this number.
    pub(super) fn set_position(&mut self, position: Option<u64>) {
        if let Some(known) = self.known.changed() {
            known.asked_from.get_or_insert(self.position);
        }
        self.position = Packed::new(position);
    }

    /// The number that the last subscribe named.
    pub(super) fn asked_from(&self) -> Option<u64> {
        self.known.asked_from.unwrap_or(self.position).get()
    }

    /// The newest number when the server was joined no longer counts; gives it.
    pub(super) fn take_target(&mut self) -> Option<u64> {
        self.known.changed()?.target.take()
    }

    /// How far the numbers are known, for the server that is asked to go on from there.
    pub(super) fn ask_from(&mut self) -> Option<Cursor> {
        if let Some(known) = self.known.changed() {
            known.asked_from = None;
        }
        Some(Cursor { offset: self.position()?, epoch: self.epoch().map(Rc::from) })
    }

    /// The message after which HTTP is asked to go on. Where numbers prove that nothing is missing, the last one; where
    /// they prove that something is, none: it was given up. Else the last one that a page confirmed.
    pub(super) fn http_cursor(&self) -> Option<Rc<str>> {
        let known = if self.position().is_some() { &self.known.last_id } else { &self.known.confirmed_id };
        known.clone().filter(|_| !self.known.is_cut_off)
    }

    /// Ids that are remembered, and messages that wait.
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.known.window.len(), self.known.held.len())
    }

    /// The newest message known.
    pub(super) fn last_id(&self) -> Option<&Rc<str>> {
        self.known.last_id.as_ref()
    }

    /// A page is being asked for.
    pub(super) fn page_asked(&mut self) {
        if let Some(known) = self.known.changed() {
            known.told_since_asked = None;
            known.held.mark_page();
        }
    }

    /// The session ended: without a page, nobody knows what was said until the next one.
    pub(super) fn session_ended(&mut self) {
        if let Some(known) = self.known.changed() {
            known.held.mark_break();
        }
    }

    /// Whether live messages wait for a page.
    pub(super) const fn is_catching_up(&self) -> bool {
        self.catching_up
    }

    /// Whether nothing is missing up to where the server stood at the join.
    pub(super) fn is_at_target(&self) -> bool {
        self.known.target.is_some() && self.position() >= self.known.target
    }

    /// Whether live messages wait for numbers that are missing before them.
    pub(super) fn has_hole(&self) -> bool {
        !self.catching_up && !self.known.held.is_empty()
    }

    /// A message came over the socket. Says whether something before it is missing.
    pub(super) fn live(&mut self, arrival: Arrival<P>, told: &mut Vec<Told<P>>) -> bool {
        self.notice_epoch(&arrival.keys, told);
        match (arrival.keys.offset, self.position()) {
            (Some(offset), Some(position)) if offset <= position => {
                self.remember(&arrival.keys);
            }
            (Some(offset), Some(_)) if self.is_hole_before(offset) => self.hold(arrival, told),
            (Some(_) | None, Some(_) | None) if self.catching_up => self.hold(arrival, told),
            (Some(_) | None, Some(_) | None) => {
                self.tell(arrival, told);
                self.release_held(told);
            }
        }
        self.has_hole()
    }

    /// A message of mine is stored. True if it may be told at once: it is not
    /// known yet, and no number says that something belongs before it.
    pub(super) fn stored(&self, keys: &Keys) -> bool {
        let is_new = !self.catching_up && keys.id.is_some() && self.is_unknown(keys) && !self.is_other_epoch(keys);
        match (keys.offset, self.position()) {
            (Some(offset), Some(position)) => is_new && offset == position.saturating_add(1),
            (Some(_), None) | (None, Some(_)) => false,
            (None, None) => is_new,
        }
    }

    /// What is missing will not come: what waited goes on, with a gap.
    pub(super) fn skip_hole(&mut self, told: &mut Vec<Told<P>>) {
        self.gap(told);
        self.tell_held(told);
    }

    pub(super) fn tell(&mut self, arrival: Arrival<P>, told: &mut Vec<Told<P>>) {
        self.tell_between(arrival, Between::default(), told);
    }

    pub(super) fn tell_between(&mut self, arrival: Arrival<P>, between: Between, told: &mut Vec<Told<P>>) {
        if let Some(offset) = arrival.keys.offset {
            self.stand_at(offset, &arrival.keys);
        }
        let is_new = self.remember(&arrival.keys);
        if is_new || arrival.keys.offset.is_some() {
            self.note_last(&arrival.keys);
        }
        if is_new {
            self.known.count_told();
            self.known.confirm_last();
            told.push(Told::New(arrival, between));
        }
    }

    /// The message with these keys is the last one, under this number.
    pub(super) fn stand_at(&mut self, offset: u64, keys: &Keys) {
        self.go_to(Some(offset));
        self.note_epoch(keys);
    }

    fn note_epoch(&mut self, keys: &Keys) {
        if self.epoch.is_none() {
            self.epoch = keys.epoch.clone().map(Rc::new);
        }
    }

    /// Tells what waited, as far as nothing is missing before it.
    pub(super) fn release_held(&mut self, told: &mut Vec<Told<P>>) {
        while let Some(arrival) = self.pop_following() {
            if !self.is_past(&arrival.keys) {
                self.tell(arrival, told);
            }
        }
    }

    /// Tells all that waited, with a gap wherever a number is missing.
    pub(super) fn tell_held(&mut self, told: &mut Vec<Told<P>>) {
        while let Some((arrival, may_miss)) = self.pop_held() {
            if self.is_past(&arrival.keys) {
                continue;
            }
            self.tell_waiting(arrival, may_miss, told);
        }
    }

    /// Tells what waited; `may_miss` says whether something is missing before it where numbers do not.
    pub(super) fn tell_waiting(&mut self, arrival: Arrival<P>, may_miss: bool, told: &mut Vec<Told<P>>) {
        let is_apart = match (arrival.keys.offset, self.position()) {
            (Some(offset), Some(_)) => self.is_hole_before(offset),
            (Some(_), None) | (None, Some(_) | None) => may_miss,
        };
        if is_apart {
            self.gap(told);
        }
        self.tell(arrival, told);
    }

    /// Whether numbers are missing before this one.
    pub(super) fn is_hole_before(&self, offset: u64) -> bool {
        self.position().is_some_and(|position| offset > position.saturating_add(1))
    }

    pub(super) fn gap(&self, told: &mut Vec<Told<P>>) {
        if !matches!(told.last(), Some(Told::Gap)) {
            told.push(Told::Gap);
        }
    }

    pub(super) fn notice_epoch(&mut self, keys: &Keys, told: &mut Vec<Told<P>>) {
        if self.is_other_epoch(keys) {
            self.forget_numbers(keys.epoch.clone().map(Rc::new), told);
            // Pages may still tell what was said in between.
            if !self.catching_up {
                self.gap(told);
            }
        }
    }

    pub(super) fn is_other_epoch(&self, keys: &Keys) -> bool {
        self.epoch.is_some() && keys.epoch.is_some() && self.epoch() != keys.epoch.as_deref()
    }

    pub(super) fn is_unknown(&self, keys: &Keys) -> bool {
        keys.id.as_ref().is_none_or(|id| !self.known.window.contains(id))
    }

    pub(super) fn remember(&mut self, keys: &Keys) -> bool {
        let is_numbered = self.is_past(keys);
        keys.id.as_ref().is_none_or(|id| self.known.window.insert(id, is_numbered))
    }

    pub(super) fn note_last(&mut self, keys: &Keys) {
        if let Some(id) = &keys.id {
            self.known.last_id = Some(Rc::from(id.as_str()));
            self.known.is_cut_off = false;
        }
    }

    fn hold(&mut self, arrival: Arrival<P>, told: &mut Vec<Told<P>>) {
        self.note_epoch(&arrival.keys);
        if self.known.held.is_full() {
            self.catching_up = false;
            self.skip_hole(told);
        }
        self.known.held.insert(arrival);
        self.release_if_ready(told);
    }

    fn release_if_ready(&mut self, told: &mut Vec<Told<P>>) {
        if !self.catching_up {
            self.release_held(told);
        }
    }

    /// The first one that waits, and whether something may be missing before it, unless numbers say otherwise.
    pub(super) fn pop_held(&mut self) -> Option<(Arrival<P>, bool)> {
        self.known.changed()?.held.pop()
    }

    fn pop_following(&mut self) -> Option<Arrival<P>> {
        let position = self.position();
        let known = self.known.changed()?;
        // As long as no number was told, the next one follows where the server stood at the join.
        known.held.pop_following(position.or(known.target))
    }

    fn is_past(&self, keys: &Keys) -> bool {
        keys.offset.is_some() && keys.offset <= self.position()
    }

    /// What waited under the old numbers goes before whatever the new ones bring, unless pages tell where.
    pub(super) fn forget_numbers(&mut self, epoch: Option<Epoch>, told: &mut Vec<Told<P>>) {
        if !self.catching_up {
            self.tell_held(told);
        }
        let position = self.position();
        if let Some(known) = self.known.changed() {
            if self.catching_up {
                known.held.forget_numbers(position);
            }
            known.target = None;
            known.is_cut_off = false;
            known.asked_from = Some(Packed::NONE);
            known.window.lose_numbers();
            if position.is_some() {
                known.confirmed_id.clone_from(&known.last_id);
            }
        }
        self.position = Packed::NONE;
        self.epoch = epoch;
    }
}
