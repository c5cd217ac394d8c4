//! What holds for any facts in any order; a counterexample is made as small as it can be.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, reason = "tests are named as sentences")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::wildcard_enum_match_arm, reason = "most wishes do not concern these properties")]
#![allow(unreachable_pub, reason = "nothing lies outside a test crate")]

#[path = "../fuzz/bodies/drive.rs"]
mod drive;
#[allow(dead_code, reason = "the simulation uses the rest")]
#[path = "sim/json.rs"]
mod json;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;
use talkwire::engine::{
    Client, Config, Edit, Effect, Fetch, Fetched, Holder, Input, Item, PollingConfig, RequestId, Slot, Timestamp,
};
use talkwire::protocol::{Codec, message_keys};

use crate::json::Json;

/// What happens to a page that has joined one conversation.
#[derive(Clone, Debug)]
enum Fact {
    Live(u64),
    /// The read on its way brings this many messages after its cursor, or up to this one.
    Page(u64),
    PageFails,
    /// The session breaks off; the next one begins at once.
    Reconnect {
        newest: u64,
        recovered: bool,
    },
    Pass(u64),
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let fact = prop_oneof![
        6 => (1..30_u64).prop_map(Fact::Live),
        2 => (0..30_u64).prop_map(Fact::Page),
        1 => Just(Fact::PageFails),
        1 => (0..30_u64, any::<bool>()).prop_map(|(newest, recovered)| Fact::Reconnect { newest, recovered }),
        1 => (0..20_000_u64).prop_map(Fact::Pass),
    ];
    proptest::collection::vec(fact, 0..60)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Message(u64, bool),
    Gap,
}

/// One page, its conversation, and what its listeners and its snapshot were told.
struct Page {
    client: Client<Json>,
    slot: Slot,
    now: u64,
    is_numbered: bool,
    /// The greatest number that the server has spoken of: it never goes back behind it.
    newest: u64,
    generation: u32,
    reference: Option<u64>,
    read: Option<(RequestId, u64)>,
    told: Vec<Told>,
    shown: Vec<String>,
}

impl Page {
    fn new(is_numbered: bool, can_read: bool) -> Self {
        let polling = PollingConfig { messages: can_read, ..PollingConfig::default() };
        let mut client = Client::new(Config { polling, ..Config::default() });
        let slot = client.open_conversation("room");
        let mut page = Self {
            client,
            slot,
            now: 0,
            is_numbered,
            newest: 0,
            generation: 0,
            reference: None,
            read: None,
            told: Vec::new(),
            shown: Vec::new(),
        };
        page.handle(Input::View(slot));
        page.handle(Input::Hold(slot, Holder(1)));
        page.join(0, false);
        page
    }

    fn live_through(&mut self, fact: &Fact) {
        if let Fact::Live(number) | Fact::Page(number) | Fact::Reconnect { newest: number, .. } = fact {
            self.newest = self.newest.max(*number);
        }
        match *fact {
            Fact::Live(number) => self.frame(json!({
                "type": "message", "conversationId": "room", "data": { "id": number.to_string() },
                "offset": self.is_numbered.then_some(number), "epoch": self.is_numbered.then_some("e1"),
            })),
            Fact::Page(up_to) => {
                let Some((request, after)) = self.read.take() else { return };
                let items = (after + 1..=up_to).map(|number| self.item(number)).collect();
                self.handle(Input::Fetched(request, Fetched::Messages(items, None)));
            }
            Fact::PageFails => {
                let Some((request, _)) = self.read.take() else { return };
                let failed = Fetched::Failed { status: Some(500), retry_after_ms: None, detail: String::new() };
                self.handle(Input::Fetched(request, failed));
            }
            Fact::Reconnect { recovered, .. } => {
                self.handle(Input::Closed { generation: self.generation, close: Default::default() });
                self.handle(Input::Connect);
                self.join(self.newest, recovered);
            }
            Fact::Pass(duration_ms) => {
                self.now += duration_ms;
                self.handle(Input::Tick);
            }
        }
    }

    fn join(&mut self, newest: u64, recovered: bool) {
        let generation = self.generation;
        self.handle(Input::Opened { generation });
        if self.is_numbered {
            self.frame(json!({ "type": "hello", "features": ["ack", "replay"] }));
            let reference = self.reference;
            self.frame(json!({ "type": "subscribed", "ref": reference, "offset": newest, "epoch": "e1", "recovered": recovered }));
        } else {
            self.now += 300;
            self.handle(Input::Tick);
        }
    }

