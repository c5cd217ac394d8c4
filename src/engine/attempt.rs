//! Attempts to connect: how one begins, how it ends, and when the next one comes.

use crate::protocol::Hello;
use crate::protocol::close_code::{self, Verdict};
use crate::protocol::frame::Features;

use super::Payload;
use super::client::Client;
use super::connectivity::{Desired, Link, Server};
use super::effect::Effect;
use super::error::{Error, ErrorCode};
use super::input::Close;
use super::liveness::Liveness;
use super::session::REPLACED;
use super::timers::Timer;

/// How long an unknown server may take to say `hello` before it counts as a plain one.
const HELLO_WAIT_MS: u64 = 250;
/// One try in this time although the browser says there is no network: it may be wrong.
const OFFLINE_RETRY_MS: u64 = 60_000;

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
        self.connectivity.attempt = Some(Link {
            generation,
            features: Features::default(),
            liveness: Liveness::new(self.cx.now),
            is_open: false,
            opened_at: self.cx.now,
            has_spoken: false,
            is_stable: false,
        });
        self.cx.stats.attempts += 1;
        self.cx.wake_in(Timer::ConnectTimeout, self.cx.config.connect_timeout_ms);
        self.cx.wish(Effect::Dial {
            generation,
            attempt: self.connectivity.backoff.failures(),
            code: self.connectivity.last_code,
        });
    }

    pub(super) fn opened(&mut self, generation: u32) {
        let now = self.cx.now;
        let server = self.connectivity.server;
        let Some(link) = self.connectivity.attempt.as_mut().filter(|link| link.generation == generation) else {
            return;
        };
        link.is_open = true;
        link.opened_at = now;
        link.liveness.heard(now);
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

    pub(super) fn dial_failed(&mut self, generation: u32, detail: String, lasting: bool) {
        if self.connectivity.attempt.as_ref().is_none_or(|link| link.generation != generation) {
            return;
        }
        self.connectivity.attempt = None;
        if lasting {
            self.stop(Error::lasting(ErrorCode::DialFailed, detail));
        } else {
            self.failed(Error::passing(ErrorCode::DialFailed, detail), None);
        }
    }

    pub(super) fn connect_timed_out(&mut self) {
        let Some(link) = self.connectivity.attempt.take() else {
            return;
        };
        self.cx.wish(Effect::Hangup { generation: link.generation, code: Some(REPLACED) });
        self.connectivity.server = Server::Unknown;
        self.failed(Error::passing(ErrorCode::ConnectTimeout, ""), None);
    }

    pub(super) fn closed(&mut self, generation: u32, close: Close) {
        if self.connectivity.attempt.as_ref().is_some_and(|link| link.generation == generation) {
            self.connectivity.attempt = None;
        } else if self.connectivity.session.as_ref().is_some_and(|link| link.generation == generation) {
            self.connectivity.session = None;
            self.forget_session();
            self.arm_fall_back();
        } else {
            return;
        }
        let verdict = close.verdict.unwrap_or_else(|| close_code::classify(close.code));
        let detail = describe(&close);
        self.connectivity.last_code = Some(close.code);
        match verdict {
            Verdict::Stop => self.stop(Error::lasting(ErrorCode::ClosedByServer, detail)),
            Verdict::RefreshToken => self.refresh_token(detail),
            Verdict::TooLarge => {
                self.fail_largest_send(&detail);
                self.failed(Error::passing(ErrorCode::ConnectionLost, detail), close.retry_after_ms);
            }
            Verdict::Retry => self.failed(Error::passing(ErrorCode::ConnectionLost, detail), close.retry_after_ms),
        }
    }

    fn refresh_token(&mut self, detail: String) {
        if !self.cx.config.token_refreshable || self.connectivity.has_fresh_token {
            self.stop(Error::lasting(ErrorCode::Unauthorized, detail));
            return;
        }
        self.connectivity.has_fresh_token = true;
        self.cx.timers.clear(Timer::ConnectTimeout);
        self.cx.timers.clear(Timer::HelloWait);
        self.attempt();
    }

    /// One more failure: the next attempt gets its time.
    pub(super) fn failed(&mut self, error: Error, floor_ms: Option<u64>) {
        self.cx.timers.clear(Timer::ConnectTimeout);
        self.cx.timers.clear(Timer::HelloWait);
        let delay_ms = self.connectivity.backoff.next_delay_ms(&self.cx.config.backoff, &mut self.cx.rng);
        if self.connectivity.backoff.failures() >= self.cx.config.backoff.max_attempts {
            self.stop(Error::lasting(ErrorCode::TooManyAttempts, error.detail));
            return;
        }
        self.cx.report(error.clone(), None);
        self.connectivity.error = Some(error);
        if self.connectivity.session.is_none()
            && self.connectivity.backoff.failures() >= self.cx.config.polling.start_after_attempts
        {
            self.fall_back();
        }
        self.retry_in(delay_ms.max(floor_ms.unwrap_or(0)));
    }

    /// Sets the time of the next attempt; without a network it is a long one.
    pub(super) fn retry_in(&mut self, delay_ms: u64) {
        if self.connectivity.desired != Desired::Up || self.connectivity.is_away {
            return;
        }
        let delay_ms = if self.connectivity.is_offline { delay_ms.max(OFFLINE_RETRY_MS) } else { delay_ms };
        let at = self.cx.now.after(delay_ms);
        self.connectivity.retry_at = Some(at);
        self.cx.timers.set(Timer::Retry, at);
    }
}

fn describe(close: &Close) -> String {
    let mut detail = String::from("close code ");
    detail.push_str(&close.code.to_string());
    if !close.reason.is_empty() {
        detail.push_str(": ");
        detail.push_str(&close.reason);
    }
    detail
}
