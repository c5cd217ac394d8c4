//! Attempts to connect: how one begins, how it ends, and when the next one comes.

use crate::protocol::close_code::{self, Verdict};
use crate::protocol::frame::{Features, Opening};
use crate::protocol::{Hello, decimal};

use super::Payload;
use super::backoff::Backoff;
use super::client::Client;
use super::config::Jitter;
use super::connectivity::{Desired, Link, Server};
use super::effect::Effect;
use super::error::{Error, ErrorCode};
use super::input::Close;
use super::liveness::Liveness;
use super::session::REPLACED;
use super::timers::Timer;

/// How long an unknown server may take to say `hello` before it counts as a plain one.
const HELLO_WAIT_MS: u64 = 250;
/// A server that was reached this often in a row and did not say `hello` may have become a plain one.
const MAX_SILENT_OPENS: u32 = 2;
/// One try in this time although the browser says there is no network: it may be wrong.
const OFFLINE_RETRY_MS: u64 = 60_000;
/// Where a server asks everyone to wait, they come back spread over this long.
const FLOOR_SPREAD_MS: u64 = 1_000;

impl<P: Payload> Client<P> {
    /// Dials now, beside the session if there is one: the old is kept until the new is proved.
    pub(super) fn attempt(&mut self) {
        if self.connectivity.desired != Desired::Up || self.connectivity.is_away || self.connectivity.attempt.is_some()
        {
            return;
        }
        self.cx.timers.clear(Timer::Retry);
        self.connectivity.retry_at = None;
        self.connectivity.generation = self.connectivity.generation.wrapping_add(1);
        let generation = self.connectivity.generation;
        let is_polled = self.connectivity.is_polled;
        self.connectivity.attempt = Some(Link {
            generation,
            is_polled,
            features: Features::default(),
            opening: Opening::default(),
            liveness: Liveness::new(self.cx.now),
            is_open: false,
            opened_at: self.cx.now,
            has_spoken: false,
            is_stable: false,
            is_leaving: false,
            is_congested: false,
            unmeasured_bytes: 0,
        });
        self.cx.stats.attempts += 1;
        self.cx.wake_in(Timer::ConnectTimeout, self.cx.config.connect_timeout_ms);
        self.cx.wish(Effect::Dial {
            generation,
            attempt: self.connectivity.backoff.failures(),
            code: self.connectivity.last_code,
            is_polled,
        });
    }

    pub(super) fn opened(&mut self, generation: u32) {
        let now = self.cx.now;
        let server = self.connectivity.server;
        let Some(link) = self.connectivity.attempt.as_mut().filter(|link| link.generation == generation) else {
            return self.upgraded(generation);
        };
        link.is_open = true;
        link.opened_at = now;
        link.liveness.heard(now);
        self.forget_diagnosis();
        match server {
            Server::Plain => self.prove(Hello::default(), false),
            Server::Unknown => self.cx.wake_in(Timer::HelloWait, HELLO_WAIT_MS),
            Server::SaysHello => {}
        }
    }

    pub(super) fn hello_missed(&mut self) {
        if self.connectivity.attempt.as_ref().is_some_and(|link| link.is_open) {
            self.prove(Hello::default(), false);
        }
    }

    pub(super) fn dial_failed(&mut self, generation: u32, code: ErrorCode, detail: String, lasting: bool) {
        if !self.end_attempt(generation) {
            return;
        }
        self.connectivity.is_polled = false;
        if lasting {
            self.stop(Error::lasting(code, detail));
        } else {
            self.failed(Error::passing(code, detail), None);
        }
    }

    pub(super) fn connect_timed_out(&mut self) {
        let Some(Link { generation, is_open, is_polled, .. }) = self.connectivity.attempt else {
            return;
        };
        self.choose_transport(is_polled, true);
        self.end_attempt(generation);
        self.cx.wish(Effect::Hangup { generation, code: Some(REPLACED) });
        self.connectivity.silent_opens += u32::from(is_open);
        if self.connectivity.silent_opens >= MAX_SILENT_OPENS {
            self.connectivity.server = Server::beforehand(self.cx.config.greeting);
        }
        let error = Error::passing(ErrorCode::ConnectTimeout, "");
        let error = if is_open { error } else { self.never_opened(error) };
        self.failed(error, None);
    }

    /// An attempt that began without a network does not open with it.
    pub(super) fn abandon_unopened(&mut self) {
        let Some(Link { generation, is_open: false, .. }) = self.connectivity.attempt else {
            return;
        };
        self.end_attempt(generation);
        self.cx.wish(Effect::Hangup { generation, code: Some(REPLACED) });
    }

