//! Reading over HTTP: instead of a session, after a join, and now and then to be safe.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::conversation::Reader;
use super::effect::{Effect, Event, EventKind, Fetch, Via};
use super::error::{Error, ErrorCode};
use super::input::{DeliveryId, Fetched, Item, Listed, RequestId, Slot};
use super::session::Desired;
use super::timeline::{Arrival, Told};
use super::timers::Timer;

/// Reads on their way at once; browsers allow six connections to a host.
const MAX_IN_FLIGHT: usize = 4;
const IDLE_THREAD_MAX_MS: u64 = 30_000;
const IDLE_LIST_MAX_MS: u64 = 60_000;
const HIDDEN_MS: u64 = 60_000;
const FAILED_MAX_MS: u64 = 30_000;
const FAILED_MIN_MS: u64 = 500;
/// Pages in a row that may fail before what is missing is given up.
const MAX_FAILED_PAGES: u32 = 3;
/// A page this long may have more behind it.
const LONG_PAGE: usize = 50;

/// The state of polling in one client.
#[derive(Debug, Default)]
pub(super) struct Polling {
    pub(super) is_active: bool,
    is_healthy: bool,
    list: Reader,
    is_list_watched: bool,
    list_prints: BTreeMap<String, u64>,
    has_list: bool,
    queue: VecDeque<Slot>,
    in_flight: usize,
}

/// What a reply answers.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Thread { slot: Slot, after: Option<Rc<str>> },
    Before(Slot),
    List,
    Post(DeliveryId),
}

impl Polling {
    /// Whether polling carries messages now.
    pub(super) const fn carries(&self) -> bool {
        self.is_active && self.is_healthy
    }
}

impl<P: Payload> Client<P> {
    pub(super) fn arm_fall_back(&mut self) {
        let polling = &self.cx.config.polling;
        if (polling.messages || polling.conversations || polling.send) && !self.polling.is_active {
            self.cx.timers.set_earlier(Timer::FallBack, self.cx.now.after(polling.start_after_ms));
        }
    }

    /// Too long or too often without a session: HTTP takes over until there is one.
    pub(super) fn fall_back(&mut self) {
        let polling = &self.cx.config.polling;
        let can_poll = polling.messages || polling.conversations || polling.send;
        if !can_poll || self.polling.is_active || self.connectivity.session.is_some() || self.connectivity.desired != Desired::Up {
            return;
        }
        self.cx.timers.clear(Timer::FallBack);
        self.polling.is_active = true;
        let wanted = self.conversations.wanted();
        for slot in &wanted {
            self.poll_if_alone(*slot);
        }
        if self.polls_list() {
            self.read_list();
        }
        // With nothing to ask about yet, a page that waits for a connection before it subscribes would wait for ever.
        self.polling.is_healthy = self.requests.is_empty();
        self.pump();
    }

    pub(super) fn stop_polling(&mut self) {
        self.cx.timers.clear(Timer::FallBack);
        self.cx.timers.clear(Timer::PollList);
        self.cx.timers.clear(Timer::PostRetry);
        self.polling.is_active = false;
        self.polling.is_healthy = false;
        self.polling.list.interval_ms = 0;
        self.polling.queue.clear();
        for slot in self.conversations.all() {
            self.cx.timers.clear(Timer::PollThread(slot));
            if let Some(conversation) = self.conversations.at_mut(slot) {
                conversation.reader.is_queued = false;
                conversation.reader.interval_ms = 0;
            }
            self.refresh_status(slot);
        }
    }

    /// A conversation is wanted while there is no session.
    pub(super) fn poll_if_alone(&mut self, slot: Slot) {
        if self.polling.is_active && self.cx.config.polling.messages {
            self.want_read(slot);
            self.refresh_status(slot);
        }
    }

