//! Socket.IO: a session that begins in two steps, answers that may never come, a server that pings by itself.

use serde_json::json;
use talkwire::engine::{
    Body, Config, DeliveryId, ErrorCode, Greeting, Input, Phase, PollingConfig, Status, Submission, Via,
};
use talkwire::protocol::Outgoing;

use crate::json::Json;
use crate::page::Heard;
use crate::server::Kind;
use crate::speech;
use crate::world::World;

fn config() -> Config {
    Config { greeting: Greeting::Always, ..Config::default() }
}

fn joined(kind: Kind) -> World {
    let mut world = World::joined(1, kind, config());
    world.run_for(5_000);
    world
}

fn heard(world: &World, kind: &str) -> Vec<serde_json::Value> {
    let frames = world.server.received.iter().map(|(_, frame)| frame);
    frames.filter(|frame| frame["type"] == kind).cloned().collect()
}

fn sent(world: &World, is_it: fn(&Outgoing<Json>) -> bool) -> usize {
    world.page().transmits.iter().flat_map(|(_, frames)| frames).filter(|frame| is_it(frame)).count()
}

fn ask(world: &mut World) -> u32 {
    world.pages[0].sends += 1;
    let number = world.pages[0].sends;
    let body = Body::Request { event: "ask".into(), data: Json(json!(null)), timeout_ms: 10_000 };
    world.tell(0, Input::Send(Submission { delivery: DeliveryId(number), body, bytes: 4, waited_ms: 0 }));
    number
}

fn refusing(words: &'static str, is_refreshable: bool) -> World {
    let kind = Kind { refuses_session: Some(words), ..Kind::socket_io() };
    World::joined(1, kind, Config { token_refreshable: is_refreshable, ..config() })
}

