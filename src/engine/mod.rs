//! The engine: every rule of talkwire, without a clock, a socket or a line of JavaScript.
//!
//! It is a state machine. [`Client::handle`] takes in a fact and the time, [`Client::poll_effect`] gives what is
//! wanted done, [`Client::next_deadline`] tells when to come back at the latest.

mod answers;
mod asked;
mod attempt;
mod backfill;
mod backoff;
mod batching;
mod client;
mod config;
mod congestion;
mod connectivity;
mod context;
mod conversation;
mod conversations;
mod diagnosis;
mod echoes;
mod effect;
mod error;
mod express;
mod held;
mod history;
mod hole;
mod index;
mod input;
mod joining;
mod known;
mod list;
mod liveness;
mod long_polling;
mod outbox;
mod page;
mod phase;
mod polling;
mod posting;
mod rare;
mod reading;
mod receive;
mod requests;
mod resuming;
mod rng;
mod sending;
mod session;
mod sizes;
mod stats;
mod telling;
mod time;
mod timeline;
mod timers;
mod typing;
mod view;
mod window;
mod writing;

pub use backoff::Backoff;
pub use client::Client;
pub use config::{
    Backoff as BackoffConfig, Config, Greeting, Heartbeat as HeartbeatConfig, Jitter, Outbox as OutboxConfig, Overflow,
    Polling as PollingConfig,
};
pub use effect::{Drop, Edit, Effect, Event, EventKind, Fetch, Outcome, Shown, State, Status, Via};
pub use error::{Error, ErrorCode};
pub use express::{Leave, Passed, PassedMessage, Passing};
pub use input::{Body, Close, DeliveryId, Fetched, Holder, Input, Item, Listed, RequestId, Slot, Submission};
pub use phase::{Connection, Phase, Transport};
pub use rng::Rng;
pub use sizes::Sizes;
pub use stats::{Dump, Stats, Transition};
pub use time::Timestamp;
pub use window::hashes;

/// What the engine carries without looking inside.
pub trait Payload: Clone {
    /// Whether this is what `stored`, a message's data, holds as its content.
    fn is_content_of(&self, stored: &Self) -> bool;
}
