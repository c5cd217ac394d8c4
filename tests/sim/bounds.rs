//! What a page keeps stays within bounds, and in whatever state it is, something will happen in time.

use talkwire::engine::{Connection, Phase};

use crate::page::{Page, Socket};
use crate::watch::Told;

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

impl Page {
    /// The connection's snapshot is about to change.
    pub fn watch_connection(&self, next: &Connection, now: u64) {
        assert!(
            next.attempt >= self.connection.attempt
                || self.watch.is_told == Told::Connect
                || self.watch.was_stable
                || self.sockets.values().any(|socket| self.is_stable(socket, now)),
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

    pub fn is_stable(&self, socket: &Socket, now: u64) -> bool {
        let open_ms = socket.opened_at.map_or(0, |at| now - at);
        let is_proved = socket.has_spoken && open_ms >= self.config.backoff.stable_after_ms;
        is_proved || open_ms >= SURELY_STABLE_MS
    }

    /// All that follows from an input has happened.
    pub fn watch_step(&mut self, now: u64) {
        self.watch.was_stable = false;
        let is_two = self.sockets.len() == 2;
        let may_be_two = self.sockets.values().next().is_some_and(|older| older.may_be_replaced);
        assert!(self.sockets.len() < 2 || (is_two && may_be_two), "more than one socket: {:?}", self.sockets);
        self.watch_sizes();
        self.watch_way_on(now);
        let next = self.client.next_deadline().map_or(u64::MAX, |at| at.as_millis());
        let sockets = &self.sockets;
        self.watch.awaited.retain(|_, answer| sockets.contains_key(&answer.generation));
        self.watch.awaited.retain(|_, answer| answer.due > now);
        for answer in self.watch.awaited.values() {
            assert!(next <= answer.due, "sleeps until {next}, and awaits {answer:?}");
        }
        for (delivery, sent) in &self.watch.unsettled {
            assert!(sent.until.is_none_or(|until| now < until && next <= until), "{delivery} has no result: {sent:?}");
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
                    Some(_) | None => session.heard_at + session.silence_ms.unwrap_or(hello_ms + heartbeat.interval_ms),
                };
                let can_ask = heartbeat.enabled && (session.features.ping || heartbeat.custom_ping);
                assert!(!can_ask || next <= until, "a session that may be dead for ever: {session:?}, {next}");
                assert!(next < u64::MAX, "a session that nobody looks after");
            }
        }
    }
}
