//! What a server's numbers tell of messages that overtake each other, and what a new numbering is.

use serde_json::json;
use talkwire::engine::{Config, Fetch, Input, Status, Via};

use crate::page::Heard;
use crate::server::{Kind, Server};
use crate::world::{World, with_polling};

/// A page to which these messages were sent, each with its number.
fn after(epoch: &str, offsets: impl IntoIterator<Item = u64>) -> World {
    let mut world = World::joined(1, Kind::numbered(), Config::default());
    send(&mut world, epoch, offsets);
    world
}

fn send(world: &mut World, epoch: &str, offsets: impl IntoIterator<Item = u64>) {
    for offset in offsets {
        world.server_sends(json!({
            "type": "message", "conversationId": "room", "offset": offset, "epoch": epoch,
            "data": {"id": format!("{epoch}-{offset}")},
        }));
    }
    world.run_for(100);
}

fn ids(epoch: &str, offsets: impl IntoIterator<Item = u64>) -> Vec<String> {
    offsets.into_iter().map(|offset| format!("{epoch}-{offset}")).collect()
}

#[test]
fn one_that_512_others_overtook_is_in_time() {
    let world = after("e1", [1].into_iter().chain(3..=514).chain([2]));
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (ids("e1", 1..=514), 0));
}

#[test]
fn when_more_than_512_wait_for_it_all_of_them_go_on_with_one_gap() {
    let world = after("e1", [1].into_iter().chain(3..=515));
    assert_eq!(world.page().ids("room"), ids("e1", [1].into_iter().chain(3..=515)));
    assert_eq!((&world.page().heard["room"][1], world.page().gap_count("room")), (&Heard::Gap, 1));
}

#[test]
fn one_without_a_number_waits_for_none_that_is_missing() {
    let mut world = after("e1", [1, 3]);
    world.server_sends(json!({"type": "message", "conversationId": "room", "data": {"id": "notice"}}));
    world.run_for(50);
    assert_eq!(world.page().ids("room"), ["e1-1", "notice"]);
    send(&mut world, "e1", [2]);
    assert_eq!(world.page().ids("room"), ["e1-1", "notice", "e1-2", "e1-3"]);
}

#[test]
fn a_server_that_numbers_anew_in_the_middle_of_a_session_is_followed_after_a_gap() {
    let mut world = after("e1", 1..=3);
    send(&mut world, "e2", 1..=3);
    assert_eq!(world.page().ids("room"), [ids("e1", 1..=3), ids("e2", 1..=3)].concat());
    assert_eq!((&world.page().heard["room"][3], world.page().gap_count("room")), (&Heard::Gap, 1));
    assert_eq!(world.page().shown("room"), world.page().ids("room"));
}

/// A page that heard the first and the third message; the second was stored only.
fn lacking_the_second(kind: Kind, config: Config) -> World {
    let mut world = World::joined(2, kind, config);
    world.others_say("room", "first");
    world.server.post("room", json!({"content": "second"}));
    world.others_say("room", "third");
    world.run_for(100);
    world
}

#[test]
fn one_that_is_read_for_is_waited_for_as_long_as_the_read_takes() {
    let mut world = lacking_the_second(Kind { history: true, ..Kind::numbered() }, with_polling());
    world.network.latency_ms = (7_500, 7_500);
    world.run_for(15_000);
    assert_eq!(world.page().ids("room"), ["msg_1"]);
    world.run_for(1_000);
    assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (3, 0));
}

#[test]
fn one_that_the_replay_lacks_too_is_given_up() {
    let mut world = lacking_the_second(Kind { history: false, ..Kind::full() }, Config::default());
    world.server.threads.entry("room".into()).and_modify(|thread| drop(thread.messages.remove(1)));
    world.run_for(11_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (vec!["msg_1".into(), "msg_3".into()], 1));
}

#[test]
fn one_that_was_deleted_before_the_page_about_it_was_made_leaves_no_hole() {
    let mut world = World::new(2, Kind { numbers: true, ..Kind::plain_with_history() });
    world.network.latency_ms = (10, 10);
    world.others_say_many("room", 4);
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_until(1_000, |world| !world.page().fetches.is_empty()).expect("the first page is asked for");
    for content in ["deleted", "not sent yet"] {
        world.server.post("room", json!({"content": content}));
    }
    world.server.threads.get_mut("room").expect("a talk").messages.remove(4);
    send(&mut world, "e1", [5]);
    world.run_for(2_000);
    world.others_say("room", "the seventh");
    world.run_for(100);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (vec!["msg_7".into()], 0));
}

