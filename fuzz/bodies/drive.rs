//! Whatever happens in whatever order: no panic, no deadline in the past, no flood of wishes, each send settled once.

use std::collections::BTreeMap;

use serde_json::json;
use talkwire::engine::{
    Body, Client, Close, Config, DeliveryId, Effect, ErrorCode, Fetched, Holder, Input, Item, Listed, RequestId, Slot,
    Submission, Timestamp,
};
use talkwire::protocol::{Codec, Dialect};

use crate::json::Json;

const CONVERSATIONS: u8 = 3;
const HOLDERS: u8 = 3;
/// One fact may release what a few hundred others made wait.
const MAX_EFFECTS: usize = 4_000;

/// Lives through `script`, a fact after another.
pub fn run(script: &[u8]) {
    let mut world = World::new(script);
    while let Some(input) = world.next_input() {
        world.tell(input);
    }
    world.tell(Input::Close);
    assert!(world.client.next_deadline().is_none(), "an ended client wants to be woken");
    for (delivery, results) in &world.results {
        assert_eq!(*results, 1, "delivery {delivery} was settled {results} times");
    }
}

struct World<'a> {
    client: Client<Json>,
    script: std::slice::Iter<'a, u8>,
    now: Timestamp,
    generation: u32,
    references: Vec<u32>,
    requests: Vec<RequestId>,
    results: BTreeMap<u32, u32>,
}

impl<'a> World<'a> {
    fn new(script: &'a [u8]) -> Self {
        let mut script = script.iter();
        let kind = script.next().copied().unwrap_or_default();
        let mut config = Config { seed: u64::from(kind), ..Config::default() };
        config.polling.messages = kind & 1 != 0;
        config.polling.conversations = kind & 2 != 0;
        config.polling.send = kind & 4 != 0;
        config.can_load_before = kind & 8 != 0;
        config.token_refreshable = kind & 16 != 0;
        config.outbox.max_messages = if kind & 32 != 0 { 2 } else { 256 };
        config.outbox.batch_ms = if kind & 64 != 0 { 300 } else { 0 };
        let mut client = Client::new(config);
        for number in 0..CONVERSATIONS {
            client.open_conversation(&number.to_string());
        }
        Self {
            client,
            script,
            now: Timestamp::default(),
            generation: 0,
            references: Vec::new(),
            requests: Vec::new(),
            results: BTreeMap::new(),
        }
    }

    fn tell(&mut self, input: Input<Json>) {
        self.client.handle(input, self.now);
        let next = self.client.next_deadline();
        assert!(next.is_none_or(|next| next > self.now), "a deadline in the past");
        let mut effects = 0;
        while let Some(effect) = self.client.poll_effect() {
            self.fulfil(effect);
            effects += 1;
        }
        assert!(effects <= MAX_EFFECTS, "{effects} wishes after one fact");
    }

    fn fulfil(&mut self, effect: Effect<Json>) {
        match effect {
            Effect::Dial { generation, .. } => self.generation = generation,
            Effect::Fetch(request, _) => self.requests.push(request),
            Effect::Transmit { frames, .. } => {
                for frame in frames {
                    let written: serde_json::Value =
                        serde_json::from_str(&Codec::default().encode(&frame)).expect("what is written is JSON");
                    self.references.extend(written["ref"].as_u64().and_then(|number| u32::try_from(number).ok()));
                }
            }
            Effect::Settle(delivery, _) => *self.results.entry(delivery.0).or_default() += 1,
            Effect::Upgrade { .. }
            | Effect::Measure { .. }
            | Effect::Hangup { .. }
            | Effect::Abort(_)
            | Effect::Event(_)
            | Effect::Report(..)
            | Effect::Connection(_)
            | Effect::Edit(..)
            | Effect::Info { .. }
            | Effect::List(_)
            | Effect::Read { .. }
            | Effect::Agent { .. }
            | Effect::Identity(_)
            | Effect::Want { .. }
            | Effect::Unwant(_)
            | Effect::Gap(_)
            | Effect::Loaded(..)
            | Effect::Forget(_)
            | Effect::Ended => {}
        }
    }

    fn byte(&mut self) -> Option<u8> {
        self.script.next().copied()
    }

