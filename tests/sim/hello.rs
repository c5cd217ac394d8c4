//! What a server says of itself first, and what is done where it says nothing.

use serde_json::json;
use talkwire::engine::{Config, Input, Phase};
use talkwire::protocol::Outgoing;

use crate::json::Json;
use crate::page::Heard;
use crate::server::Kind;
use crate::world::{World, with_polling};

fn instant(kind: Kind) -> World {
    let mut world = World::new(1, kind);
    world.network.latency_ms = (0, 0);
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    world
}

fn subscribes(world: &World) -> Vec<(u64, Outgoing<Json>)> {
    let frames = world.page().transmits.iter().flat_map(|(at, frames)| frames.iter().map(move |frame| (*at, frame)));
    frames
        .filter(|(_, frame)| matches!(frame, Outgoing::Subscribe { .. }))
        .map(|(at, frame)| (at, frame.clone()))
        .collect()
}

#[test]
fn an_unknown_server_has_a_quarter_of_a_second_and_a_known_plain_one_none() {
    let mut world = instant(Kind::plain());
    assert_eq!(world.page().connection.phase, Phase::Connecting);
    world.run_for(5_000);
    assert_eq!(subscribes(&world).iter().map(|(at, _)| at - 1_000).collect::<Vec<_>>(), [250]);
    world.close_all(1006);
    world.run_for(5_000);
    let dialled_at = world.page().dials[1];
    assert_eq!(subscribes(&world)[1].0, dialled_at, "known by now");
}

#[test]
fn a_server_that_says_hello_is_subscribed_to_with_it() {
    let mut world = instant(Kind { hello_delay_ms: 100, ..Kind::full() });
    world.run_for(5_000);
    let found = subscribes(&world);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, 1_100);
    assert!(matches!(found[0].1, Outgoing::Subscribe { reference: Some(_), .. }));
}

#[test]
fn any_first_frame_of_an_unknown_server_ends_the_wait() {
    let mut world = instant(Kind::plain());
    world.run_for(100);
    world.server_sends(json!({"type": "conversation", "conversationId": "other", "data": {}}));
    world.run_for(0);
    assert_eq!(subscribes(&world).iter().map(|(at, _)| at - 1_000).collect::<Vec<_>>(), [100]);
    assert_eq!(world.page().events.len(), 1, "and is told");
}

#[test]
fn a_server_known_to_say_hello_is_waited_for() {
    let mut world = instant(Kind::full());
    world.run_for(10_000);
    world.server.kind.hello_delay_ms = 4_000;
    world.close_all(1006);
    world.run_for(10_000);
    let (dialled_at, found) = (world.page().dials[1], subscribes(&world));
    assert_eq!(found[1].0, dialled_at + 4_000);
    assert!(matches!(found[1].1, Outgoing::Subscribe { reference: Some(_), .. }));
}

#[test]
fn a_server_that_was_too_slow_once_is_waited_for_again() {
    let mut world = instant(Kind::full());
    world.run_for(10_000);
    world.server.kind.hello_delay_ms = 11_000;
    world.close_all(1006);
    world.run_until(20_000, |world| world.page().dials.len() == 2).expect("an attempt that will time out");
    world.run_for(10_000);
    world.server.kind.hello_delay_ms = 4_000;
    world.run_for(10_000);
    assert_eq!((world.page().dials.len(), world.page().connection.phase), (3, Phase::Open));
    assert!(matches!(subscribes(&world)[1].1, Outgoing::Subscribe { reference: Some(_), .. }));
}

