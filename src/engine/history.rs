//! What was said before: a server's rendering, and older messages on request.

use super::Payload;
use super::client::Client;
use super::effect::{Effect, Fetch, Via};
use super::error::{Error, ErrorCode};
use super::input::{Fetched, Item, Slot};
use super::polling::Request;
use super::timeline::{Arrival, Between, Told};

impl<P: Payload> Client<P> {
    pub(super) fn load_before(&mut self, slot: Slot, limit: u32) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let oldest = conversation.view.as_ref().and_then(|view| view.oldest_id());
        let (Some(before), true) = (oldest.cloned(), self.cx.config.can_load_before) else {
            let error = (!self.cx.config.can_load_before)
                .then(|| Error::lasting(ErrorCode::Unsupported, "loadBefore needs the option history.before"));
            self.cx.wish(Effect::Loaded(slot, error));
            return;
        };
        let fetch = Fetch::Before { conversation: conversation.id.clone(), before, limit };
        self.fetch(Request::Before(slot), fetch);
    }

    pub(super) fn hydrate(&mut self, slot: Slot, items: Vec<Item<P>>) {
        let mut told = Vec::new();
        if let Some(conversation) = self.conversations.at_mut(slot) {
            conversation.timeline.page(items, None, false, &mut told);
        }
        self.tell(slot, told);
    }

    pub(super) fn before_read(&mut self, slot: Slot, fetched: Fetched<P>) {
        let error = match fetched {
            Fetched::Messages(items, _) => {
                self.show_before(slot, items);
                None
            }
            Fetched::Failed { detail, .. } => Some(Error::passing(ErrorCode::PollFailed, detail)),
            Fetched::Conversations(..) | Fetched::Posted(_) | Fetched::NotModified => None,
        };
        self.cx.wish(Effect::Loaded(slot, error));
    }

    fn show_before(&mut self, slot: Slot, items: Vec<Item<P>>) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let Some(view) = conversation.view.as_mut() else {
            return;
        };
        view.make_room(items.len());
        let oldest = view.oldest_id().cloned();
        let fresh: Vec<Told<P>> = items
            .into_iter()
            .filter(|item| item.keys.id.as_deref().is_none_or(|id| !view.holds(id)))
            .map(|Item { data, keys }| {
                Told::History(
                    Arrival { data, whole: None, keys, via: Via::Poll },
                    Between { after: None, before: oldest.clone() },
                )
            })
            .collect();
        self.tell(slot, fresh);
    }
}