    fn next_input(&mut self) -> Option<Input<Json>> {
        let what = self.byte()?;
        let which = self.byte()?;
        let slot = Slot(u32::from(which % CONVERSATIONS));
        let holder = Holder(u32::from(which % HOLDERS));
        let generation = if which < 240 { self.generation } else { self.generation.wrapping_sub(1) };
        let delivery = DeliveryId(self.results.len() as u32);
        Some(match what % 34 {
            0 => Input::Connect,
            1 => Input::Disconnect,
            2 => Input::Hold(slot, holder),
            3 => Input::Unhold(slot, holder),
            4 => Input::UnholdAll(holder),
            5 => Input::View(slot),
            6 => Input::WatchList(which & 1 == 0),
            7 | 8 => {
                let client_id = format!("c{}", delivery.0).into();
                let body = Body::Message { slot, client_id, content: Json(json!(which)) };
                self.submit(delivery, body, usize::from(which) * 16)
            }
            9 => self.submit(delivery, Body::Raw(Json(json!({ "type": "raw" }))), 16),
            10 => {
                let body =
                    Body::Request { event: "ask".into(), data: Json(json!(1)), timeout_ms: u64::from(which) * 99 };
                self.submit(delivery, body, 16)
            }
            11 => Input::Cancel(DeliveryId(u32::from(which))),
            12 => Input::Discard(slot, format!("c{which}").into()),
            13 => Input::Typing(slot, which & 1 == 0),
            14 => Input::MarkRead(slot),
            15 => Input::LoadBefore { slot, limit: u32::from(which) },
            16 => Input::Hydrate(slot, self.items(which)),
            17 => Input::Opened { generation },
            18 => Input::DialFailed {
                generation,
                code: ErrorCode::DialFailed,
                detail: String::new(),
                lasting: which & 1 == 0,
            },
            19..=23 => self.frame(generation, what, which)?,
            24 if which & 3 == 3 => Input::OtherDialect { generation, dialect: Dialect::SocketIo },
            24 => Input::BadFrame { generation, detail: String::new() },
            25 => {
                let codes = [1000, 1006, 1012, 1009, 4401, 4403, 1008, 3000];
                let code = codes.get(usize::from(which) % codes.len()).copied().unwrap_or_default();
                Input::Closed { generation, close: Close { code, ..Close::default() } }
            }
            26 => self.fetched(which),
            27 => Input::Visibility { hidden: which & 1 == 0 },
            28 => Input::Online,
            29 => Input::Offline,
            30 => Input::PageHide,
            31 => Input::PageShow,
            32 => Input::Buffered { generation, bytes: usize::from(which) * 512 },
            _ => {
                self.now = self.now.after(u64::from(which) * u64::from(which) * 4);
                Input::Tick
            }
        })
    }

    fn submit(&mut self, delivery: DeliveryId, body: Body<Json>, bytes: usize) -> Input<Json> {
        self.results.insert(delivery.0, 0);
        Input::Send(Submission { delivery, body, bytes, waited_ms: 0 })
    }

    fn frame(&mut self, generation: u32, what: u8, which: u8) -> Option<Input<Json>> {
        let number = u64::from(self.byte()?);
        let conversation = (which % CONVERSATIONS).to_string();
        let reference = self.references.get(number as usize % self.references.len().max(1)).copied();
        let epoch = if which & 64 == 0 { "e1" } else { "e2" };
        let value = match what % 34 {
            19 => json!({ "type": "hello", "features": features(which) }),
            20 => {
                json!({ "type": "subscribed", "conversationId": conversation, "ref": reference, "offset": number, "epoch": epoch, "recovered": which & 32 == 0 })
            }
            21 => {
                json!({ "type": "message", "conversationId": conversation, "offset": number, "epoch": epoch, "replay": which & 32 == 0, "data": { "id": format!("m{number}"), "clientId": format!("c{number}") } })
            }
            22 => {
                json!({ "type": "message", "conversationId": conversation, "data": { "id": format!("m{number}"), "content": number } })
            }
            _ if which & 3 == 0 => {
                json!({ "type": "ack", "ref": reference, "data": { "id": format!("m{number}"), "offset": number } })
            }
            _ if which & 3 == 1 => {
                json!({ "type": "error", "ref": reference, "conversationId": conversation, "code": "no", "retryable": which & 4 == 0 })
            }
            _ if which & 3 == 2 => {
                json!({ "type": "typing", "conversationId": conversation, "data": { "userId": format!("u{number}"), "isTyping": which & 4 == 0 } })
            }
            _ => json!({ "type": "drain", "withinMs": number * 100 }),
        };
        Some(match Codec::default().decode(Json(value), "id") {
            Ok(frame) => Input::Frame { generation, frame },
            Err(error) => Input::BadFrame { generation, detail: error.detail().into() },
        })
    }

    fn fetched(&mut self, which: u8) -> Input<Json> {
        let request = match self.requests.len() {
            0 => RequestId(u32::from(which)),
            len => self.requests.swap_remove(usize::from(which) % len),
        };
        let fetched = match which % 6 {
            0 => Fetched::NotModified,
            1 => Fetched::Failed { status: None, retry_after_ms: Some(u64::from(which)), detail: String::new() },
            2 if which & 64 == 0 => Fetched::Probed { status: u16::from(which), dialect: None },
            2 => Fetched::Failed { status: Some(404), retry_after_ms: None, detail: String::new() },
            3 => Fetched::Conversations(
                vec![Listed { id: "0".into(), data: Json(json!(which)), print: u64::from(which) }],
                None,
            ),
            4 => Fetched::Posted(Item {
                data: Json(json!({ "id": format!("m{which}") })),
                keys: keys(which, which & 8 == 0),
            }),
            _ => Fetched::Messages(self.items(which), Some("tag".into())),
        };
        Input::Fetched(request, fetched)
    }

    fn items(&self, which: u8) -> Vec<Item<Json>> {
        let numbered = which & 16 == 0;
        (which % 16..which % 16 + which % 5)
            .map(|number| Item { data: Json(json!({ "id": format!("m{number}") })), keys: keys(number, numbered) })
            .collect()
    }
}

fn keys(number: u8, is_numbered: bool) -> talkwire::protocol::Keys {
    talkwire::protocol::Keys {
        id: Some(format!("m{number}")),
        client_id: Some(format!("c{number}")),
        offset: is_numbered.then(|| u64::from(number)),
        ..talkwire::protocol::Keys::default()
    }
}

fn features(which: u8) -> Vec<&'static str> {
    let names = ["ack", "replay", "batch", "ping", "list", "read"];
    names.into_iter().enumerate().filter(|(bit, _)| which & (1 << bit) != 0).map(|(_, name)| name).collect()
}
