//! Reading a conversation over HTTP: instead of a session, after a join, and now and then to be safe.

use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::conversation::{Conversation, Extra};
use super::effect::Fetch;
use super::input::{Fetched, Item, RequestId, Slot};
use super::polling::{NO_ANSWER, Request, failure_delay_ms, slower};
use super::time::Timestamp;
use super::timers::Timer;

/// Reads on their way at once; browsers allow six connections to a host.
const MAX_IN_FLIGHT: usize = 4;
const IDLE_MAX_MS: u64 = 30_000;
/// Pages in a row that may fail before what is missing is given up.
const MAX_FAILED_PAGES: u32 = 3;
/// A page this long may have more behind it.
const LONG_PAGE: usize = 50;

/// How a resource is read over HTTP.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    /// The read on its way.
    pub in_flight: Option<RequestId>,
    /// When that was asked.
    pub asked_at: Timestamp,
    /// Another read is wanted as soon as that one ends.
    pub again: bool,
    /// A snapshot begins: once all that follows what is known was read, the latest messages are.
    pub wants_latest: bool,
    /// It waits for its turn.
    pub is_queued: bool,
    /// The ETag of the last reply, and the cursor it was asked with.
    pub etag: Option<(Option<Rc<str>>, Rc<str>)>,
    /// Time to the next read; 0: the interval of the options.
    pub interval_ms: u64,
    /// Failures in a row.
    pub failures: u32,
    /// The server has asked not to be asked before.
    pub not_before: Timestamp,
}

impl Default for Reader {
    fn default() -> Self {
        Self::NEW
    }
}

impl Reader {
    /// Nothing was read yet.
    pub(super) const NEW: Self = Self {
        in_flight: None,
        asked_at: Timestamp::from_millis(0),
        again: false,
        wants_latest: false,
        is_queued: false,
        etag: None,
        interval_ms: 0,
        failures: 0,
        not_before: Timestamp::from_millis(0),
    };
}