    pub(super) fn closed(&mut self, generation: u32, close: Close) {
        if let Some(Link { generation: own, is_polled, is_open, .. }) = self.connectivity.attempt
            && own == generation
        {
            let failures = self.connectivity.unopened.saturating_add(1);
            self.choose_transport(is_polled, !is_open && failures >= self.cx.config.polling.start_after_attempts);
        }
        self.ended(generation, close);
    }

    /// The socket is closed, or the server has ended what went over it.
    pub(super) fn ended(&mut self, generation: u32, close: Close) {
        let verdict = close.verdict.unwrap_or_else(|| close_code::classify(close.code));
        let detail = describe(&close);
        let never_opened =
            self.connectivity.attempt.as_ref().is_some_and(|link| link.generation == generation && !link.is_open);
        if !self.end_attempt(generation) {
            if self.connectivity.session.take_if(|link| link.generation == generation).is_none() {
                return;
            }
            if verdict == Verdict::TooLarge {
                self.fail_largest_send(&detail);
            }
            self.forget_session();
            self.arm_fall_back();
        }
        self.connectivity.last_code = Some(close.code);
        match verdict {
            Verdict::Stop => self.stop(Error::lasting(ErrorCode::ClosedByServer, detail)),
            Verdict::RefreshToken => self.refresh_token(detail),
            Verdict::TooLarge | Verdict::Retry => {
                let error = Error::passing(ErrorCode::ConnectionLost, detail);
                let error = if never_opened { self.never_opened(error) } else { error };
                self.failed(error, close.retry_after_ms);
            }
        }
    }

    fn refresh_token(&mut self, detail: String) {
        if !self.cx.config.token_refreshable || self.connectivity.has_fresh_token {
            self.stop(Error::lasting(ErrorCode::Unauthorized, detail));
            return;
        }
        self.connectivity.has_fresh_token = true;
        self.attempt();
    }

    /// True if this was the attempt on its way.
    fn end_attempt(&mut self, generation: u32) -> bool {
        let is_it = self.connectivity.attempt.as_ref().is_some_and(|link| link.generation == generation);
        if is_it {
            self.connectivity.attempt = None;
            self.cx.timers.clear(Timer::ConnectTimeout);
            self.cx.timers.clear(Timer::HelloWait);
        }
        is_it
    }

    /// One more failure: the next attempt gets its time, unless one is on its way.
    pub(super) fn failed(&mut self, error: Error, floor_ms: Option<u64>) {
        self.connectivity.error = Some(error.clone());
        if let Some(floor_ms) = floor_ms {
            // Everyone was asked to wait for as long: not all of them may come back in one moment.
            let spread_ms = match self.cx.config.backoff.jitter {
                Jitter::Full => self.cx.rng.up_to(FLOOR_SPREAD_MS),
                Jitter::None => 0,
            };
            self.connectivity.not_before = self.cx.now.after(floor_ms.saturating_add(spread_ms));
        }
        if self.connectivity.attempt.is_some() {
            self.cx.report(error, None);
            return;
        }
        let schedule = &self.cx.config.backoff;
        if let Some(session) = &self.connectivity.session {
            if !session.is_leaving && !session.liveness.is_silent(self.cx.now) {
                self.connectivity.error = None;
                self.connectivity.replacing = Backoff::new(schedule);
                self.cx.report(error, None);
                return;
            }
            let delay_ms = self.connectivity.replacing.next_delay_ms(schedule, &mut self.cx.rng);
            self.cx.report(error, None);
            self.retry_in(delay_ms);
            return;
        }
        let delay_ms = self.connectivity.backoff.next_delay_ms(schedule, &mut self.cx.rng);
        let failures = self.connectivity.backoff.failures();
        if failures >= self.cx.config.backoff.max_attempts {
            self.stop(Error::lasting(ErrorCode::TooManyAttempts, error.detail));
            return;
        }
        if failures >= self.cx.config.polling.start_after_attempts {
            self.fall_back();
        }
        self.cx.report(error, None);
        self.retry_in(delay_ms);
    }

    /// Sets the time of the next attempt: far off without a network, and not before the server wants it.
    pub(super) fn retry_in(&mut self, delay_ms: u64) {
        if self.connectivity.is_away {
            return;
        }
        let delay_ms = if self.connectivity.is_offline { delay_ms.max(OFFLINE_RETRY_MS) } else { delay_ms };
        let at = self.cx.now.after(delay_ms).max(self.connectivity.not_before);
        self.connectivity.retry_at = Some(at);
        self.cx.timers.set(Timer::Retry, at);
    }
}

fn describe(close: &Close) -> String {
    let mut detail = String::from("close code ");
    detail.push_str(&decimal(close.code.into()));
    if !close.reason.is_empty() {
        detail.push_str(": ");
        detail.push_str(&close.reason);
    }
    detail
}
