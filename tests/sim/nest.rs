//! NestJS's plain adapter: events by the application's names, no word of what is offered, no answers.

use serde_json::json;
use talkwire::engine::{Body, Config, DeliveryId, EventKind, Greeting, Input, Phase, PollingConfig, Submission};
use talkwire::protocol::Protocol;

use crate::json::Json;
use crate::server::Kind;
use crate::world::World;

fn gateway() -> Kind {
    Kind { protocol: Protocol::Nest, ..Kind::plain_with_history() }
}

fn config() -> Config {
    Config { greeting: Greeting::Never, ..Config::default() }
}

#[test]
fn the_session_is_proved_when_the_socket_opens_even_the_first_and_after_silence() {
    let mut world = World::new(1, gateway());
    world.network.latency_ms = (0, 0);
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_for(0);
    assert_eq!(world.page().connection.phase, Phase::Open);
    assert_eq!(world.server_holds(0), ["room"]);
    world.close_all(1006);
    world.run_for(2_000);
    assert_eq!(world.page().dials.last().copied(), world.page().transmits.last().map(|(at, _)| *at), "at once");
}

#[test]
fn messages_conversations_and_typing_come_under_their_meaning() {
    let mut world = World::joined(2, gateway(), config());
    world.others_say("room", "hello");
    world.server_sends(json!({"type": "typing", "conversationId": "room", "data": {"userId": "u", "isTyping": true}}));
    world.server_sends(json!({"type": "conversation", "conversationId": "room", "data": {"status": "open"}}));
    world.server_sends(json!({"type": "order:placed", "conversationId": "room", "data": {"n": 1}}));
    world.run_for(1_000);
    let kinds: Vec<_> = world.page().events.iter().map(|(_, event)| event.kind.clone()).collect();
    let other = EventKind::Other("order:placed".into());
    assert_eq!(kinds, [EventKind::Message, EventKind::Typing, EventKind::Conversation, other]);
    assert!(world.page().events.iter().all(|(_, event)| event.conversation.as_deref() == Some("room")));
}

#[test]
fn a_request_fails_at_once_as_unsupported() {
    let mut world = World::joined(3, gateway(), config());
    world.pages[0].sends += 1;
    let number = world.pages[0].sends;
    let body = Body::Request { event: "ask".into(), data: Json(json!(null)), timeout_ms: 10_000 };
    world.tell(0, Input::Send(Submission { delivery: DeliveryId(number), body, bytes: 4, waited_ms: 0 }));
    assert_eq!(world.page().result(number), Some("unsupported"));
}

#[test]
fn what_was_missed_comes_from_history_once_and_in_order() {
    let config = Config { polling: PollingConfig { messages: true, ..PollingConfig::default() }, ..config() };
    let mut world = World::joined(4, gateway(), config);
    let mut said = world.others_say_many("room", 5);
    world.run_for(1_000);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    said.extend(world.others_say_many("room", 30));
    world.run_for(3_000);
    world.network.refuses_sockets = false;
    world.run_for(60_000);
    said.extend(world.others_say_many("room", 5));
    world.run_for(5_000);
    assert_eq!(world.page().ids("room"), said);
}
