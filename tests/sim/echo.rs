//! Messages of mine that come back: told as soon as it is known where they belong, and then never sent again.

use serde_json::json;
use talkwire::engine::{Config, DeliveryId, Greeting, Input, Via};

use crate::page::{Heard, holder};
use crate::server::Kind;
use crate::world::{World, with_polling};

fn echo(id: &str) -> Heard {
    Heard::Message { id: id.into(), via: Via::Echo, late: false }
}

#[test]
fn an_ack_is_enough_to_tell_a_message_of_mine_and_its_echo_adds_nothing() {
    let slow_echo = Kind { echo_delay_ms: 1_000, ..Kind::full() };
    for kind in [slow_echo.clone(), Kind { numbers: false, ..slow_echo }] {
        let mut world = World::joined(1, kind, Config::default());
        world.others_say("room", "before");
        world.run_for(100);
        world.send(0, "room", "mine");
        world.run_for(100);
        assert_eq!(world.page().heard["room"][1..], [echo("msg_2")]);
        world.run_for(2_000);
        assert_eq!(world.page().ids("room"), ["msg_1", "msg_2"]);
        assert_eq!(world.page().shown("room"), ["msg_1", "msg_2"]);
    }
}

#[test]
fn a_reply_to_a_post_is_enough_where_numbers_show_that_nothing_is_missing() {
    let mut world = World::joined(2, Kind::full(), with_polling());
    world.others_say("room", "before");
    world.run_for(100);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(8_000);
    let sent = world.send(0, "room", "mine");
    world.run_until(1_000, move |world| world.page().result(sent) == Some("acked")).expect("a reply");
    assert_eq!(world.page().heard["room"][1..], [echo("msg_2")]);
}

#[test]
fn one_that_was_given_up_and_comes_back_after_all_is_not_sent_again() {
    let lossy = Kind { loses_ack: Some(1), echo_delay_ms: 45_000, ..Kind::full() };
    let mut world = World::joined(3, lossy, Config::default());
    let [back, gone] = ["room", "elsewhere"].map(|room| world.send(0, room, "anybody?"));
    for _ in 0..50 {
        world.others_say("other", "nobody listens");
        world.server_sends(json!({"type": "pong"}));
        world.run_for(1_000);
    }
    assert_eq!((world.page().result(back), world.page().result(gone)), (Some("no-ack"), Some("no-ack")));
    assert_eq!(world.page().snapshots["room"][0].state.name(), "sent", "the echo mends what is shown");
    world.server.kind.loses_ack = None;
    for (room, client_id, delivery) in [("room", "p0-c1", 77), ("elsewhere", "p0-c2", 78)] {
        let slot = world.pages[0].slot(room);
        world.tell(0, Input::Retry(slot, client_id.into(), DeliveryId(delivery)));
    }
    world.run_for(1_000);
    assert_eq!((world.page().result(77), world.page().result(78)), (Some("cancelled"), Some("acked")));
}

/// A server that acks and numbers nothing; what it says of a message is in the test's hands.
fn silent() -> (World, u32) {
    let kind = Kind { hello: Some(vec!["ack"]), loses_ack: Some(1), echo_delay_ms: 1_000_000, ..Kind::plain() };
    let mut world = World::joined(4, kind, Config::default());
    let sent = world.send(0, "room", "Hi!");
    world.run_for(100);
    (world, sent)
}

fn server_acks(world: &mut World, data: serde_json::Value) {
    let reference = world.server.received.iter().rev().find_map(|(_, frame)| frame["ref"].as_u64());
    world.server_sends(json!({"type": "ack", "ref": reference, "data": data}));
    world.run_for(100);
}

fn server_echoes(world: &mut World, data: serde_json::Value) {
    world.server_sends(json!({"type": "message", "conversationId": "room", "data": data}));
    world.run_for(100);
}

#[test]
fn an_ack_that_does_not_say_what_was_stored_leaves_the_telling_to_the_echo() {
    let (mut world, sent) = silent();
    server_acks(&mut world, json!({"ok": true}));
    assert_eq!((world.page().result(sent), world.page().ids("room").len()), (Some("acked"), 0));
    assert_eq!(world.page().snapshots["room"][0].state.name(), "sent");
    server_echoes(&mut world, json!({"id": "msg_1", "clientId": "p0-c1", "content": "Hi!"}));
    assert_eq!((world.page().ids("room"), world.page().shown("room")), (vec!["msg_1".into()], vec!["msg_1".into()]));
}