impl<P: Payload> Client<P> {
    /// A read that begins from now on; one that is on its way already does not count.
    pub(super) fn want_read(&mut self, slot: Slot) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        if conversation.extra.reader.in_flight.is_some() {
            conversation.extra.reader.again = true;
            return;
        }
        self.read_thread(slot);
    }

    /// A conversation is wanted while there is no session; a read that failed has its next time already.
    pub(super) fn poll_if_alone(&mut self, slot: Slot) {
        let Some(conversation) = self.conversations.at(slot).filter(|conversation| conversation.is_held()) else {
            return;
        };
        let waits = conversation.extra.reader.failures > 0 && self.cx.timers.is_set(Timer::PollThread(slot));
        if self.polling.is_active && self.cx.config.polling.messages {
            if !waits {
                self.want_read(slot);
            }
            self.refresh_status(slot);
        }
    }

    pub(super) fn read_thread(&mut self, slot: Slot) {
        self.read(slot, false);
    }

    fn read(&mut self, slot: Slot, is_latest: bool) {
        self.cx.timers.clear(Timer::PollThread(slot));
        let is_full = self.polling.in_flight >= MAX_IN_FLIGHT;
        let id = self.conversation_id(slot);
        let (Some(id), Some(conversation)) = (id, self.conversations.at_mut(slot)) else {
            return;
        };
        let Conversation { extra, timeline, .. } = conversation;
        let reader = &mut extra.reader;
        if reader.in_flight.is_some() || reader.is_queued {
            return;
        }
        if self.cx.now < reader.not_before {
            self.cx.timers.set(Timer::PollThread(slot), reader.not_before);
            return;
        }
        if is_full {
            reader.is_queued = true;
            self.polling.queue.push_back(slot);
            return;
        }
        let after = timeline.http_cursor().filter(|_| !is_latest);
        reader.wants_latest &= after.is_some();
        let etag = reader.etag.as_ref().filter(|(asked, _)| *asked == after).map(|(_, etag)| etag.clone());
        reader.again = false;
        reader.asked_at = self.cx.now;
        timeline.page_asked();
        let fetch = Fetch::Messages { conversation: id, after: after.clone(), etag };
        self.polling.in_flight += 1;
        self.cx.stats.polls += 1;
        let request = self.fetch(Request::Thread { slot, after }, fetch);
        if let Some(conversation) = self.conversations.at_mut(slot) {
            conversation.extra.reader.in_flight = Some(request);
        }
    }

    /// Sets the time of a thread's next read, if there is to be one.
    pub(super) fn schedule_read(&mut self, slot: Slot) {
        if let Some(interval_ms) = self.reading_interval_ms(slot) {
            let delay_ms = self.cx.rng.about(self.slower_if_hidden(interval_ms));
            self.cx.wake_in(Timer::PollThread(slot), delay_ms);
        }
    }

    pub(super) fn thread_read(&mut self, slot: Slot, after: Option<Rc<str>>, fetched: Fetched<P>) {
        self.polling.in_flight = self.polling.in_flight.saturating_sub(1);
        match fetched {
            Fetched::Failed { status: Some(404), .. } if after.is_some() => self.cursor_refused(slot),
            Fetched::Failed { retry_after_ms, detail, status } => {
                self.page_failed(slot, after.is_none(), status == Some(404), retry_after_ms, detail);
            }
            Fetched::Messages(items, etag) => self.page_came(slot, after, items, etag),
            Fetched::NotModified => self.page_came(slot, after, Vec::new(), None),
            Fetched::Posted(_) | Fetched::Conversations(..) | Fetched::Probed { .. } => {
                self.page_failed(slot, after.is_none(), false, None, NO_ANSWER.into());
            }
        }
        self.refresh_status(slot);
        self.read_queued();
    }

    fn page_came(&mut self, slot: Slot, after: Option<Rc<str>>, items: Vec<Item<P>>, etag: Option<Rc<str>>) {
        let interval_ms = self.cx.config.polling.messages_interval_ms;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let awaits_replay = conversation.awaits_replay();
        let Conversation { extra, timeline, view, .. } = conversation;
        let Extra { reader, settles_at, is_mending, .. } = &mut **extra;
        let mut told = Vec::new();
        reader.in_flight = None;
        reader.failures = 0;
        // It may be older than the numbers that are known by now.
        let is_void = reader.again && items.first().is_some_and(|item| timeline.is_other_epoch(&item.keys));
        if after.is_none() && (is_void || timeline.known.held.outdates_page()) {
            self.poll_succeeded();
            return self.read(slot, true);
        }
        if let Some(etag) = etag {
            reader.etag = Some((after.clone(), etag));
        }
        let is_long = items.len() >= LONG_PAGE;
        let is_new = timeline.page(items, after.as_deref(), view.as_deref(), &mut told);
        let went_on = after.is_some() && timeline.http_cursor() != after;
        let may_be_more =
            went_on && (is_long || reader.wants_latest || (timeline.is_catching_up() && !timeline.is_at_target()));
        let read_on = std::mem::take(&mut reader.again) || may_be_more;
        let unsettled = settles_at.filter(|at| timeline.is_catching_up() && reader.asked_at < *at && !read_on);
        if !read_on && unsettled.is_none() {
            if timeline.is_catching_up() {
                *settles_at = None;
                timeline.caught_up(&mut told);
            } else if timeline.has_hole() && *is_mending && !awaits_replay {
                timeline.skip_hole(&mut told);
            }
        }
        let begins_snapshot = reader.wants_latest;
        reader.interval_ms = if is_new { 0 } else { slower(reader.interval_ms.max(interval_ms), IDLE_MAX_MS) };
        self.poll_succeeded();
        let history = self.unrecognized_history(slot, &told);
        self.tell(slot, told);
        self.recognize_history(slot, history);
        self.watch_hole(slot);
        if read_on {
            self.read(slot, false);
        } else if let Some(settles_at) = unsettled {
            self.cx.timers.set(Timer::PollThread(slot), settles_at);
        } else if begins_snapshot {
            self.read(slot, true);
        } else {
            self.schedule_read(slot);
        }
    }

    fn page_failed(
        &mut self,
        slot: Slot,
        is_latest: bool,
        is_lasting: bool,
        retry_after_ms: Option<u64>,
        detail: String,
    ) {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return;
        };
        let awaits_replay = conversation.awaits_replay();
        let Conversation { extra, timeline, .. } = conversation;
        let reader = &mut extra.reader;
        let mut told = Vec::new();
        reader.in_flight = None;
        reader.again = false;
        reader.wants_latest |= is_latest;
        reader.failures = reader.failures.saturating_add(1);
        reader.not_before = self.cx.now.after(retry_after_ms.unwrap_or(0));
        let failures = reader.failures;
        // Without a session nothing waits for these pages: they may come as late as they like.
        let is_given_up = self.connectivity.session.is_some() && failures >= MAX_FAILED_PAGES;
        if is_given_up || is_lasting {
            if timeline.is_catching_up() {
                timeline.give_up_catching_up(&mut told);
            } else if timeline.has_hole() && !awaits_replay {
                timeline.skip_hole(&mut told);
            }
        }
        self.poll_failed(detail, failures, Some(slot));
        self.tell(slot, told);
        self.watch_hole(slot);
        if self.reading_interval_ms(slot).is_some() {
            let delay_ms = self.cx.rng.about(failure_delay_ms(failures)).max(retry_after_ms.unwrap_or(0));
            self.cx.wake_in(Timer::PollThread(slot), delay_ms);
        }
    }

    /// The server does not know the message that the page was to follow: what came after it is found no more.
    fn cursor_refused(&mut self, slot: Slot) {
        let mut told = Vec::new();
        if let Some(Conversation { extra, timeline, .. }) = self.conversations.at_mut(slot) {
            extra.reader.in_flight = None;
            timeline.lose_http_cursor(&mut told);
        }
        self.tell(slot, told);
        self.read_thread(slot);
    }

    /// How often a thread is read now; `None`: not at all.
    fn reading_interval_ms(&self, slot: Slot) -> Option<u64> {
        let polling = &self.cx.config.polling;
        let conversation = self.conversations.at(slot)?;
        if !polling.messages || !conversation.is_wanted() {
            return None;
        }
        let has_session = self.connectivity.session.is_some();
        if has_session && (conversation.timeline.is_catching_up() || conversation.timeline.has_hole()) {
            Some(polling.messages_interval_ms)
        } else if has_session {
            polling.safety_interval_ms
        } else if self.polling.is_active && conversation.is_held() {
            Some(conversation.extra.reader.interval_ms.max(polling.messages_interval_ms))
        } else {
            None
        }
    }

    fn read_queued(&mut self) {
        while self.polling.in_flight < MAX_IN_FLIGHT {
            let Some(next) = self.polling.queue.pop_front() else {
                return;
            };
            if let Some(conversation) = self.conversations.at_mut(next) {
                conversation.extra.reader.is_queued = false;
            }
            self.read_thread(next);
        }
    }
}
