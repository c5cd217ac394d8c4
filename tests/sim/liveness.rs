//! Whether a socket that says nothing is alive.

use serde_json::json;
use talkwire::engine::{Config, HeartbeatConfig, Input, Phase};

use crate::server::Kind;
use crate::world::World;

#[test]
fn a_busy_socket_is_never_pinged() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    for _ in 0..30 {
        world.others_say("room", "busy");
        world.run_for(20_000);
    }
    assert_eq!(world.page().pings(), 0);
}

#[test]
fn an_idle_socket_is_pinged_once_an_interval_and_kept() {
    let mut world = World::joined(2, Kind::full(), Config::default());
    world.run_for(250_000);
    let pings = world.page().pings();
    assert!((8..=10).contains(&pings), "{pings}");
    assert_eq!(world.page().dials.len(), 1);
}

#[test]
fn a_black_holed_socket_is_replaced_within_interval_and_timeout() {
    for seed in 0..20 {
        let mut world = World::joined(seed, Kind::full(), Config::default());
        world.run_for(seed * 1_700);
        world.black_hole();
        let said = world.others_say_many("room", 3);
        let took = world.run_until(60_000, |world| world.page().dials.len() == 2);
        assert!(took.is_some_and(|ms| ms <= 25_000 + 10_000 + 1_000), "{took:?}");
        world.run_for(1_000);
        assert_eq!(world.page().ids("room"), said);
    }
}

#[test]
fn a_plain_server_is_never_asked_what_it_did_not_offer() {
    let mut world = World::joined(3, Kind::plain(), Config::default());
    world.send(0, "room", "hello");
    world.run_for(3_600_000);
    assert_eq!(world.page().dials.len(), 1, "an idle socket is not churned");
    let kinds: Vec<&str> = world.server.received.iter().filter_map(|(_, frame)| frame["type"].as_str()).collect();
    assert_eq!(kinds, ["subscribe", "message"]);
    assert!(world.server.received.iter().all(|(_, frame)| frame.get("ref").is_none() && frame.get("after").is_none()));
}

#[test]
fn a_ping_of_the_applications_own_is_used_where_it_is_given() {
    let heartbeat = HeartbeatConfig { custom_ping: true, ..Config::default().heartbeat };
    let mut world = World::joined(4, Kind::plain(), Config { heartbeat, ..Config::default() });
    world.black_hole();
    world.run_for(40_000);
    assert_eq!(world.page().dials.len(), 2);
}

#[test]
fn without_a_heartbeat_silence_is_no_death() {
    let heartbeat = HeartbeatConfig { enabled: false, ..Config::default().heartbeat };
    let mut world = World::joined(5, Kind::full(), Config { heartbeat, ..Config::default() });
    world.run_for(600_000);
    assert_eq!((world.page().pings(), world.page().dials.len()), (0, 1));
}

#[test]
fn after_a_sleep_the_session_has_two_seconds_to_answer() {
    for input in [Input::Resumed, Input::PageShow, Input::Online, Input::Visibility { hidden: false }] {
        let mut world = World::joined(6, Kind::full(), Config::default());
        world.run_for(12_000);
        world.black_hole();
        world.tell(0, input);
        assert_eq!(world.page().pings(), 1);
        let took = world.run_until(10_000, |world| world.page().connection.phase != Phase::Open);
        assert_eq!(took, Some(2_000));
    }
}

#[test]
fn a_question_asked_for_another_reason_gives_the_session_no_more_time() {
    let mut world = World::joined(6, Kind::full(), Config::default());
    world.run_for(12_000);
    world.black_hole();
    world.hold(0, "other", 1);
    world.sleep(0, 12_000);
    world.run_for(12_000);
    world.tell(0, Input::PageShow);
    let took = world.run_until(20_000, |world| world.page().connection.phase != Phase::Open);
    assert!(took.is_some_and(|ms| ms <= 2_000), "{took:?}");
}

#[test]
fn a_session_that_answers_after_a_sleep_stays() {
    let mut world = World::joined(7, Kind::full(), Config::default());
    world.run_for(12_000);
    world.sleep(0, 600_000);
    world.run_for(605_000);
    assert_eq!(world.page().dials.len(), 1);
    assert_eq!(world.page().pings(), 1, "the clock's jump alone raised the doubt");
    world.tell(0, Input::Resumed);
    assert_eq!(world.page().pings(), 1, "what spoke a moment ago is trusted");
}

#[test]
fn what_cannot_be_asked_is_replaced_and_kept_until_the_new_one_is_proved() {
    let mut world = World::joined(8, Kind::plain(), Config::default());
    world.run_for(20_000);
    world.tell(0, Input::Resumed);
    assert_eq!(world.page().dials.len(), 1, "silent for less than the interval");
    world.run_for(10_000);
    world.tell(0, Input::Resumed);
    assert_eq!((world.page().dials.len(), world.live_sockets(0)), (2, 2));
    assert_eq!(world.page().connection.phase, Phase::Open);
    world.run_for(1_000);
    assert_eq!(world.live_sockets(0), 1);
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn a_servers_own_ping_is_answered() {
    let mut world = World::joined(9, Kind::full(), Config::default());
    world.server_sends(json!({"type": "ping"}));
    world.run_for(100);
    assert!(world.server.received.iter().any(|(_, frame)| frame["type"] == "pong"));
}

#[test]
fn a_subscribe_that_a_dead_session_does_not_answer_raises_the_doubt_early() {
    let mut world = World::joined(11, Kind::full(), Config::default());
    world.black_hole();
    world.hold(0, "other", 1);
    world.run_for(10_000);
    assert_eq!((world.page().pings(), world.page().errors.len()), (1, 0), "it is the session that is asked");
    world.run_for(12_000);
    assert_eq!(world.server_holds(0), ["other", "room"]);
}

#[test]
fn a_message_that_a_dead_session_does_not_ack_raises_the_doubt_early() {
    let mut world = World::joined(10, Kind::full(), Config::default());
    world.black_hole();
    let delivery = world.send(0, "room", "anybody there?");
    let took = world.run_until(60_000, |world| world.page().result(delivery).is_some());
    assert!(took.is_some_and(|ms| ms < 22_000), "{took:?}");
    assert_eq!(world.page().result(delivery), Some("acked"));
}
