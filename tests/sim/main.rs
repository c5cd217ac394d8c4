//! The engine in a simulated world: a virtual clock, a network that fails, servers of every class.
#![cfg(not(target_arch = "wasm32"))]
#![allow(unreachable_pub, reason = "nothing lies outside a test crate")]

mod json;
mod page;
mod server;
mod world;

mod cadence;
mod congestion;
mod gap;
mod order;
mod outage;
mod random;
mod requests;
mod silence;
mod typists;