#[test]
fn a_server_that_has_become_a_plain_one_is_taken_for_one_in_the_end() {
    let mut world = instant(Kind::full());
    world.run_for(10_000);
    world.server.kind = Kind::plain();
    world.close_all(1012);
    world.run_for(60_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
    assert!(matches!(subscribes(&world)[1].1, Outgoing::Subscribe { reference: None, cursor: None, .. }));
    let said = world.others_say("room", "still there?");
    world.run_for(100);
    assert_eq!(world.page().ids("room"), [said]);
}

#[test]
fn a_late_hello_is_answered_with_one_more_subscribe_and_nothing_is_told_twice() {
    let mut world = instant(Kind { hello_delay_ms: 600, ..Kind::full() });
    world.run_for(400);
    let mut said = world.others_say_many("room", 3);
    world.run_for(1_000);
    said.extend(world.others_say_many("room", 3));
    world.run_for(1_000);
    let found = subscribes(&world);
    assert_eq!(found.iter().map(|(at, _)| at - 1_000).collect::<Vec<_>>(), [250, 600]);
    assert!(matches!(found[0].1, Outgoing::Subscribe { reference: None, .. }));
    assert!(matches!(found[1].1, Outgoing::Subscribe { reference: Some(_), .. }));
    assert_eq!(world.page().ids("room"), said);
    assert_eq!(world.page().gap_count("room"), 0);
    assert_eq!(world.server_holds(0), ["room"]);
    assert_eq!(world.page().identity.as_deref(), Some("me"));
}

#[test]
fn a_second_hello_changes_nothing() {
    let mut world = instant(Kind::full());
    world.run_for(1_000);
    world.server_sends(json!({"type": "hello", "features": []}));
    world.run_for(1_000);
    assert_eq!(subscribes(&world).len(), 1);
    let send = world.send(0, "room", "hello");
    world.run_for(100);
    assert_eq!(world.page().result(send), Some("acked"));
}

#[test]
fn features_that_nobody_knows_are_ignored() {
    let mut world = instant(Kind { hello: Some(vec!["ack", "telepathy", "ping"]), ..Kind::plain() });
    world.run_for(1_000);
    assert_eq!(world.server_holds(0), ["room"]);
    assert!(world.page().errors.is_empty());
}

#[test]
fn a_drain_is_followed_by_a_new_session_and_the_old_one_stays_until_then() {
    let mut world = instant(Kind::full());
    world.run_for(10_000);
    let start = world.now;
    world.server.kind.hello_delay_ms = 3_000;
    world.server_sends(json!({"type": "drain", "withinMs": 8_000}));
    let dialled = world.run_until(8_000, |world| world.page().dials.len() == 2).expect("a second dial");
    assert!(dialled <= 8_000);
    world.run_for(2_999);
    assert_eq!((world.live_sockets(0), world.page().connection.phase), (2, Phase::Open));
    let mut said = vec![world.others_say("room", "over the old one")];
    world.run_for(1);
    assert_eq!(world.page().hangups, [(start + dialled + 3_000, Some(4_000))]);
    said.push(world.others_say("room", "over the new one"));
    world.run_for(10_000);
    assert_eq!((world.live_sockets(0), world.page().dials.len()), (1, 2));
    assert_eq!(world.page().ids("room"), said);
    assert_eq!(world.page().connection.attempt, 0, "it is no failure");
}

#[test]
fn a_draining_server_that_closes_at_once_is_a_lost_session_like_any_other() {
    let mut world = instant(Kind::full());
    world.run_for(10_000);
    world.server_sends(json!({"type": "drain", "withinMs": 30_000}));
    world.run_for(10);
    world.close_all(1012);
    world.run_for(2_000);
    assert_eq!(world.page().connection.phase, Phase::Open);
    world.run_for(60_000);
    assert_eq!(world.page().dials.len(), 2, "the drain went with the session that it was about");
}

#[test]
fn a_session_that_was_mute_and_had_to_be_replaced_taught_nothing() {
    let mut world = instant(Kind { hello_delay_ms: 300, ..Kind::full() });
    world.run_for(260);
    assert_eq!(subscribes(&world).len(), 1, "taken for a plain one");
    world.black_hole();
    world.run_for(60_000);
    world.server.kind.hello_delay_ms = 100;
    world.tell(0, Input::Resumed);
    world.run_for(1_000);
    assert!(matches!(subscribes(&world)[1].1, Outgoing::Subscribe { reference: Some(_), .. }), "it had its time again");
}

#[test]
fn a_plain_session_that_spoke_and_had_to_be_replaced_taught_what_it_taught() {
    let mut world = instant(Kind::plain());
    world.run_for(260);
    world.others_say("room", "heard");
    world.run_for(0);
    world.black_hole();
    world.run_for(60_000);
    let woken_at = world.now;
    world.tell(0, Input::Resumed);
    world.run_for(1_000);
    assert_eq!(subscribes(&world)[1].0, woken_at, "without a wait for hello");
}

#[test]
fn an_outage_before_a_late_hello_is_one_gap() {
    for numbers in [false, true] {
        let kind = Kind { hello: Some(vec!["ack"]), numbers, hello_delay_ms: 100_000, ..Kind::plain() };
        let mut world = World::joined(10, kind, Config::default());
        world.others_say_many("room", 2);
        world.run_for(1_000);
        world.server.kind.hello_delay_ms = 600;
        world.close_all(1006);
        world.others_say_many("room", 2);
        world.run_for(5_000);
        world.others_say_many("room", 1);
        world.run_for(1_000);
        assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (3, 1), "{numbers}");
        assert_eq!(world.page().heard["room"][2], Heard::Gap);
    }
}

#[test]
fn an_outage_before_a_late_hello_is_not_forgotten_while_it_is_read() {
    let mut world = World::new(11, Kind::plain_with_history());
    world.network.http_fails = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(500);
    world.others_say("room", "heard");
    world.run_for(20_000);
    world.close_all(1006);
    world.others_say("room", "missed");
    let sessions = world.page().client.stats().sessions;
    world.run_until(10_000, move |world| world.page().client.stats().sessions > sessions).expect("a session");
    world.server.kind.numbers = true;
    world.server_sends(json!({"type": "hello", "features": ["ack"]}));
    world.run_for(500);
    world.others_say("room", "heard, too");
    world.run_for(20_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (vec!["msg_1".into(), "msg_3".into()], 1));
}
