//! What the page and the machine do to the connection: sleep, leave, lose the network.

use crate::protocol::Outgoing;

use super::Payload;
use super::client::Client;
use super::config::Heartbeat;
use super::connectivity::Desired;
use super::liveness::Doubt;
use super::time::Timestamp;
use super::timers::Timer;

/// The network is a moment younger than the event that announces it.
const ONLINE_MIN_MS: u64 = 200;
const ONLINE_SPREAD_MS: u64 = 1_000;
/// A timer that is this late was held up, and with it whatever came meanwhile.
const STALLED_MS: u64 = 1_000;
/// How long a session may take to answer after a sleep.
const WAKE_ANSWER_MS: u64 = 2_000;
/// A session that went on when the browser had lost the network is asked again after so much silence: what was heard
/// may have been on its way already.
const OFFLINE_INTERVAL_MS: u64 = 5_000;

impl<P: Payload> Client<P> {
    /// The page or the machine slept: what looks open may be dead.
    pub(super) fn woke(&mut self) {
        let interval_ms = self.cx.config.heartbeat.interval_ms;
        let can_ask = self.can_ask();
        let now = self.cx.now;
        let Some(session) = &self.connectivity.session else {
            self.hurry();
            return;
        };
        match session.liveness.after_sleep(now, interval_ms, can_ask) {
            Doubt::Trust { .. } => {}
            Doubt::Ask => self.ask(WAKE_ANSWER_MS),
            Doubt::Replace => {
                self.forget_plainness();
                self.attempt();
            }
        }
    }

    pub(super) fn doubt_silence(&mut self) {
        let Heartbeat { interval_ms, timeout_ms, .. } = self.cx.config.heartbeat;
        let can_ask = self.can_ask();
        let (interval_ms, timeout_ms) = if can_ask && self.connectivity.is_offline {
            (interval_ms.min(OFFLINE_INTERVAL_MS), timeout_ms.min(WAKE_ANSWER_MS))
        } else {
            (interval_ms, timeout_ms)
        };
        let Some(session) = &self.connectivity.session else {
            return;
        };
        if let Some(silence_ms) = session.opening.silence_ms {
            return self.doubt_pings(session.liveness.silent_since(silence_ms));
        }
        match session.liveness.after_silence(self.cx.now, interval_ms, can_ask) {
            Doubt::Trust { until } => self.cx.timers.set(Timer::Silence, until),
            Doubt::Ask | Doubt::Replace => {
                let is_asked = session.liveness.is_asked;
                self.cx.wake_in(Timer::Silence, interval_ms);
                // Asking again would only put off the end of a session that does not answer.
                if !is_asked {
                    self.ask(timeout_ms);
                }
            }
        }
    }

    /// The server's own pings are due, at this moment at the latest.
    fn doubt_pings(&mut self, due: Timestamp) {
        if due > self.cx.now {
            self.cx.timers.set(Timer::Silence, due);
        } else if self.cx.now.since(due) > STALLED_MS {
            // Nothing ran when they were due: they may be the next thing that is heard.
            self.cx.wake_in(Timer::Silence, WAKE_ANSWER_MS);
            self.ask(WAKE_ANSWER_MS);
        } else {
            self.session_is_silent("the server's pings have stopped");
        }
    }

    /// A request is overdue. Where the session has been silent ever since, it is the session that is doubted:
    /// gives the time at which to look again. The request itself is to blame only where other frames came.
    pub(super) fn doubt_unanswered(&mut self, due: Option<Timestamp>) -> Option<Timestamp> {
        let due = due.filter(|due| *due <= self.cx.now)?;
        if self.cx.now.since(due) > STALLED_MS {
            // Nothing ran when it was due: the answer may be the next thing that is heard.
            return Some(self.cx.now.after(WAKE_ANSWER_MS));
        }
        let asked_at = due.before(self.cx.config.outbox.ack_timeout_ms);
        let timeout_ms = self.cx.config.heartbeat.timeout_ms;
        let recheck_at = self.cx.now.after(timeout_ms.saturating_add(1));
        let liveness = &mut self.connectivity.session.as_mut()?.liveness;
        if liveness.was_heard_since(asked_at) || liveness.was_cleared(due) {
            return None;
        }
        liveness.doubted_until = Some(recheck_at);
        if self.can_ask() {
            self.ask(timeout_ms);
        } else {
            self.session_is_silent("requests are not answered");
        }
        Some(recheck_at)
    }

    pub(super) fn unanswered(&mut self) {
        self.session_is_silent("a ping was not answered");
    }

    pub(super) fn visibility(&mut self, hidden: bool) {
        self.connectivity.is_hidden = hidden;
        if hidden {
            self.send_gathered();
        } else {
            self.woke();
            self.refresh_reads();
        }
    }

    pub(super) fn online(&mut self) {
        let was_offline = std::mem::take(&mut self.connectivity.is_offline);
        if self.connectivity.session.is_some() {
            self.woke();
            return;
        }
        if was_offline {
            self.abandon_unopened();
        }
        if self.connectivity.desired == Desired::Up && self.connectivity.attempt.is_none() {
            let delay_ms = ONLINE_MIN_MS + self.cx.rng.up_to(ONLINE_SPREAD_MS);
            self.retry_in(delay_ms);
        }
    }

    pub(super) fn offline(&mut self) {
        self.connectivity.is_offline = true;
        // Browsers are wrong about it at times: a session is asked, and not given up at their word.
        if self.can_ask() {
            self.ask(WAKE_ANSWER_MS);
            self.cx.timers.set_earlier(Timer::Silence, self.cx.now.after(OFFLINE_INTERVAL_MS));
        }
        if self.connectivity.retry_at.is_some() {
            self.retry_in(0);
        }
    }

    pub(super) fn page_hide(&mut self) {
        self.send_gathered();
        self.connectivity.is_away = true;
        self.stop_polling();
        self.drop_links(None);
        self.post_before_leaving();
    }

    pub(super) fn page_show(&mut self) {
        if !std::mem::take(&mut self.connectivity.is_away) {
            self.woke();
            return;
        }
        self.arm_fall_back();
        if self.cx.now < self.connectivity.not_before {
            self.retry_in(0);
        } else {
            self.attempt();
        }
    }

    fn hurry(&mut self) {
        let soon = self.cx.now.after(self.cx.rng.up_to(ONLINE_SPREAD_MS)).max(self.connectivity.not_before);
        if !self.connectivity.is_offline && self.connectivity.retry_at.is_some_and(|at| at > soon) {
            self.connectivity.retry_at = Some(soon);
            self.cx.timers.set(Timer::Retry, soon);
        }
    }

    fn can_ask(&self) -> bool {
        let offered = self.connectivity.session.as_ref().is_some_and(|session| session.features.ping);
        self.cx.config.heartbeat.enabled && (offered || self.cx.config.heartbeat.custom_ping)
    }

    fn ask(&mut self, timeout_ms: u64) {
        let now = self.cx.now;
        let Some(session) = self.connectivity.session.as_mut() else {
            return;
        };
        session.liveness.is_asked = true;
        let generation = session.generation;
        if self.cx.timers.due(Timer::Answer).is_some_and(|due| now.since(due) > STALLED_MS) {
            // The time to answer ran out while nothing could be heard.
            self.cx.timers.clear(Timer::Answer);
        }
        self.cx.timers.set_earlier(Timer::Answer, now.after(timeout_ms));
        self.transmit(generation, vec![Outgoing::Ping]);
    }
}
