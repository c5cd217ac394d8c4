//! Coming back to a conversation: within a moment, after a refusal, after silence, after a new session.

use serde_json::json;
use talkwire::engine::{Config, ErrorCode, Greeting, HeartbeatConfig, Input, Phase, Status, Via};

use crate::page::{Heard, holder};
use crate::server::Kind;
use crate::world::{World, with_polling};

/// A page to which everything comes in no time, and that has joined `room`.
fn instant(kind: Kind) -> World {
    let mut world = World::new(1, kind);
    world.network.latency_ms = (0, 0);
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    world.run_for(1_000);
    world
}

fn counts(world: &World) -> (usize, usize) {
    (world.page().subscribes(), world.page().unsubscribes())
}

fn refuse(world: &mut World, retryable: bool) {
    let asked = world.server.received.iter().rev().find(|(_, frame)| frame["type"] == "subscribe");
    let reference = asked.expect("a subscribe").1["ref"].clone();
    world.server_sends(json!({"type": "error", "ref": reference, "code": "no", "retryable": retryable}));
    world.run_for(0);
}

#[test]
fn whoever_comes_back_within_a_quarter_of_a_second_never_left() {
    let mut world = instant(Kind::full());
    for _ in 0..10 {
        world.unhold(0, "room", 1);
        world.run_for(249);
        world.hold(0, "room", 1);
        world.run_for(1_000);
    }
    assert_eq!(counts(&world), (1, 0));
    let said = world.others_say("room", "still here?");
    world.run_for(0);
    assert_eq!(world.page().ids("room"), [said]);
    world.unhold(0, "room", 1);
    world.run_for(250);
    assert_eq!(counts(&world), (1, 1));
    world.hold(0, "room", 1);
    assert_eq!(counts(&world), (2, 1));
}

#[test]
fn letting_go_of_what_was_never_held_is_nothing() {
    let mut world = instant(Kind::full());
    world.unhold(0, "room", 2);
    world.unhold(0, "other", 1);
    world.tell(0, Input::UnholdAll(holder(3)));
    world.run_for(1_000);
    assert_eq!(counts(&world), (1, 0));
}

#[test]
fn one_that_leaves_before_the_answer_came_is_unsubscribed_and_the_answer_ignored() {
    let mut world = instant(Kind { loses_answer: Some(2), ..Kind::full() });
    world.hold(0, "other", 1);
    world.unhold(0, "other", 1);
    world.run_for(1_000);
    assert_eq!(counts(&world), (2, 1));
    world.server_sends(json!({"type": "subscribed", "conversationId": "other", "ref": 2, "recovered": false}));
    world.run_for(60_000);
    assert_eq!(world.server_holds(0), ["room"]);
    assert_eq!(counts(&world), (2, 1));
    assert_eq!(world.page().statuses["other"], Status::Idle);
}

#[test]
fn the_answer_to_a_subscribe_that_was_taken_back_says_nothing_of_the_next_one() {
    let mut world = instant(Kind::full());
    world.server.kind.loses_answer = Some(1);
    world.hold(0, "other", 1);
    world.unhold(0, "other", 1);
    world.run_for(1_000);
    world.hold(0, "other", 1);
    for answer in [
        json!({"type": "subscribed", "conversationId": "other", "ref": 2, "offset": 0, "epoch": "e1"}),
        json!({"type": "error", "conversationId": "other", "ref": 2, "code": "forbidden"}),
    ] {
        world.server_sends(answer);
        world.run_for(0);
        assert_eq!(world.page().statuses["other"], Status::Joining);
    }
    world.server_sends(json!({"type": "subscribed", "conversationId": "other", "ref": 3, "offset": 0, "epoch": "e1"}));
    world.run_for(0);
    assert_eq!(world.page().statuses["other"], Status::Live);
}

#[test]
fn a_refused_one_is_asked_for_again_by_whoever_comes_after_it_was_left() {
    let mut world = instant(Kind { loses_answer: Some(2), ..Kind::full() });
    world.hold(0, "secret", 1);
    world.run_for(100);
    refuse(&mut world, false);
    assert_eq!(world.page().statuses["secret"], Status::Error);
    world.hold(0, "secret", 2);
    world.run_for(30_000);
    assert_eq!(counts(&world), (2, 0), "one more who wants it changes nothing");
    world.unhold(0, "secret", 1);
    world.unhold(0, "secret", 2);
    world.run_for(1_000);
    assert_eq!(counts(&world), (2, 0), "the server holds nothing to take back");
    world.hold(0, "secret", 1);
    world.run_for(100);
    assert_eq!(counts(&world), (3, 0));
    assert_eq!(world.page().statuses["secret"], Status::Live);
}