#[test]
fn an_echo_that_nobody_could_recognize_is_mine_once_the_ack_names_it() {
    let (mut world, _) = silent();
    server_echoes(&mut world, json!({"id": "msg_1", "content": "rewritten"}));
    assert_eq!(world.page().shown("room"), ["msg_1", "draft:Hi!"]);
    server_acks(&mut world, json!({"id": "msg_1", "content": "rewritten"}));
    assert_eq!((world.page().ids("room"), world.page().shown("room")), (vec!["msg_1".into()], vec!["msg_1".into()]));
    assert_eq!(world.page().snapshots["room"][0].client_id.as_deref(), Some("p0-c1"));
}

#[test]
fn one_that_is_stored_while_others_are_still_read_counts_as_sent_and_is_told_after_them() {
    for returns_client_id in [true, false] {
        let kind = Kind { hello: Some(vec!["ack"]), history: true, returns_client_id, ..Kind::plain() };
        let mut world = World::joined(5, kind, with_polling());
        let mut expected = world.others_say_many("room", 2);
        world.run_for(2_000);
        world.close_all(1006);
        expected.extend(world.others_say_many("room", 2));
        world.network.http_fails = true;
        world.run_for(2_000);
        let sent = world.send(0, "room", "mine");
        world.run_for(100);
        assert_eq!((world.page().result(sent), world.page().ids("room").len()), (Some("acked"), 2));
        assert_eq!(world.page().snapshots["room"][2].state.name(), "sent");
        world.network.http_fails = false;
        world.run_for(5_000);
        expected.push("msg_5".into());
        assert_eq!((world.page().ids("room"), world.page().shown("room")), (expected.clone(), expected));
        assert_eq!(world.page().heard["room"].last(), Some(&echo("msg_5")));
    }
}

#[test]
fn a_reply_under_a_new_numbering_waits_for_what_was_said_before_it() {
    let mut world = World::joined(6, Kind::full(), with_polling());
    let mut expected = world.others_say_many("room", 5);
    world.run_for(100);
    world.network.refuses_sockets = true;
    world.restart_server(crate::server::Server::forget_all);
    world.run_for(20_000);
    expected.extend(world.others_say_many("room", 5));
    expected.push("msg_11".into());
    let sent = world.send(0, "room", "mine");
    world.run_for(60_000);
    assert_eq!(world.page().result(sent), Some("acked"));
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected.clone(), 1));
    assert_eq!(world.page().shown("room"), expected);
}

#[test]
fn where_nobody_listens_what_the_server_stored_is_shown_and_not_told() {
    let mut world = World::joined(7, Kind::full(), Config::default());
    let slot = world.pages[0].slot("elsewhere");
    world.tell(0, Input::View(slot));
    world.send(0, "elsewhere", "mine");
    world.run_for(100);
    assert_eq!((world.page().shown("elsewhere"), world.page().ids("elsewhere").len()), (vec!["msg_1".into()], 0));
}

/// A page that listens to a conversation and shows nothing of it, on a server that does not say whose a message is.
fn unseen(kind: Kind) -> World {
    let mut world = World::new(8, Kind { returns_client_id: false, ..kind });
    world.add_page(Config::default());
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::Hold(slot, holder(1)));
    world.run_for(1_000);
    world.others_say_many("room", 3);
    world.run_for(1_000);
    world
}

#[test]
fn one_of_mine_is_known_by_what_it_says_whether_or_not_a_page_shows_it() {
    let slow_acks = Kind { ack_delay_ms: 5_000, ..Kind::full() };
    for kind in [Kind::plain(), Kind { hello: Some(vec!["ack"]), numbers: false, ..slow_acks.clone() }, slow_acks] {
        let mut world = unseen(kind);
        world.send(0, "room", "mine");
        world.run_for(1_000);
        assert_eq!(world.page().heard["room"][3..], [echo("msg_4")]);
    }
}

#[test]
fn one_that_was_given_up_is_recognized_where_no_page_shows_it() {
    let mut world = unseen(Kind { loses_ack: Some(1), echo_delay_ms: 45_000, ..Kind::full() });
    world.server.kind.returns_client_id = true;
    let gone = world.send(0, "room", "anybody?");
    for _ in 0..50 {
        world.server_sends(json!({"type": "pong"}));
        world.run_for(1_000);
    }
    assert_eq!((world.page().result(gone), world.page().ids("room").len()), (Some("no-ack"), 4));
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::Retry(slot, "p0-c1".into(), DeliveryId(77)));
    assert_eq!(world.page().result(77), Some("cancelled"));
}

#[test]
fn a_server_that_returns_my_ids_does_not_leave_it_to_words_which_message_is_mine() {
    for teacher in [0, 1] {
        let mut world = World::joined(8, Kind::plain(), Config::default());
        world.add_page(Config::default());
        world.hold(1, "room", 1);
        world.run_for(1_000);
        world.send(teacher, "room", "one with an id");
        world.run_for(1_000);
        world.network.latency_ms = (500, 500);
        world.send(0, "room", "yes");
        world.others_say("room", "yes");
        world.run_for(600);
        assert_eq!(world.page().shown("room")[1..], ["msg_2", "draft:yes"]);
        world.run_for(1_000);
        let mine: Vec<_> = world.page().snapshots["room"].iter().map(|one| one.client_id.as_deref()).collect();
        assert_eq!(mine[1..], [None, Some(if teacher == 0 { "p0-c2" } else { "p0-c1" })]);
    }
}

