//! Reading the list of conversations over HTTP.

use std::rc::Rc;

use super::Payload;
use super::client::Client;
use super::effect::{Effect, Event, EventKind, Fetch, Via};
use super::index::Index;
use super::input::{Fetched, Listed};
use super::polling::{NO_ANSWER, Request, failure_delay_ms, slower};
use super::timers::Timer;
use super::window::print;

const IDLE_MAX_MS: u64 = 60_000;

impl<P: Payload> Client<P> {
    pub(super) fn read_list(&mut self) {
        self.cx.timers.clear(Timer::PollList);
        if self.polling.list.in_flight.is_some() {
            return;
        }
        if self.cx.now < self.polling.list.not_before {
            self.cx.timers.set(Timer::PollList, self.polling.list.not_before);
            return;
        }
        self.cx.stats.polls += 1;
        let etag = self.polling.list.etag.as_ref().map(|(_, etag)| etag.clone());
        let request = self.fetch(Request::List, Fetch::Conversations { etag });
        self.polling.list.in_flight = Some(request);
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

    pub(super) fn list_read(&mut self, fetched: Fetched<P>) {
        let list = &mut self.polling.list;
        list.in_flight = None;
        let interval_ms = self.cx.config.polling.conversations_interval_ms;
        let delay_ms = match fetched {
            Fetched::Conversations(listed, etag) => {
                list.failures = 0;
                list.etag = etag.map(|etag| (None, etag));
                let is_new = self.take_list(listed);
                let list = &mut self.polling.list;
                list.interval_ms =
                    if is_new { interval_ms } else { slower(list.interval_ms.max(interval_ms), IDLE_MAX_MS) };
                let next_ms = list.interval_ms;
                self.poll_succeeded();
                self.slower_if_hidden(next_ms)
            }
            Fetched::Failed { retry_after_ms, detail, .. } => self.list_failed(retry_after_ms, detail),
            Fetched::Messages(..) | Fetched::Posted(_) | Fetched::Probed { .. } => {
                self.list_failed(None, NO_ANSWER.into())
            }
            Fetched::NotModified => {
                list.failures = 0;
                list.interval_ms = slower(list.interval_ms.max(interval_ms), IDLE_MAX_MS);
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

    /// Gives the time to the next try.
    fn list_failed(&mut self, retry_after_ms: Option<u64>, detail: String) -> u64 {
        let list = &mut self.polling.list;
        list.failures += 1;
        list.not_before = self.cx.now.after(retry_after_ms.unwrap_or(0));
        let failures = list.failures;
        self.poll_failed(detail, failures, None);
        failure_delay_ms(failures)
    }

    /// Passes the list on, and tells of the conversations that changed since the last one.
    fn take_list(&mut self, listed: Vec<Listed<P>>) -> bool {
        let is_first = !std::mem::replace(&mut self.polling.has_list, true);
        let mut changed = Vec::new();
        let mut prints = Index::default();
        for one in &listed {
            let own = print(&one.id).wrapping_add(one.print);
            if self.polling.list_prints.get(own).is_none() {
                changed.push((Rc::from(one.id.as_str()), one.data.clone()));
            }
            prints.insert(own, ());
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

    pub(super) fn polls_list(&self) -> bool {
        let session_lists = self.connectivity.session.as_ref().map(|session| session.features.list);
        let is_wanted = match session_lists {
            Some(lists) => self.polling.is_list_watched && !lists,
            None => self.polling.is_active && (self.polling.is_list_watched || !self.polls_threads()),
        };
        self.cx.config.polling.conversations && is_wanted
    }
}
