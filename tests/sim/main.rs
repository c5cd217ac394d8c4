//! The engine in a simulated world: a virtual clock, a network that fails, servers of every class.
#![cfg(not(target_arch = "wasm32"))]
#![allow(unreachable_pub, reason = "nothing lies outside a test crate")]
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

mod bounds;
mod classes;
mod faults;
mod http;
mod json;
mod kind;
mod lane;
mod network;
mod page;
mod people;
mod promises;
mod server;
mod sockets;
mod speech;
mod tally;
mod tokens;
mod watch;
mod world;
mod written;

mod away;
mod bad_frames;
mod batching;
mod cadence;
mod congestion;
mod connecting;
mod diagnosis;
mod echo;
mod ending;
mod expiry;
mod express;
mod fallback;
mod flood;
mod forgetting;
mod gap;
mod handshakes;
mod hello;
mod joins;
mod listing;
mod liveness;
mod loading;
mod long_polling;
mod names;
mod nest;
mod numbers;
mod order;
mod outage;
mod outbox;
mod patience;
mod posting;
mod random;
mod read;
mod regrets;
mod rejoining;
mod replacing;
mod requests;
mod silence;
mod snapshot;
mod socketio;
mod trust;
mod typists;
mod unjoined;
mod verdicts;
