//! Every reason to wake up, in one table; the shell owns one real timer for all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::input::Slot;
use super::time::Timestamp;

/// A reason to wake up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// An attempt has taken too long from dialling to a proved session.
    ConnectTimeout,
    /// An unknown server had its chance to say `hello`.
    HelloWait,
    /// The next attempt is due.
    Retry,
    /// The session has lasted long enough to be asked whether it is stable.
    Stable,
    /// The session has been silent for so long that it is asked or doubted.
    Silence,
    /// A question to the server has stayed without an answer.
    Answer,
    /// The moment drawn inside a server's drain notice.
    Drain,
    /// Nobody has held the client for a while.
    IdleClose,
    /// The oldest unanswered subscribe is overdue.
    JoinAnswer,
    /// A refused subscribe may be tried again.
    Rejoin(Slot),
    /// A number has been missing long enough to do something about it.
    Hole(Slot),
    /// The last listener left long enough ago.
    Linger(Slot),
    /// Too long without a session: polling takes over.
    FallBack,
    /// A thread is to be read.
    PollThread(Slot),
    /// The list of conversations is to be read.
    PollList,
    /// The oldest fetch is overdue.
    FetchTimeout,
    /// The oldest unanswered send is overdue.
    SendAnswer,
    /// The browser may have written what it had.
    Buffer,
    /// Something waiting in the outbox has grown too old.
    OutboxExpiry,
    /// Sends that leave by POST may be tried again.
    PostRetry,
    /// Somebody has stopped typing without saying so.
    TypingExpiry,
}

/// Deadlines by reason; setting a reason again moves it.
#[derive(Debug, Default)]
pub(super) struct TimerTable {
    deadlines: BTreeMap<Timer, Timestamp>,
    order: BTreeSet<(Timestamp, Timer)>,
}

impl TimerTable {
    /// Arms `timer`, or moves it.
    pub(super) fn set(&mut self, timer: Timer, at: Timestamp) {
        if let Some(before) = self.deadlines.insert(timer, at) {
            self.order.remove(&(before, timer));
        }
        self.order.insert((at, timer));
    }

    /// Arms `timer` unless it is armed for an earlier moment already.
    pub(super) fn set_earlier(&mut self, timer: Timer, at: Timestamp) {
        if self.deadlines.get(&timer).is_none_or(|before| at < *before) {
            self.set(timer, at);
        }
    }

    /// Disarms `timer`.
    pub(super) fn clear(&mut self, timer: Timer) {
        if let Some(before) = self.deadlines.remove(&timer) {
            self.order.remove(&(before, timer));
        }
    }

    /// Disarms everything.
    pub(super) fn clear_all(&mut self) {
        self.deadlines.clear();
        self.order.clear();
    }

    /// Whether `timer` is armed.
    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.deadlines.contains_key(&timer)
    }

    /// Whether `timer` is due.
    pub(super) fn is_due(&self, timer: Timer, now: Timestamp) -> bool {
        self.deadlines.get(&timer).is_some_and(|at| *at <= now)
    }

    /// The earliest deadline.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes out one reason that is due, the earliest first.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<Timer> {
        let (at, timer) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.clear(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn fires_in_order_and_each_reason_once() {
        let mut timers = TimerTable::default();
        timers.set(Timer::Retry, at(30));
        timers.set(Timer::Drain, at(10));
        timers.set(Timer::Retry, at(20));
        assert_eq!(timers.next(), Some(at(10)));
        assert_eq!(timers.take_due(at(25)), Some(Timer::Drain));
        assert_eq!(timers.take_due(at(25)), Some(Timer::Retry));
        assert_eq!(timers.take_due(at(25)), None);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn set_earlier_never_postpones() {
        let mut timers = TimerTable::default();
        timers.set_earlier(Timer::FallBack, at(10));
        timers.set_earlier(Timer::FallBack, at(20));
        assert_eq!(timers.next(), Some(at(10)));
        timers.set_earlier(Timer::FallBack, at(5));
        assert_eq!(timers.next(), Some(at(5)));
    }
}
