//! What is known of every page at every step, in every test: `written` and `bounds` hold it to what is promised.

use std::collections::BTreeMap;
use std::rc::Rc;

use talkwire::engine::{Body, DeliveryId, Event, Fetch, Fetched, Input, RequestId};
use talkwire::protocol::frame::Features;
use talkwire::protocol::{Frame, Update, UpdateKind};

use crate::json::Json;
use crate::page::{Page, Socket};

/// A deadline missed by more means that the machine slept.
const SLEEP_MS: u64 = 15_000;
/// A timer that fires later was held up.
const STALLED_MS: u64 = 1_000;
/// A socket that spoke more recently is believed after a sleep.
pub const TRUSTED_MS: u64 = 10_000;

/// What is known of one page beside what the page itself keeps.
#[derive(Debug, Default)]
pub struct Watch {
    /// Sends that have no result yet.
    pub unsettled: BTreeMap<u32, Sent>,
    /// Answers that are awaited, by `ref`.
    pub awaited: BTreeMap<u32, Awaited>,
    /// When it was last told that I type, by conversation.
    pub typing_told: BTreeMap<Rc<str>, u64>,
    /// How far the numbers of each conversation were told, and in which numbering.
    pub told: BTreeMap<String, (String, u64)>,
    /// The numbering that the server's last answer named.
    numbering: BTreeMap<String, String>,
    /// Reads on their way: of which conversation, and after which message.
    reads: BTreeMap<u32, (Rc<str>, Rc<str>)>,
    /// The message after which a page was read that brought something.
    read: BTreeMap<Rc<str>, Rc<str>>,
    /// The page is being told this now.
    pub is_told: Told,
    /// It is told late: nothing could be heard when its timer was due.
    pub is_overdue: bool,
    /// When the server has asked not to be dialled before.
    pub not_before: u64,
    pub is_away: bool,
    pub is_offline: bool,
    /// A stable session has been given up in this step.
    pub was_stable: bool,
    /// When something changed that the server may not know of yet.
    pub unrest_at: u64,
    /// How often older messages were asked for.
    pub loads: usize,
}

/// A send that has no result yet.
#[derive(Debug)]
pub struct Sent {
    /// My id for a message.
    client_id: Option<Rc<str>>,
    /// When a question or a raw frame has its result, come what may.
    pub until: Option<u64>,
}

/// An answer that is awaited.
#[derive(Debug)]
pub struct Awaited {
    pub generation: u32,
    pub question: Question,
    pub due: u64,
}

/// A message by my id for it, or a subscribe by its conversation.
#[derive(Debug, PartialEq, Eq)]
pub enum Question {
    Send(Rc<str>),
    Join(Rc<str>),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub enum Told {
    Typing,
    Offline,
    ToWake,
    Connect,
    #[default]
    Other,
}

impl Watch {
    pub fn settled(&mut self, delivery: DeliveryId) {
        let sent = self.unsettled.remove(&delivery.0);
        let sent = sent.unwrap_or_else(|| panic!("{delivery:?} has a result already, or was never sent"));
        if let Some(client_id) = sent.client_id {
            self.forget(&Question::Send(client_id));
        }
    }

    /// My id for a send that has no result yet.
    pub fn is_unsettled(&self, client_id: &str) -> bool {
        self.unsettled.values().any(|sent| sent.client_id.as_deref() == Some(client_id))
    }

    /// Listeners were told a message.
    pub fn event(&mut self, conversation: &str, event: &Event<Json>) {
        let told = event.whole.as_ref().unwrap_or(&event.data);
        let number = |name| told.get(name).as_u64().or_else(|| event.data.get(name).as_u64());
        let text = |name| told.get(name).as_str().or_else(|| event.data.get(name).as_str());
        let Some(epoch) = text("epoch") else {
            return;
        };
        let is_void = self.numbering.get(conversation).is_some_and(|newest| newest != epoch);
        if let (Some(offset), false) = (number("offset"), event.late || is_void) {
            self.told.insert(conversation.into(), (epoch.into(), offset));
        }
    }

