//! The machine: `handle(input, now)`, then drain `poll_effect()`, then sleep until `next_deadline()`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Payload;
use super::config::Config;
use super::connectivity::Connectivity;
use super::context::Context;
use super::conversation::{Conversations, Join};
use super::effect::{Edit, Effect, Event, EventKind, State, Status, Via};
use super::input::{DeliveryId, Input, RequestId, Slot};
use super::joining::Asked;
use super::outbox::Outbox;
use super::polling::{Polling, Request};
use super::stats::{Dump, Stats};
use super::time::Timestamp;
use super::timeline::{Arrival, Told};
use super::timers::Timer;
use super::typing::Typists;
use super::view::View;

/// A deadline missed by this much means that the machine slept.
const SLEEP_MS: u64 = 15_000;

/// One client: everything it knows, and what it wants done.
#[derive(Debug)]
pub struct Client<P> {
    pub(super) cx: Context<P>,
    pub(super) connectivity: Connectivity,
    pub(super) conversations: Conversations<P>,
    pub(super) asked: Asked,
    pub(super) outbox: Outbox<P>,
    pub(super) polling: Polling,
    pub(super) requests: BTreeMap<RequestId, Request>,
    pub(super) typists: Typists,
}

impl<P: Payload> Client<P> {
    /// A client that has done nothing yet.
    pub fn new(config: Config) -> Self {
        Self {
            connectivity: Connectivity::new(&config),
            cx: Context::new(config),
            conversations: Conversations::default(),
            asked: Asked::default(),
            outbox: Outbox::default(),
            polling: Polling::default(),
            requests: BTreeMap::new(),
            typists: Typists::default(),
        }
    }

    /// The number of a conversation, which inputs and effects speak of.
    pub fn open_conversation(&mut self, id: &str) -> Slot {
        self.conversations.open(id)
    }

    /// The id of a conversation.
    pub fn conversation_id(&self, slot: Slot) -> Option<Rc<str>> {
        self.conversations.at(slot).map(|conversation| conversation.id.clone())
    }

    /// Takes in one fact. `now` never runs backwards.
    pub fn handle(&mut self, input: Input<P>, now: Timestamp) {
        let overdue_ms = self.next_deadline().map_or(0, |deadline| now.since(deadline));
        self.cx.now = self.cx.now.max(now);
        if overdue_ms > SLEEP_MS {
            self.woke();
        }
        self.dispatch(input);
        while let Some(timer) = self.cx.timers.take_due(self.cx.now) {
            self.fire(timer);
        }
        self.announce();
    }

    /// The next wish, the oldest first.
    pub fn poll_effect(&mut self) -> Option<Effect<P>> {
        self.cx.effects.pop_front()
    }

