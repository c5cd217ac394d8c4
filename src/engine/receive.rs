//! What a frame from the server leads to.

use std::rc::Rc;

use crate::protocol::{Frame, Hello, Keys, Outgoing, Subscribed, Update, UpdateKind};

use super::Payload;
use super::client::Client;
use super::config::Greeting;
use super::effect::{Edit, Effect, Event, EventKind, Via};
use super::error::{Error, ErrorCode};
use super::input::Slot;
use super::timeline::Arrival;

impl<P: Payload> Client<P> {
    pub(super) fn frame(&mut self, generation: u32, frame: Frame<P>) {
        if self.connectivity.link_mut(generation).is_none() {
            return;
        }
        self.cx.stats.frames_received += 1;
        self.heard(generation);
        let is_attempt = self.connectivity.attempt.as_ref().is_some_and(|link| link.generation == generation);
        if is_attempt {
            if let Frame::Hello(hello) = frame {
                return self.prove(hello, true);
            }
            let is_early = matches!(frame, Frame::Open(_) | Frame::Refused { .. } | Frame::Ping);
            match self.cx.config.greeting {
                Greeting::Learnt | Greeting::Never => {
                    self.prove(Hello::default(), false);
                    self.sync_rest();
                }
                Greeting::Always if is_early => {}
                Greeting::Always => return,
            }
        }
        match frame {
            Frame::Hello(hello) => self.hello_came_late(hello),
            Frame::Pong | Frame::Batch(_) => {}
            Frame::Open(opening) => self.begin(generation, opening),
            Frame::Refused { code, reason } => self.refused(generation, code, reason),
            Frame::Ping => self.transmit(generation, vec![Outgoing::Pong]),
            Frame::Drain { within_ms } => self.drain(within_ms),
            Frame::Subscribed(answer) => drop(self.subscribed(&answer)),
            Frame::Ack { reply_to, data, keys } => {
                let Keys { offset, epoch, .. } = keys.clone();
                let answer = Subscribed { reply_to: Some(reply_to), offset, epoch, ..Subscribed::default() };
                if !self.subscribed(&answer) {
                    self.acked(reply_to, data, keys);
                }
            }
            Frame::Error { reply_to, conversation, code, message, retryable } => {
                self.server_error(reply_to, conversation.as_deref(), code, &message, retryable);
            }
            Frame::Update(update) => self.update(update),
        }
    }

    pub(super) fn bad_frame(&mut self, generation: u32, detail: String) {
        if self.connectivity.link_mut(generation).is_none() {
            return;
        }
        self.heard(generation);
        self.cx.report(Error::lasting(ErrorCode::BadFrame, detail), None);
    }

    pub(super) fn transmit(&mut self, generation: u32, frames: Vec<Outgoing<P>>) {
        if frames.is_empty() {
            return;
        }
        self.send_gathered();
        self.cx.stats.frames_sent += frames.len() as u64;
        let batch = self.connectivity.link_mut(generation).is_some_and(|link| link.features.batch);
        self.cx.wish(Effect::Transmit { generation, frames, batch });
    }

    fn update(&mut self, update: Update<P>) {
        let slot = update.conversation.as_deref().and_then(|id| self.conversations.find(id));
        match update.kind {
            UpdateKind::Message(keys) => self.message(keys, update.conversation, update.data, update.whole),
            UpdateKind::Conversation => {
                if let Some(id) = &update.conversation {
                    self.cx.wish(Effect::Info { conversation: Rc::from(id.as_str()), data: update.data.clone() });
                }
                self.pass_on(EventKind::Conversation, update.conversation, update.data, update.whole);
            }
            UpdateKind::Typing { user_id, is_typing } => {
                if let Some(slot) = slot {
                    self.somebody_types(slot, &user_id, is_typing);
                }
                self.pass_on(EventKind::Typing, update.conversation, update.data, update.whole);
            }
            UpdateKind::Presence { user_ids } => {
                if let Some(slot) = slot {
                    self.cx.edit(slot, Edit::Presence(user_ids));
                }
                self.pass_on(EventKind::Presence, update.conversation, update.data, update.whole);
            }
            UpdateKind::Agent { agent_id } => {
                self.cx.wish(Effect::Agent { agent_id, data: update.data.clone() });
                self.pass_on(EventKind::Agent, update.conversation, update.data, update.whole);
            }
            UpdateKind::Other(name) => {
                self.pass_on(EventKind::Other(name), update.conversation, update.data, update.whole)
            }
        }
    }

    fn message(&mut self, keys: Keys, conversation: Option<String>, data: P, whole: Option<P>) {
        let Some(id) = conversation else {
            self.pass_on(EventKind::Message, None, data, whole);
            return;
        };
        let slot = self.open_conversation(&id);
        self.outbox.echoes.note(&keys);
        let via = if keys.replay { Via::Replay } else { Via::Socket };
        let sender = keys.sender_id.clone();
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let now = self.cx.now;
        let settles = conversation.extra.settles_at.is_some_and(|at| at > now);
        if settles {
            // It is joined: from now on a page holds all that was said before.
            conversation.extra.settles_at = Some(now);
        }
        let mut told = Vec::new();
        let is_hole = conversation.timeline.live(Arrival { data, whole, keys, via }, &mut told);
        if told.is_empty() && !is_hole && !conversation.timeline.is_catching_up() {
            self.cx.stats.duplicates += 1;
        }
        if let Some(sender) = sender.filter(|_| !told.is_empty()) {
            self.somebody_types(slot, &sender, false);
        }
        self.tell(slot, told);
        self.watch_hole(slot);
        if settles {
            self.want_read(slot);
        }
    }

    fn pass_on(&mut self, kind: EventKind, conversation: Option<String>, data: P, whole: Option<P>) {
        self.cx.event(Event {
            kind,
            conversation: conversation.as_deref().map(Rc::from),
            data,
            whole,
            via: Via::Socket,
            late: false,
        });
    }

    fn server_error(
        &mut self,
        reply_to: Option<u32>,
        conversation: Option<&str>,
        code: String,
        message: &str,
        retryable: bool,
    ) {
        let mut detail = code;
        if !message.is_empty() {
            detail.push_str(": ");
            detail.push_str(message);
        }
        let error = Error { code: ErrorCode::Refused, retryable, detail: detail.into() };
        if self.send_refused(reply_to, &error) || self.join_refused(reply_to, &error) {
            return;
        }
        self.cx.report(error, conversation.map(Rc::from));
    }

    pub(super) fn mark_read(&mut self, slot: Slot) {
        let session = self.connectivity.session.as_ref().filter(|session| session.features.read);
        let generation = session.map(|session| session.generation);
        let Some(id) = self.conversation_id(slot) else {
            return;
        };
        let last_id = self.conversations.at(slot).and_then(|conversation| conversation.timeline.last_id().cloned());
        self.cx.wish(Effect::Read { conversation: id.clone() });
        if let (Some(generation), Some(message_id)) = (generation, last_id) {
            self.transmit(generation, vec![Outgoing::Read { conversation: id, message_id }]);
        }
    }
}
