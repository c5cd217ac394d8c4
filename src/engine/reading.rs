//! Reading a conversation over HTTP: instead of a session, after a join, and now and then to be safe.

use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::conversation::Conversation;
use super::effect::{Effect, Fetch};
use super::input::{Fetched, Item, RequestId, Slot};
use super::polling::{Request, failure_delay_ms, slower};
use super::timers::Timer;

/// Reads on their way at once; browsers allow six connections to a host.
const MAX_IN_FLIGHT: usize = 4;
const IDLE_MAX_MS: u64 = 30_000;
/// Pages in a row that may fail before what is missing is given up.
const MAX_FAILED_PAGES: u32 = 3;
/// A page this long may have more behind it.
const LONG_PAGE: usize = 50;

/// How a resource is read over HTTP.
#[derive(Clone, Debug, Default)]
pub(super) struct Reader {
    /// The read on its way.
    pub in_flight: Option<RequestId>,
    /// Another read is wanted as soon as that one ends.
    pub again: bool,
    /// It waits for its turn.
    pub is_queued: bool,
    /// The ETag of the last reply, and the cursor it was asked with.
    pub etag: Option<(Option<Rc<str>>, Rc<str>)>,
    /// Time to the next read; 0: the interval of the options.
    pub interval_ms: u64,
    /// Failures in a row.
    pub failures: u32,
}

/// When to read again.
enum Next {
    Now,
    InTurn,
    After(u64),
}

impl<P: Payload> Client<P> {
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

    /// A conversation is wanted while there is no session.
    pub(super) fn poll_if_alone(&mut self, slot: Slot) {
        if self.polling.is_active && self.cx.config.polling.messages {
            self.want_read(slot);
            self.refresh_status(slot);
        }
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

    pub(super) fn thread_read(&mut self, slot: Slot, after: Option<Rc<str>>, fetched: Fetched<P>) {
        self.polling.in_flight -= 1;
        let next = match fetched {
            Fetched::Failed { status, retry_after_ms, detail } => {
                self.page_failed(slot, status, retry_after_ms, detail)
            }
            Fetched::Messages(items, etag) => self.page_came(slot, after, items, etag),
            Fetched::Posted(_) | Fetched::Conversations(..) | Fetched::NotModified => {
                self.page_came(slot, after, Vec::new(), None)
            }
        };
        match next {
            Next::Now => self.read_thread(slot),
            Next::InTurn => self.schedule_read(slot),
            Next::After(delay_ms) => {
                let delay_ms = self.cx.rng.about(delay_ms);
                self.cx.wake_in(Timer::PollThread(slot), delay_ms);
            }
        }
        self.refresh_status(slot);
        self.read_queued();
    }

    fn page_came(&mut self, slot: Slot, after: Option<Rc<str>>, items: Vec<Item<P>>, etag: Option<Rc<str>>) -> Next {
        let interval_ms = self.cx.config.polling.messages_interval_ms;
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return Next::InTurn;
        };
        let Conversation { reader, timeline, .. } = conversation;
        let mut told = Vec::new();
        reader.in_flight = None;
        reader.failures = 0;
        if let Some(etag) = etag {
            reader.etag = Some((after.clone(), etag));
        }
        let is_long = items.len() >= LONG_PAGE && after.is_some();
        let is_new = timeline.page(items, after.as_deref(), &mut told);
        let may_be_more = is_new && (is_long || (after.is_some() && timeline.is_catching_up()));
        let read_on = std::mem::take(&mut reader.again) || may_be_more;
        if !read_on {
            if timeline.is_catching_up() {
                timeline.caught_up(&mut told);
            } else if timeline.has_hole() {
                timeline.skip_hole(&mut told);
            }
        }
        reader.interval_ms = if is_new { 0 } else { slower(reader.interval_ms.max(interval_ms), IDLE_MAX_MS) };
        self.poll_succeeded();
        self.tell(slot, told);
        if read_on { Next::Now } else { Next::InTurn }
    }

    fn page_failed(&mut self, slot: Slot, status: Option<u16>, retry_after_ms: Option<u64>, detail: String) -> Next {
        let Some(conversation) = self.conversations.at_mut(slot) else {
            return Next::InTurn;
        };
        let Conversation { reader, timeline, .. } = conversation;
        let mut told = Vec::new();
        reader.in_flight = None;
        reader.again = false;
        reader.failures += 1;
        let failures = reader.failures;
        if failures >= MAX_FAILED_PAGES || status == Some(404) {
            if timeline.is_catching_up() {
                timeline.give_up_catching_up(&mut told);
            } else if timeline.has_hole() {
                timeline.skip_hole(&mut told);
            }
        }
        self.poll_failed(detail, failures, Some(slot));
        self.tell(slot, told);
        Next::After(failure_delay_ms(failures, retry_after_ms))
    }

    fn read_queued(&mut self) {
        if self.polling.in_flight >= MAX_IN_FLIGHT {
            return;
        }
        let Some(next) = self.polling.queue.pop_front() else {
            return;
        };
        if let Some(conversation) = self.conversations.at_mut(next) {
            conversation.reader.is_queued = false;
        }
        self.read_thread(next);
    }
}
