//! A million sends while there is no session: each gets one result, and what is kept does not grow.

use std::ops::Range;
use std::rc::{Rc, Weak};

use talkwire::engine::{
    Body, Client, Config, DeliveryId, Drop, Effect, Input, OutboxConfig, Outcome, Overflow, Payload, Submission,
    Timestamp,
};
use talkwire::protocol::frame::Features;
use talkwire::protocol::{Frame, Hello, Outgoing};

const SENDS: u32 = 1_000_000;
const BYTES: usize = 1_000;

/// What is said, counted by its owners.
#[derive(Clone, Debug)]
struct Words(Rc<()>);

impl Payload for Words {
    fn is_content_of(&self, _: &Self) -> bool {
        false
    }
}

/// A client without a session, and what it told of its sends.
struct Flood {
    client: Client<Words>,
    words: Words,
    ids: Vec<Weak<str>>,
    results: Vec<u8>,
    overflowed: u32,
    written: Vec<u32>,
    most_effects: usize,
}

impl Flood {
    fn new(outbox: OutboxConfig) -> Self {
        let mut client = Client::new(Config { outbox, ..Config::default() });
        let slot = client.open_conversation("room");
        client.handle(Input::View(slot), Timestamp::default());
        let words = Words(Rc::new(()));
        let results = vec![0; SENDS as usize];
        Self { client, words, ids: Vec::new(), results, overflowed: 0, written: Vec::new(), most_effects: 0 }
    }

    fn tell(&mut self, input: Input<Words>) {
        self.client.handle(input, Timestamp::default());
        let mut effects = 0;
        while let Some(effect) = self.client.poll_effect() {
            effects += 1;
            if let Effect::Settle(DeliveryId(number), outcome) = effect {
                self.results[number as usize] += 1;
                self.overflowed += u32::from(matches!(outcome, Outcome::Dropped(Drop::Overflow)));
            } else if let Effect::Transmit { frames, .. } = effect {
                for frame in &frames {
                    if let Outgoing::Message { client_id, .. } = frame {
                        self.written.extend(client_id.parse::<u32>());
                    }
                }
            }
        }
        self.most_effects = self.most_effects.max(effects);
    }

    fn send(&mut self, number: u32) {
        let slot = self.client.open_conversation("room");
        let client_id: Rc<str> = Rc::from(number.to_string());
        self.ids.push(Rc::downgrade(&client_id));
        let body = Body::Message { slot, client_id, content: self.words.clone() };
        self.tell(Input::Send(Submission { delivery: DeliveryId(number), body, bytes: BYTES, waited_ms: 0 }));
    }

    /// What is held of all that was said: copies, and ids.
    fn held(&self) -> (usize, usize) {
        (Rc::strong_count(&self.words.0) - 1, self.ids.iter().filter(|id| id.strong_count() > 0).count())
    }
}

fn assert_flat(outbox: OutboxConfig, kept: Range<u32>) {
    let mut flood = Flood::new(outbox);
    for number in 0..SENDS / 100 {
        flood.send(number);
    }
    let before = flood.held();
    for number in SENDS / 100..SENDS {
        flood.send(number);
    }
    assert_eq!(flood.held(), before, "copies and ids held");
    assert!(flood.most_effects <= 8, "{} wishes of one send", flood.most_effects);
    assert_eq!(flood.overflowed, SENDS - kept.len() as u32);
    let unsettled = (0..SENDS).filter(|number| flood.results[*number as usize] == 0);
    assert!(unsettled.eq(kept.clone()), "what is kept");

    flood.tell(Input::Opened { generation: 1 });
    let hello = Hello { features: Features { ack: true, ..Features::default() }, user_id: None, recovered: false };
    flood.tell(Input::Frame { generation: 1, frame: Frame::Hello(hello) });
    while flood.written.len() < kept.len() {
        flood.tell(Input::Buffered { generation: 1, bytes: 0 });
    }
    assert!(flood.written.iter().copied().eq(kept), "what leaves, in order");
    flood.tell(Input::Close);
    assert!(flood.results.iter().all(|results| *results == 1), "each has one result");
}

#[test]
fn by_number_the_first_are_kept_and_the_rest_refused() {
    assert_flat(Config::default().outbox, 0..256);
}

#[test]
fn by_number_the_last_are_kept_where_the_oldest_go() {
    let outbox = OutboxConfig { max_messages: 40, overflow: Overflow::DropOldest, ..Config::default().outbox };
    assert_flat(outbox, SENDS - 40..SENDS);
}

#[test]
fn by_bytes_the_first_are_kept_and_the_rest_refused() {
    assert_flat(OutboxConfig { max_bytes: 40 * BYTES, ..Config::default().outbox }, 0..40);
}

#[test]
fn by_bytes_the_last_are_kept_where_the_oldest_go() {
    let outbox = OutboxConfig { max_bytes: 40 * BYTES, overflow: Overflow::DropOldest, ..Config::default().outbox };
    assert_flat(outbox, SENDS - 40..SENDS);
}
