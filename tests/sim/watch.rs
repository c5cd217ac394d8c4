//! What holds at every step of every page, in every test: numbers of the contract, bounds, and that there is always a
//! way on.

use std::collections::BTreeMap;
use std::rc::Rc;

use talkwire::engine::{Body, Connection, DeliveryId, Fetched, Input, Phase};
use talkwire::protocol::frame::Features;
use talkwire::protocol::{Frame, Outgoing};

use crate::json::Json;
use crate::page::{Page, Socket};

/// A deadline missed by more means that the machine slept.
const SLEEP_MS: u64 = 15_000;
/// A timer that fires later was held up.
const STALLED_MS: u64 = 1_000;
/// A socket that spoke more recently is believed after a sleep.
const TRUSTED_MS: u64 = 10_000;
/// A session open this long is stable even if the server never said a word.
const SURELY_STABLE_MS: u64 = 60_000;
/// So long an unknown server may take to say `hello`.
const HELLO_WAIT_MS: u64 = 250;
/// When the network is back, the next try comes within this time.
const ONLINE_MAX_MS: u64 = 1_200;
/// One try in this time although the browser says that there is no network.
const OFFLINE_RETRY_MS: u64 = 60_000;
const MAX_IDS: usize = 2_048;
const MAX_HELD: usize = 512;
const MAX_ECHOES: usize = 256;
/// Reasons to wake up: those of the client, and those of one conversation.
const TIMERS: (usize, usize) = (17, 4);
/// Settings of timers that hold no longer, beside as many as are armed.
const VOID_TIMERS: usize = 64;

/// What is known of one page beside what the page itself keeps.
#[derive(Debug, Default)]
pub struct Watch {
    /// Sends that have no result yet, with my id where they have one.
    unsettled: BTreeMap<u32, Option<Rc<str>>>,
    /// Answers that are awaited, by `ref`.
    awaited: BTreeMap<u32, Awaited>,
    /// When it was last told that I type, by conversation.
    typing_told: BTreeMap<Rc<str>, u64>,
    /// The page is being told this now.
    is_told: Told,
    /// It is told late: nothing could be heard when its timer was due.
    is_overdue: bool,
    /// When the server has asked not to be dialled before.
    not_before: u64,
    pub is_away: bool,
    pub is_offline: bool,
    /// When something changed that the server may not know of yet.
    pub unrest_at: u64,
    loads: usize,
}

#[derive(Debug)]
struct Awaited {
    generation: u32,
    question: Question,
    due: u64,
}

/// A message by my id for it, or a subscribe by its conversation.
#[derive(Debug, PartialEq, Eq)]
enum Question {
    Send(Rc<str>),
    Join(Rc<str>),
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Told {
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
        let client_id = sent.unwrap_or_else(|| panic!("{delivery:?} has a result already, or was never sent"));
        if let Some(client_id) = client_id {
            self.forget(&Question::Send(client_id));
        }
    }

    /// My id for a send that has no result yet.
    pub fn is_unsettled(&self, client_id: &str) -> bool {
        self.unsettled.values().flatten().any(|own| **own == *client_id)
    }

