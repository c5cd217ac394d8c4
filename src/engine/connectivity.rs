//! What the application wants of the connection, and what it is told of it.

use crate::protocol::frame::{Features, Opening};

use super::Payload;
use super::backoff::Backoff;
use super::client::Client;
use super::config::{Config, Greeting};
use super::effect::Effect;
use super::error::Error;
use super::liveness::Liveness;
use super::phase::{Connection, Phase, Transport};
use super::time::Timestamp;
use super::timers::Timer;

/// The application has no more use for a socket (RFC 6455 section 7.4.1).
pub(super) const GOING: u16 = 1000;

/// Everything about the connection itself.
#[derive(Debug)]
pub(super) struct Connectivity {
    pub(super) session: Option<Link>,
    pub(super) attempt: Option<Link>,
    pub(super) backoff: Backoff,
    /// The delays of attempts to replace a session that is kept meanwhile: they end nothing.
    pub(super) replacing: Backoff,
    pub(super) is_offline: bool,
    pub(super) is_hidden: bool,
    pub(super) is_away: bool,
    pub(super) users: u32,
    pub(super) retry_at: Option<Timestamp>,
    /// The server has asked for no attempt before this moment.
    pub(super) not_before: Timestamp,
    pub(super) error: Option<Error>,
    pub(super) desired: Desired,
    pub(super) generation: u32,
    pub(super) last_code: Option<u16>,
    pub(super) has_fresh_token: bool,
    pub(super) server: Server,
    pub(super) answers: Answers,
    /// In the last session, answers were up to whoever wrote the server.
    pub(super) has_unsure_acks: bool,
    pub(super) silent_opens: u32,
    /// Handshakes in a row that never opened.
    pub(super) unopened: u32,
    /// Why they did not, as far as a page may know.
    pub(super) diagnosis: Option<Error>,
    /// The next attempt goes by long-polling.
    pub(super) is_polled: bool,
    announced: Connection,
}

/// One socket.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) generation: u32,
    /// It is none in truth: long-polling stands in for it.
    pub(super) is_polled: bool,
    pub(super) features: Features,
    pub(super) opening: Opening,
    pub(super) liveness: Liveness,
    pub(super) is_open: bool,
    pub(super) opened_at: Timestamp,
    pub(super) has_spoken: bool,
    pub(super) is_stable: bool,
    /// The server has said that it will close.
    pub(super) is_leaving: bool,
    /// Sends wait until the browser has written what it has.
    pub(super) is_congested: bool,
    /// Bytes of sends since the browser was last asked how much has left.
    pub(super) unmeasured_bytes: usize,
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
pub(super) enum Server {
    Unknown,
    Plain,
    SaysHello,
}

/// What this server was seen to answer, where that is up to whoever wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) subscribe: Option<bool>,
    pub(super) message: Option<bool>,
    /// The `ref` of the first message that this session wrote: its answer counts even where an echo was quicker.
    pub(super) first_message: Option<u32>,
}

impl Server {
    /// What is known of it beforehand.
    pub(super) const fn beforehand(greeting: Greeting) -> Self {
        match greeting {
            Greeting::Learnt => Self::Unknown,
            Greeting::Never => Self::Plain,
            Greeting::Always => Self::SaysHello,
        }
    }
}

impl Connectivity {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            session: None,
            attempt: None,
            backoff: Backoff::new(&config.backoff),
            replacing: Backoff::new(&config.backoff),
            is_offline: false,
            is_hidden: false,
            is_away: false,
            users: 0,
            retry_at: None,
            not_before: Timestamp::default(),
            error: None,
            desired: Desired::Unused,
            generation: 0,
            last_code: None,
            has_fresh_token: false,
            answers: Answers::default(),
            has_unsure_acks: false,
            server: Server::beforehand(config.greeting),
            silent_opens: 0,
            unopened: 0,
            diagnosis: None,
            is_polled: false,
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
        if self.connectivity.session.is_some() {
            return;
        }
        if self.connectivity.desired != Desired::Up {
            self.connectivity.desired = Desired::Up;
            self.connectivity.backoff = Backoff::new(&self.cx.config.backoff);
            self.connectivity.has_fresh_token = false;
            self.connectivity.is_polled = false;
            self.forget_diagnosis();
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
        self.send_gathered();
        self.drop_all_sends();
        self.drop_links(Some(GOING));
        self.stop_polling();
        self.abort_fetches();
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

    pub(super) fn stop(&mut self, error: Error) {
        self.connectivity.desired = Desired::Stopped;
        self.connectivity.error = Some(error.clone());
        self.drop_links(Some(GOING));
        self.stop_polling();
        self.cx.report(error, None);
    }

    /// Tells the application where the connection stands, if that changed.
    pub(super) fn announce(&mut self) {
        let transport = if let Some(session) = &self.connectivity.session {
            Some(if session.is_polled { Transport::Polling } else { Transport::Socket })
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
        if (connection.phase, connection.transport)
            != (self.connectivity.announced.phase, self.connectivity.announced.transport)
        {
            let error = connection.error.as_ref().map(|error| error.code.code());
            self.cx.log.push(self.cx.now, connection.phase, transport.map(Transport::name), error);
        }
        self.connectivity.announced = connection.clone();
        self.cx.wish(Effect::Connection(connection));
    }
}
