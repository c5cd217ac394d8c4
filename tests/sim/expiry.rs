//! What waits to be sent grows old, by the time of people and not of the engine.

use serde_json::json;
use talkwire::engine::{Body, Config, DeliveryId, Input, OutboxConfig, Submission};
use talkwire::protocol::Outgoing;

use crate::json::Json;
use crate::outbox::{cut_off, raw, reconnect, with_outbox};
use crate::server::Kind;
use crate::world::{World, with_polling};

fn with_message_ttl(ttl_ms: u64) -> Config {
    with_outbox(OutboxConfig { message_ttl_ms: Some(ttl_ms), ..Config::default().outbox })
}

#[test]
fn raw_frames_grow_old_and_words_of_people_do_not() {
    let mut world = cut_off(14, Kind::full(), Config::default());
    raw(&mut world, 1_000);
    let said = world.send(0, "room", "said");
    world.run_for(61_000);
    assert_eq!(world.page().result(1_000), Some("expired"));
    world.run_for(3_600_000);
    reconnect(&mut world);
    assert_eq!(world.page().result(said), Some("acked"));
    let mut world = cut_off(15, Kind::full(), with_message_ttl(5_000));
    let said = world.send(0, "room", "said");
    world.run_for(5_001);
    assert_eq!(world.page().result(said), Some("expired"));
}

#[test]
fn what_the_server_may_have_stored_does_not_grow_old() {
    let mut world = World::joined(25, Kind { ack_delay_ms: 8_000, ..Kind::full() }, with_message_ttl(5_000));
    let said = world.send(0, "elsewhere", "said");
    world.run_for(9_000);
    assert_eq!(world.page().results[&said], ["acked"]);
}

#[test]
fn what_grew_too_old_while_nothing_ran_is_not_sent_by_the_first_that_does() {
    let mut world = World::new(29, Kind { hello_delay_ms: 200, ..Kind::full() });
    world.add_page(with_message_ttl(60_000));
    raw(&mut world, 1_000);
    let said = world.send(0, "room", "said");
    world.run_for(150);
    world.sleep(0, 61_000);
    world.run_for(70_000);
    assert_eq!((world.page().result(1_000), world.page().result(said)), (Some("expired"), Some("expired")));
    assert_eq!(world.page().written(|frame| matches!(frame, Outgoing::Message { .. } | Outgoing::Raw(_))), 0);
}

#[test]
fn what_grew_too_old_in_the_hands_of_a_session_expires_when_that_is_lost() {
    let mut world = World::joined(32, Kind { loses_ack: Some(1), ..Kind::full() }, with_message_ttl(5_000));
    let said = world.send(0, "elsewhere", "said");
    world.run_for(6_000);
    assert_eq!(world.page().result(said), None, "it may be stored");
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(100);
    assert_eq!(world.page().result(said), Some("expired"));
}

#[test]
fn what_grew_too_old_is_not_sent_again_when_no_answer_comes() {
    let mut world = World::joined(33, Kind { loses_ack: Some(1), ..Kind::full() }, with_message_ttl(5_000));
    let said = world.send(0, "elsewhere", "said");
    for _ in 0..11 {
        world.others_say("room", "the session lives");
        world.run_for(1_000);
    }
    assert_eq!(world.page().result(said), Some("expired"));
    assert_eq!(world.page().written(|frame| matches!(frame, Outgoing::Message { .. })), 1);
}

#[test]
fn what_grew_too_old_on_its_way_by_post_is_not_posted_again() {
    let config = Config { outbox: with_message_ttl(5_000).outbox, ..with_polling() };
    let mut world = cut_off(34, Kind::full(), config);
    world.run_for(8_000);
    world.network.http_status = Some(503);
    world.network.latency_ms = (3_000, 3_000);
    let said = world.send(0, "room", "said");
    world.run_for(6_001);
    assert_eq!(world.page().result(said), Some("expired"));
    assert_eq!(world.page().client.stats().posts, 1);
}

#[test]
fn the_time_before_the_engine_was_there_counts() {
    let mut world = cut_off(30, Kind::full(), Config::default());
    let frame = Json(json!({"type": "custom"}));
    let raw = |delivery: u32, waited_ms: u64| {
        let body = Body::Raw(frame.clone());
        Input::Send(Submission { delivery: DeliveryId(delivery), body, bytes: 30, waited_ms })
    };
    world.tell(0, raw(1_000, 59_999));
    world.tell(0, raw(1_001, 60_000));
    assert_eq!((world.page().result(1_000), world.page().result(1_001)), (None, Some("expired")));
    world.run_for(1);
    assert_eq!(world.page().result(1_000), Some("expired"));
}