#[test]
fn what_was_heard_before_the_server_said_that_it_numbers_is_put_in_order_by_its_numbers() {
    let mut world = World::new(1, Kind { hello_delay_ms: 400, echo_delay_ms: 1_000, ..Kind::full() });
    world.network.reads_fail = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(350);
    assert_eq!(world.page().subscribes(), 1, "it counts as a plain one");
    world.send(0, "room", "mine, whose echo takes long");
    world.run_for(40);
    world.others_say_many("room", 3);
    world.run_for(20_000);
    assert_eq!(world.page().ids("room"), ["msg_1", "msg_2", "msg_3", "msg_4"]);
    assert_eq!(world.page().shown("room"), world.page().ids("room"));
}

#[test]
fn what_was_asked_under_an_older_numbering_says_nothing_of_the_newer_one() {
    let mut world = World::joined(3, Kind::full(), with_polling());
    world.others_say_many("room", 7);
    world.run_for(2_000);
    world.network.latency_ms = (100, 100);
    world.network.refuses_sockets = true;
    world.restart_server(Server::forget_all);
    world.others_say("room", "the first of the newer ones");
    let before = world.page().fetches.len();
    world.run_until(10_000, |world| world.page().fetches.len() > before).expect("a page");
    world.run_for(100);
    world.network.refuses_sockets = false;
    world.tell(0, Input::Connect);
    world.run_for(401);
    assert_eq!(world.page().statuses["room"], Status::Live);
    assert_eq!(world.page().ids("room").len(), 8, "a page told it while the subscribe was on its way");
    world.network.http_swallows = true;
    world.close_all(1006);
    world.run_for(5_000);
    let asked = world.server.received.iter().rev().find(|(_, frame)| frame["type"] == "subscribe");
    let (_, asked) = asked.expect("a subscribe");
    assert_eq!((asked["after"].as_u64(), asked["epoch"].as_str()), (Some(1), Some("e2")));
}

#[test]
fn what_a_new_numbering_brings_from_before_what_was_told_is_late() {
    let mut world = World::new(4, Kind { history: true, ..Kind::numbered() });
    world.network.http_fails = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(500);
    world.others_say("room", "first");
    world.run_for(100);
    world.close_all(1006);
    world.others_say("room", "missed");
    world.run_for(20_000);
    world.others_say("room", "third");
    world.run_for(100);
    assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (2, 1));
    world.network.refuses_sockets = true;
    world.restart_server(Server::renumber);
    world.network.http_fails = false;
    world.run_for(20_000);
    world.network.refuses_sockets = false;
    world.others_say("room", "fourth");
    world.run_for(40_000);
    let late = Heard::Message { id: "msg_2".into(), via: Via::Poll, late: true };
    assert_eq!(world.page().heard["room"][4], late, "{:?}", world.page().heard["room"]);
    assert_eq!(world.page().ids("room"), ["msg_1", "msg_3", "msg_2", "msg_4"]);
    assert_eq!(world.page().gap_count("room"), 2, "where it was missed, and where the numbers began anew");
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2", "msg_3", "msg_4"]);
}

#[test]
fn what_is_known_already_is_gone_on_from_under_its_new_number() {
    let mut world = World::new(5, Kind::full());
    world.network.refuses_sockets = true;
    world.network.latency_ms = (10, 10);
    world.others_say_many("room", 2);
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    let asks = |world: &World| matches!(world.page().fetches.last(), Some((_, Fetch::Messages { .. })));
    world.run_until(20_000, asks).expect("a page of the old numbering");
    world.network.http_latency_ms = Some((3_000, 3_000));
    world.run_for(20);
    world.restart_server(Server::renumber);
    let (third, _) = world.server.post("room", json!({"content": "third"}));
    world.network.refuses_sockets = false;
    world.tell(0, Input::Connect);
    world.run_for(100);
    assert_eq!(world.page().statuses["room"], Status::Live);
    world.server_sends(json!({
        "type": "message", "conversationId": "room", "data": third.data, "offset": third.offset, "epoch": "e2",
    }));
    world.run_for(10_000);
    let asked = world.page().fetches.len();
    world.run_until(200_000, |world| world.page().fetches.len() > asked).expect("a check beside the socket");
    assert!(matches!(&world.page().fetches[asked].1, Fetch::Messages { after: Some(id), .. } if **id == *"msg_3"));
}

