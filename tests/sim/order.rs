//! Every message once and in order, as far as the class of server allows.

use serde_json::json;
use talkwire::engine::{Config, Via};

use crate::page::Heard;
use crate::server::Kind;
use crate::world::{World, with_polling};

fn short_replay(history: bool) -> Kind {
    Kind { replay_window: 3, history, ..Kind::full() }
}

fn came_by(world: &World, via: Via) -> usize {
    world.page().heard["room"]
        .iter()
        .filter(|one| matches!(one, Heard::Message { via: own, .. } if *own == via))
        .count()
}

#[test]
fn a_killed_session_is_replaced_and_nothing_is_lost() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    let mut expected = world.others_say_many("room", 3);
    world.run_for(100);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 5));
    world.run_for(5_000);
    expected.extend(world.others_say_many("room", 2));
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), expected);
    assert_eq!(world.page().gap_count("room"), 0);
    assert_eq!(came_by(&world, Via::Replay), 5);
}

#[test]
fn a_server_restarted_in_the_middle_of_everything_loses_nothing() {
    let mut world = World::joined(2, Kind::full(), Config::default());
    let mut expected = Vec::new();
    for _ in 0..20 {
        expected.extend(world.others_say_many("room", 7));
        world.run_for(15);
        world.restart_server(|_| {});
        expected.extend(world.others_say_many("room", 7));
        world.run_for(2_000);
    }
    world.run_for(40_000);
    assert_eq!(world.page().ids("room"), expected);
    assert_eq!(world.page().gap_count("room"), 0);
}

#[test]
fn the_hand_over_to_polling_and_back_is_seamless() {
    for kind in [Kind::full(), Kind::plain_with_history(), short_replay(true)] {
        let (mut polled, mut live) = (0, 0);
        for seed in 0..10 {
            let mut world = World::joined(seed, kind.clone(), with_polling());
            world.network.latency_ms = (10, 400);
            let mut expected = Vec::new();
            for round in 0..8 {
                world.network.refuses_sockets = round % 2 == 0;
                if world.network.refuses_sockets {
                    world.close_all(1012);
                }
                for _ in 0..12 {
                    expected.extend(world.others_say_many("room", 2));
                    world.run_for(500 + seed * 37);
                }
            }
            world.network.refuses_sockets = false;
            world.run_for(60_000);
            assert_eq!(world.page().ids("room"), expected, "seed {seed}");
            assert_eq!(world.page().gap_count("room"), 0);
            assert_eq!(world.page().shown("room"), expected);
            polled += came_by(&world, Via::Poll);
            live += came_by(&world, Via::Socket);
        }
        assert!(polled > 100 && live > 100, "{polled} polled, {live} live");
    }
}

#[test]
fn joining_while_messages_flow_loses_none() {
    for kind in [Kind::full(), Kind::plain_with_history()] {
        for seed in 0..40 {
            let mut world = World::new(seed, kind.clone());
            world.network.latency_ms = (10, 300);
            world.others_say_many("room", 3);
            world.add_page(with_polling());
            world.hold(0, "room", 1);
            for _ in 0..40 {
                world.others_say("room", "flow");
                world.run_for(25);
            }
            world.run_for(10_000);
            let heard = world.page().ids("room");
            let all: Vec<String> = (1..=43).map(|n| format!("msg_{n}")).collect();
            assert_eq!(heard[..], all[all.len() - heard.len()..], "seed {seed}");
            assert_eq!(world.page().shown("room"), all, "what was before is shown");
        }
    }
}

#[test]
fn backfill_comes_before_live_on_a_server_with_ids_and_history() {
    let mut world = World::joined(3, Kind::plain_with_history(), with_polling());
    let mut expected = world.others_say_many("room", 3);
    world.run_for(100);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 120));
    world.at(700, |world| {
        world.others_say_many("room", 2);
    });
    world.run_for(20_000);
    expected.extend(["msg_124".into(), "msg_125".into()]);
    assert_eq!(world.page().ids("room"), expected);
    assert_eq!(world.page().gap_count("room"), 0);
}

#[test]
fn a_long_quiet_talk_is_backfilled_through_pages_of_what_is_known_already() {
    // So long that much of it is known no more, too.
    for said in [300, 2_048] {
        let mut world = World::joined(4, Kind::plain_with_history(), with_polling());
        let mut expected = Vec::new();
        for _ in 0..said {
            expected.push(world.others_say("room", "live"));
            world.run_for(20);
        }
        world.run_for(100);
        world.close_all(1006);
        expected.extend(world.others_say_many("room", 3));
        world.at(400, |world| drop(world.others_say("room", "live again")));
        world.run_for(10_000);
        expected.push(format!("msg_{}", said + 4));
        assert_eq!(world.page().ids("room"), expected);
    }
}

