//! What listeners and snapshots are told.

use std::rc::Rc;

use crate::protocol::Keys;

use super::Payload;
use super::client::Client;
use super::conversation::Join;
use super::effect::{Edit, Effect, Event, EventKind, State, Status, Via};
use super::error::Error;
use super::input::Slot;
use super::timeline::{Arrival, Between, Told};
use super::view::View;

impl<P: Payload> Client<P> {
    pub(super) fn view(&mut self, slot: Slot) {
        let limit = self.cx.config.history_max_messages;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if conversation.view.is_some() {
            return;
        }
        let has_gap = conversation.has_gap;
        let mut view = View::new(limit);
        if has_gap {
            view.cut_off();
        }
        conversation.view = Some(Box::new(view));
        if self.cx.config.polling.messages {
            conversation.extra.reader.wants_latest = true;
        }
        let is_wanted = conversation.is_wanted();
        if has_gap {
            self.cx.edit(slot, Edit::Gap(true));
        }
        if is_wanted && self.cx.config.polling.messages {
            self.want_read(slot);
        }
    }

    /// Passes on what a timeline made of what came: to the snapshot and to the listeners.
    pub(super) fn tell(&mut self, slot: Slot, told: Vec<Told<P>>) {
        for one in told {
            match one {
                Told::New(arrival, between) => self.tell_message(slot, arrival, &between, false),
                Told::Late(arrival, between) => {
                    self.cx.stats.late += 1;
                    self.tell_message(slot, arrival, &between, true);
                }
                Told::History(arrival, between) => {
                    self.confirm_send(slot, &arrival);
                    self.show(slot, &arrival, &between);
                }
                Told::Gap => self.tell_gap(slot),
            }
        }
    }

    /// What a page is about to show for the first time, where messages of mine are awaited: the newest first.
    pub(super) fn unrecognized_history(&self, slot: Slot, told: &[Told<P>]) -> Vec<(Keys, P)> {
        let view = self.conversations.at(slot).and_then(|conversation| conversation.view.as_deref());
        let Some(view) = view.filter(|_| self.outbox.awaits(slot)) else {
            return Vec::new();
        };
        let history = told.iter().rev().filter_map(|one| match one {
            Told::History(arrival, _) => Some((arrival.keys.clone(), arrival.data.clone())),
            Told::New(..) | Told::Late(..) | Told::Gap => None,
        });
        history.filter(|(keys, _)| !keys.id.as_deref().is_some_and(|id| view.holds(id))).collect()
    }

    /// Of what a page has shown for the first time, the newest that says the same as a message of mine is that message.
    pub(super) fn recognize_history(&mut self, slot: Slot, history: Vec<(Keys, P)>) {
        for (mut keys, data) in history {
            if let Some(client_id) = self.recognize(slot, &keys, &data) {
                keys.client_id = Some(String::from(&*client_id));
                self.show_stored(slot, &client_id, Some(data), &keys);
            }
        }
    }

    fn tell_message(&mut self, slot: Slot, mut arrival: Arrival<P>, between: &Between, late: bool) {
        self.confirm_send(slot, &arrival);
        let mine = self.recognize(slot, &arrival.keys, &arrival.data);
        if arrival.keys.client_id.is_none() {
            arrival.keys.client_id = mine.as_deref().map(String::from);
        }
        self.show(slot, &arrival, between);
        self.cx.event(Event {
            kind: EventKind::Message,
            conversation: self.conversation_id(slot),
            data: arrival.data,
            whole: arrival.whole,
            via: if mine.is_some() { Via::Echo } else { arrival.via },
            late,
        });
    }

    fn recognize(&mut self, slot: Slot, keys: &Keys, data: &P) -> Option<Rc<str>> {
        let view = self.conversations.at(slot).and_then(|conversation| conversation.view.as_deref());
        self.outbox.recognize(slot, keys, data, view)
    }

    fn show(&mut self, slot: Slot, arrival: &Arrival<P>, between: &Between) {
        let mut edits = Vec::new();
        if let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut()) {
            view.place(arrival.data.clone(), &arrival.keys, between, &mut edits);
        }
        self.edit_all(slot, edits);
    }

    pub(super) fn edit_all(&mut self, slot: Slot, edits: Vec<Edit<P>>) {
        for edit in edits {
            self.cx.edit(slot, edit);
        }
    }

    pub(super) fn mark(&mut self, slot: Slot, client_id: &str, state: State) {
        let mut edits = Vec::new();
        if let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut()) {
            view.mark(client_id, state, &mut edits);
        }
        self.edit_all(slot, edits);
    }

    fn tell_gap(&mut self, slot: Slot) {
        self.cx.stats.gaps += 1;
        if let Some(conversation) = self.conversations.at_mut(slot) {
            conversation.has_gap = true;
            if let Some(view) = conversation.view.as_mut() {
                view.cut_off();
            }
        }
        self.cx.edit(slot, Edit::Gap(true));
        if let Some(id) = self.conversation_id(slot) {
            self.cx.wish(Effect::Gap(id));
        }
    }

    /// Tells what went wrong in a conversation.
    pub(super) fn report_in(&mut self, slot: Option<Slot>, error: Error) {
        let id = slot.and_then(|slot| self.conversation_id(slot));
        self.cx.report(error, id);
    }

    /// Brings a conversation's status in line with what is the case.
    pub(super) fn refresh_status(&mut self, slot: Slot) {
        let has_session = self.connectivity.session.is_some();
        let is_polling = self.polling.is_active && self.cx.config.polling.messages;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let status = match (conversation.is_wanted(), conversation.join) {
            (true | false, Join::Refused) => Status::Error,
            (false, Join::Out | Join::Interrupted | Join::Unsure | Join::Asked | Join::In) => Status::Idle,
            (true, Join::In) => Status::Live,
            (true, Join::Out | Join::Interrupted | Join::Unsure | Join::Asked) if is_polling && !has_session => {
                Status::Polling
            }
            (true, Join::Out | Join::Interrupted | Join::Unsure | Join::Asked) => Status::Joining,
        };
        if conversation.status != status {
            conversation.status = status;
            let error = conversation.extra.error.clone();
            self.cx.edit(slot, Edit::Status { status, error });
        }
    }
}
