//! What was said before: a server's rendering, and older messages on request.

use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::effect::{Edit, Effect, Fetch, Via};
use super::error::{Error, ErrorCode};
use super::input::{Fetched, Item, Slot};
use super::polling::{NO_ANSWER, Request};
use super::timeline::{Arrival, Between, Told};
use super::view::Gap;

impl<P: Payload> Client<P> {
    /// Asks for what is missing, the newest of it first; where nothing is, for what is older than all.
    pub(super) fn load_before(&mut self, slot: Slot, limit: u32) {
        let id = self.conversation_id(slot);
        let (Some(id), Some(conversation)) = (id, self.conversations.at_mut(slot)) else {
            return;
        };
        let mut view = conversation.view.as_mut();
        let gap = view.as_ref().and_then(|view| view.gap());
        let before = match &gap {
            // Nothing newer is known to ask with: the newest are wanted.
            Some(Gap::AtEnd) => Some(Rc::from("")),
            Some(Gap::Before(id)) => Some(id.clone()),
            None => view.as_ref().and_then(|view| view.oldest_id().cloned()),
        };
        let (Some(before), Some(view), true) = (before, view.as_mut(), self.cx.config.can_load_before) else {
            let error = (!self.cx.config.can_load_before)
                .then(|| Error::lasting(ErrorCode::Unsupported, "loadBefore needs the option history.before"));
            self.cx.wish(Effect::Loaded(slot, error));
            return;
        };
        // What is asked with stays until the answer comes.
        view.make_room(limit as usize);
        let fetch = Fetch::Before { conversation: id, before: before.clone(), limit };
        self.fetch(Request::Before { slot, gap, before, limit }, fetch);
    }

    pub(super) fn hydrate(&mut self, slot: Slot, items: Vec<Item<P>>) {
        let mut told = Vec::new();
        if let Some(conversation) = self.conversations.at_mut(slot) {
            conversation.timeline.page(items, None, conversation.view.as_deref(), &mut told);
        }
        self.tell(slot, told);
    }

    pub(super) fn before_read(
        &mut self,
        slot: Slot,
        gap: Option<Gap>,
        before: &Rc<str>,
        limit: u32,
        fetched: Fetched<P>,
    ) {
        if gap == Some(Gap::AtEnd)
            && let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut())
            && view.gap() != gap
        {
            // Something newer has come since: only that tells what belongs before it.
            view.leave_room(limit as usize);
            return self.load_before(slot, limit);
        }
        let error = match fetched {
            Fetched::Messages(items, _) => {
                self.show_before(slot, gap, before, items);
                None
            }
            Fetched::Failed { detail, .. } => Some(Error::passing(ErrorCode::PollFailed, detail)),
            Fetched::Conversations(..) | Fetched::Posted(_) | Fetched::Probed { .. } | Fetched::NotModified => {
                Some(Error::passing(ErrorCode::PollFailed, NO_ANSWER))
            }
        };
        if let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut()) {
            view.leave_room(limit as usize);
        }
        self.cx.wish(Effect::Loaded(slot, error));
    }

    fn show_before(&mut self, slot: Slot, gap: Option<Gap>, before: &Rc<str>, mut items: Vec<Item<P>>) {
        let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut()) else {
            return;
        };
        let end = match &gap {
            Some(Gap::AtEnd) => None,
            Some(Gap::Before(id)) => Some(id),
            None => Some(before),
        };
        if end.is_some_and(|end| !view.holds(end)) {
            return;
        }
        // What follows is told by other ways.
        let is_end = |item: &Item<P>| item.keys.id.is_some() && item.keys.id.as_deref() == end.map(|end| &**end);
        items.truncate(items.iter().position(is_end).unwrap_or(items.len()));
        let ids: Vec<Rc<str>> = items.iter().filter_map(|item| item.keys.id.as_deref().map(Rc::from)).collect();
        let reaches_known = ids.is_empty() || ids.iter().any(|id| view.is_before(id, end.map(|end| &**end)));
        view.make_room(items.len());
        let mut next = end.cloned();
        let mut told = Vec::new();
        for Item { data, keys } in items.into_iter().rev() {
            let before = next.clone();
            next = keys.id.as_deref().map(Rc::from).or(next);
            if view.find_placed(keys.id.as_deref()).is_none() {
                let arrival = Arrival { data, whole: None, keys, via: Via::Poll };
                told.push(Told::History(arrival, Between { after: None, before }));
            }
        }
        let Some(gap) = gap else {
            return self.tell(slot, told);
        };
        // What was missing may hold messages of mine.
        let mut history = self.unrecognized_history(slot, &told);
        history.reverse();
        self.tell(slot, told);
        self.recognize_history(slot, history);
        self.mend(slot, &gap, ids.last(), ids.first().filter(|_| !reaches_known));
    }

    /// A page has told what was missing, from `first` on; without one, all of it.
    fn mend(&mut self, slot: Slot, gap: &Gap, newest: Option<&Rc<str>>, first: Option<&Rc<str>>) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let Some(view) = conversation.view.as_mut() else {
            return;
        };
        view.mend(gap, newest.map(|id| &**id), first.map(|id| &**id));
        if view.gap().is_none() && std::mem::take(&mut conversation.has_gap) {
            self.cx.edit(slot, Edit::Gap(false));
        }
    }
}