#[test]
fn what_a_live_server_forgot_to_send_is_found_late_and_takes_its_place() {
    let mut world = World::joined(5, Kind::plain_with_history(), with_polling());
    world.others_say_many("room", 2);
    world.run_for(100);
    let (forgotten, _) = world.server.post("room", json!({"content": "never broadcast"}));
    world.others_say_many("room", 2);
    world.run_for(200_000);
    let late = world.page().heard["room"].iter().find(|one| matches!(one, Heard::Message { late: true, .. }));
    assert!(matches!(late, Some(Heard::Message { id, .. }) if *id == forgotten.id()), "{late:?}");
    assert_eq!(world.page().shown("room"), (1..=5).map(|n| format!("msg_{n}")).collect::<Vec<_>>());
}

#[test]
fn where_nothing_can_recover_one_gap_is_told_before_anything_newer() {
    for (kind, config) in [
        (Kind::plain(), Config::default()),
        (Kind::numbered(), Config::default()),
        (short_replay(false), Config::default()),
    ] {
        let mut world = World::joined(6, kind, config);
        world.others_say_many("room", 2);
        world.run_for(100);
        world.close_all(1006);
        world.others_say_many("room", 10);
        world.run_for(5_000);
        world.others_say_many("room", 2);
        world.run_for(1_000);
        let heard = &world.page().heard["room"];
        assert_eq!(heard[2], Heard::Gap);
        assert_eq!(world.page().gap_count("room"), 1);
        assert_eq!(world.page().ids("room"), ["msg_1", "msg_2", "msg_13", "msg_14"]);
    }
}

#[test]
fn numbers_prove_that_nothing_was_missed() {
    let mut world = World::joined(7, Kind::numbered(), Config::default());
    world.others_say_many("room", 2);
    world.run_for(100);
    world.close_all(1006);
    world.run_for(5_000);
    world.others_say_many("room", 2);
    world.run_for(1_000);
    assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (4, 0));
}

#[test]
fn what_the_replay_cannot_reach_is_read_over_http() {
    let mut world = World::joined(8, short_replay(true), with_polling());
    let mut expected = world.others_say_many("room", 2);
    world.run_for(100);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 10));
    world.run_for(5_000);
    expected.extend(world.others_say_many("room", 2));
    world.run_for(1_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected, 0));
}

#[test]
fn a_server_that_numbers_anew_is_followed_without_a_twin() {
    for (kind, config, gaps) in
        [(Kind::full(), with_polling(), 0), (Kind { history: false, ..Kind::full() }, Config::default(), 1)]
    {
        let mut world = World::joined(9, kind, config);
        let mut expected = world.others_say_many("room", 5);
        world.run_for(100);
        world.restart_server(crate::server::Server::renumber);
        world.run_for(5_000);
        expected.extend(world.others_say_many("room", 5));
        world.run_for(5_000);
        assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected.clone(), gaps));
        assert_eq!(world.page().shown("room"), expected);
    }
}

#[test]
fn a_server_that_forgot_everything_is_followed_after_one_gap() {
    for config in [with_polling(), Config::default()] {
        let mut world = World::joined(10, Kind::full(), config);
        let mut expected = world.others_say_many("room", 5);
        world.run_for(100);
        world.restart_server(crate::server::Server::forget_all);
        world.run_for(5_000);
        expected.extend(world.others_say_many("room", 5));
        world.run_for(5_000);
        assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected.clone(), 1));
        assert_eq!(world.page().shown("room"), expected);
    }
}

#[test]
fn a_server_that_forgot_everything_but_its_name_is_not_taken_for_the_old_one() {
    let mut world = World::joined(11, Kind::full(), Config::default());
    let mut expected = world.others_say_many("room", 5);
    world.run_for(100);
    world.restart_server(|server| {
        server.forget_all();
        server.epoch = 1;
    });
    world.run_for(5_000);
    expected.extend(world.others_say_many("room", 3));
    world.run_for(5_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected, 1));
}

fn numbered(offset: u64) -> serde_json::Value {
    json!({"type": "message", "conversationId": "room", "offset": offset, "epoch": "e1", "data": {"id": format!("msg_{offset}")}})
}

#[test]
fn what_overtakes_another_waits_for_it() {
    let mut world = World::joined(12, Kind::numbered(), Config::default());
    for offset in [1, 3, 2, 5, 6, 4, 4, 5] {
        world.server_sends(numbered(offset));
    }
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), (1..=6).map(|n| format!("msg_{n}")).collect::<Vec<_>>());
    assert_eq!(world.page().gap_count("room"), 0);
}