    fn frame(&mut self, value: serde_json::Value) {
        let frame = Codec::default().decode(Json(value), "id").expect("a frame");
        self.handle(Input::Frame { generation: self.generation, frame });
    }

    fn item(&self, number: u64) -> Item<Json> {
        let mut data = json!({ "id": number.to_string() });
        if self.is_numbered {
            data["offset"] = json!(number);
            data["epoch"] = json!("e1");
        }
        let data = Json(data);
        Item { keys: message_keys(&data, "id"), data }
    }

    fn handle(&mut self, input: Input<Json>) {
        self.client.handle(input, Timestamp::from_millis(self.now));
        while let Some(effect) = self.client.poll_effect() {
            self.fulfil(effect);
        }
    }

    fn fulfil(&mut self, effect: Effect<Json>) {
        match effect {
            Effect::Dial { generation, .. } => self.generation = generation,
            Effect::Transmit { frames, .. } => {
                for frame in frames {
                    let written: serde_json::Value =
                        serde_json::from_str(&Codec::default().encode(&frame)).expect("JSON");
                    self.reference = written["ref"].as_u64().or(self.reference);
                }
            }
            Effect::Fetch(request, Fetch::Messages { after, .. }) => {
                let after = after.and_then(|id| id.parse().ok()).unwrap_or(0);
                self.read = Some((request, after));
            }
            Effect::Event(event) => {
                self.told.push(Told::Message(event.data.id().parse().expect("a number"), event.late));
            }
            Effect::Gap(_) => self.told.push(Told::Gap),
            Effect::Edit(slot, edit) => {
                assert_eq!(slot, self.slot);
                self.edit(edit);
            }
            _ => {}
        }
    }

    fn edit(&mut self, edit: Edit<Json>) {
        match edit {
            Edit::Insert { index, message } => self.shown.insert(index, message.data.id()),
            Edit::Replace { index, message } => self.shown[index] = message.data.id(),
            Edit::Remove { index } => drop(self.shown.remove(index)),
            Edit::Trim { count } => drop(self.shown.drain(..count)),
            Edit::State { index, .. } => assert!(index < self.shown.len()),
            Edit::Status { .. } | Edit::Gap(_) | Edit::Typing(_) | Edit::Presence(_) => {}
        }
    }

    fn assert_told_once(&self) {
        let mut seen = BTreeSet::new();
        for one in &self.told {
            if let Told::Message(number, _) = one {
                assert!(seen.insert(number), "{number} was told twice: {:?}", self.told);
            }
        }
        let shown: BTreeSet<&String> = self.shown.iter().collect();
        assert_eq!(shown.len(), self.shown.len(), "shown twice: {:?}", self.shown);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_life_is_survived(script in proptest::collection::vec(any::<u8>(), 0..600)) {
        drive::run(&script);
    }

    #[test]
    fn numbered_messages_are_told_in_order_and_what_is_missing_is_a_gap(facts in facts(), can_read in any::<bool>()) {
        let mut page = Page::new(true, can_read);
        for fact in &facts {
            page.live_through(fact);
        }
        page.assert_told_once();
        let mut before = None;
        let mut gap_since = false;
        for one in &page.told {
            match one {
                Told::Gap => gap_since = true,
                Told::Message(number, is_late) => {
                    prop_assert!(!is_late, "{:?}", page.told);
                    prop_assert!(before.is_none_or(|before| before < *number), "{:?}", page.told);
                    prop_assert!(gap_since || before.is_none_or(|before| before + 1 == *number), "{:?}", page.told);
                    before = Some(*number);
                    gap_since = false;
                }
            }
        }
        let shown: Vec<u64> = page.shown.iter().map(|id| id.parse().unwrap()).collect();
        prop_assert!(shown.is_sorted(), "{:?}", shown);
    }

    #[test]
    fn messages_with_ids_only_are_told_once(facts in facts(), can_read in any::<bool>()) {
        let mut page = Page::new(false, can_read);
        for fact in &facts {
            page.live_through(fact);
        }
        page.assert_told_once();
    }
}
