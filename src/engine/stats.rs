//! Counters and the last transitions: what a person needs to understand a connection, and nothing private.

use serde::ser::{Serialize, Serializer};

use super::outbox::keep;
use super::phase::Phase;
use super::time::Timestamp;

/// Transitions that are kept.
const MAX_TRANSITIONS: usize = 256;

/// Counters since the client was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Attempts to connect.
    pub attempts: u64,
    /// Sessions that were proved.
    pub sessions: u64,
    /// Frames that came.
    pub frames_received: u64,
    /// Frames that were written.
    pub frames_sent: u64,
    /// Events told to listeners.
    pub events: u64,
    /// Messages that came again and were not told twice.
    pub duplicates: u64,
    /// Messages found after newer ones had been told.
    pub late: u64,
    /// Times that something could not be recovered.
    pub gaps: u64,
    /// Rejoins after which the server sent all that was missed.
    pub recovered: u64,
    /// Reads over HTTP.
    pub polls: u64,
    /// Posts over HTTP.
    pub posts: u64,
    /// Sends handed over by the application.
    pub sends: u64,
    /// Sends that were dropped.
    pub dropped: u64,
    /// Errors that were reported.
    pub errors: u64,
}

/// One step from phase to phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// When, on the shell's clock.
    pub at_ms: u64,
    /// The phase from then on.
    pub phase: &'static str,
    /// What carried messages from then on.
    pub transport: Option<&'static str>,
    /// The code of the error that led there.
    pub error: Option<&'static str>,
}

/// The last transitions.
#[derive(Clone, Debug, Default)]
pub(super) struct Log(Vec<Transition>);

impl Log {
    /// Keeps one more.
    pub(super) fn push(
        &mut self,
        at: Timestamp,
        phase: Phase,
        transport: Option<&'static str>,
        error: Option<&'static str>,
    ) {
        let transition = Transition { at_ms: at.as_millis(), phase: phase.name(), transport, error };
        keep(&mut self.0, transition, MAX_TRANSITIONS);
    }
}

/// Everything that `dump()` shows.
#[derive(Clone, Debug)]
pub struct Dump<'a> {
    /// The counters.
    pub stats: &'a Stats,
    /// The last transitions, oldest first.
    pub transitions: &'a [Transition],
    /// Conversations that somebody wants.
    pub wanted: u32,
    /// Conversations that the server has confirmed.
    pub confirmed: u32,
    /// Sends that wait.
    pub outbox: u32,
}

impl Log {
    /// All that is kept, oldest first.
    pub(super) fn transitions(&self) -> &[Transition] {
        &self.0
    }
}

// As lists, not derived, and with the numbers that JavaScript has: maps bring code for each kind of value, structs a hash
// table, and larger numbers what formats errors. `src/js/dump.js` knows the order, and names what is counted.

impl Serialize for Stats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counters = [
            self.attempts,
            self.sessions,
            self.frames_received,
            self.frames_sent,
            self.events,
            self.duplicates,
            self.late,
            self.gaps,
            self.recovered,
            self.polls,
            self.posts,
            self.sends,
            self.dropped,
            self.errors,
        ];
        serializer.collect_seq(counters.map(|count| count as f64))
    }
}

impl Serialize for Transition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.at_ms as f64, self.phase, self.transport, self.error).serialize(serializer)
    }
}

impl Serialize for Dump<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [wanted, confirmed, outbox] = [self.wanted, self.confirmed, self.outbox].map(f64::from);
        (self.stats, self.transitions, wanted, confirmed, outbox).serialize(serializer)
    }
}