#[test]
fn what_waits_is_put_in_order_and_waits_once_however_often_it_comes() {
    let mut world = World::joined(12, Kind::numbered(), Config::default());
    for offset in [1, 4, 3] {
        world.server_sends(numbered(offset));
    }
    for _ in 0..600 {
        world.server_sends(numbered(4));
    }
    world.server_sends(numbered(2));
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), ["msg_1", "msg_2", "msg_3", "msg_4"]);
    assert_eq!(world.page().gap_count("room"), 0);
}

#[test]
fn a_number_that_never_comes_is_waited_for_a_moment_and_then_a_gap() {
    let mut world = World::joined(13, Kind::numbered(), Config::default());
    for offset in [1, 3, 4] {
        world.server_sends(numbered(offset));
    }
    world.run_for(200);
    assert_eq!(world.page().ids("room"), ["msg_1"]);
    world.run_for(500);
    assert_eq!(world.page().ids("room"), ["msg_1", "msg_3", "msg_4"]);
    assert_eq!(world.page().heard["room"][1], Heard::Gap);
}

#[test]
fn a_number_that_is_missing_is_asked_for_where_it_can_be_had() {
    for (kind, config, subscribes) in [
        (Kind { history: false, ..Kind::full() }, Config::default(), 2),
        (Kind { hello: Some(vec!["ack"]), ..Kind::full() }, with_polling(), 1),
    ] {
        let mut world = World::joined(14, kind, config);
        let first = world.others_say("room", "heard");
        let (lost, _) = world.server.post("room", json!({"content": "not sent"}));
        let third = world.others_say("room", "heard, too");
        world.run_for(3_000);
        assert_eq!(world.page().ids("room"), [first, lost.id(), third]);
        assert_eq!((world.page().gap_count("room"), world.page().subscribes()), (0, subscribes));
        assert_eq!(world.page().dials.len(), 1);
    }
}

#[test]
fn a_message_of_mine_is_told_once_whatever_brings_it() {
    for kind in [Kind::full(), Kind::plain(), Kind::plain_with_history(), Kind { echo_delay_ms: 400, ..Kind::full() }] {
        let mut world = World::joined(15, kind, with_polling());
        world.send(0, "room", "mine");
        world.run_for(200_000);
        assert_eq!(world.page().heard["room"], [Heard::Message { id: "msg_1".into(), via: Via::Echo, late: false }]);
    }
}

#[test]
fn history_that_cannot_be_had_is_waited_for_and_then_given_up_with_a_gap() {
    let mut world = World::joined(16, Kind::plain_with_history(), with_polling());
    world.others_say_many("room", 2);
    world.run_for(100);
    world.network.http_fails = true;
    world.close_all(1006);
    world.others_say_many("room", 2);
    world.at(1_500, |world| drop(world.others_say("room", "live")));
    world.run_for(2_500);
    assert_eq!(world.page().ids("room").len(), 2, "what is live waits for what was before");
    world.run_for(20_000);
    assert_eq!(world.page().heard["room"][2], Heard::Gap);
    assert_eq!(world.page().ids("room"), ["msg_1", "msg_2", "msg_5"]);
}

#[test]
fn what_was_said_between_two_sessions_is_missing_where_history_cannot_be_had() {
    let mut world = World::new(17, Kind::plain_with_history());
    world.network.http_fails = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(500);
    world.others_say("room", "heard");
    world.run_for(100);
    world.close_all(1006);
    world.others_say("room", "missed");
    world.run_for(1_100);
    world.others_say("room", "heard, too");
    world.run_for(20_000);
    let heard = &world.page().heard["room"];
    assert_eq!(world.page().ids("room"), ["msg_1", "msg_3"]);
    assert_eq!(heard[1], Heard::Gap, "{heard:?}");
}

#[test]
fn a_page_from_before_the_server_forgot_everything_does_not_stand_after_what_came_since() {
    let mut world = World::joined(18, Kind::full(), with_polling());
    world.others_say_many("room", 3);
    world.run_for(200_000);
    let asked = world.page().fetches.len();
    let slow = world.run_until(200_000, |world| world.page().fetches.len() > asked);
    assert!(slow.is_some(), "a check beside the socket is on its way");
    world.server.post("room", json!({"content": "only the page holds it"}));
    world.network.latency_ms = (10, 10);
    world.at(5, |world| world.network.latency_ms = (4_000, 4_000));
    world.run_for(32);
    world.network.latency_ms = (10, 10);
    world.restart_server(crate::server::Server::forget_all);
    world.run_for(2_000);
    world.others_say_many("room", 2);
    world.run_for(10_000);
    let heard = world.page().ids("room");
    assert!(heard.is_sorted_by_key(|id| id.trim_start_matches("msg_").parse::<u32>().ok()), "{heard:?}");
    assert_eq!(heard.last().map(String::as_str), Some("msg_6"));
}
