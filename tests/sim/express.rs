//! The express lane: what goes by the engine by numbers alone, and what does not.

use serde_json::json;
use talkwire::engine::{Config, HeartbeatConfig, Input, Rng};
use talkwire::protocol::Outgoing;

use crate::server::Kind;
use crate::world::{World, with_polling};

#[test]
fn the_plain_next_message_takes_the_lane_on_every_class_of_server() {
    for kind in [Kind::full(), Kind::numbered(), Kind::plain_with_history(), Kind::plain()] {
        let mut world = World::joined(1, kind.clone(), with_polling());
        world.others_say_many("room", 20);
        world.run_for(5_000);
        let before = world.page().lane.passed;
        let said = world.others_say_many("room", 30);
        world.run_for(5_000);
        assert_eq!(world.page().lane.passed - before, 30, "{kind:?}");
        assert_eq!(world.page().ids("room")[20..], said, "{kind:?}");
        assert_eq!(world.page().shown("room")[20..], said, "{kind:?}");
    }
}

#[test]
fn what_follows_in_number_or_by_its_id_goes_by_unasked_on_every_class_of_server() {
    for kind in [Kind::full(), Kind::numbered(), Kind::plain()] {
        let mut world = World::joined(1, kind.clone(), Config::default());
        let mut said = Vec::new();
        for _ in 0..5 {
            said.extend(world.others_say_many("room", 20));
            world.run_for(5_000);
        }
        assert!(world.page().lane.followed >= 50, "{kind:?}: {}", world.page().lane.followed);
        assert_eq!(world.page().ids("room"), said, "{kind:?}");
        assert_eq!(world.page().shown("room"), said, "{kind:?}");
        assert_eq!(world.page().client.stats().events, 100, "{kind:?}");
    }
}

#[test]
fn what_followed_is_known_when_it_comes_again() {
    for kind in [Kind::full(), Kind::plain()] {
        let mut world = World::joined(12, kind.clone(), Config::default());
        let said = world.others_say_many("room", 20);
        world.run_for(1_000);
        let followed = world.page().lane.followed;
        let archive: Vec<_> = world.server.archive.iter().map(|(_, stored)| stored.data.clone()).collect();
        for data in archive.iter().rev().chain(&archive) {
            let frame = json!({"type": "message", "conversationId": "room", "data": data});
            world.server_sends_text(&frame.to_string());
        }
        world.run_for(1_000);
        assert!(followed > 0);
        assert_eq!(world.page().ids("room"), said, "{kind:?}");
    }
}

#[test]
fn an_id_that_is_not_after_all_others_is_asked_about() {
    let mut world = World::joined(13, Kind::plain(), Config::default());
    let say = |world: &mut World, id: &str| {
        let frame = json!({"type": "message", "conversationId": "room", "data": {"id": id}});
        world.server_sends_text(&frame.to_string());
    };
    let ids = ["m1", "m2", "m10", "m3", "m10", "m11", "m4", "m11", "m12", "m3", "m13"];
    ids.iter().for_each(|id| say(&mut world, id));
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), ["m1", "m2", "m10", "m3", "m11", "m4", "m12", "m13"]);
}

#[test]
fn a_reconnect_goes_on_after_what_took_the_lane() {
    for kind in [Kind::full(), Kind::plain_with_history()] {
        let mut world = World::joined(2, kind.clone(), with_polling());
        let mut said = world.others_say_many("room", 40);
        world.run_for(5_000);
        world.close_all(1006);
        said.extend(world.others_say_many("room", 5));
        world.run_for(30_000);
        assert_eq!(world.page().ids("room"), said, "{kind:?}");
        assert_eq!(world.page().gap_count("room"), 0, "{kind:?}");
    }
}

#[test]
fn what_took_the_lane_is_known_when_a_page_tells_it_again() {
    let config = Config { polling: with_polling().polling, ..Config::default() };
    let mut world = World::joined(3, Kind::plain_with_history(), config);
    let mut said = world.others_say_many("room", 10);
    world.run_for(2_000);
    said.extend(world.others_say_many("room", 10));
    world.run_for(200_000);
    assert!(world.page().lane.passed > 0);
    assert_eq!(world.page().ids("room"), said, "the slow check by HTTP finds nothing new");
}

#[test]
fn a_message_that_came_twice_is_told_once() {
    for kind in [Kind::full(), Kind::plain()] {
        let mut world = World::joined(4, kind, with_polling());
        let said = world.others_say_many("room", 3);
        world.run_for(1_000);
        let again = world.server.archive.last().map(|(_, stored)| stored.data.clone()).expect("a message");
        world.server_sends_text(&json!({"type": "message", "conversationId": "room", "data": again}).to_string());
        world.run_for(1_000);
        assert_eq!(world.page().ids("room"), said);
    }
}

#[test]
fn my_own_message_does_not_take_the_lane() {
    let mut world = World::joined(5, Kind::plain(), with_polling());
    world.others_say_many("room", 3);
    world.run_for(3_000);
    let delivery = world.send(0, "room", "hello");
    world.run_for(3_000);
    assert_eq!(world.page().result(delivery), Some("sent"));
    assert_eq!(world.page().shown("room").len(), 4, "the message and its echo are one");
}