#[test]
fn a_machine_that_slept_takes_the_replay_that_came_meanwhile_before_it_gives_up() {
    let mut world = lacking_the_second(Kind::full(), Config::default());
    world.network.latency_ms = (500, 500);
    world.run_until(1_000, |world| world.page().subscribes() == 2);
    world.sleep(0, 60_000);
    world.run_for(61_000);
    assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (3, 0));
}

/// A page that has heard one message, and how often it has read by then.
fn knowing_the_first() -> (World, usize) {
    let mut world = World::joined(6, Kind::full(), with_polling());
    world.others_say("room", "first");
    world.run_for(100);
    let reads = world.page().fetches.len();
    (world, reads)
}

/// The second message is missing, and its replay comes after the page that is being read.
fn the_replay_is_waited_for(world: &mut World) {
    world.server.post("room", json!({"content": "second"}));
    world.others_say("room", "third");
    world.run_for(40);
    world.network.latency_ms = (1_000, 1_000);
    world.run_for(60_000);
    assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (3, 0));
}

#[test]
fn a_page_that_was_asked_for_before_does_not_end_the_wait_for_a_replay() {
    let (mut world, reads) = knowing_the_first();
    world.run_until(600_000, |world| world.page().fetches.len() > reads);
    world.network.http_latency_ms = Some((700, 700));
    world.run_for(40);
    the_replay_is_waited_for(&mut world);
}

#[test]
fn a_page_that_fails_does_not_end_the_wait_for_a_replay() {
    let (mut world, reads) = knowing_the_first();
    world.network.reads_fail = true;
    world.run_until(600_000, |world| world.page().fetches.len() > reads + 3).expect("three pages have failed");
    world.network.http_latency_ms = Some((700, 700));
    the_replay_is_waited_for(&mut world);
}

#[test]
fn a_first_page_from_before_the_server_numbered_anew_is_read_once_more() {
    let mut world = World::new(7, Kind::full());
    world.others_say_many("room", 2);
    world.network.refuses_sockets = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    let is_asked = |world: &World| world.page().fetches.iter().any(|(_, one)| matches!(one, Fetch::Messages { .. }));
    world.run_until(20_000, is_asked).expect("a page");
    world.network.http_latency_ms = Some((4_000, 4_000));
    world.run_for(40);
    world.network.http_latency_ms = None;
    world.network.refuses_sockets = false;
    world.restart_server(Server::renumber);
    world.tell(0, Input::Connect);
    world.run_for(500);
    world.others_say("room", "the third");
    world.run_for(500);
    assert_eq!(world.page().ids("room"), ["msg_3"]);
    world.run_for(10_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (vec!["msg_3".into()], 0));
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2", "msg_3"]);
}

/// A page that has heard the first message, and whose server numbered anew then: a read has just found nothing newer.
fn numbered_anew() -> World {
    let mut world = World::joined(8, Kind::full(), with_polling());
    world.others_say("room", "first");
    world.run_for(100);
    world.network.http_latency_ms = Some((1_000, 1_000));
    let reads = world.page().fetches.len();
    world.restart_server(Server::renumber);
    world.run_until(10_000, |world| world.page().fetches.len() > reads).expect("a page");
    world.run_for(1_010);
    world
}

#[test]
fn one_that_is_overtaken_under_a_newer_numbering_is_waited_for_though_the_pages_end_before_it() {
    let mut world = numbered_anew();
    send(&mut world, "e2", [3]);
    world.run_for(1_000);
    send(&mut world, "e2", [2]);
    assert_eq!((&world.page().ids("room")[1..], world.page().gap_count("room")), (&ids("e2", 2..=3)[..], 0));
}

#[test]
fn what_was_said_between_a_page_for_an_older_session_and_a_join_without_an_answer_is_read() {
    for numbers_anew_again in [false, true] {
        let mut world = numbered_anew();
        world.tell(0, Input::PageHide);
        if numbers_anew_again {
            world.server.renumber();
        }
        world.others_say("room", "missed");
        world.server.kind.loses_answer = Some(1);
        world.tell(0, Input::PageShow);
        world.run_until(500, |world| !world.server_holds(0).is_empty()).expect("it is joined");
        world.others_say("room", "heard");
        world.run_for(5_000);
        assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (3, 0));
    }
}

#[test]
fn one_whose_replay_is_refused_is_read() {
    let (mut world, reads) = knowing_the_first();
    world.server.kind.refuses_subscribe = Some(1);
    world.server.post("room", json!({"content": "second"}));
    world.others_say("room", "third");
    world.run_for(1_000);
    assert_eq!(world.page().fetches.len(), reads + 1);
    assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (3, 0));
}