#[test]
fn a_refusal_that_may_pass_is_retried_ever_more_slowly() {
    let mut world = instant(Kind { loses_answer: Some(1), ..Kind::full() });
    let mut moments = vec![world.now];
    refuse(&mut world, true);
    for _ in 0..10 {
        let before = world.page().subscribes();
        world.run_until(60_000, |world| world.page().subscribes() > before).expect("another subscribe");
        moments.push(world.now);
        world.run_for(0);
        refuse(&mut world, true);
    }
    let pauses: Vec<u64> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let longest = |failures: usize| (500_u64 << failures.min(6)).min(20_000);
    for (failures, pause) in pauses.iter().enumerate() {
        assert!((500..=longest(failures + 1)).contains(pause), "{pauses:?}");
    }
    assert!(pauses[5..].iter().any(|pause| *pause > 4_000), "{pauses:?}");
    assert_eq!(world.page().dials.len(), 1, "a server that refuses is alive");
}

#[test]
fn subscribes_that_nobody_answers_on_a_session_that_lives_end_it_after_three() {
    let mut world = World::new(2, Kind { loses_answer: Some(1), ..Kind::full() });
    world.network.latency_ms = (0, 0);
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    for _ in 0..600 {
        world.run_for(1_000);
        world.server_sends(json!({"type": "agent", "data": {"agentId": "a"}}));
        if world.page().dials.len() > 1 {
            break;
        }
    }
    assert_eq!(world.page().subscribes(), 3 + 1, "three, with delays between them, then those of a new session");
    let silent = world.page().errors.iter().filter(|(_, error)| error.code == ErrorCode::Silent).count();
    assert!(silent >= 3);
    world.server.kind.loses_answer = None;
    world.run_for(30_000);
    assert_eq!((world.page().connection.phase, world.page().statuses["room"]), (Phase::Open, Status::Live));
}

#[test]
fn each_subscribe_has_its_own_ten_seconds_whoever_left_and_came_back_meanwhile() {
    let mut world = instant(Kind::full());
    world.server.kind.loses_answer = Some(1);
    world.hold(0, "a", 1);
    world.run_for(1_000);
    world.hold(0, "b", 1);
    world.run_for(4_000);
    world.unhold(0, "a", 1);
    world.run_for(1_000);
    world.hold(0, "a", 1);
    world.server_sends(json!({"type": "pong"}));
    world.run_for(4_999);
    assert!(world.page().errors.is_empty());
    world.run_for(1);
    assert_eq!(world.page().errors.len(), 1, "that of b");
    world.server_sends(json!({"type": "pong"}));
    world.run_for(5_000);
    assert_eq!(world.page().errors.len(), 2, "that of a");
}

#[test]
fn many_lost_answers_at_once_are_no_reason_to_doubt_the_session() {
    let mut world = instant(Kind::full());
    world.server.kind.loses_answer = Some(1);
    for n in 0..20 {
        world.hold(0, &format!("room{n}"), 1);
    }
    world.run_for(5_000);
    world.server.kind.loses_answer = None;
    for _ in 0..30 {
        world.run_for(1_000);
        world.server_sends(json!({"type": "agent", "data": {"agentId": "a"}}));
    }
    assert_eq!(world.page().dials.len(), 1);
    assert_eq!(world.server_holds(0).len(), 21);
    let all = world.page().statuses.values().all(|status| *status == Status::Live);
    assert!(all, "{:?}", world.page().statuses);
}

#[test]
fn each_session_is_asked_once_for_everything_that_is_wanted_and_for_nothing_else() {
    for kind in [Kind::full(), Kind::plain(), Kind::numbered()] {
        let mut world = instant(kind);
        world.hold(0, "kept", 1);
        world.hold(0, "left", 1);
        world.run_for(1_000);
        world.unhold(0, "left", 1);
        world.run_for(1_000);
        for _ in 0..5 {
            let before = world.page().subscribes();
            world.close_all(1006);
            world.run_for(40_000);
            assert_eq!(world.page().subscribes() - before, 2);
            assert_eq!(world.server_holds(0), ["kept", "room"]);
        }
    }
}

#[test]
fn a_subscribe_that_was_just_sent_is_no_reason_to_doubt_the_session() {
    let mut world = instant(Kind { hello: Some(vec!["ack"]), ..Kind::full() });
    world.network.latency_ms = (300, 300);
    // Just before the answer to the first subscribe would have been overdue, had there been none.
    world.run_for(8_900);
    world.hold(0, "other", 1);
    world.run_for(2_000);
    assert_eq!((world.page().dials.len(), world.page().errors.len()), (1, 0));
    assert_eq!(world.page().statuses["other"], Status::Live);
}