    fn forget(&mut self, question: &Question) {
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
        if is_waking || overdue_ms > SLEEP_MS {
            self.watch.is_told = Told::ToWake;
            let is_silent = |socket: &&mut Socket| now - socket.heard_at > TRUSTED_MS;
            self.sockets.values_mut().filter(is_silent).for_each(|socket| socket.may_be_replaced = true);
        }
        let mut items = 0;
        match input {
            Input::Send(_) | Input::Retry(..) if self.has_ended => {}
            Input::Send(send) => {
                let client_id = match &send.body {
                    Body::Message { client_id, .. } => Some(client_id.clone()),
                    Body::Raw(_) | Body::Request { .. } => None,
                };
                if let Body::Message { slot, .. } = &send.body
                    && let Some(id) = self.client.conversation_id(*slot)
                {
                    self.watch.typing_told.remove(&id);
                }
                self.watch.unsettled.insert(send.delivery.0, client_id);
            }
            Input::Retry(_, client_id, delivery) => {
                self.watch.unsettled.insert(delivery.0, Some(client_id.clone()));
            }
            Input::Fetched(_, Fetched::Messages(messages, _)) | Input::Hydrate(_, messages) => items = messages.len(),
            Input::Fetched(_, Fetched::Conversations(listed, _)) => items = listed.len(),
            Input::Typing(..) => self.watch.is_told = Told::Typing,
            Input::Connect => self.watch.is_told = Told::Connect,
            Input::LoadBefore { .. } => self.watch.loads += 1,
            Input::Hold(..) | Input::Unhold(..) | Input::UnholdAll(_) => self.watch.unrest_at = now,
            Input::Opened { generation } => {
                if let Some(socket) = self.sockets.get_mut(generation) {
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

    /// Frames are being written.
    pub fn watch_written(&mut self, generation: u32, frames: &[Outgoing<Json>], is_batch: bool, now: u64) {
        let Some(socket) = self.sockets.get_mut(&generation) else {
            return;
        };
        let (features, heartbeat) = (socket.features, &self.config.heartbeat);
        let due = now + self.config.outbox.ack_timeout_ms;
        assert!(!is_batch || features.batch, "a batch was not offered");
        for frame in frames {
            match frame {
                Outgoing::Hello => assert!(features.batch),
                Outgoing::Subscribe { conversation, reference, cursor } => {
                    assert!(reference.is_none() || features.ack || features.replay, "answers were not offered");
                    assert!(cursor.is_none() || features.replay, "replay was not offered");
                    let question = Question::Join(conversation.clone());
                    self.watch.forget(&question);
                    if let Some(reference) = reference {
                        self.watch.awaited.insert(*reference, Awaited { generation, question, due });
                    }
                }
                Outgoing::Message { reference, client_id, .. } => {
                    assert!(reference.is_none() || features.ack, "acks were not offered");
                    let Some(reference) = reference else {
                        continue;
                    };
                    let answer = Awaited { generation, question: Question::Send(client_id.clone()), due };
                    let before = self.watch.awaited.insert(*reference, answer);
                    assert!(
                        before.is_none_or(|before| before.generation != generation || before.due <= now),
                        "{client_id} is sent again before its ack is overdue"
                    );
                }
                Outgoing::Request { .. } => assert!(features.ack, "answers were not offered"),
                Outgoing::Typing { conversation, is_typing } => {
                    assert!(self.watch.is_told == Told::Typing, "typing is never queued");
                    if *is_typing {
                        let before = self.watch.typing_told.insert(conversation.clone(), now);
                        let throttle_ms = self.config.typing_throttle_ms;
                        assert!(before.is_none_or(|at| now - at >= throttle_ms), "typing is told too often");
                    } else {
                        self.watch.typing_told.remove(conversation);
                    }
                }
                Outgoing::Read { .. } => assert!(features.read, "reading was not offered"),
                Outgoing::Ping => {
                    assert!(features.ping || heartbeat.custom_ping, "pings were not offered");
                    let least_ms = TRUSTED_MS.min(self.config.outbox.ack_timeout_ms).min(heartbeat.interval_ms);
                    let may_ask = match self.watch.is_told {
                        Told::Offline => true,
                        Told::ToWake => socket.may_be_replaced,
                        Told::Typing | Told::Connect | Told::Other => false,
                    };
                    let is_silent = now - socket.heard_at >= least_ms;
                    assert!(is_silent || may_ask, "a busy socket is asked: {socket:?} at {now}");
                    // What ran out while the machine slept counts for nothing.
                    if self.watch.is_overdue || socket.asked_at.is_none_or(|at| at + heartbeat.timeout_ms <= now) {
                        socket.asked_at = Some(now);
                    }
                    // The session itself is doubted: until it is heard, no answer of its is overdue.
                    self.watch.awaited.clear();
                }
                Outgoing::Unsubscribe { conversation } => {
                    self.watch.forget(&Question::Join(conversation.clone()));
                }
                Outgoing::Raw(_) | Outgoing::Pong => {}
            }
        }
    }

    /// The connection's snapshot is about to change.
    pub fn watch_connection(&self, next: &Connection, now: u64) {
        let is_stable = |socket: &Socket| {
            let open_ms = socket.opened_at.map_or(0, |at| now - at);
            let is_proved = socket.has_spoken && open_ms >= self.config.backoff.stable_after_ms;
            is_proved || open_ms >= SURELY_STABLE_MS
        };
        assert!(
            next.attempt >= self.connection.attempt
                || self.watch.is_told == Told::Connect
                || self.sockets.values().any(is_stable),
            "failures are forgotten before a session was stable: {next:?} after {:?}",
            self.connection
        );
        if let Some(at) = next.retry_at.filter(|_| next.retry_at != self.connection.retry_at) {
            let backoff = &self.config.backoff;
            let growth = backoff.factor.powi(next.attempt.saturating_sub(1) as i32);
            let span_ms = (backoff.min_ms as f64 * growth).min((backoff.max_ms - backoff.min_ms) as f64) as u64;
            let longest_ms = if self.watch.is_offline {
                OFFLINE_RETRY_MS.max(backoff.max_ms)
            } else if next.phase == Phase::Open {
                // Failures to replace a session that is kept are counted apart.
                backoff.max_ms
            } else {
                (backoff.min_ms + span_ms).max(ONLINE_MAX_MS)
            };
            let latest = (now + longest_ms).max(self.watch.not_before + 1_000);
            assert!(at.as_millis() <= latest, "the next attempt is too far off: {next:?} at {now}");
        }
    }

    /// All that follows from an input has happened.
    pub fn watch_step(&mut self, now: u64) {
        let is_two = self.sockets.len() == 2;
        let may_be_two = self.sockets.values().next().is_some_and(|older| older.may_be_replaced);
        assert!(self.sockets.len() < 2 || (is_two && may_be_two), "more than one socket: {:?}", self.sockets);
        self.watch_sizes();
        self.watch_way_on(now);
        let next = self.client.next_deadline().map_or(u64::MAX, |at| at.as_millis());
        let sockets = &self.sockets;
        self.watch.awaited.retain(|_, answer| sockets.contains_key(&answer.generation));
        // What nothing could be done about in time gets a little more, and so do all others.
        if self.watch.awaited.values().any(|answer| answer.due + STALLED_MS < now) {
            self.watch.awaited.clear();
        }
        self.watch.awaited.retain(|_, answer| answer.due > now);
        for answer in self.watch.awaited.values() {
            assert!(next <= answer.due, "sleeps until {next}, and awaits {answer:?}");
        }
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
            Frame::Drain { .. } => socket.may_be_replaced = true,
            Frame::Subscribed(answer) => {
                answer.reply_to.map(|reference| self.watch.awaited.remove(&reference));
            }
            Frame::Ack { reply_to, .. } => drop(self.watch.awaited.remove(reply_to)),
            Frame::Error { reply_to, .. } => {
                reply_to.map(|reference| self.watch.awaited.remove(&reference));
            }
            Frame::Update(_) | Frame::Pong | Frame::Ping | Frame::Batch(_) => {}
        }
    }

    fn watch_heard(&mut self, generation: u32, now: u64) {
        if let Some(socket) = self.sockets.get_mut(&generation) {
            (socket.heard_at, socket.has_spoken, socket.asked_at) = (now, true, None);
        }
    }

    fn watch_sizes(&self) {
        let sizes = self.client.sizes();
        let unsettled = self.watch.unsettled.len();
        assert_eq!(sizes.outbox, unsettled, "what has no result is kept: {:?}", self.watch.unsettled);
        assert!(sizes.outbox <= self.config.outbox.max_messages, "{sizes:?}");
        assert!(sizes.ids <= MAX_IDS && sizes.held <= MAX_HELD, "{sizes:?}");
        assert!(sizes.echoes <= MAX_ECHOES && sizes.failed <= self.config.history_max_messages, "{sizes:?}");
        let armed = TIMERS.0 + TIMERS.1 * sizes.conversations;
        assert!(sizes.timers <= 2 * armed + VOID_TIMERS, "{sizes:?}");
        let loads = self.watch.loads - self.loaded.len();
        assert!(sizes.fetches <= 64 + unsettled + loads, "{sizes:?}");
        assert!(sizes.subscribes <= 64 * (1 + sizes.conversations), "{sizes:?}");
    }

    /// In each phase something will happen in time, whatever others do or leave undone.
    fn watch_way_on(&self, now: u64) {
        let next = self.client.next_deadline().map_or(u64::MAX, |at| at.as_millis());
        let attempt = self.sockets.values().next_back();
        match self.connection.phase {
            Phase::Idle | Phase::Closed => assert!(self.sockets.is_empty(), "{:?}", self.connection),
            Phase::Connecting => {
                let until = attempt.map_or(0, |socket| socket.dialled_at + self.config.connect_timeout_ms);
                assert!(next <= until, "an attempt that may last for ever: {:?}", self.sockets);
            }
            Phase::Waiting | Phase::Offline => {
                let at = self.connection.retry_at.map_or(0, |at| at.as_millis());
                assert!(self.watch.is_away || (at > now && next <= at), "waits for nothing: {:?}", self.connection);
            }
            Phase::Open => {
                let session = self.sockets.values().next().expect("a session has a socket");
                let heartbeat = &self.config.heartbeat;
                let hello_ms = if session.has_spoken { 0 } else { HELLO_WAIT_MS };
                let until = match session.asked_at {
                    // Else it was asked first, and then heard in the same moment.
                    Some(asked_at) if asked_at > session.heard_at => asked_at + heartbeat.timeout_ms,
                    Some(_) | None => session.heard_at + hello_ms + heartbeat.interval_ms,
                };
                let can_ask = heartbeat.enabled && (session.features.ping || heartbeat.custom_ping);
                assert!(!can_ask || next <= until, "a session that may be dead for ever: {session:?}, {next}");
                assert!(next < u64::MAX, "a session that nobody looks after");
            }
        }
    }
}
