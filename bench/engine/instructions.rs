//! As `main.rs`, for a tool that counts instructions: `npm run bench -- engine`.
//! `instructions EVENT CONVERSATIONS TIMES` lets something happen so often; only `measured` is to be counted.
#![allow(missing_docs, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a benchmark")]

mod chat;

use std::hint::black_box;

use chat::{Chat, EVENTS, Event};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse().expect("a number"));
    let mut next = || arguments.next();
    let (Some(event), Some(conversations), Some(times)) = (next(), next(), next()) else {
        return println!("{}", EVENTS.map(|(name, _)| name).join("\n"));
    };
    let (_, event) = EVENTS[event];
    let mut chat = Chat::with(conversations);
    chat.visit_all(event);
    measured(&mut chat, event, times);
    black_box(chat);
}

#[inline(never)]
fn measured(chat: &mut Chat, event: Event, times: usize) {
    for _ in 0..times {
        event(black_box(chat));
    }
}