#[test]
fn whoever_types_stops_when_the_message_comes() {
    let mut world = World::joined(6, Kind::full(), with_polling());
    world.others_say_many("room", 3);
    world.run_for(3_000);
    world.server_sends_text(r#"{"type":"typing","conversationId":"room","data":{"userId":"u2","isTyping":true}}"#);
    world.run_for(1_000);
    assert_eq!(world.page().typing["room"].len(), 1);
    let message =
        json!({"type": "message", "conversationId": "room", "data": {"id": "m4", "senderId": "u2"}, "offset": 4});
    world.server_sends_text(&message.to_string());
    world.run_for(1_000);
    assert_eq!(world.page().ids("room").last().map(String::as_str), Some("m4"));
    assert!(world.page().typing["room"].is_empty());
}

#[test]
fn what_takes_the_lane_shows_that_the_session_lives() {
    let heartbeat = HeartbeatConfig { interval_ms: 5_000, ..Config::default().heartbeat };
    let mut world = World::joined(7, Kind::full(), Config { heartbeat, ..Config::default() });
    for _ in 0..60 {
        world.others_say("room", "and on");
        world.run_for(1_000);
    }
    assert!(world.page().lane.passed > 50);
    assert_eq!(world.page().pings(), 0);
}

#[test]
fn what_nobody_wants_stays_out_and_still_shows_that_the_session_lives() {
    let heartbeat = HeartbeatConfig { interval_ms: 5_000, ..Config::default().heartbeat };
    let mut world = World::joined(8, Kind::full(), Config { heartbeat, ..Config::default() });
    world.pages[0].lane.hears_all = false;
    let received = world.page().client.stats().frames_received;
    for n in 1..=60 {
        let frame = json!({"type": "message", "conversationId": "elsewhere", "data": {"id": n}, "offset": n});
        world.server_sends_text(&frame.to_string());
        world.run_for(1_000);
    }
    assert_eq!(world.page().lane.unwanted, 60);
    assert_eq!(world.page().pings(), 0);
    assert_eq!(world.page().client.stats().frames_received - received, 60);
    assert!(world.page().ids("elsewhere").is_empty());
    world.hold(0, "elsewhere", 1);
    world.run_for(1_000);
    assert_eq!(world.page().lane.unwanted, 60, "it is wanted now");
}

#[test]
fn a_conversation_left_and_joined_again_takes_up_where_it_was() {
    let mut world = World::joined(9, Kind::full(), with_polling());
    world.pages[0].lane.hears_all = false;
    let mut said = world.others_say_many("room", 20);
    world.run_for(1_000);
    world.unhold(0, "room", 1);
    world.run_for(5_000);
    said.extend(world.others_say_many("room", 5));
    world.run_for(1_000);
    world.hold(0, "room", 1);
    world.run_for(1_000);
    said.extend(world.others_say_many("room", 5));
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), said);
}

#[test]
fn with_and_without_the_lane_the_same_is_told_at_the_same_moments() {
    let mut passed = 0;
    for seed in 0..60 {
        let with = chatter(seed, true);
        let without = chatter(seed, false);
        assert_eq!(without.page().lane.passed, 0);
        passed += with.page().lane.passed;
        for (on, off) in with.pages.iter().zip(&without.pages) {
            assert_eq!(on.heard, off.heard, "seed {seed}");
            assert_eq!(format!("{:?}", on.snapshots), format!("{:?}", off.snapshots), "seed {seed}");
            assert_eq!(on.results, off.results, "seed {seed}");
            let moments = |page: &crate::page::Page| {
                page.events.iter().map(|(at, event)| (*at, event.data.clone())).collect::<Vec<_>>()
            };
            assert_eq!(moments(on), moments(off), "seed {seed}");
        }
    }
    assert!(passed > 1_000, "{passed} messages took the lane");
}

/// Two pages of people who talk while the network fails.
fn chatter(seed: u64, with_lane: bool) -> World {
    let kinds = [Kind::full(), Kind::numbered(), Kind::plain_with_history(), Kind::plain()];
    let mut world = World::new(seed, kinds[(seed % 4) as usize].clone());
    let mut chance = Rng::new(seed ^ 0xace);
    for page in 0..2 {
        world.add_page(with_polling());
        world.pages[page].lane.is_on = with_lane;
        world.hold(page, "room", 1);
        world.hold(page, "other", 1);
    }
    for _ in 0..60 {
        let page = chance.up_to(1) as usize;
        match chance.up_to(12) {
            0..=5 => drop(world.others_say_many("room", chance.up_to(4) as usize + 1)),
            6..=8 => drop(world.others_say("other", "there")),
            9 => drop(world.send(page, "room", "mine")),
            10 => world.close_all(1006),
            11 => world.tell(page, Input::Visibility { hidden: chance.up_to(1) == 0 }),
            _ => world.network.http_fails = chance.up_to(1) == 0,
        }
        world.run_for(chance.up_to(3_000));
    }
    assert!(world.pages.iter().any(|page| page.written(|frame| matches!(frame, Outgoing::Subscribe { .. })) > 0));
    world
}
