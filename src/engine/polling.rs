//! When HTTP stands in for the session, and what its replies answer.

use std::collections::VecDeque;
use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::connectivity::Desired;
use super::effect::{Effect, Fetch};
use super::error::{Error, ErrorCode};
use super::index::Index;
use super::input::{DeliveryId, Fetched, RequestId, Slot};
use super::reading::Reader;
use super::time::Timestamp;
use super::timers::Timer;
use super::view::Gap;

/// A reply may take this long.
const TIMEOUT_MS: u64 = 20_000;
/// A reply to something else than what was asked.
pub(super) const NO_ANSWER: &str = "the reply is no answer";
const HIDDEN_MS: u64 = 60_000;
const FAILED_MIN_MS: u64 = 500;
const FAILED_MAX_MS: u64 = 30_000;

/// The state of polling in one client.
#[derive(Debug, Default)]
pub(super) struct Polling {
    pub(super) is_active: bool,
    pub(super) is_healthy: bool,
    pub(super) list: Reader,
    pub(super) is_list_watched: bool,
    /// What was listed last: of each conversation the sum of the prints of its id and of its data.
    pub(super) list_prints: Index<()>,
    pub(super) has_list: bool,
    pub(super) queue: VecDeque<Slot>,
    pub(super) in_flight: usize,
}

/// Fetches on their way, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Requests(Vec<(RequestId, Request, Timestamp)>);

/// What a reply answers.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Thread { slot: Slot, after: Option<Rc<str>> },
    Before { slot: Slot, gap: Option<Gap>, before: Rc<str>, limit: u32 },
    List,
    Post(DeliveryId),
    Probe,
}

impl Polling {
    /// Whether polling carries messages now.
    pub(super) const fn carries(&self) -> bool {
        self.is_active && self.is_healthy
    }
}

impl Requests {
    /// Whether nothing is asked that could show that polling works.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, request, _)| matches!(request, Request::Probe))
    }

    fn take(&mut self, request: RequestId) -> Option<Request> {
        let place = self.0.iter().position(|(id, ..)| *id == request)?;
        Some(self.0.remove(place).1)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn first(&self) -> Option<(RequestId, Timestamp)> {
        self.0.first().map(|(request, _, due)| (*request, *due))
    }
}

impl<P: Payload> Client<P> {
    pub(super) fn fetch(&mut self, request: Request, fetch: Fetch<P>) -> RequestId {
        let id = self.cx.next_request();
        self.requests.0.push((id, request, self.cx.now.after(TIMEOUT_MS)));
        self.cx.timers.set_earlier(Timer::FetchTimeout, self.cx.now.after(TIMEOUT_MS));
        self.cx.wish(Effect::Fetch(id, fetch));
        id
    }

    /// A reply that takes too long counts as none.
    pub(super) fn fetches_overdue(&mut self) {
        while let Some((id, due)) = self.requests.first() {
            if due > self.cx.now {
                break;
            }
            self.cx.wish(Effect::Abort(id));
            let detail = String::from("no reply in time");
            self.fetched(id, Fetched::Failed { status: None, retry_after_ms: None, detail });
        }
        if let Some((_, due)) = self.requests.first() {
            self.cx.timers.set(Timer::FetchTimeout, due);
        }
    }

    pub(super) fn abort_fetches(&mut self) {
        for (id, ..) in std::mem::take(&mut self.requests.0) {
            self.cx.wish(Effect::Abort(id));
        }
    }

    /// There is no session any more, or not yet: how long may that last?
    pub(super) fn arm_fall_back(&mut self) {
        if self.can_fall_back() || self.cx.config.long_polling {
            let start_after_ms = self.cx.config.polling.start_after_ms;
            self.cx.timers.set_earlier(Timer::FallBack, self.cx.now.after(start_after_ms));
        }
    }

    /// Too long or too often without a session: HTTP takes over until there is one.
    pub(super) fn fall_back(&mut self) {
        if !self.can_fall_back() || self.connectivity.desired != Desired::Up {
            return;
        }
        self.cx.timers.clear(Timer::FallBack);
        self.polling.is_active = true;
        for slot in self.conversations.slots() {
            self.poll_if_alone(slot);
        }
        if self.polls_list() {
            self.read_list();
        }
        // With nothing to ask about yet, a page that waits for a connection before it subscribes would wait for ever.
        self.polling.is_healthy = self.requests.is_empty();
        self.pump();
    }

    fn can_fall_back(&self) -> bool {
        let polling = &self.cx.config.polling;
        (polling.messages || polling.conversations || polling.send) && !self.polling.is_active
    }

    pub(super) fn stop_polling(&mut self) {
        self.cx.timers.clear(Timer::FallBack);
        self.cx.timers.clear(Timer::PollList);
        self.cx.timers.clear(Timer::PostRetry);
        self.polling.is_active = false;
        self.polling.is_healthy = false;
        self.polling.list.interval_ms = 0;
        self.polling.queue.clear();
        for slot in self.conversations.slots() {
            self.cx.timers.clear(Timer::PollThread(slot));
            if let Some(extra) = self.conversations.at_mut(slot).and_then(|conversation| conversation.extra.changed()) {
                extra.reader.is_queued = false;
                extra.reader.interval_ms = 0;
            }
            self.refresh_status(slot);
        }
    }

    /// The page is looked at again: what is polled slowly is read soon.
    pub(super) fn refresh_reads(&mut self) {
        if !self.polling.is_active {
            return;
        }
        for slot in self.conversations.slots() {
            if self.cx.timers.is_set(Timer::PollThread(slot)) {
                let delay_ms = self.cx.rng.up_to(FAILED_MIN_MS);
                self.cx.wake_in(Timer::PollThread(slot), delay_ms);
            }
        }
        if self.cx.timers.is_set(Timer::PollList) {
            self.cx.wake_in(Timer::PollList, FAILED_MIN_MS);
        }
    }

    pub(super) fn fetched(&mut self, request: RequestId, fetched: Fetched<P>) {
        let Some(asked) = self.requests.take(request) else {
            return;
        };
        match asked {
            Request::Thread { slot, after } => self.thread_read(slot, after, fetched),
            Request::Before { slot, gap, before, limit } => self.before_read(slot, gap, &before, limit, fetched),
            Request::List => self.list_read(fetched),
            Request::Post(delivery) => self.post_ended(delivery, fetched),
            Request::Probe => self.probed(fetched),
        }
    }

    pub(super) fn polls_threads(&self) -> bool {
        self.cx.config.polling.messages && self.conversations.slots().any(|slot| self.conversations.is_wanted(slot))
    }

    pub(super) fn poll_succeeded(&mut self) {
        self.polling.is_healthy = self.polling.is_active;
    }

    pub(super) fn poll_failed(&mut self, detail: String, failures: u32, slot: Option<Slot>) {
        self.polling.is_healthy = false;
        if failures == 1 {
            self.report_in(slot, Error::passing(ErrorCode::PollFailed, detail));
        }
    }

    pub(super) fn slower_if_hidden(&self, interval_ms: u64) -> u64 {
        if self.connectivity.is_hidden { interval_ms.max(HIDDEN_MS) } else { interval_ms }
    }
}

/// The delay after this many failures in a row.
pub(super) fn failure_delay_ms(failures: u32) -> u64 {
    (FAILED_MIN_MS << failures.min(6)).min(FAILED_MAX_MS)
}

/// The next interval where nothing new came.
pub(super) fn slower(interval_ms: u64, max_ms: u64) -> u64 {
    (interval_ms + interval_ms / 2).min(max_ms.max(interval_ms))
}
