//! The life of a session: how it is proved, when it is stable, and what its loss voids.

use crate::protocol::{Hello, Opening, Outgoing};

use super::Payload;
use super::backoff::Backoff;
use super::client::Client;
use super::connectivity::{GOING, Server};
use super::effect::Effect;
use super::error::{Error, ErrorCode};
use super::input::Close;
use super::time::Timestamp;
use super::timers::Timer;

/// A session open this long is stable even if the server never said a word.
const SURELY_STABLE_MS: u64 = 60_000;
/// Closes a socket that another one replaces (RFC 6455 section 7.4.2: private use).
pub(super) const REPLACED: u16 = 4000;

impl<P: Payload> Client<P> {
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
        let link_silence_ms = link.opening.silence_ms;
        let stable_at = link.opened_at.after(self.cx.config.backoff.stable_after_ms);
        self.connectivity.server = if says_hello { Server::SaysHello } else { Server::Plain };
        self.connectivity.silent_opens = 0;
        self.connectivity.replacing = Backoff::new(&self.cx.config.backoff);
        self.connectivity.is_polled = link.is_polled;
        self.connectivity.session = Some(link);
        self.connectivity.error = None;
        self.connectivity.not_before = Timestamp::default();
        self.cx.stats.sessions += 1;
        for timer in [Timer::ConnectTimeout, Timer::HelloWait, Timer::FallBack, Timer::Answer, Timer::Drain] {
            self.cx.timers.clear(timer);
        }
        self.cx.timers.set(Timer::Stable, stable_at);
        self.arm_upgrade();
        let silence_ms = link_silence_ms.unwrap_or(self.cx.config.heartbeat.interval_ms);
        self.cx.wake_in(Timer::Silence, silence_ms);
        self.connectivity.has_unsure_acks = hello.features.unsure_acks;
        self.recover_joins(hello.recovered);
        self.greet(generation, hello);
        self.stop_polling();
        self.announce();
        self.resume_lingering();
        self.sync_all();
        self.schedule_list();
    }

    /// A server that counted as a plain one, because it was slow, says what it offers after all.
    pub(super) fn hello_came_late(&mut self, hello: Hello) {
        let was_plain = self.connectivity.server != Server::SaysHello;
        let Some(session) = self.connectivity.session.as_mut().filter(|_| was_plain) else {
            return;
        };
        session.features = hello.features;
        let generation = session.generation;
        self.connectivity.server = Server::SaysHello;
        self.greet(generation, hello);
        self.forget_joins();
        self.resume_lingering();
        for slot in self.conversations.slots() {
            if let Some(conversation) = self.conversations.at_mut(slot)
                && conversation.is_wanted()
            {
                conversation.timeline.joins_again_at_once();
            }
        }
        self.schedule_list();
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

    /// The server has said how it watches over its connections, and waits.
    pub(super) fn begin(&mut self, generation: u32, opening: Opening) {
        if let Some(attempt) = self.connectivity.attempt.as_mut() {
            attempt.opening = opening;
            self.transmit(generation, vec![Outgoing::Connect]);
        }
    }

    /// The server refuses the session, or ends it.
    pub(super) fn refused(&mut self, generation: u32, code: u16, reason: String) {
        self.cx.wish(Effect::Hangup { generation, code: Some(GOING) });
        self.ended(generation, Close { code, reason, verdict: None, retry_after_ms: None });
    }

    /// The server will close: dial anew at a random moment before that.
    pub(super) fn drain(&mut self, within_ms: u64) {
        let delay_ms = self.cx.rng.up_to(within_ms);
        if let Some(session) = self.connectivity.session.as_mut() {
            session.is_leaving = true;
        }
        self.cx.wake_in(Timer::Drain, delay_ms);
    }

    /// Any frame shows that the session lives.
    pub(super) fn heard(&mut self, generation: u32) {
        self.heard_at(generation, self.cx.now);
    }

    pub(super) fn heard_at(&mut self, generation: u32, at: Timestamp) {
        let Some(link) = self.connectivity.link_mut(generation) else {
            return;
        };
        if link.liveness.is_asked {
            self.cx.timers.clear(Timer::Answer);
        }
        link.liveness.heard(at);
        link.has_spoken = true;
        self.maybe_stable();
    }

    /// Whether the session has earned that the count of failures starts again.
    pub(super) fn maybe_stable(&mut self) {
        let stable_after_ms = self.cx.config.backoff.stable_after_ms;
        let Some(link) = self.connectivity.session.as_mut().filter(|link| !link.is_stable) else {
            return;
        };
        let open_ms = self.cx.now.since(link.opened_at);
        if open_ms < stable_after_ms {
            return;
        }
        if link.has_spoken || open_ms >= SURELY_STABLE_MS {
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

    /// A session that never heard a word may have been cut off before the server's `hello`.
    pub(super) fn forget_plainness(&mut self) {
        let is_mute = self.connectivity.session.as_ref().is_some_and(|session| !session.has_spoken);
        if is_mute && self.connectivity.server == Server::Plain {
            self.connectivity.server = Server::beforehand(self.cx.config.greeting);
        }
    }

    fn greet(&mut self, generation: u32, hello: Hello) {
        if let Some(user_id) = hello.user_id.filter(|_| self.cx.config.user_id.is_none()) {
            self.outbox.echoes.user_id = Some(user_id.clone());
            self.cx.wish(Effect::Identity(user_id));
        }
        if hello.features.batch {
            self.transmit(generation, vec![Outgoing::Hello]);
        }
    }

    /// What only a session knew is void; the links themselves are gone already.
    pub(super) fn forget_session(&mut self) {
        for timer in [Timer::Stable, Timer::Silence, Timer::Answer, Timer::Drain, Timer::Buffer, Timer::Upgrade] {
            self.cx.timers.clear(timer);
        }
        self.forget_joins();
        let is_unsure = self.is_unsure(self.connectivity.answers.message);
        self.unwrite_sends(is_unsure);
        self.forget_all_typing();
    }

    pub(super) fn drop_links(&mut self, code: Option<u16>) {
        self.send_gathered();
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
}
