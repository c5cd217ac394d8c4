//! What a forgotten conversation leaves to the one that gets its number: nothing.

use serde_json::json;
use talkwire::engine::{Client, Config, DeliveryId, Effect, Fetch, Input, OutboxConfig, Slot, Via};

use crate::json::Json;
use crate::outbox::{cut_off, reconnect, stored, with_outbox};
use crate::page::{Heard, holder};
use crate::server::Kind;
use crate::world::{World, with_polling};

/// Opens others until this one is forgotten, if it is before as many were opened.
fn open_others(world: &mut World, slot: Slot) -> Vec<String> {
    let mut others = Vec::new();
    while others.len() < 1_200 && !world.page().forgotten.contains(&slot) {
        others.push(format!("other{}", others.len()));
        let other = others.last().map(|id| world.pages[0].slot(id));
        assert!(other.is_some());
        world.tell(0, Input::Tick);
    }
    others
}

/// Opens others until this one is forgotten; gives its slot to another conversation.
fn replace(world: &mut World, slot: Slot, by: &str) {
    open_others(world, slot);
    assert_eq!(world.pages[0].slot(by), slot);
}

#[test]
fn a_number_is_another_conversations_once_the_page_was_told_that_it_is_free() {
    let mut client = Client::<Json>::new(Config::default());
    let mut slots: Vec<u32> = (0..1_100).map(|n| client.open_conversation(&format!("room{n}")).0).collect();
    let mut forgotten: Vec<u32> = std::iter::from_fn(|| client.poll_effect())
        .filter_map(|effect| if let Effect::Forget(slot) = effect { Some(slot.0) } else { None })
        .collect();
    assert_eq!(forgotten, slots[..100]);
    slots.dedup();
    assert_eq!(slots, (0..1_100).collect::<Vec<_>>(), "nobody gets what the page still takes for another's");
    let mut again: Vec<u32> = (0..100).map(|n| client.open_conversation(&format!("new{n}")).0).collect();
    again.sort_unstable();
    forgotten.sort_unstable();
    assert_eq!(again, forgotten);
}

#[test]
fn whoever_types_in_a_forgotten_conversation_does_not_type_in_another() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    let old = world.pages[0].slot("old");
    let ann = json!({"userId": "ann", "isTyping": true});
    world.server_sends(json!({"type": "typing", "conversationId": "old", "data": ann}));
    world.run_for(100);
    let others = open_others(&mut world, old);
    for other in &others {
        let ben = json!({"userId": "ben", "isTyping": true});
        world.server_sends(json!({"type": "typing", "conversationId": other, "data": ben}));
    }
    world.run_for(100);
    let typing = others.iter().filter_map(|other| world.page().typing.get(other));
    assert!(typing.clone().count() > 900 && typing.flatten().all(|who| **who == *"ben"));
}

#[test]
fn what_is_awaited_back_in_one_conversation_is_not_recognized_in_another() {
    let mut world = World::joined(2, Kind { returns_client_id: false, ..Kind::plain() }, Config::default());
    let old = world.pages[0].slot("old");
    world.send(0, "old", "Hi!");
    world.run_for(100);
    for (n, other) in open_others(&mut world, old).iter().enumerate() {
        let data = json!({"id": format!("msg_{n}"), "content": "Hi!"});
        world.server_sends(json!({"type": "message", "conversationId": other, "data": data}));
    }
    world.run_for(100);
    let is_echo = |one: &Heard| matches!(one, Heard::Message { via: Via::Echo, .. });
    assert!(world.page().heard.len() > 1_000);
    assert!(!world.page().heard.values().flatten().any(is_echo));
}

#[test]
fn a_failed_message_can_be_sent_again_however_many_conversations_there_were_since() {
    let outbox = OutboxConfig { message_ttl_ms: Some(1_000), ..Config::default().outbox };
    let mut world = cut_off(3, Kind::full(), with_outbox(outbox));
    let failed = world.send(0, "old", "again");
    world.run_for(2_000);
    assert_eq!(world.page().result(failed), Some("expired"));
    let old = world.pages[0].slot("old");
    open_others(&mut world, old);
    world.pages[0].slot("new");
    reconnect(&mut world);
    let slot = world.pages[0].slot("old");
    world.tell(0, Input::Retry(slot, "p0-c1".into(), DeliveryId(77)));
    world.run_for(1_000);
    assert_eq!((world.page().result(77), stored(&world, "old")), (Some("acked"), vec!["again".into()]));
}

#[test]
fn a_page_that_was_to_be_asked_for_again_is_not_asked_for_in_another_conversation() {
    let mut world = World::joined(4, Kind::plain_with_history(), with_polling());
    world.network.latency_ms = (150, 150);
    let old = world.pages[0].slot("old");
    world.tell(0, Input::Hold(old, holder(1)));
    world.tell(0, Input::Unhold(old, holder(1)));
    world.run_for(500);
    let asked = |world: &World, id: &str| {
        let is_it =
            |fetch: &Fetch<Json>| matches!(fetch, Fetch::Messages { conversation, .. } if **conversation == *id);
        world.page().fetches.iter().filter(|(_, fetch)| is_it(fetch)).count()
    };
    assert_eq!((asked(&world, "old"), world.page().unsubscribes()), (1, 1));
    replace(&mut world, old, "new");
    world.run_for(2_000);
    assert_eq!(asked(&world, "new"), 0);
}
