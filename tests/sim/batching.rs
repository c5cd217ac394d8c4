//! Sends that leave together: fewer frames, and nothing else is different.

use talkwire::engine::{Body, Config, DeliveryId, Input, OutboxConfig, Submission};

use serde_json::json;

use crate::json::Json;
use crate::server::Kind;
use crate::world::World;

const BATCH_MS: u64 = 50;

/// A page that has joined `room`, where sends wait for each other; what was written so far is forgotten.
fn joined(kind: Kind) -> World {
    let outbox = OutboxConfig { batch_ms: BATCH_MS, ttl_ms: 2 * BATCH_MS, ..Config::default().outbox };
    let mut world = World::joined(1, kind, Config { outbox, ..Config::default() });
    world.network.latency_ms = (1, 1);
    world.pages[0].written_bytes.clear();
    world
}

fn frames(world: &World) -> usize {
    world.page().written_bytes.len()
}

fn stored(world: &World) -> Vec<&str> {
    let messages = &world.server.threads["room"].messages;
    messages.iter().filter_map(|one| one.data["content"].as_str()).collect()
}

fn say(world: &mut World, texts: &[&str]) -> Vec<u32> {
    texts.iter().map(|text| world.send(0, "room", text)).collect()
}

#[test]
fn sends_of_a_short_while_are_one_frame_stored_in_order_and_acked_each() {
    let mut world = joined(Kind::full());
    let mut sent = say(&mut world, &["one", "two"]);
    world.run_for(BATCH_MS - 1);
    sent.extend(say(&mut world, &["three"]));
    assert_eq!(frames(&world), 0);
    world.run_for(1);
    assert_eq!(frames(&world), 1, "it is the first one's wait that counts");
    sent.extend(say(&mut world, &["four"]));
    world.run_for(BATCH_MS - 1);
    assert_eq!(frames(&world), 1);
    world.run_for(10);
    assert_eq!(frames(&world), 2);
    assert_eq!(stored(&world), ["one", "two", "three", "four"]);
    assert!(sent.iter().all(|send| world.page().results[send] == ["acked"]));
    assert_eq!(world.page().ids("room").len(), 4, "each told once");
}

#[test]
fn a_server_that_offers_no_batches_gets_each_at_once() {
    let hello = Some(vec!["ack", "replay", "ping"]);
    for kind in [Kind::plain(), Kind { hello, ..Kind::full() }] {
        let mut world = joined(kind);
        say(&mut world, &["one", "two"]);
        assert_eq!(frames(&world), 2);
        world.run_for(1_000);
        assert_eq!(stored(&world), ["one", "two"]);
    }
}

#[test]
fn whatever_else_is_written_takes_along_what_waits_and_follows_it() {
    let mut world = joined(Kind::full());
    let slot = world.pages[0].slot("room");
    say(&mut world, &["one", "two"]);
    world.tell(0, Input::Typing(slot, true));
    assert_eq!(frames(&world), 1);
    world.run_for(1_000);
    let types: Vec<_> =
        world.server.received.iter().rev().take(3).filter_map(|(_, one)| one["type"].as_str()).collect();
    assert_eq!(types, ["typing", "message", "message"]);
    assert_eq!(frames(&world), 1, "nothing was left for later");
}

#[test]
fn what_waits_leaves_before_the_client_does() {
    for leave in [Input::Disconnect, Input::Close, Input::PageHide] {
        let mut world = joined(Kind::full());
        say(&mut world, &["one", "two"]);
        world.tell(0, leave);
        assert_eq!(frames(&world), 1);
        world.run_for(1_000);
        assert_eq!(stored(&world), ["one", "two"]);
    }
}

#[test]
fn a_hidden_page_whose_timers_are_late_waits_for_nobody() {
    let mut world = joined(Kind::full());
    say(&mut world, &["one"]);
    world.tell(0, Input::Visibility { hidden: true });
    assert_eq!(frames(&world), 1);
    say(&mut world, &["two"]);
    assert_eq!(frames(&world), 2);
    world.tell(0, Input::Visibility { hidden: false });
    world.run_for(100);
    let before = frames(&world);
    say(&mut world, &["three"]);
    assert_eq!(frames(&world), before);
}

#[test]
fn nothing_waits_for_company_until_it_is_too_old() {
    let mut world = joined(Kind::full());
    let ask = |number: u32, timeout_ms: u64| {
        let body = Body::Request { event: "search".into(), data: Json(json!(number)), timeout_ms };
        Input::Send(Submission { delivery: DeliveryId(number), body, bytes: 1, waited_ms: 0 })
    };
    world.tell(0, ask(100, BATCH_MS + 1));
    assert_eq!(frames(&world), 0);
    world.tell(0, ask(101, BATCH_MS));
    assert_eq!(frames(&world), 1, "both");
    let raw = Body::Raw(Json(json!({"type": "custom"})));
    let waited_ms = BATCH_MS;
    world.tell(0, Input::Send(Submission { delivery: DeliveryId(102), body: raw, bytes: 1, waited_ms }));
    assert_eq!((frames(&world), world.page().result(102)), (2, Some("sent")));
}

#[test]
fn what_waits_for_company_can_be_taken_back() {
    let mut world = joined(Kind::full());
    let sent = say(&mut world, &["regretted", "meant"]);
    assert!(world.cancel(0, sent[0]));
    world.run_for(1_000);
    assert_eq!(stored(&world), ["meant"]);
    assert_eq!((world.page().result(sent[0]), world.page().result(sent[1])), (Some("cancelled"), Some("acked")));
}

#[test]
fn a_session_that_is_lost_meanwhile_takes_nothing_with_it() {
    let mut world = joined(Kind::full());
    let sent = say(&mut world, &["one", "two"]);
    world.close_all(1006);
    world.run_for(BATCH_MS - 1);
    assert_eq!(frames(&world), 0);
    world.run_for(10_000);
    assert_eq!(stored(&world), ["one", "two"]);
    assert!(sent.iter().all(|send| world.page().result(*send) == Some("acked")));
}

#[test]
fn a_batch_of_sends_is_at_most_64_kib_and_a_longer_send_goes_alone() {
    let mut world = joined(Kind::full());
    let texts: Vec<String> = (0..30).map(|n| format!("{n:05000}")).collect();
    say(&mut world, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    world.run_for(1_000);
    let long = "l".repeat(70_000);
    say(&mut world, &["before", &long, "after"]);
    world.run_for(1_000);
    let frames = &world.page().written_bytes;
    assert_eq!(frames.iter().filter(|bytes| **bytes > 65_536).count(), 1, "{frames:?}");
    assert_eq!(frames.len(), 3 + 3, "{frames:?}");
    let said: Vec<&str> = texts.iter().map(String::as_str).chain(["before", &long, "after"]).collect();
    assert_eq!(stored(&world), said);
}
