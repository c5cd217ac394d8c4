//! The life of the connection: attempts, the session, its loss, and the next attempt.

use crate::protocol::close_code::{self, Verdict};
use crate::protocol::frame::Features;
use crate::protocol::{Hello, Outgoing};

use super::Payload;
use super::backoff::Backoff;
use super::client::Client;
use super::config::Config;
use super::effect::Effect;
use super::error::{Error, ErrorCode};
use super::input::Close;
use super::liveness::Liveness;
use super::phase::{Connection, Phase, Transport};
use super::time::Timestamp;
use super::timers::Timer;

/// How long an unknown server may take to say `hello` before it counts as a plain one.
const HELLO_WAIT_MS: u64 = 250;
/// A session open this long is stable even if the server never said a word.
const SURELY_STABLE_MS: u64 = 60_000;
/// We close with 1000, or with this where the socket is replaced (RFC 6455 section 7.4.2: private use).
const REPLACED: u16 = 4000;
const GOING: u16 = 1000;

/// Everything about the connection itself.
#[derive(Debug)]
pub(super) struct Connectivity {
    pub(super) session: Option<Link>,
    pub(super) attempt: Option<Link>,
    pub(super) backoff: Backoff,
    pub(super) is_offline: bool,
    pub(super) is_hidden: bool,
    pub(super) is_away: bool,
    pub(super) users: u32,
    pub(super) retry_at: Option<Timestamp>,
    pub(super) error: Option<Error>,
    pub(super) desired: Desired,
    generation: u32,
    last_code: Option<u16>,
    has_fresh_token: bool,
    server: Server,
    announced: Connection,
}

/// One socket.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) generation: u32,
    pub(super) features: Features,
    pub(super) liveness: Liveness,
    pub(super) is_open: bool,
    pub(super) opened_at: Timestamp,
    pub(super) has_spoken: bool,
    pub(super) is_stable: bool,
}

/// What the application wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Desired {
    /// Nothing yet: the first use connects, if it may.
    Unused,
    /// No connection, until it asks for one.
    Down,
    /// A connection.
    Up,
    /// A connection, but the server or the limit of attempts forbids it.
    Stopped,
    /// The client has ended.
    Ended,
}

/// What the last session taught about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Unknown,
    Plain,
    SaysHello,
}

impl Connectivity {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            session: None,
            attempt: None,
            backoff: Backoff::new(&config.backoff),
            is_offline: false,
            is_hidden: false,
            is_away: false,
            users: 0,
            retry_at: None,
            error: None,
            desired: Desired::Unused,
            generation: 0,
            last_code: None,
            has_fresh_token: false,
            server: Server::Unknown,
            announced: Connection::default(),
        }
    }

    pub(super) fn is_ended(&self) -> bool {
        self.desired == Desired::Ended
    }

    pub(super) fn link_mut(&mut self, generation: u32) -> Option<&mut Link> {
        let links = [self.session.as_mut(), self.attempt.as_mut()];
        links.into_iter().flatten().find(|link| link.generation == generation)
    }

    fn phase(&self) -> Phase {
        match self.desired {
            Desired::Unused | Desired::Down => Phase::Idle,
            Desired::Stopped | Desired::Ended => Phase::Closed,
            Desired::Up if self.session.is_some() => Phase::Open,
            Desired::Up if self.attempt.is_some() => Phase::Connecting,
            Desired::Up if self.is_offline => Phase::Offline,
            Desired::Up => Phase::Waiting,
        }
    }
}

impl<P: Payload> Client<P> {
    pub(super) fn connect(&mut self) {
        if self.connectivity.session.is_some() || self.connectivity.attempt.is_some() {
            return;
        }
        if self.connectivity.desired != Desired::Up {
            self.connectivity.desired = Desired::Up;
            self.connectivity.backoff = Backoff::new(&self.cx.config.backoff);
            self.connectivity.has_fresh_token = false;
            self.arm_fall_back();
        }
        self.attempt();
    }

