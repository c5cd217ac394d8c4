//! Every reason to wake up, in one table; the shell owns one real timer for all of them.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::index::Index;
use super::input::Slot;
use super::time::Timestamp;

/// A reason to wake up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The session may go over a socket again.
    Upgrade,
    /// A thread is to be read.
    PollThread(Slot),
    /// The list of conversations is to be read.
    PollList,
    /// The oldest fetch is overdue.
    FetchTimeout,
    /// The oldest unanswered send is overdue.
    SendAnswer,
    /// Sends have waited for company long enough.
    Batch,
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
    armed: Index<Armed>,
    /// The earliest first. May hold what was moved or disarmed since, but not in front.
    order: BinaryHeap<Entry>,
    turn: u32,
}

/// A deadline, and which setting it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Armed {
    at: Timestamp,
    turn: u32,
}

/// Of no two are the settings the same: they alone order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry(Armed, Timer);

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    /// The earliest is the greatest: that is what a heap gives first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.cmp(&self.0)
    }
}

impl TimerTable {
    /// Arms `timer`, or moves it.
    pub(super) fn set(&mut self, timer: Timer, at: Timestamp) {
        self.turn = self.turn.wrapping_add(1);
        let armed = Armed { at, turn: self.turn };
        self.armed.insert(timer.key(), armed);
        self.order.push(Entry(armed, timer));
        self.tidy();
    }

    /// Arms `timer` unless it is armed for an earlier moment already.
    pub(super) fn set_earlier(&mut self, timer: Timer, at: Timestamp) {
        if self.armed.get(timer.key()).is_none_or(|before| at < before.at) {
            self.set(timer, at);
        }
    }

    /// Disarms `timer`.
    pub(super) fn clear(&mut self, timer: Timer) {
        if self.armed.remove(timer.key()).is_some() {
            self.tidy();
        }
    }

    /// Disarms everything.
    pub(super) fn clear_all(&mut self) {
        *self = Self::default();
    }

    /// Settings that are kept, those included that hold no longer.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether `timer` is armed.
    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.armed.get(timer.key()).is_some()
    }

    /// When `timer` is due.
    pub(super) fn due(&self, timer: Timer) -> Option<Timestamp> {
        self.armed.get(timer.key()).map(|armed| armed.at)
    }

    /// The earliest deadline.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.order.peek().map(|Entry(armed, _)| armed.at)
    }

    /// Takes out one reason that is due, the earliest first.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<Timer> {
        let Entry(_, timer) = *self.order.peek().filter(|Entry(armed, _)| armed.at <= now)?;
        self.clear(timer);
        Some(timer)
    }

    /// Sees to it that what stands in front is armed, and that what is not does not pile up.
    fn tidy(&mut self) {
        let Self { armed, order, .. } = self;
        let is_armed = |Entry(own, timer): &Entry| armed.get(timer.key()) == Some(*own);
        while order.peek().is_some_and(|first| !is_armed(first)) {
            order.pop();
        }
        if order.len() > 2 * armed.len() + 64 {
            for entry in std::mem::take(order) {
                if is_armed(&entry) {
                    order.push(entry);
                }
            }
        }
    }
}

impl Timer {
    /// A number for each reason.
    const fn key(self) -> u64 {
        ((self.kind() as u64) << 32) | self.slot() as u64
    }

    /// In the order in which they stand above, which makes it the number that the compiler gives them.
    const fn kind(self) -> u32 {
        match self {
            Self::ConnectTimeout => 0,
            Self::HelloWait => 1,
            Self::Retry => 2,
            Self::Stable => 3,
            Self::Silence => 4,
            Self::Answer => 5,
            Self::Drain => 6,
            Self::IdleClose => 7,
            Self::JoinAnswer => 8,
            Self::Rejoin(_) => 9,
            Self::Hole(_) => 10,
            Self::Linger(_) => 11,
            Self::FallBack => 12,
            Self::Upgrade => 13,
            Self::PollThread(_) => 14,
            Self::PollList => 15,
            Self::FetchTimeout => 16,
            Self::SendAnswer => 17,
            Self::Batch => 18,
            Self::Buffer => 19,
            Self::OutboxExpiry => 20,
            Self::PostRetry => 21,
            Self::TypingExpiry => 22,
        }
    }

    const fn slot(self) -> u32 {
        match self {
            Self::Rejoin(slot) | Self::Hole(slot) | Self::Linger(slot) | Self::PollThread(slot) => slot.0,
            Self::ConnectTimeout
            | Self::HelloWait
            | Self::Retry
            | Self::Stable
            | Self::Silence
            | Self::Answer
            | Self::Drain
            | Self::IdleClose
            | Self::JoinAnswer
            | Self::FallBack
            | Self::Upgrade
            | Self::PollList
            | Self::FetchTimeout
            | Self::SendAnswer
            | Self::Batch
            | Self::Buffer
            | Self::OutboxExpiry
            | Self::PostRetry
            | Self::TypingExpiry => 0,
        }
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
    fn moving_a_reason_for_ever_piles_nothing_up() {
        let mut timers = TimerTable::default();
        for n in 0..10_000 {
            timers.set(Timer::Silence, at(1_000_000 - n % 2));
            timers.set(Timer::Linger(Slot(n as u32)), at(n));
            timers.clear(Timer::Linger(Slot(n as u32)));
        }
        assert!(timers.order.len() < 100, "{}", timers.order.len());
        assert_eq!(timers.next(), Some(at(999_999)));
    }

    #[test]
    fn among_many_what_was_moved_piles_up_to_as_much_again_and_is_then_swept_out() {
        let mut timers = TimerTable::default();
        timers.set(Timer::Retry, at(0));
        let mut turn = 0;
        let mut move_on = |timers: &mut TimerTable, times: u32| {
            for _ in 0..times {
                turn += 1;
                timers.set(Timer::Linger(Slot(turn % 1_000)), at(u64::from(turn)));
            }
        };
        move_on(&mut timers, 2_064);
        assert_eq!(timers.len(), 2_065, "no more are gone through than were moved");
        timers.clear(Timer::Linger(Slot(998)));
        timers.clear(Timer::Linger(Slot(999)));
        move_on(&mut timers, 5_000);
        assert!(timers.len() <= 2 * 1_001 + 64, "{}", timers.len());
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