    /// Something is asked for over HTTP.
    pub fn asked(&mut self, request: RequestId, fetch: &Fetch<Json>) {
        if let Fetch::Messages { conversation, after: Some(after), .. } = fetch {
            let is_known = self.read.get(conversation) == Some(after);
            assert!(!is_known, "{conversation}: what follows {after} is read once more");
            self.reads.insert(request.0, (conversation.clone(), after.clone()));
        }
    }

    /// What is asked for is not waited for any more, be the reply here already.
    pub fn given_up(&mut self, request: RequestId) {
        self.reads.remove(&request.0);
    }

    pub fn forget(&mut self, question: &Question) {
        self.awaited.retain(|_, answer| answer.question != *question);
    }
}

impl Page {
    /// Notes what the page is about to be told. Gives how much may follow from it.
    pub fn watch_input(&mut self, input: &Input<Json>, now: u64) -> usize {
        self.watch.is_told = Told::Other;
        let overdue_ms = self.client.next_deadline().map_or(0, |at| now.saturating_sub(at.as_millis()));
        let is_waking =
            matches!(input, Input::Online | Input::Resumed | Input::PageShow | Input::Visibility { hidden: false });
        self.watch.is_overdue = overdue_ms > 0;
        if overdue_ms > STALLED_MS {
            // What nothing could be done about in time gets a little more, and so do all others.
            self.watch.awaited.clear();
        }
        if is_waking || overdue_ms > SLEEP_MS {
            self.watch.is_told = Told::ToWake;
            let is_silent = |socket: &&mut Socket| now - socket.heard_at > TRUSTED_MS;
            self.sockets.values_mut().filter(is_silent).for_each(|socket| socket.may_be_replaced = true);
        }
        let mut items = 0;
        match input {
            Input::Send(_) | Input::Retry(..) if self.has_ended => {}
            Input::Send(send) => {
                let (client_id, ttl_ms) = match &send.body {
                    Body::Message { slot, client_id, .. } => {
                        if let Some(id) = self.client.conversation_id(*slot) {
                            self.watch.typing_told.remove(&id);
                        }
                        (Some(client_id.clone()), None)
                    }
                    Body::Raw(_) => (None, Some(self.config.outbox.ttl_ms.saturating_sub(send.waited_ms))),
                    Body::Request { timeout_ms, .. } => (None, Some(timeout_ms.saturating_sub(send.waited_ms))),
                };
                let until = ttl_ms.map(|ttl_ms| now + ttl_ms);
                self.watch.unsettled.insert(send.delivery.0, Sent { client_id, until });
            }
            Input::Retry(_, client_id, delivery) => {
                self.watch.unsettled.insert(delivery.0, Sent { client_id: Some(client_id.clone()), until: None });
            }
            Input::Fetched(request, Fetched::Messages(messages, _)) => {
                items = messages.len();
                if let Some((conversation, after)) = self.watch.reads.remove(&request.0)
                    && items > 0
                {
                    self.watch.read.insert(conversation, after);
                }
            }
            Input::Hydrate(_, messages) => items = messages.len(),
            Input::Fetched(_, Fetched::Conversations(listed, _)) => items = listed.len(),
            Input::Typing(..) => self.watch.is_told = Told::Typing,
            Input::Connect => self.watch.is_told = Told::Connect,
            Input::LoadBefore { .. } => self.watch.loads += 1,
            Input::Hold(..) | Input::Unhold(..) | Input::UnholdAll(_) => self.watch.unrest_at = now,
            Input::Opened { generation } => {
                if let Some(socket) = self.sockets.get_mut(generation).filter(|socket| socket.opened_at.is_none()) {
                    (socket.opened_at, socket.heard_at) = (Some(now), now);
                }
            }
            Input::Frame { generation, frame } => self.watch_frame(*generation, frame, now),
            Input::BadFrame { generation, .. } | Input::OtherDialect { generation, .. } => {
                self.watch_heard(*generation, now);
            }
            Input::Passed(passed) => {
                items = passed.messages.len();
                self.watch_heard(passed.generation, passed.heard_at.as_millis());
            }
            Input::DialFailed { generation, .. } => drop(self.sockets.remove(generation)),
            Input::Closed { generation, close } => {
                self.sockets.remove(generation);
                self.watch.not_before = close.retry_after_ms.map_or(self.watch.not_before, |floor_ms| now + floor_ms);
            }
            Input::PageHide => self.watch.is_away = true,
            Input::PageShow => self.watch.is_away = false,
            Input::Online => self.watch.is_offline = false,
            Input::Offline => {
                self.watch.is_offline = true;
                self.watch.is_told = Told::Offline;
            }
            Input::Disconnect
            | Input::Close
            | Input::Acquire
            | Input::Release
            | Input::View(_)
            | Input::WatchList(_)
            | Input::Answer { .. }
            | Input::Cancel(_)
            | Input::Discard(..)
            | Input::MarkRead(_)
            | Input::Buffered { .. }
            | Input::Fetched(
                _,
                Fetched::Posted(_) | Fetched::Probed { .. } | Fetched::NotModified | Fetched::Failed { .. },
            )
            | Input::Visibility { .. }
            | Input::Resumed
            | Input::Tick => {}
        }
        let sizes = self.client.sizes();
        let kept = sizes.outbox + sizes.held + sizes.conversations + sizes.fetches + sizes.typists;
        32 + 8 * (items + kept)
    }

