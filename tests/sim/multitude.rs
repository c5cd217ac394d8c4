//! Very many conversations: what it takes to tell of all of them is never held at once.

use talkwire::engine::{Client, Close, Config, Edit, Effect, Holder, Input, Payload, Status, Timestamp};
use talkwire::protocol::frame::Features;
use talkwire::protocol::{Frame, Hello, Outgoing};

const CONVERSATIONS: usize = 1_000;
const MAX_EFFECTS: usize = 16;

#[derive(Clone, Debug)]
struct Nothing;

impl Payload for Nothing {
    fn is_content_of(&self, _: &Self) -> bool {
        false
    }
}

/// What follows from an input: subscribes, and changes to this status.
fn told(client: &mut Client<Nothing>, input: Input<Nothing>, awaited: Status) -> (usize, usize) {
    client.handle(input, Timestamp::default());
    let (mut subscribes, mut changes) = (0, 0);
    while let Some(effect) = client.poll_effect() {
        assert!(client.sizes().effects <= MAX_EFFECTS, "{} wishes", client.sizes().effects);
        if let Effect::Transmit { frames, .. } = &effect {
            subscribes += frames.iter().filter(|frame| matches!(frame, Outgoing::Subscribe { .. })).count();
        }
        changes += usize::from(matches!(effect, Effect::Edit(_, Edit::Status { status, .. }) if status == awaited));
    }
    (subscribes, changes)
}

#[test]
fn a_session_that_begins_or_ends_is_told_to_each_in_turn() {
    let mut client = Client::new(Config::default());
    for number in 0..CONVERSATIONS {
        let slot = client.open_conversation(&format!("conversation:{number}"));
        told(&mut client, Input::Hold(slot, Holder(1)), Status::Joining);
    }
    for generation in [1, 2] {
        let features = Features { batch: true, ..Features::default() };
        let hello = Frame::Hello(Hello { features, user_id: None, recovered: false });
        told(&mut client, Input::Opened { generation }, Status::Live);
        let proved = told(&mut client, Input::Frame { generation, frame: hello }, Status::Live);
        assert_eq!(proved, (CONVERSATIONS, CONVERSATIONS));
        let close = Close { code: 1006, reason: String::new(), verdict: None, retry_after_ms: None };
        let lost = told(&mut client, Input::Closed { generation, close }, Status::Joining);
        assert_eq!(lost, (0, CONVERSATIONS));
        told(&mut client, Input::Connect, Status::Joining);
    }
}
