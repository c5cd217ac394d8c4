//! The machine: `handle(input, now)`, then drain `poll_effect()`, then sleep until `next_deadline()`.

use std::rc::Rc;

use crate::protocol::Outgoing;

use super::Payload;
use super::asked::Asked;
use super::config::Config;
use super::connectivity::Connectivity;
use super::context::Context;
use super::conversation::Join;
use super::conversations::{Conversations, Slots};
use super::effect::Effect;
use super::input::{DeliveryId, Input, Slot};
use super::outbox::Outbox;
use super::polling::{Polling, Requests};
use super::stats::{Dump, Stats};
use super::time::Timestamp;
use super::timers::Timer;
use super::typing::Typists;

/// A deadline missed by this much means that the machine slept.
const SLEEP_MS: u64 = 15_000;

/// One client: everything it knows, and what it wants done.
#[derive(Debug)]
pub struct Client<P> {
    pub(super) cx: Context<P>,
    pub(super) connectivity: Connectivity,
    pub(super) conversations: Conversations<P>,
    /// Those that are still to be brought in line.
    pub(super) unsynced: Option<Slots>,
    pub(super) asked: Asked,
    pub(super) outbox: Outbox<P>,
    pub(super) polling: Polling,
    pub(super) requests: Requests,
    pub(super) typists: Typists,
}

impl<P: Payload> Client<P> {
    /// A client that has done nothing yet.
    pub fn new(mut config: Config) -> Self {
        // An interval of nothing would never let time pass.
        config.heartbeat.interval_ms = config.heartbeat.interval_ms.max(1);
        Self {
            connectivity: Connectivity::new(&config),
            outbox: Outbox::new(config.user_id.clone()),
            cx: Context::new(config),
            conversations: Conversations::default(),
            unsynced: None,
            asked: Asked::default(),
            polling: Polling::default(),
            requests: Requests::default(),
            typists: Typists::default(),
        }
    }

    /// The number of a conversation, which inputs and effects speak of.
    pub fn open_conversation(&mut self, id: &str) -> Slot {
        let slot = self.conversations.open(id);
        self.forget_rested();
        slot
    }

    /// The id of a conversation.
    pub fn conversation_id(&self, slot: Slot) -> Option<Rc<str>> {
        self.conversations.id(slot)
    }

    /// Takes in one fact. `now` never runs backwards.
    pub fn handle(&mut self, input: Input<P>, now: Timestamp) {
        let overdue_ms = self.next_deadline().map_or(0, |deadline| now.since(deadline));
        self.cx.now = self.cx.now.max(now);
        self.sync_rest();
        if overdue_ms > SLEEP_MS {
            self.woke();
        }
        self.dispatch(input);
        while let Some(timer) = self.cx.timers.take_due(self.cx.now) {
            self.sync_rest();
            self.fire(timer);
        }
        self.announce();
    }

    /// The next wish, the oldest first.
    pub fn poll_effect(&mut self) -> Option<Effect<P>> {
        while self.cx.effects.is_empty() && self.sync_next() {}
        let effect = self.cx.effects.pop_front()?;
        if let Effect::Forget(slot) = effect {
            self.conversations.reuse(slot);
        }
        Some(effect)
    }

    /// When to call `handle` with `Input::Tick` at the latest.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.cx.timers.next()
    }

    /// Takes back a send that has not left; false if it has.
    pub fn cancel(&mut self, delivery: DeliveryId, now: Timestamp) -> bool {
        let is_here = self.outbox.is_here(delivery);
        self.handle(Input::Cancel(delivery), now);
        is_here
    }

    /// The counters.
    pub const fn stats(&self) -> &Stats {
        &self.cx.stats
    }

    /// The counters and the last transitions.
    pub fn dump(&self) -> Dump<'_> {
        let all = self.conversations.slots().filter_map(|slot| self.conversations.at(slot));
        let (mut wanted, mut confirmed) = (0, 0);
        for conversation in all.filter(|conversation| conversation.is_wanted()) {
            wanted += 1;
            confirmed += u32::from(conversation.join == Join::In);
        }
        Dump {
            stats: &self.cx.stats,
            transitions: self.cx.log.transitions(),
            wanted,
            confirmed,
            outbox: self.outbox.len() as u32,
        }
    }

    /// Keeps the number of conversations that nobody wants within its bound.
    pub(super) fn forget_rested(&mut self) {
        let Self { conversations, outbox, typists, cx, .. } = self;
        while let Some(slot) = conversations.forget_oldest(|slot| outbox.awaits(slot) || typists.any_in(slot)) {
            cx.timers.clear(Timer::Hole(slot));
            cx.timers.clear(Timer::PollThread(slot));
            cx.wish(Effect::Forget(slot));
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
            Input::Discard(slot, client_id) => self.discard_failed(slot, &client_id),
            Input::Typing(slot, is_typing) => self.tell_typing(slot, is_typing),
            Input::MarkRead(slot) => self.mark_read(slot),
            Input::LoadBefore { slot, limit } => self.load_before(slot, limit),
            Input::Hydrate(slot, items) => self.hydrate(slot, items),
            Input::Opened { generation } => self.opened(generation),
            Input::DialFailed { generation, code, detail, lasting } => {
                self.dial_failed(generation, code, detail, lasting)
            }
            Input::Frame { generation, frame } => self.frame(generation, frame),
            Input::Passed(passed) => self.passed(&passed),
            Input::Answer { generation, reference, data } => {
                if self.connectivity.link_mut(generation).is_some() {
                    self.transmit(generation, vec![Outgoing::Answer { reference, data }]);
                }
            }
            Input::BadFrame { generation, detail } => self.bad_frame(generation, detail),
            Input::OtherDialect { generation, dialect } => self.speaks(generation, dialect),
            Input::Closed { generation, close } => self.closed(generation, close),
            Input::Buffered { generation, bytes } => self.buffered(generation, bytes),
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
            Timer::Rejoin(slot) => self.sync(slot),
            Timer::Hole(slot) => self.mend_hole(slot),
            Timer::Linger(slot) => self.lingered(slot),
            Timer::FallBack if self.cx.config.long_polling => self.dial_by_polling(),
            Timer::FallBack => self.fall_back(),
            Timer::Upgrade => self.upgrade(),
            Timer::PollThread(slot) => self.read_thread(slot),
            Timer::PollList => self.read_list(),
            Timer::FetchTimeout => self.fetches_overdue(),
            Timer::SendAnswer => self.sends_overdue(),
            Timer::Batch => self.pump(),
            Timer::Buffer => self.measure(),
            Timer::OutboxExpiry => self.expire_sends(),
            Timer::PostRetry => self.pump(),
            Timer::TypingExpiry => self.expire_typing(),
        }
    }
}