#[test]
fn an_ack_teaches_that_messages_are_acked_although_its_echo_was_quicker_and_others_were_written() {
    let config = Config { greeting: Greeting::Always, ..Config::default() };
    let mut world = World::joined(9, Kind { ack_delay_ms: 300, ..Kind::socket_io() }, config);
    world.run_for(5_000);
    world.network.latency_ms = (0, 0);
    world.send(0, "room", "one");
    world.run_for(100);
    world.send(0, "room", "two");
    world.run_for(100);
    world.server.kind.echo_delay_ms = 1_000;
    let sent = world.send(0, "room", "three");
    world.run_for(150);
    world.close_all(1006);
    world.run_for(60_000);
    assert_eq!(world.page().result(sent), Some("acked"), "it is sent again");
}

#[test]
fn one_that_was_sent_before_the_first_page_came_and_is_in_it_is_shown_once() {
    let kind = Kind { returns_client_id: false, echo_delay_ms: 10_000, ..Kind::plain_with_history() };
    let mut world = World::new(10, kind);
    world.add_page(with_polling());
    world.others_say("room", "yes");
    world.network.reads_fail = true;
    world.hold(0, "room", 1);
    world.run_until(5_000, |world| world.page().fetches.len() == 1);
    world.send(0, "room", "yes");
    world.run_until(1_000, |world| world.server.threads["room"].messages.len() == 2);
    world.close_all(1006);
    world.network.refuses_sockets = true;
    world.network.reads_fail = false;
    world.others_say("room", "no");
    world.run_for(60_000);
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2", "msg_3"]);
    let mine: Vec<_> = world.page().snapshots["room"].iter().map(|one| one.client_id.as_deref()).collect();
    assert_eq!(mine, [None, Some("p0-c1"), None]);
}

#[test]
fn one_that_came_back_before_it_counts_as_sent_is_not_awaited_again() {
    let kind = Kind { returns_client_id: false, ..Kind::silent_socket_io() };
    let config = Config { greeting: Greeting::Always, ..Config::default() };
    let mut world = World::joined(11, kind, config);
    world.run_for(5_000);
    let sent = world.send(0, "room", "ok");
    world.run_for(1_000);
    assert_eq!((world.page().result(sent), world.page().ids("room").len()), (None, 1));
    world.run_for(5_000);
    assert!(world.page().result(sent).is_some());
    assert_eq!(world.page().client.sizes().echoes, 0);
    world.send(0, "room", "ok");
    world.run_for(5_000);
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2"]);
}

#[test]
fn two_that_say_the_same_and_have_no_answer_yet_come_back_as_two() {
    let kind = Kind { hello: Some(vec!["ack"]), ack_delay_ms: 5_000, returns_client_id: false, ..Kind::plain() };
    let mut world = World::joined(12, kind, Config::default());
    let sends = [world.send(0, "room", "ok"), world.send(0, "room", "ok")];
    world.run_for(1_000);
    assert_eq!(sends.map(|sent| world.page().result(sent)), [None, None]);
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2"]);
}

#[test]
fn one_that_never_came_back_does_not_take_what_a_later_one_said_again() {
    for hello in [None, Some(vec!["ack"])] {
        let kind = Kind { returns_client_id: false, ack_delay_ms: 5_000, ..Kind::plain() };
        let mut world = World::new(13, kind);
        world.add_page(Config::default());
        world.hold(0, "another room", 1);
        world.run_for(1_000);
        world.send(0, "room", "ok");
        world.run_for(1_000);
        world.hold(0, "room", 2);
        world.server.kind.hello = hello;
        world.close_all(1006);
        world.run_for(5_000);
        world.send(0, "room", "ok");
        world.run_for(1_000);
        assert_eq!(world.page().shown("room"), ["msg_2"]);
    }
}

#[test]
fn what_a_first_page_holds_of_mine_is_one_with_a_draft_that_stands_before_others_of_mine() {
    let mut world = World::new(30, Kind { returns_client_id: false, ..Kind::plain_with_history() });
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.tell(0, Input::PageHide);
    for is_swallowed in [true, false] {
        world.network.http_swallows = is_swallowed;
        world.send(0, "room", if is_swallowed { "no reply" } else { "stored" });
        world.run_for(100);
    }
    assert_eq!(world.page().shown("room"), ["draft:no reply", "msg_2"]);
    world.tell(0, Input::PageShow);
    world.run_for(5_000);
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2"]);
}