    /// A read that begins from now on; one that is on its way already does not count.
    pub(super) fn want_read(&mut self, slot: Slot) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if conversation.reader.in_flight.is_some() {
            conversation.reader.again = true;
            return;
        }
        self.read_thread(slot);
    }

    pub(super) fn read_thread(&mut self, slot: Slot) {
        self.cx.timers.clear(Timer::PollThread(slot));
        let is_full = self.polling.in_flight >= MAX_IN_FLIGHT;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if conversation.reader.in_flight.is_some() || conversation.reader.is_queued {
            return;
        }
        if is_full {
            conversation.reader.is_queued = true;
            self.polling.queue.push_back(slot);
            return;
        }
        let request = self.cx.next_request();
        let after = conversation.timeline.http_cursor();
        let etag = conversation.reader.etag.as_ref().filter(|(asked, _)| *asked == after).map(|(_, etag)| etag.clone());
        conversation.reader.in_flight = Some(request);
        conversation.reader.again = false;
        let fetch = Fetch::Messages { conversation: conversation.id.clone(), after: after.clone(), etag };
        self.polling.in_flight += 1;
        self.cx.stats.polls += 1;
        self.requests.insert(request, Request::Thread { slot, after });
        self.cx.wish(Effect::Fetch(request, fetch));
    }

    pub(super) fn read_list(&mut self) {
        self.cx.timers.clear(Timer::PollList);
        if self.polling.list.in_flight.is_some() {
            return;
        }
        let request = self.cx.next_request();
        self.polling.list.in_flight = Some(request);
        self.cx.stats.polls += 1;
        self.requests.insert(request, Request::List);
        let etag = self.polling.list.etag.as_ref().map(|(_, etag)| etag.clone());
        self.cx.wish(Effect::Fetch(request, Fetch::Conversations { etag }));
    }

    pub(super) fn watch_list(&mut self, is_watched: bool) {
        self.polling.is_list_watched = is_watched;
        if is_watched {
            self.auto_connect();
        }
        self.schedule_list();
    }

    /// Reads the list now if it is polled and was not; or stops reading it.
    pub(super) fn schedule_list(&mut self) {
        if !self.polls_list() {
            self.cx.timers.clear(Timer::PollList);
        } else if !self.cx.timers.is_set(Timer::PollList) {
            self.read_list();
        }
    }

    /// The page is looked at again: what is polled slowly is read soon.
    pub(super) fn refresh_reads(&mut self) {
        if !self.polling.is_active {
            return;
        }
        for slot in self.conversations.wanted() {
            if self.cx.timers.is_set(Timer::PollThread(slot)) {
                let delay_ms = self.cx.rng.up_to(FAILED_MIN_MS);
                self.cx.wake_in(Timer::PollThread(slot), delay_ms);
            }
        }
        if self.cx.timers.is_set(Timer::PollList) {
            self.cx.wake_in(Timer::PollList, FAILED_MIN_MS);
        }
    }

    pub(super) fn load_before(&mut self, slot: Slot, limit: u32) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let oldest = conversation.view.as_ref().and_then(|view| view.oldest_id());
        let (Some(before), true) = (oldest.cloned(), self.cx.config.can_load_before) else {
            let error = (!self.cx.config.can_load_before).then(|| Error::lasting(ErrorCode::Unsupported, "loadBefore needs the option history.before"));
            self.cx.wish(Effect::Loaded(slot, error));
            return;
        };
        let fetch = Fetch::Before { conversation: conversation.id.clone(), before, limit };
        let request = self.cx.next_request();
        self.requests.insert(request, Request::Before(slot));
        self.cx.wish(Effect::Fetch(request, fetch));
    }

    pub(super) fn hydrate(&mut self, slot: Slot, items: Vec<Item<P>>) {
        let mut told = Vec::new();
        if let Some(conversation) = self.conversations.at_mut(slot) {
            conversation.timeline.page(items, None, &mut told);
        }
        self.tell(slot, told);
    }

    pub(super) fn fetched(&mut self, request: RequestId, fetched: Fetched<P>) {
        match self.requests.remove(&request) {
            Some(Request::Thread { slot, after }) => self.thread_read(slot, after, fetched),
            Some(Request::Before(slot)) => self.before_read(slot, fetched),
            Some(Request::List) => self.list_read(fetched),
            Some(Request::Post(delivery)) => self.post_ended(delivery, fetched),
            None => {}
        }
    }

    /// Sets the time of a thread's next read, if there is to be one.
    pub(super) fn schedule_read(&mut self, slot: Slot) {
        let polling = &self.cx.config.polling;
        let Some(conversation) = self.conversations.at(slot) else {
            return;
        };
        if !polling.messages || !conversation.is_wanted() {
            return;
        }
        let interval_ms = if self.connectivity.session.is_some() {
            match polling.safety_interval_ms {
                Some(safety_ms) => safety_ms,
                None => return,
            }
        } else if self.polling.is_active {
            conversation.reader.interval_ms.max(polling.messages_interval_ms)
        } else {
            return;
        };
        let delay_ms = self.cx.rng.about(self.slower_if_hidden(interval_ms));
        self.cx.wake_in(Timer::PollThread(slot), delay_ms);
    }

    fn thread_read(&mut self, slot: Slot, after: Option<Rc<str>>, fetched: Fetched<P>) {
        self.polling.in_flight -= 1;
        let interval_ms = self.cx.config.polling.messages_interval_ms;
        if let Some(conversation) = self.conversations.at_mut(slot) {
            let mut told = Vec::new();
            let reader = &mut conversation.reader;
            reader.in_flight = None;
            let mut read_on = std::mem::take(&mut reader.again);
            let mut delay_ms = None;
            match fetched {
                Fetched::Failed { status, retry_after_ms, detail } => {
                    reader.failures += 1;
                    let failures = reader.failures;
                    if failures >= MAX_FAILED_PAGES || status == Some(404) {
                        if conversation.timeline.is_catching_up() {
                            conversation.timeline.give_up_catching_up(&mut told);
                        } else if conversation.timeline.has_hole() {
                            conversation.timeline.skip_hole(&mut told);
                        }
                    }
                    let span_ms = (FAILED_MIN_MS << failures.min(6)).min(FAILED_MAX_MS);
                    delay_ms = Some(span_ms.max(retry_after_ms.unwrap_or(0)));
                    read_on = false;
                    self.poll_failed(detail, failures, Some(slot));
                }
                other => {
                    reader.failures = 0;
                    let (items, etag) = match other {
                        Fetched::Messages(items, etag) => (items, etag),
                        Fetched::Posted(_) | Fetched::Conversations(..) | Fetched::NotModified | Fetched::Failed { .. } => (Vec::new(), None),
                    };
                    if let Some(etag) = etag {
                        reader.etag = Some((after.clone(), etag));
                    }
                    let is_long = items.len() >= LONG_PAGE && after.is_some();
                    let is_new = conversation.timeline.page(items, after.as_deref(), &mut told);
                    read_on |= is_new && (is_long || (after.is_some() && conversation.timeline.is_catching_up()));
                    if !read_on {
                        if conversation.timeline.is_catching_up() {
                            conversation.timeline.caught_up(&mut told);
                        } else if conversation.timeline.has_hole() {
                            conversation.timeline.skip_hole(&mut told);
                        }
                    }
                    let reader = &mut conversation.reader;
                    reader.interval_ms = if is_new { 0 } else { slower(reader.interval_ms.max(interval_ms), IDLE_THREAD_MAX_MS) };
                    self.poll_succeeded();
                }
            }
            self.tell(slot, told);
            match delay_ms {
                Some(delay_ms) => {
                    let delay_ms = self.cx.rng.about(delay_ms);
                    self.cx.wake_in(Timer::PollThread(slot), delay_ms);
                }
                None if read_on => self.read_thread(slot),
                None => self.schedule_read(slot),
            }
            self.refresh_status(slot);
        }
        if self.polling.in_flight < MAX_IN_FLIGHT
            && let Some(next) = self.polling.queue.pop_front()
        {
            if let Some(conversation) = self.conversations.at_mut(next) {
                conversation.reader.is_queued = false;
            }
            self.read_thread(next);
        }
    }

    fn before_read(&mut self, slot: Slot, fetched: Fetched<P>) {
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
            .map(|Item { data, keys }| Told::History(Arrival { data, whole: None, keys, via: Via::Poll }, oldest.clone()))
            .collect();
        self.tell(slot, fresh);
    }

    fn list_read(&mut self, fetched: Fetched<P>) {
        let list = &mut self.polling.list;
        list.in_flight = None;
        let interval_ms = self.cx.config.polling.conversations_interval_ms;
        let delay_ms = match fetched {
            Fetched::Conversations(listed, etag) => {
                list.failures = 0;
                list.etag = etag.map(|etag| (None, etag));
                let is_new = self.take_list(listed);
                let list = &mut self.polling.list;
                list.interval_ms = if is_new { interval_ms } else { slower(list.interval_ms.max(interval_ms), IDLE_LIST_MAX_MS) };
                let next_ms = list.interval_ms;
                self.poll_succeeded();
                self.slower_if_hidden(next_ms)
            }
            Fetched::Failed { retry_after_ms, detail, .. } => {
                list.failures += 1;
                let failures = list.failures;
                self.poll_failed(detail, failures, None);
                (FAILED_MIN_MS << failures.min(6)).min(FAILED_MAX_MS).max(retry_after_ms.unwrap_or(0))
            }
            Fetched::NotModified | Fetched::Messages(..) | Fetched::Posted(_) => {
                list.failures = 0;
                list.interval_ms = slower(list.interval_ms.max(interval_ms), IDLE_LIST_MAX_MS);
                let next_ms = list.interval_ms;
                self.poll_succeeded();
                self.slower_if_hidden(next_ms)
            }
        };
        if self.polls_list() {
            let delay_ms = self.cx.rng.about(delay_ms);
            self.cx.wake_in(Timer::PollList, delay_ms);
        }
    }

    /// Passes the list on, and tells of the conversations that changed since the last one.
    fn take_list(&mut self, listed: Vec<Listed<P>>) -> bool {
        let is_first = !std::mem::replace(&mut self.polling.has_list, true);
        let mut changed = Vec::new();
        let mut prints = BTreeMap::new();
        for one in &listed {
            if self.polling.list_prints.get(&one.id) != Some(&one.print) {
                changed.push((Rc::from(one.id.as_str()), one.data.clone()));
            }
            prints.insert(one.id.clone(), one.print);
        }
        let is_new = !changed.is_empty() || prints.len() != self.polling.list_prints.len();
        self.polling.list_prints = prints;
        self.cx.wish(Effect::List(listed.into_iter().map(|one| one.data).collect()));
        if !is_first {
            for (conversation, data) in changed {
                self.cx.event(Event {
                    kind: EventKind::Conversation,
                    conversation: Some(conversation),
                    data,
                    whole: None,
                    via: Via::Poll,
                    late: false,
                });
            }
        }
        is_new
    }

    fn polls_list(&self) -> bool {
        let session_lists = self.connectivity.session.as_ref().map(|session| session.features.list);
        let is_wanted = match session_lists {
            Some(lists) => self.polling.is_list_watched && !lists,
            None => self.polling.is_active && (self.polling.is_list_watched || !self.polls_threads()),
        };
        self.cx.config.polling.conversations && is_wanted
    }

    fn polls_threads(&self) -> bool {
        self.cx.config.polling.messages && !self.conversations.wanted().is_empty()
    }

    fn poll_succeeded(&mut self) {
        self.polling.is_healthy = self.polling.is_active;
    }

    fn poll_failed(&mut self, detail: String, failures: u32, slot: Option<Slot>) {
        self.polling.is_healthy = false;
        if failures == 1 {
            self.cx.report(Error::passing(ErrorCode::PollFailed, detail), slot);
        }
    }

    fn slower_if_hidden(&self, interval_ms: u64) -> u64 {
        if self.connectivity.is_hidden { interval_ms.max(HIDDEN_MS) } else { interval_ms }
    }
}

fn slower(interval_ms: u64, max_ms: u64) -> u64 {
    (interval_ms + interval_ms / 2).min(max_ms.max(interval_ms))
}
