//! The order of a conversation's snapshot, as edits of a list that the shell keeps.

use std::rc::Rc;

use crate::protocol::Keys;

use super::effect::{Edit, Shown, State};
use super::timeline::Between;

/// The keys of the messages that a snapshot holds, in its order: those whose
/// place is known first, then those of mine that the server has not placed.
#[derive(Clone, Debug)]
pub(super) struct View {
    entries: Vec<Entry>,
    /// The numbering that the numbers of the entries belong to.
    epoch: Option<Rc<str>>,
    /// Something is missing after all that have a place.
    is_cut_off: bool,
    /// What comes next may be here already: it was asked for.
    may_be_ahead: bool,
    limit: usize,
}

/// Where something is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Right before this message.
    Before(Rc<str>),
    /// After all that have a place.
    AtEnd,
}

#[derive(Clone, Debug)]
struct Entry {
    id: Option<Rc<str>>,
    offset: Option<u64>,
    client_id: Option<Rc<str>>,
    is_placed: bool,
    /// Something is missing right before it.
    after_gap: bool,
}

impl View {
    /// An empty snapshot that keeps at most `limit` messages.
    pub(super) const fn new(limit: usize) -> Self {
        Self { entries: Vec::new(), epoch: None, is_cut_off: false, may_be_ahead: false, limit }
    }

    /// The oldest message that the server knows.
    pub(super) fn oldest_id(&self) -> Option<&Rc<str>> {
        self.entries.iter().filter(|entry| entry.is_placed).find_map(|entry| entry.id.as_ref())
    }

