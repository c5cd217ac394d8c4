//! The order of a conversation's snapshot, as edits of a list that the shell keeps.

use std::rc::Rc;

use crate::protocol::Keys;

use super::effect::{Edit, Shown, State};

/// The keys of the messages that a snapshot holds, in its order.
#[derive(Clone, Debug)]
pub(super) struct View {
    entries: Vec<Entry>,
    limit: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    id: Option<Rc<str>>,
    offset: Option<u64>,
    client_id: Option<Rc<str>>,
    state: State,
    is_draft: bool,
}

impl View {
    /// An empty snapshot that keeps at most `limit` messages.
    pub(super) const fn new(limit: usize) -> Self {
        Self { entries: Vec::new(), limit }
    }

    /// The oldest message that the server knows.
    pub(super) fn oldest_id(&self) -> Option<&Rc<str>> {
        self.entries.iter().find_map(|entry| entry.id.as_ref())
    }

    /// Whether it shows the message with this id.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.id.as_deref() == Some(id))
    }

    /// A message of mine that the server does not have yet.
    pub(super) fn draft<P>(&mut self, client_id: &Rc<str>, content: P, edits: &mut Vec<Edit<P>>) {
        self.entries.push(Entry {
            id: None,
            offset: None,
            client_id: Some(client_id.clone()),
            state: State::Pending,
            is_draft: true,
        });
        edits.push(Edit::Insert {
            index: self.entries.len() - 1,
            message: Shown { data: content, state: State::Pending, client_id: Some(client_id.clone()), draft: true },
        });
        self.trim(edits);
    }

    /// A message that the server has; `before`: the id of the one that follows it, where known.
    pub(super) fn place<P>(&mut self, data: P, keys: &Keys, before: Option<&str>, edits: &mut Vec<Edit<P>>) {
        let known = self.find(keys);
        let client_id: Option<Rc<str>> =
            known.and_then(|index| self.entries.get(index)).and_then(|entry| entry.client_id.clone());
        let state = if client_id.is_some() { State::Sent } else { State::Received };
        let entry = Entry {
            id: keys.id.as_deref().map(Rc::from),
            offset: keys.offset,
            client_id: client_id.clone(),
            state,
            is_draft: false,
        };
        let message = Shown { data, state, client_id, draft: false };
        if let Some(index) = known {
            let stays = self.entries.iter().skip(index + 1).all(|later| match (later.offset, keys.offset) {
                (Some(later), Some(own)) => own < later,
                (None, _) | (_, None) => later.is_draft,
            });
            let follows = self.entries.get(index.wrapping_sub(1)).and_then(|earlier| earlier.offset);
            let in_order = match (follows, keys.offset) {
                (Some(earlier), Some(own)) => earlier < own,
                (None, _) | (_, None) => true,
            };
            let was_placed = self.entries.get(index).is_some_and(|entry| !entry.is_draft);
            if (stays && in_order) || was_placed {
                if let Some(place) = self.entries.get_mut(index) {
                    *place = entry;
                }
                edits.push(Edit::Replace { index, message });
                return;
            }
            self.entries.remove(index);
            edits.push(Edit::Remove { index });
        }
        let index = self.index_for(keys, before);
        let at_front = index == 0 && self.entries.len() >= self.limit;
        self.entries.insert(index, entry);
        edits.push(Edit::Insert { index, message });
        if !at_front {
            self.trim(edits);
        }
    }

    /// Older messages may stay although they are more than the limit.
    pub(super) const fn make_room(&mut self, count: usize) {
        self.limit = self.limit.saturating_add(count);
    }

    /// A message of mine changed its state. False if it is not here.
    pub(super) fn mark<P>(&mut self, client_id: &str, state: State, edits: &mut Vec<Edit<P>>) -> bool {
        let Some(index) = self.find_client(client_id) else {
            return false;
        };
        if let Some(entry) = self.entries.get_mut(index) {
            entry.state = state;
        }
        edits.push(Edit::State { index, state });
        true
    }

    /// Takes a message of mine out. False if it is not here or the server has it.
    pub(super) fn discard<P>(&mut self, client_id: &str, edits: &mut Vec<Edit<P>>) -> bool {
        let Some(index) = self.find_client(client_id) else {
            return false;
        };
        if self.entries.get(index).is_none_or(|entry| !entry.is_draft) {
            return false;
        }
        self.entries.remove(index);
        edits.push(Edit::Remove { index });
        true
    }

    fn find(&self, keys: &Keys) -> Option<usize> {
        self.entries.iter().rposition(|entry| {
            let same_id = keys.id.is_some() && entry.id.as_deref() == keys.id.as_deref();
            let same_client =
                entry.is_draft && keys.client_id.is_some() && entry.client_id.as_deref() == keys.client_id.as_deref();
            same_id || same_client
        })
    }

    fn find_client(&self, client_id: &str) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.client_id.as_deref() == Some(client_id))
    }

    fn index_for(&self, keys: &Keys, before: Option<&str>) -> usize {
        if let Some(before) = before
            && let Some(index) = self.entries.iter().rposition(|entry| entry.id.as_deref() == Some(before))
        {
            return index;
        }
        let belongs_after = |entry: &Entry| match (entry.offset, keys.offset) {
            (Some(earlier), Some(own)) => earlier < own,
            (None, _) | (_, None) => !entry.is_draft,
        };
        self.entries.iter().rposition(belongs_after).map_or(0, |index| index + 1)
    }

    fn trim<P>(&mut self, edits: &mut Vec<Edit<P>>) {
        let count = self.entries.len().saturating_sub(self.limit);
        if count > 0 {
            self.entries.drain(..count);
            edits.push(Edit::Trim { count });
        }
    }
}