    pub(super) fn auto_connect(&mut self) {
        if self.connectivity.desired == Desired::Unused && self.cx.config.auto_connect {
            self.connect();
        }
    }

    pub(super) fn disconnect(&mut self) {
        self.connectivity.desired = Desired::Down;
        self.connectivity.error = None;
        self.drop_links(Some(GOING));
        self.stop_polling();
    }

    /// Ends everything; nothing that is said to the client afterwards is heard.
    pub(super) fn close(&mut self) {
        self.drop_links(Some(GOING));
        self.stop_polling();
        self.drop_all_sends();
        self.cx.timers.clear_all();
        self.connectivity.desired = Desired::Ended;
        self.announce();
        self.cx.wish(Effect::Ended);
    }

    pub(super) fn acquire(&mut self) {
        self.connectivity.users += 1;
        self.cx.timers.clear(Timer::IdleClose);
    }

    pub(super) fn release(&mut self) {
        self.connectivity.users = self.connectivity.users.saturating_sub(1);
        if self.connectivity.users == 0 {
            self.cx.wake_in(Timer::IdleClose, self.cx.config.linger_ms);
        }
    }

    /// Dials now, beside the session if there is one: the old is kept until the new is proved.
    pub(super) fn attempt(&mut self) {
        if self.connectivity.desired != Desired::Up || self.connectivity.is_away || self.connectivity.attempt.is_some() {
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

    /// The attempt has become the session.
    pub(super) fn prove(&mut self, hello: Hello, says_hello: bool) {
        let Some(mut link) = self.connectivity.attempt.take() else {
            return;
        };
        if let Some(old) = self.connectivity.session.take() {
            self.cx.wish(Effect::Hangup { generation: old.generation, code: Some(REPLACED) });
            self.forget_session();
        }
        link.features = hello.features;
        let generation = link.generation;
        let batch = hello.features.batch;
        let stable_at = link.opened_at.after(self.cx.config.backoff.stable_after_ms);
        self.connectivity.server = if says_hello { Server::SaysHello } else { Server::Plain };
        self.connectivity.session = Some(link);
        self.connectivity.error = None;
        self.cx.stats.sessions += 1;
        for timer in [Timer::ConnectTimeout, Timer::HelloWait, Timer::FallBack, Timer::Answer, Timer::Drain] {
            self.cx.timers.clear(timer);
        }
        self.cx.timers.set(Timer::Stable, stable_at);
        self.cx.wake_in(Timer::Silence, self.cx.config.heartbeat.interval_ms);
        if let Some(user_id) = hello.user_id {
            self.cx.wish(Effect::Identity(user_id));
        }
        if batch {
            self.transmit(generation, vec![Outgoing::Hello]);
        }
        self.stop_polling();
        self.announce();
        self.resume_lingering();
        let wanted = self.conversations.wanted();
        self.sync(&wanted);
        self.pump();
        self.schedule_list();
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

    /// The session does not answer: it counts as lost.
    pub(super) fn session_is_silent(&mut self, detail: &'static str) {
        let Some(link) = self.connectivity.session.take() else {
            return;
        };
        self.cx.wish(Effect::Hangup { generation: link.generation, code: Some(REPLACED) });
        self.forget_session();
        self.arm_fall_back();
        self.failed(Error::passing(ErrorCode::Silent, detail), None);
    }

    /// The server will close: dial anew at a random moment before that.
    pub(super) fn drain(&mut self, within_ms: u64) {
        let delay_ms = self.cx.rng.up_to(within_ms);
        self.cx.wake_in(Timer::Drain, delay_ms);
    }

    /// Any frame shows that the session lives.
    pub(super) fn heard(&mut self, generation: u32) {
        let now = self.cx.now;
        let stable_after_ms = self.cx.config.backoff.stable_after_ms;
        let Some(link) = self.connectivity.link_mut(generation) else {
            return;
        };
        if link.liveness.is_asked {
            self.cx.timers.clear(Timer::Answer);
        }
        link.liveness.heard(now);
        link.has_spoken = true;
        if !link.is_stable && now.since(link.opened_at) >= stable_after_ms {
            self.maybe_stable();
        }
    }

    /// Whether the session has earned that the count of failures starts again.
    pub(super) fn maybe_stable(&mut self) {
        let Some(link) = self.connectivity.session.as_mut() else {
            return;
        };
        if link.has_spoken || self.cx.now.since(link.opened_at) >= SURELY_STABLE_MS {
            link.is_stable = true;
            self.connectivity.backoff.reset(&self.cx.config.backoff);
            self.connectivity.has_fresh_token = false;
            self.connectivity.last_code = None;
            self.cx.timers.clear(Timer::Stable);
        } else {
            let at = link.opened_at.after(SURELY_STABLE_MS);
            self.cx.timers.set(Timer::Stable, at);
        }
    }

    pub(super) fn stop(&mut self, error: Error) {
        self.connectivity.desired = Desired::Stopped;
        self.connectivity.error = Some(error.clone());
        self.drop_links(Some(GOING));
        self.stop_polling();
        self.cx.report(error, None);
    }

    /// Tells the application where the connection stands, if that changed.
    pub(super) fn announce(&mut self) {
        let transport = if self.connectivity.session.is_some() {
            Some(Transport::Socket)
        } else if self.polling.carries() {
            Some(Transport::Polling)
        } else {
            None
        };
        let connection = Connection {
            phase: self.connectivity.phase(),
            transport,
            attempt: self.connectivity.backoff.failures(),
            retry_at: self.connectivity.retry_at,
            error: self.connectivity.error.clone(),
        };
        if connection == self.connectivity.announced {
            return;
        }
        if (connection.phase, connection.transport) != (self.connectivity.announced.phase, self.connectivity.announced.transport) {
            let error = connection.error.as_ref().map(|error| error.code.code());
            self.cx.log.push(self.cx.now, connection.phase, transport.map(Transport::name), error);
        }
        self.connectivity.announced = connection.clone();
        self.cx.wish(Effect::Connection(connection));
    }

    /// What only a session knew is void; the links themselves are gone already.
    fn forget_session(&mut self) {
        for timer in [Timer::Stable, Timer::Silence, Timer::Answer, Timer::Drain] {
            self.cx.timers.clear(timer);
        }
        self.forget_joins();
        self.unwrite_sends();
        self.forget_all_typing();
    }

    pub(super) fn drop_links(&mut self, code: Option<u16>) {
        if let Some(link) = self.connectivity.attempt.take() {
            self.cx.wish(Effect::Hangup { generation: link.generation, code });
        }
        if let Some(link) = self.connectivity.session.take() {
            self.cx.wish(Effect::Hangup { generation: link.generation, code });
            self.forget_session();
        }
        for timer in [Timer::ConnectTimeout, Timer::HelloWait, Timer::Retry, Timer::FallBack] {
            self.cx.timers.clear(timer);
        }
        self.connectivity.retry_at = None;
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
    fn failed(&mut self, error: Error, floor_ms: Option<u64>) {
        self.cx.timers.clear(Timer::ConnectTimeout);
        self.cx.timers.clear(Timer::HelloWait);
        let delay_ms = self.connectivity.backoff.next_delay_ms(&self.cx.config.backoff, &mut self.cx.rng);
        if self.connectivity.backoff.failures() >= self.cx.config.backoff.max_attempts {
            self.stop(Error::lasting(ErrorCode::TooManyAttempts, error.detail));
            return;
        }
        self.cx.report(error.clone(), None);
        self.connectivity.error = Some(error);
        if self.connectivity.session.is_none() && self.connectivity.backoff.failures() >= self.cx.config.polling.start_after_attempts {
            self.fall_back();
        }
        self.retry_in(delay_ms.max(floor_ms.unwrap_or(0)));
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