#[test]
fn a_subscribe_does_not_wait_for_another_that_was_given_more_time() {
    let heartbeat = HeartbeatConfig { timeout_ms: 30_000, ..Config::default().heartbeat };
    let mut world = World::new(3, Kind { loses_answer: Some(1), ..Kind::full() });
    world.network.latency_ms = (0, 0);
    world.add_page(Config { heartbeat, ..Config::default() });
    world.hold(0, "first", 1);
    world.run_for(10_500);
    assert_eq!(world.page().pings(), 1, "nothing came since: the session is asked, and the subscribe waits for that");
    world.hold(0, "second", 1);
    world.run_for(1_000);
    world.server_sends(json!({"type": "agent", "data": {"agentId": "a"}}));
    world.run_for(10_500);
    assert_eq!(world.page().subscribes(), 3, "the second one is sent again in its own time");
}

#[test]
fn refusals_before_a_join_do_not_make_the_next_one_wait_longer() {
    let mut world = instant(Kind::full());
    world.server.kind.loses_answer = Some(1);
    world.hold(0, "other", 1);
    world.run_for(100);
    for refusals in 1..=6 {
        refuse(&mut world, true);
        let asked = world.page().subscribes();
        world.server.kind.loses_answer = (refusals < 6).then_some(1);
        world.run_until(25_000, move |world| world.page().subscribes() > asked).expect("it is asked for again");
        world.run_for(100);
    }
    assert_eq!(world.page().statuses["other"], Status::Live);
    world.server.kind.loses_answer = Some(1);
    world.close_all(1006);
    world.run_for(2_000);
    assert_eq!(world.page().statuses["other"], Status::Joining);
    refuse(&mut world, true);
    let asked = world.page().subscribes();
    let took = world.run_until(1_000, move |world| world.page().subscribes() > asked);
    assert!(took.is_some(), "as soon as after a first refusal");
}

#[test]
fn what_pages_may_bring_is_not_announced_as_missing_where_no_subscribe_was_answered_yet() {
    let config = Config { greeting: Greeting::Always, ..with_polling() };
    let mut world = World::joined(2, Kind { history: true, ..Kind::silent_socket_io() }, config);
    assert_eq!(world.page().statuses["room"], Status::Joining);
    let mut said = world.others_say_many("room", 2);
    world.run_for(500);
    assert_eq!(world.page().ids("room"), said);
    world.close_all(1006);
    said.extend(world.others_say_many("room", 2));
    world.run_for(10_000);
    said.extend(world.others_say_many("room", 1));
    world.run_for(1_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (said, 0));
}

#[test]
fn what_was_missed_since_a_join_without_an_answer_is_read_before_what_comes_after_the_next_one() {
    let config = Config { greeting: Greeting::Always, ..with_polling() };
    let mut world = World::joined(2, Kind { history: true, ..Kind::silent_socket_io() }, config);
    let mut said = world.others_say_many("room", 1);
    world.run_for(100);
    world.close_all(1006);
    said.extend(world.others_say_many("room", 1));
    world.run_for(100);
    world.run_until(5_000, |world| !world.server_holds(0).is_empty()).expect("it is joined again");
    said.extend(world.others_say_many("room", 1));
    world.run_for(5_000);
    assert_eq!(world.page().ids("room"), said);
}

/// A page that polled what was said first, missed what was said next, and has been joined by a server that never says so.
fn joined_unanswered(reads_fail: bool) -> World {
    let mut world = World::new(3, Kind { history: true, ..Kind::silent_socket_io() });
    world.network.refuses_sockets = true;
    world.others_say("room", "there before");
    world.add_page(Config { greeting: Greeting::Always, ..with_polling() });
    world.hold(0, "room", 1);
    world.run_for(10_000);
    if reads_fail {
        world.network.reads_fail = true;
        world.run_for(20_000);
        let asked = world.page().fetches.len();
        world.run_until(60_000, |world| world.page().fetches.len() > asked).expect("another page");
        world.network.http_latency_ms = Some((500, 500));
        world.run_for(40);
        world.network.reads_fail = false;
    }
    world.network.refuses_sockets = false;
    world.others_say("room", "missed");
    world.tell(0, Input::Connect);
    world.run_until(1_000, |world| !world.server_holds(0).is_empty()).expect("it is joined");
    assert!(world.page().heard.is_empty());
    world
}

#[test]
fn what_was_missed_before_an_unanswered_join_is_read_before_what_came_since_is_told() {
    for reads_fail in [false, true] {
        let mut world = joined_unanswered(reads_fail);
        world.others_say("room", "heard");
        world.run_for(10_000);
        let told = |id: &str, via| Heard::Message { id: id.into(), via, late: false };
        assert_eq!(world.page().heard["room"], [told("msg_2", Via::Poll), told("msg_3", Via::Socket)]);
    }
}