    /// Whether it shows the message with this id.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.find_id(Some(id)).is_some()
    }

    /// Whether it shows this message of mine, and the server's is not known yet.
    pub(super) fn has_draft(&self, client_id: &str) -> bool {
        self.find_mine(Some(client_id), None).is_some()
    }

    /// Something is missing before whatever comes next.
    pub(super) const fn cut_off(&mut self) {
        self.is_cut_off = true;
    }

    /// The newest gap.
    pub(super) fn gap(&self) -> Option<Gap> {
        if self.is_cut_off {
            return Some(Gap::AtEnd);
        }
        let after = self.entries.iter().rev().find(|entry| entry.after_gap)?;
        after.id.clone().map(Gap::Before)
    }

    /// Whether the message with this id has its place before the one with that id; before all that is missing, without one.
    pub(super) fn is_before(&self, id: &str, that: Option<&str>) -> bool {
        let end = self.find_id(that).unwrap_or(self.entries.len());
        self.find_placed(Some(id)).is_some_and(|index| index < end)
    }

    /// A page that ends with `newest` has told what was missing, from `first` on; without one, all of it.
    pub(super) fn mend(&mut self, gap: &Gap, newest: Option<&str>, first: Option<&str>) {
        let last = match gap {
            Gap::Before(id) => Some(&**id),
            Gap::AtEnd => {
                self.is_cut_off = false;
                self.may_be_ahead = newest.is_some();
                newest
            }
        };
        if let Some(entry) = self.find_id(last).and_then(|index| self.entries.get_mut(index)) {
            entry.after_gap = false;
        }
        // What is missing at the top is not missing between two messages.
        let Some(index) = self.find_id(first).filter(|index| *index > 0) else {
            return;
        };
        let follows = match self.entries.get(index - 1..=index) {
            Some([earlier, own]) => own.offset.is_some() && own.offset == earlier.offset.map(|offset| offset + 1),
            Some(_) | None => false,
        };
        if let Some(entry) = self.entries.get_mut(index) {
            entry.after_gap = !follows;
        }
    }

    /// A message of mine that the server does not have yet.
    pub(super) fn draft<P>(&mut self, client_id: &Rc<str>, content: P, edits: &mut Vec<Edit<P>>) {
        let index = self.entries.len();
        self.entries.push(Entry {
            id: None,
            offset: None,
            client_id: Some(client_id.clone()),
            is_placed: false,
            after_gap: false,
        });
        let message = Shown { data: content, state: State::Pending, client_id: Some(client_id.clone()), draft: true };
        edits.push(Edit::Insert { index, message });
        self.trim(edits);
    }

    /// The server has stored a message of mine; where it belongs is not told yet.
    pub(super) fn store<P>(&mut self, data: P, keys: &Keys, client_id: &str, edits: &mut Vec<Edit<P>>) {
        self.notice_epoch(keys.epoch.as_deref());
        if self.find_id(keys.id.as_deref()).is_some() {
            self.place(data, keys, &Between::default(), edits);
            return;
        }
        let Some(index) = self.find_mine(Some(client_id), keys.id.as_deref()) else {
            return;
        };
        let id = keys.id.as_deref().map(Rc::from);
        let client_id: Rc<str> = Rc::from(client_id);
        let entry =
            Entry { id, offset: keys.offset, client_id: Some(client_id.clone()), is_placed: false, after_gap: false };
        let message = Shown { data, state: State::Sent, client_id: Some(client_id), draft: false };
        self.entries.remove(index);
        let place = self.place_by_number(keys.offset).map_or(index, |(low, high)| index.min(high).max(low));
        if self.is_too_old(Some(index), place) {
            edits.push(Edit::Remove { index });
            return;
        }
        self.entries.insert(place, entry);
        push_move(index, place, message, edits);
    }

    /// A message that the server has, in its place.
    pub(super) fn place<P>(&mut self, data: P, keys: &Keys, between: &Between, edits: &mut Vec<Edit<P>>) {
        self.notice_epoch(keys.epoch.as_deref());
        let mut shown = self.find_id(keys.id.as_deref());
        let mine = self.find_mine(keys.client_id.as_deref(), keys.id.as_deref()).filter(|index| shown != Some(*index));
        if let (Some(_), Some(draft)) = (shown, mine) {
            self.entries.remove(draft);
            edits.push(Edit::Remove { index: draft });
            shown = self.find_id(keys.id.as_deref());
        }
        let known = shown.or(mine);
        let before = known.map(|index| self.entries.remove(index));
        let client_id = before.as_ref().and_then(|entry| entry.client_id.clone());
        let client_id = client_id.or_else(|| mine.and(keys.client_id.as_deref().map(Rc::from)));
        let stays = before.as_ref().is_some_and(|entry| entry.is_placed);
        let index = known.filter(|_| stays).unwrap_or_else(|| self.index_for(keys, between));
        if self.is_too_old(known, index) {
            edits.extend(known.map(|index| Edit::Remove { index }));
            return;
        }
        let is_last = !self.entries.iter().skip(index).any(|entry| entry.is_placed);
        // It may be one of those that a gap leaves out, and what was asked for may follow it.
        self.may_be_ahead &= shown.is_some() || !is_last || self.gap().is_some();
        let after_gap = match &before {
            Some(entry) if stays => entry.after_gap,
            Some(_) | None => is_last && std::mem::take(&mut self.is_cut_off),
        };
        self.entries.insert(
            index,
            Entry {
                id: keys.id.as_deref().map(Rc::from),
                offset: keys.offset.or(before.and_then(|entry| entry.offset)),
                client_id: client_id.clone(),
                is_placed: true,
                after_gap,
            },
        );
        let state = if client_id.is_some() { State::Sent } else { State::Received };
        let message = Shown { data, state, client_id, draft: false };
        match known {
            Some(old) => push_move(old, index, message, edits),
            None => {
                edits.push(Edit::Insert { index, message });
                self.trim(edits);
            }
        }
    }

    /// Whether the next message simply goes to the end.
    pub(super) fn is_plain(&self) -> bool {
        !self.is_cut_off && !self.may_be_ahead && self.entries.last().is_none_or(|entry| entry.is_placed)
    }

    /// The next messages, by id and number, have gone to the end.
    pub(super) fn append<P>(
        &mut self,
        epoch: Option<&str>,
        messages: impl Iterator<Item = (Rc<str>, Option<u64>)>,
        edits: &mut Vec<Edit<P>>,
    ) {
        self.notice_epoch(epoch);
        let entry = |(id, offset)| Entry { id: Some(id), offset, client_id: None, is_placed: true, after_gap: false };
        self.entries.extend(messages.map(entry));
        self.trim(edits);
    }

    /// Older messages may stay although they are more than the limit.
    pub(super) const fn make_room(&mut self, count: usize) {
        self.limit = self.limit.saturating_add(count);
    }

    /// So many of them may not, after all.
    pub(super) const fn leave_room(&mut self, count: usize) {
        self.limit = self.limit.saturating_sub(count);
    }

    /// A message of mine changed its state. False if it is not here.
    pub(super) fn mark<P>(&mut self, client_id: &str, state: State, edits: &mut Vec<Edit<P>>) -> bool {
        let index = self.entries.iter().rposition(|entry| entry.client_id.as_deref() == Some(client_id));
        if let Some(index) = index {
            edits.push(Edit::State { index, state });
        }
        index.is_some()
    }

    /// Takes a message of mine out. False if it is not here or the server has it.
    pub(super) fn discard<P>(&mut self, client_id: &str, edits: &mut Vec<Edit<P>>) -> bool {
        let Some(index) = self.find_mine(Some(client_id), None) else {
            return false;
        };
        self.entries.remove(index);
        edits.push(Edit::Remove { index });
        true
    }

    /// Where a number belongs: after the last smaller one, before the first greater one.
    fn place_by_number(&self, offset: Option<u64>) -> Option<(usize, usize)> {
        let own = offset?;
        let is_smaller = |entry: &Entry| entry.offset.is_some_and(|offset| offset < own);
        let is_greater = |entry: &Entry| entry.offset.is_some_and(|offset| offset > own);
        let low = self.entries.iter().rposition(is_smaller).map_or(0, |index| index + 1);
        let high = self.entries.iter().position(is_greater).unwrap_or(self.entries.len());
        Some((low, high))
    }

    /// Whether what goes to `index`, from where it was `known`, is older than all that a full snapshot shows.
    fn is_too_old(&self, known: Option<usize>, index: usize) -> bool {
        index == 0 && known != Some(0) && self.entries.len() + usize::from(known.is_some()) >= self.limit
    }

    /// Numbers of an older numbering say nothing about newer ones.
    fn notice_epoch(&mut self, epoch: Option<&str>) {
        if epoch.is_none() || self.epoch.as_deref() == epoch {
            return;
        }
        if self.epoch.is_some() {
            self.entries.iter_mut().for_each(|entry| entry.offset = None);
        }
        self.epoch = epoch.map(Rc::from);
    }

    fn find_id(&self, id: Option<&str>) -> Option<usize> {
        id.and_then(|id| self.entries.iter().rposition(|entry| entry.id.as_deref() == Some(id)))
    }

    /// Where the message with this id has its place.
    pub(super) fn find_placed(&self, id: Option<&str>) -> Option<usize> {
        self.find_id(id).filter(|index| self.entries.get(*index).is_some_and(|entry| entry.is_placed))
    }

    /// A message of mine that has no place yet. A server that forgot it may have stored it again, under another id.
    fn find_mine(&self, client_id: Option<&str>, id: Option<&str>) -> Option<usize> {
        let client_id = client_id?;
        let may_be = |entry: &Entry| !entry.is_placed && (entry.id.is_none() || entry.id.as_deref() == id);
        self.entries.iter().rposition(|entry| may_be(entry) && entry.client_id.as_deref() == Some(client_id))
    }

    fn index_for(&self, keys: &Keys, between: &Between) -> usize {
        let before = self.find_placed(between.before.as_deref());
        if let Some(index) = before.or_else(|| Some(self.find_placed(between.after.as_deref())? + 1)) {
            return index;
        }
        if between.before.is_some() && keys.offset.is_none() {
            return 0;
        }
        let belongs_after = |entry: &Entry| match (entry.offset, keys.offset) {
            (Some(earlier), Some(own)) => earlier < own,
            (None, _) | (_, None) => entry.is_placed || entry.id.is_some(),
        };
        self.entries.iter().rposition(belongs_after).map_or(0, |index| index + 1)
    }

    fn trim<P>(&mut self, edits: &mut Vec<Edit<P>>) {
        let count = self.entries.len().saturating_sub(self.limit);
        if count > 0 {
            self.entries.drain(..count);
            if let Some(first) = self.entries.first_mut() {
                first.after_gap = false;
            }
            edits.push(Edit::Trim { count });
        }
    }
}

/// A message changes and goes from one place to another.
fn push_move<P>(from: usize, index: usize, message: Shown<P>, edits: &mut Vec<Edit<P>>) {
    if from == index {
        edits.push(Edit::Replace { index, message });
    } else {
        edits.push(Edit::Remove { index: from });
        edits.push(Edit::Insert { index, message });
    }
}

#[cfg(test)]
mod tests;