    /// When to call `handle` with `Input::Tick` at the latest.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.cx.timers.next()
    }

    /// Takes back a send that has not left; false if it has.
    pub fn cancel(&mut self, delivery: DeliveryId, now: Timestamp) -> bool {
        let waits = self.outbox.is_waiting(delivery);
        self.handle(Input::Cancel(delivery), now);
        waits
    }

    /// The counters.
    pub const fn stats(&self) -> &Stats {
        &self.cx.stats
    }

    /// The counters and the last transitions.
    pub fn dump(&self) -> Dump {
        let wanted = self.conversations.wanted();
        let confirmed =
            wanted.iter().filter(|slot| self.conversations.at(**slot).is_some_and(|one| one.join == Join::In));
        Dump {
            stats: self.cx.stats.clone(),
            transitions: self.cx.log.transitions(),
            confirmed: confirmed.count() as u32,
            wanted: wanted.len() as u32,
            outbox: self.outbox.len() as u32,
        }
    }

    fn dispatch(&mut self, input: Input<P>) {
        if self.connectivity.is_ended() {
            return;
        }
        match input {
            Input::Connect => self.connect(),
            Input::Disconnect => self.disconnect(),
            Input::Close => self.close(),
            Input::Acquire => self.acquire(),
            Input::Release => self.release(),
            Input::Hold(slot, holder) => self.hold(slot, holder),
            Input::Unhold(slot, holder) => self.unhold(slot, holder),
            Input::UnholdAll(holder) => self.unhold_all(holder),
            Input::View(slot) => self.view(slot),
            Input::WatchList(watched) => self.watch_list(watched),
            Input::Send(submission) => self.send(submission),
            Input::Cancel(delivery) => self.cancel_send(delivery),
            Input::Retry(slot, client_id, delivery) => self.retry_send(slot, &client_id, delivery),
            Input::Discard(slot, client_id) => self.discard_send(slot, &client_id),
            Input::Typing(slot, is_typing) => self.tell_typing(slot, is_typing),
            Input::MarkRead(slot) => self.mark_read(slot),
            Input::LoadBefore { slot, limit } => self.load_before(slot, limit),
            Input::Hydrate(slot, items) => self.hydrate(slot, items),
            Input::Opened { generation } => self.opened(generation),
            Input::DialFailed { generation, detail, lasting } => self.dial_failed(generation, detail, lasting),
            Input::Frame { generation, frame } => self.frame(generation, frame),
            Input::BadFrame { generation, detail } => self.bad_frame(generation, detail),
            Input::Closed { generation, close } => self.closed(generation, close),
            Input::Fetched(request, fetched) => self.fetched(request, fetched),
            Input::Visibility { hidden } => self.visibility(hidden),
            Input::Online => self.online(),
            Input::Offline => self.offline(),
            Input::Resumed => self.woke(),
            Input::PageHide => self.page_hide(),
            Input::PageShow => self.page_show(),
            Input::Tick => {}
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::ConnectTimeout => self.connect_timed_out(),
            Timer::HelloWait => self.hello_missed(),
            Timer::Retry => self.attempt(),
            Timer::Stable => self.maybe_stable(),
            Timer::Silence => self.doubt_silence(),
            Timer::Answer => self.unanswered(),
            Timer::Drain => self.attempt(),
            Timer::IdleClose => self.close(),
            Timer::JoinAnswer => self.joins_overdue(),
            Timer::Rejoin(slot) => self.sync(&[slot]),
            Timer::Linger(slot) => self.lingered(slot),
            Timer::FallBack => self.fall_back(),
            Timer::PollThread(slot) => self.read_thread(slot),
            Timer::PollList => self.read_list(),
            Timer::SendAnswer => self.sends_overdue(),
            Timer::OutboxExpiry => self.expire_sends(),
            Timer::PostRetry => self.pump(),
            Timer::TypingExpiry => self.expire_typing(),
        }
    }

    fn view(&mut self, slot: Slot) {
        let limit = self.cx.config.history_max_messages;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if conversation.view.is_some() {
            return;
        }
        conversation.view = Some(View::new(limit));
        if conversation.is_wanted() && self.cx.config.polling.messages {
            self.want_read(slot);
        }
    }

    /// Passes on what a timeline made of what came: to the snapshot and to the listeners.
    pub(super) fn tell(&mut self, slot: Slot, told: Vec<Told<P>>) {
        for one in told {
            match one {
                Told::New(arrival) => self.tell_message(slot, arrival, None, false),
                Told::Late(arrival, before) => {
                    self.cx.stats.late += 1;
                    self.tell_message(slot, arrival, before, true);
                }
                Told::History(arrival, before) => self.show(slot, &arrival, before),
                Told::Gap => self.tell_gap(slot),
            }
        }
    }

    fn tell_message(&mut self, slot: Slot, arrival: Arrival<P>, before: Option<Rc<str>>, late: bool) {
        self.confirm_send(slot, &arrival);
        self.show(slot, &arrival, before);
        let is_mine = self.outbox.take_echo(arrival.keys.client_id.as_deref());
        self.cx.event(Event {
            kind: EventKind::Message,
            conversation: self.conversation_id(slot),
            data: arrival.data,
            whole: arrival.whole,
            via: if is_mine { Via::Echo } else { arrival.via },
            late,
        });
    }

    fn show(&mut self, slot: Slot, arrival: &Arrival<P>, before: Option<Rc<str>>) {
        let mut edits = Vec::new();
        if let Some(view) = self.conversations.at_mut(slot).and_then(|conversation| conversation.view.as_mut()) {
            view.place(arrival.data.clone(), &arrival.keys, before.as_deref(), &mut edits);
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
        }
        self.cx.edit(slot, Edit::Gap(true));
        self.cx.wish(Effect::Gap(slot));
    }

    /// Brings a conversation's status in line with what is the case.
    pub(super) fn refresh_status(&mut self, slot: Slot) {
        let has_session = self.connectivity.session.is_some();
        let is_polling = self.polling.is_active && self.cx.config.polling.messages;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let status = match conversation.join {
            Join::Refused => Status::Error,
            _ if !conversation.is_wanted() => Status::Idle,
            Join::In => Status::Live,
            Join::Out | Join::Asked { .. } if is_polling && !has_session => Status::Polling,
            Join::Out | Join::Asked { .. } => Status::Joining,
        };
        if conversation.status != status {
            conversation.status = status;
            let error = conversation.error.clone();
            self.cx.edit(slot, Edit::Status { status, error });
        }
    }
}
