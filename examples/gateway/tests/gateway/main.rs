//! The gateway over real sockets; one behaviour a file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod server;
mod socket;

mod agents;
mod batch;
mod bot;
mod cors;
mod cursors;
mod etag;
mod hello;
mod leaks;
mod list;
mod malformed;
mod messages;
mod pages;
mod polling_only;
mod presence;
mod process;
mod refusal;
mod replay;
mod shutdown;
mod slow_reader;
mod socket_io;
mod subscribe;
mod two_processes;
mod typing;