#[test]
fn a_session_is_proved_by_its_connect_and_by_nothing_before() {
    let mut world = World::new(1, Kind::socket_io());
    world.network.latency_ms = (100, 100);
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_for(399);
    assert_eq!(world.page().connection.phase, Phase::Connecting);
    assert_eq!(sent(&world, |frame| matches!(frame, Outgoing::Connect)), 1);
    world.run_for(1);
    assert_eq!(world.page().connection.phase, Phase::Open);
    let kinds: Vec<_> = world.server.received.iter().map(|(_, frame)| frame["type"].clone()).collect();
    assert_eq!(kinds, ["connect"]);
    world.run_for(1_000);
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn what_comes_before_the_session_begins_does_not_prove_it() {
    let kind = Kind { hello_delay_ms: 3_000, ..Kind::socket_io() };
    let mut world = World::new(1, kind);
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_for(1_500);
    world.server_sends(json!({"type": "message", "conversationId": "room", "data": {"id": "m"}}));
    world.server_sends(json!({"type": "ping"}));
    world.run_for(1_000);
    assert_eq!(world.page().connection.phase, Phase::Connecting);
    assert_eq!(heard(&world, "pong").len(), 1, "the server's question is answered all the same");
    assert!(world.page().ids("room").is_empty());
}

#[test]
fn handlers_that_ack_are_waited_for() {
    let mut world = joined(Kind { ack_delay_ms: 3_000, returns_client_id: false, ..Kind::socket_io() });
    assert_eq!(world.page().statuses["room"], Status::Live);
    let first = world.send(0, "room", "one");
    world.run_for(2_100);
    assert_eq!(world.page().result(first), Some("no-ack"), "slower than it takes to learn");
    world.run_for(10_000);
    let second = world.send(0, "room", "two");
    world.run_for(10_000);
    assert_eq!(world.page().result(second), Some("acked"), "but it was heard in the end");
}

#[test]
fn handlers_that_never_ack_are_learnt_and_not_waited_for_again() {
    let mut world = World::joined(1, Kind { returns_client_id: false, ..Kind::silent_socket_io() }, config());
    assert_eq!(world.page().statuses["room"], Status::Joining);
    world.run_for(2_000);
    assert_eq!(world.page().statuses["room"], Status::Live);
    world.hold(0, "other", 2);
    world.run_for(500);
    assert_eq!(world.page().statuses["other"], Status::Live, "at once");
    let first = world.send(0, "room", "one");
    world.run_for(1_500);
    assert_eq!(world.page().result(first), None);
    world.run_for(1_000);
    assert_eq!(world.page().result(first), Some("no-ack"));
    let second = world.send(0, "room", "two");
    assert_eq!(world.page().result(second), Some("no-ack"), "at once");
    world.run_for(500);
    world.close_all(1006);
    world.run_for(60_000);
    assert_eq!(heard(&world, "message").len(), 2, "none is sent twice");
    let asked = heard(&world, "subscribe").into_iter().map(|frame| frame["ref"].is_u64()).collect::<Vec<_>>();
    assert_eq!(asked, [true, false, false, false], "nor an ack asked for in the next session");
}

#[test]
fn what_may_never_be_acked_is_not_sent_again_after_a_drop() {
    let mut world = joined(Kind { returns_client_id: false, ..Kind::silent_socket_io() });
    let send = world.send(0, "room", "once");
    world.run_for(300);
    world.close_all(1006);
    world.run_for(60_000);
    assert_eq!(world.page().result(send), Some("sent"));
    assert_eq!(heard(&world, "message").len(), 1);
}

#[test]
fn a_server_that_acks_gets_again_what_a_drop_left_without_an_ack() {
    let mut world = joined(Kind { ack_delay_ms: 500, echo_delay_ms: 500, ..Kind::socket_io() });
    world.send(0, "room", "known");
    world.run_for(5_000);
    let send = world.send(0, "room", "again");
    world.run_for(200);
    world.close_all(1006);
    world.run_for(60_000);
    assert_eq!(world.page().result(send), Some("acked"));
    assert_eq!(heard(&world, "message").len(), 3);
    assert_eq!(world.server.archive.len(), 2);
}

#[test]
fn what_is_sent_again_and_was_stored_before_others_spoke_comes_late() {
    let mut world = joined(Kind { ack_delay_ms: 500, echo_delay_ms: 500, ..Kind::socket_io() });
    world.send(0, "room", "known");
    world.run_for(5_000);
    world.send(0, "room", "stored, and the ack lost");
    world.run_for(200);
    world.close_all(1006);
    world.others_say("room", "missed");
    world.run_for(60_000);
    let told = |id: &str, via, late| Heard::Message { id: id.into(), via, late };
    assert_eq!(
        world.page().heard["room"],
        [told("msg_1", Via::Echo, false), Heard::Gap, told("msg_2", Via::Echo, true)]
    );
}

#[test]
fn requests_are_answered_by_acks() {
    let mut world = joined(Kind::socket_io());
    let request = ask(&mut world);
    world.run_for(2_000);
    assert_eq!(world.page().result(request), Some("acked"));
}

#[test]
fn a_request_waits_for_its_answer_where_messages_get_none() {
    let kind = Kind { ack_delay_ms: 3_000, returns_client_id: false, ..Kind::silent_socket_io() };
    let mut world = joined(kind);
    let message = world.send(0, "room", "one");
    let request = ask(&mut world);
    world.run_for(5_000);
    assert_eq!((world.page().result(message), world.page().result(request)), (Some("no-ack"), Some("acked")));
}

#[test]
fn a_request_that_is_answered_says_nothing_of_messages() {
    let mut world = joined(Kind { returns_client_id: false, ..Kind::silent_socket_io() });
    let request = ask(&mut world);
    world.run_for(500);
    assert_eq!(world.page().result(request), Some("acked"));
    let message = world.send(0, "room", "one");
    world.run_for(3_000);
    assert_eq!(world.page().result(message), Some("no-ack"));
}

#[test]
fn the_servers_pings_are_answered_and_the_client_asks_nothing_by_itself() {
    let mut world = joined(Kind::socket_io());
    world.run_for(250_000);
    assert_eq!(heard(&world, "pong").len(), 10);
    assert_eq!((world.page().pings(), world.page().dials.len()), (0, 1));
}

#[test]
fn pings_that_stop_end_the_session_within_interval_and_timeout() {
    for seed in 0..20 {
        let mut world = joined(Kind::socket_io());
        world.run_for(seed * 3_100);
        world.black_hole();
        let took = world.run_until(100_000, |world| world.page().dials.len() == 2);
        let limit_ms = speech::PING_MS + speech::PING_TIMEOUT_MS + 1_000;
        assert!(took.is_some_and(|ms| ms <= limit_ms), "{took:?}");
    }
}

#[test]
fn after_a_sleep_the_server_is_asked_and_has_two_seconds() {
    let mut world = joined(Kind::socket_io());
    world.run_for(15_000);
    world.tell(0, Input::Visibility { hidden: false });
    world.run_for(3_000);
    assert_eq!((heard(&world, "ping").len(), world.page().dials.len()), (1, 1));
    world.run_for(11_000);
    world.black_hole();
    world.run_for(11_000);
    world.tell(0, Input::Visibility { hidden: false });
    let took = world.run_until(10_000, |world| world.page().dials.len() == 2);
    assert!(took.is_some_and(|ms| (2_000..4_000).contains(&ms)), "{took:?}");
}

#[test]
fn a_token_that_is_refused_is_refreshed_once() {
    let world = refusing("jwt expired", true);
    assert_eq!(world.page().dials.len(), 2);
    assert_eq!(world.page().connection.phase, Phase::Closed);
    let error = world.page().connection.error.clone();
    assert!(error.is_some_and(|error| error.code == ErrorCode::Unauthorized && error.detail.contains("jwt expired")));
    assert_eq!(refusing("bad token", false).page().dials.len(), 1);
}

#[test]
fn a_namespace_that_is_not_there_stops_and_what_may_pass_is_tried_again() {
    let world = refusing("Invalid namespace", true);
    assert_eq!((world.page().dials.len(), world.page().connection.phase), (1, Phase::Closed));
    let mut world = refusing("database is down", true);
    world.run_for(60_000);
    assert!(world.page().dials.len() > 3);
    world.server.kind.refuses_session = None;
    world.run_for(60_000);
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn whoever_is_kicked_comes_back() {
    let mut world = joined(Kind::socket_io());
    world.server_sends(json!({"type": "bye"}));
    world.run_for(5_000);
    assert_eq!(world.page().dials.len(), 2);
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn a_recovered_session_goes_on_with_what_was_missed_and_without_a_subscribe() {
    let mut world = joined(Kind { recovers_sessions: true, ..Kind::socket_io() });
    world.hold(0, "left", 1);
    world.run_for(3_000);
    let mut said = world.others_say_many("room", 3);
    world.run_for(1_000);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(10);
    said.extend(world.others_say_many("room", 500));
    world.unhold(0, "left", 1);
    world.hold(0, "new", 1);
    world.run_for(30_000);
    world.network.refuses_sockets = false;
    world.run_for(30_000);
    said.extend(world.others_say_many("room", 3));
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), said);
    assert_eq!(world.page().gap_count("room"), 0);
    assert_eq!(world.page().client.stats().recovered, 2);
    let subscribed: Vec<_> = heard(&world, "subscribe").iter().map(|frame| frame["conversationId"].clone()).collect();
    assert_eq!(subscribed, ["room", "left", "new"]);
    assert_eq!(world.server_holds(0), ["new", "room"]);
}

#[test]
fn what_is_not_recovered_comes_from_history() {
    let polling = PollingConfig { messages: true, ..PollingConfig::default() };
    let kind = Kind { history: true, ..Kind::silent_socket_io() };
    let mut world = World::joined(1, kind, Config { polling, ..config() });
    world.run_for(5_000);
    let mut said = world.others_say_many("room", 3);
    world.run_for(1_000);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(10);
    said.extend(world.others_say_many("room", 60));
    world.run_for(5_000);
    world.network.refuses_sockets = false;
    world.run_for(60_000);
    said.extend(world.others_say_many("room", 3));
    world.run_for(5_000);
    assert_eq!(world.page().ids("room"), said);
}

#[test]
fn what_is_too_large_for_the_server_fails_by_itself() {
    let config =
        Config { outbox: talkwire::engine::OutboxConfig { max_bytes: 5_000_000, ..config().outbox }, ..config() };
    let mut world = World::joined(1, Kind::socket_io(), config);
    world.run_for(5_000);
    let large = world.send(0, "room", &"x".repeat(speech::MAX_BYTES as usize));
    let small = world.send(0, "room", "small");
    world.run_for(2_000);
    assert_eq!((world.page().result(large), world.page().result(small)), (Some("rejected"), Some("acked")));
    assert_eq!(world.page().errors.last().map(|(_, error)| error.code), Some(ErrorCode::TooLarge));
    assert_eq!(world.page().dials.len(), 1);
}

/// A conversation in which something was heard while the answer to its subscribe was still waited for.
fn heard_before_any_answer() -> (World, String) {
    let mut world = World::new(1, Kind::silent_socket_io());
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_until(1_900, |world| world.server_holds(0) == ["room"]).expect("a subscribe");
    let before = world.others_say("room", "heard");
    world.run_for(500);
    assert_eq!(world.page().ids("room"), std::slice::from_ref(&before));
    (world, before)
}

fn assert_gap_after(world: &mut World, before: String) {
    let after = world.others_say("room", "heard");
    world.run_for(500);
    assert_eq!(world.page().ids("room"), [before, after]);
    assert_eq!(world.page().gap_count("room"), 1);
}

#[test]
fn what_was_missed_after_a_session_that_had_not_said_whether_it_joined_is_a_gap() {
    let (mut world, before) = heard_before_any_answer();
    world.close_all(1006);
    world.others_say("room", "missed");
    world.run_for(10_000);
    assert_gap_after(&mut world, before);
}

#[test]
fn what_is_missing_is_told_before_what_comes_while_the_answer_is_waited_for() {
    let (mut world, before) = heard_before_any_answer();
    world.close_all(1006);
    world.others_say("room", "missed");
    world.run_until(10_000, |world| world.server_holds(0) == ["room"]).expect("another subscribe");
    let after = world.others_say("room", "heard");
    world.run_for(500);
    let told = |id| Heard::Message { id, via: Via::Socket, late: false };
    assert_eq!(world.page().heard["room"], [told(before), Heard::Gap, told(after)]);
}

#[test]
fn what_was_missed_since_a_conversation_was_left_before_any_answer_is_a_gap() {
    let (mut world, before) = heard_before_any_answer();
    world.unhold(0, "room", 1);
    world.run_for(500);
    world.others_say("room", "missed");
    world.hold(0, "room", 1);
    world.run_for(5_000);
    assert_gap_after(&mut world, before);
}

#[test]
fn what_came_after_a_conversation_was_left_before_any_answer_shows_that_something_may_be_missing() {
    let mut world = World::new(1, Kind::silent_socket_io());
    world.network.latency_ms = (100, 100);
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_until(1_000, |world| world.server_holds(0) == ["room"]).expect("a subscribe");
    world.unhold(0, "room", 1);
    world.run_for(200);
    let before = world.others_say("room", "heard");
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), std::slice::from_ref(&before));
    world.others_say("room", "missed");
    world.hold(0, "room", 1);
    world.run_for(5_000);
    assert_gap_after(&mut world, before);
}

/// A server whose acks of subscribes say how far it is.
fn numbering() -> Kind {
    Kind { numbers: true, ..Kind::socket_io() }
}

#[test]
fn the_ack_of_a_subscribe_says_from_where_numbers_are_missing() {
    let mut world = World::new(1, numbering());
    world.others_say_many("room", 3);
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_for(5_000);
    drop(world.server.post("room", json!({"content": "lost on its way"})));
    let said = world.others_say("room", "the next");
    world.run_for(30_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (vec![said], 1));
}

#[test]
fn the_ack_of_a_subscribe_says_whether_anything_was_missed_since_the_last_session() {
    for (missed, forgets, gaps) in [(0, false, 0), (1, false, 1), (0, true, 1)] {
        let mut world = joined(numbering());
        world.others_say_many("room", 3);
        world.run_for(1_000);
        world.network.refuses_sockets = true;
        world.restart_server(|server| {
            if forgets {
                server.forget_all();
            }
        });
        world.run_for(10);
        world.others_say_many("room", missed);
        world.network.refuses_sockets = false;
        world.run_for(60_000);
        world.others_say("room", "the next");
        world.run_for(30_000);
        assert_eq!(world.page().gap_count("room"), gaps, "{missed} {forgets}");
    }
}