    fn watch_frame(&mut self, generation: u32, frame: &Frame<Json>, now: u64) {
        self.watch_heard(generation, now);
        let Some(socket) = self.sockets.get_mut(&generation) else {
            return;
        };
        match frame {
            // A second one changes nothing.
            Frame::Hello(hello) if socket.features == Features::default() => socket.features = hello.features,
            Frame::Hello(_) => {}
            Frame::Open(opening) => socket.silence_ms = opening.silence_ms,
            Frame::Drain { .. } => socket.may_be_replaced = true,
            Frame::Subscribed(answer) => {
                answer.reply_to.map(|reference| self.watch.awaited.remove(&reference));
                if let (Some(conversation), Some(epoch)) = (&answer.conversation, &answer.epoch) {
                    self.watch.numbering.insert(conversation.clone(), epoch.clone());
                }
                // A server that has numbered anew voids what was told of its numbers.
                let is_void =
                    |(epoch, told): &(String, u64)| answer.epoch.as_ref() != Some(epoch) || answer.offset < Some(*told);
                if let Some(conversation) = &answer.conversation
                    && self.watch.told.get(conversation).is_some_and(is_void)
                {
                    self.watch.told.remove(conversation);
                }
            }
            Frame::Ack { reply_to, .. } => drop(self.watch.awaited.remove(reply_to)),
            Frame::Error { reply_to, .. } => {
                reply_to.map(|reference| self.watch.awaited.remove(&reference));
            }
            Frame::Update(Update { kind: UpdateKind::Message(keys), conversation: Some(conversation), .. }) => {
                // As does one that tells a message under another name.
                let is_void = |(epoch, _): &(String, u64)| keys.epoch.as_ref().is_some_and(|other| other != epoch);
                if self.watch.told.get(conversation).is_some_and(is_void) {
                    self.watch.told.remove(conversation);
                }
            }
            Frame::Update(_) | Frame::Refused { .. } | Frame::Pong | Frame::Ping | Frame::Batch(_) => {}
        }
    }

    fn watch_heard(&mut self, generation: u32, now: u64) {
        if let Some(socket) = self.sockets.get_mut(&generation) {
            (socket.heard_at, socket.has_spoken, socket.asked_at) = (now, true, None);
        }
    }
}
