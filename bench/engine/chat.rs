//! A client that is joined in many conversations, and what can happen to it.

use std::rc::Rc;

use talkwire::engine::{
    Body, Client, Config, DeliveryId, Effect, Holder, Input, Passing, Payload, Slot, Submission, Timestamp,
};
use talkwire::protocol::frame::Features;
use talkwire::protocol::{Frame, Hello, Keys, Outgoing, Subscribed, Update, UpdateKind};

const EPOCH: &str = "e1";
/// Prime to every number of conversations, so that all are visited, and no two neighbours after each other.
const STRIDE: usize = 7_919;

/// Something that happens, in the next conversation; then everything is done that the engine wishes.
pub(crate) type Event = fn(&mut Chat);

/// What can happen.
pub(crate) const EVENTS: [(&str, Event); 7] = [
    ("a message by the lane", Chat::pass),
    ("a message in whole", Chat::hear),
    ("somebody types, and stops", Chat::typing),
    ("one more listener, and one fewer", Chat::listen),
    ("a message is sent, acked, and comes back", Chat::send),
    ("an answer to no question", Chat::pong),
    ("nothing", Chat::tick),
];

/// The client and its server.
pub(crate) struct Chat {
    client: Client<Nothing>,
    generation: u32,
    now: Timestamp,
    rooms: Vec<Room>,
    next: usize,
    deliveries: u32,
}

struct Room {
    id: String,
    slot: Slot,
    offset: u64,
}

impl Chat {
    /// A session of a server that numbers and answers, joined in so many conversations.
    pub(crate) fn with(conversations: usize) -> Self {
        let client = Client::new(Config::default());
        let mut chat =
            Self { client, generation: 0, now: Timestamp::default(), rooms: Vec::new(), next: 0, deliveries: 0 };
        chat.handle(Input::Connect);
        for number in 0..conversations {
            let id = format!("conversation:{number}");
            let slot = chat.client.open_conversation(&id);
            chat.handle(Input::Hold(slot, Holder(0)));
            chat.rooms.push(Room { id, slot, offset: 0 });
        }
        // What is remembered of a join for a while is forgotten.
        chat.now = chat.now.after(10_000);
        chat.tick();
        chat
    }

    /// Visits every conversation once.
    pub(crate) fn visit_all(&mut self, event: Event) {
        for _ in 0..self.rooms.len() {
            event(self);
        }
    }

    /// As `src/js/lane.js`: what the engine does not let pass comes in whole.
    fn pass(&mut self) {
        let room = self.visit();
        room.offset += 1;
        let passing = Passing {
            slot: room.slot,
            offset: Some(room.offset),
            epoch: Some(EPOCH),
            id: &room.offset.to_string(),
            has_client_id: false,
        };
        if self.client.pass(self.generation, &passing).is_none() {
            self.take(None);
        }
    }

    fn hear(&mut self) {
        self.visit().offset += 1;
        self.take(None);
    }

    fn typing(&mut self) {
        self.visit();
        for is_typing in [true, false] {
            self.update(UpdateKind::Typing { user_id: "user_7".into(), is_typing });
        }
    }

    fn listen(&mut self) {
        let slot = self.visit().slot;
        self.handle(Input::Hold(slot, Holder(1)));
        self.handle(Input::Unhold(slot, Holder(1)));
    }

    fn send(&mut self) {
        let slot = self.visit().slot;
        self.deliveries += 1;
        let client_id = self.deliveries.to_string();
        let body = Body::Message { slot, client_id: Rc::from(client_id.as_str()), content: Nothing };
        let delivery = DeliveryId(self.deliveries);
        self.handle(Input::Send(Submission { delivery, body, bytes: 100, waited_ms: 0 }));
        self.rooms[self.next].offset += 1;
        self.take(Some(client_id));
    }

    fn pong(&mut self) {
        self.frame(Frame::Pong);
    }

    fn tick(&mut self) {
        self.handle(Input::Tick);
    }

    fn visit(&mut self) -> &mut Room {
        self.next = (self.next + STRIDE) % self.rooms.len();
        &mut self.rooms[self.next]
    }

    /// The newest message of the conversation that was visited last, in whole; perhaps with its sender's id for it.
    fn take(&mut self, client_id: Option<String>) {
        let offset = self.rooms[self.next].offset;
        let id = Some(format!("msg_{offset}"));
        self.update(UpdateKind::Message(Keys {
            id,
            offset: Some(offset),
            epoch: Some(EPOCH.into()),
            client_id,
            ..Keys::default()
        }));
    }

    fn update(&mut self, kind: UpdateKind) {
        let conversation = Some(self.rooms[self.next].id.clone());
        self.frame(Frame::Update(Update { kind, conversation, data: Nothing, whole: Some(Nothing) }));
    }

    fn frame(&mut self, frame: Frame<Nothing>) {
        self.handle(Input::Frame { generation: self.generation, frame });
    }

    fn handle(&mut self, input: Input<Nothing>) {
        self.client.handle(input, self.now);
        while let Some(effect) = self.client.poll_effect() {
            self.perform(effect);
        }
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "the rest is told to nobody here")]
    fn perform(&mut self, effect: Effect<Nothing>) {
        match effect {
            Effect::Dial { generation, .. } => {
                self.generation = generation;
                self.client.handle(Input::Opened { generation }, self.now);
                let features = Features { ack: true, replay: true, ..Features::default() };
                let hello = Frame::Hello(Hello { features, user_id: None, recovered: false });
                self.client.handle(Input::Frame { generation, frame: hello }, self.now);
            }
            Effect::Transmit { frames, .. } => {
                for answer in frames.iter().filter_map(answer) {
                    self.client.handle(Input::Frame { generation: self.generation, frame: answer }, self.now);
                }
            }
            _ => {}
        }
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the rest is not answered")]
fn answer(frame: &Outgoing<Nothing>) -> Option<Frame<Nothing>> {
    match frame {
        Outgoing::Subscribe { conversation, reference, .. } => Some(Frame::Subscribed(Subscribed {
            conversation: Some(conversation.to_string()),
            reply_to: *reference,
            offset: Some(0),
            epoch: Some(EPOCH.into()),
            recovered: true,
        })),
        Outgoing::Message { reference: Some(reference), .. } => {
            Some(Frame::Ack { reply_to: *reference, data: None, keys: Keys::default() })
        }
        _ => None,
    }
}

/// What is said does not matter here.
#[derive(Clone, Debug)]
pub(crate) struct Nothing;

impl Payload for Nothing {
    fn is_content_of(&self, _stored: &Self) -> bool {
        false
    }
}
