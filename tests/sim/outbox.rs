//! Sends: bounded, in order, each with one result, and none stored twice.

use serde_json::json;
use talkwire::engine::{Body, Config, DeliveryId, ErrorCode, Fetch, Input, OutboxConfig, Overflow, Submission};
use talkwire::protocol::Outgoing;

use crate::json::Json;
use crate::server::Kind;
use crate::world::{World, with_polling};

pub fn with_outbox(outbox: OutboxConfig) -> Config {
    Config { outbox, ..Config::default() }
}

/// A world whose page has joined `room` and then lost its session for as long as the test likes.
pub fn cut_off(seed: u64, kind: Kind, config: Config) -> World {
    let mut world = World::joined(seed, kind, config);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(100);
    world
}

pub fn reconnect(world: &mut World) {
    world.network.refuses_sockets = false;
    world.run_for(40_000);
}

pub fn stored(world: &World, room: &str) -> Vec<String> {
    let thread = world.server.threads.get(room);
    let contents =
        thread.map(|thread| thread.messages.iter().map(|one| one.data["content"].as_str().unwrap_or_default().into()));
    contents.map(Iterator::collect).unwrap_or_default()
}

pub fn raw(world: &mut World, delivery: u32) {
    let frame = Json(json!({"type": "custom", "n": delivery}));
    world.tell(
        0,
        Input::Send(Submission { delivery: DeliveryId(delivery), body: Body::Raw(frame), bytes: 30, waited_ms: 0 }),
    );
}

#[test]
fn what_is_said_without_a_session_is_kept_and_leaves_in_order() {
    let mut world = cut_off(1, Kind::full(), Config::default());
    let deliveries: Vec<u32> = (0..10).map(|n| world.send(0, "room", &format!("n{n}"))).collect();
    world.run_for(120_000);
    reconnect(&mut world);
    assert_eq!(stored(&world, "room"), (0..10).map(|n| format!("n{n}")).collect::<Vec<_>>());
    assert!(deliveries.iter().all(|delivery| world.page().result(*delivery) == Some("acked")));
}

#[test]
fn a_server_that_stores_and_dies_before_it_answers_gets_no_twin() {
    let mut world = World::joined(2, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let delivery = world.send(0, "elsewhere", "once");
    world.run_for(200);
    assert_eq!(stored(&world, "elsewhere"), ["once"]);
    world.server.kind.loses_ack = None;
    world.restart_server(|_| {});
    world.run_for(10_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
    assert_eq!(stored(&world, "elsewhere"), ["once"]);
    let ids: Vec<_> =
        world.server.received.iter().filter_map(|(_, frame)| frame["data"]["clientId"].as_str()).collect();
    assert_eq!(ids, ["p0-c1", "p0-c1"], "the same id on every try");
}

#[test]
fn nothing_is_sent_twice_to_a_server_that_offers_no_acks() {
    let mut world = World::joined(3, Kind::plain(), Config::default());
    let delivery = world.send(0, "room", "once");
    assert_eq!(world.page().result(delivery), Some("sent"));
    world.close_all(1006);
    world.run_for(60_000);
    let written = world.page().written(|frame| matches!(frame, Outgoing::Message { .. }));
    assert_eq!(written, 1);
}

#[test]
fn a_lost_ack_is_asked_for_again_and_in_the_end_reported() {
    let mut world = World::joined(4, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let delivery = world.send(0, "elsewhere", "anybody?");
    for _ in 0..60 {
        world.others_say("room", "the session lives");
        world.run_for(1_000);
    }
    assert_eq!(world.page().result(delivery), Some("no-ack"));
    let written = world.page().written(|frame| matches!(frame, Outgoing::Message { .. }));
    assert_eq!(written, 3);
    assert_eq!(world.page().dials.len(), 1, "the session is not to blame");
}

#[test]
fn a_server_that_answers_pings_but_no_sends_is_not_asked_for_ever() {
    // A pong may come within the millisecond; and long before an answer to a send would be overdue.
    for (latency_ms, ack_timeout_ms) in [((0, 0), 10_000), ((20, 20), 4_000)] {
        let config = with_outbox(OutboxConfig { ack_timeout_ms, ..Config::default().outbox });
        let mut world = World::joined(1, Kind { loses_ack: Some(1), ..Kind::full() }, config);
        world.network.latency_ms = latency_ms;
        let delivery = world.send(0, "elsewhere", "anybody?");
        world.run_for(120_000);
        assert_eq!(world.page().result(delivery), Some("no-ack"), "{latency_ms:?}");
    }
}

#[test]
fn sessions_that_did_not_live_are_no_reason_to_give_a_send_up() {
    let mut world = World::joined(7, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let delivery = world.send(0, "elsewhere", "anybody?");
    for _ in 0..4 {
        for _ in 0..15 {
            world.others_say("room", "the session lives");
            world.run_for(1_000);
        }
        world.close_all(1006);
        world.run_for(5_000);
    }
    assert_eq!(world.page().result(delivery), None);
    world.server.kind.loses_ack = None;
    world.run_for(20_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
}

#[test]
fn only_what_is_overdue_is_sent_again() {
    let mut world = World::joined(27, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    world.send(0, "elsewhere", "lost");
    world.run_for(6_000);
    world.server.kind.ack_delay_ms = 8_000;
    world.server.kind.loses_ack = None;
    let patient = world.send(0, "elsewhere", "patient");
    for _ in 0..12 {
        world.others_say("room", "the session lives");
        world.run_for(1_000);
    }
    assert_eq!(world.page().result(patient), Some("acked"));
    let ids: Vec<_> =
        world.server.received.iter().filter_map(|(_, frame)| frame["data"]["clientId"].as_str()).collect();
    assert_eq!(ids, ["p0-c1", "p0-c2", "p0-c1"]);
}

#[test]
fn an_ack_that_comes_late_still_counts_for_the_first_write() {
    let mut world = World::joined(5, Kind { ack_delay_ms: 12_000, ..Kind::full() }, Config::default());
    let delivery = world.send(0, "elsewhere", "slowly");
    for _ in 0..15 {
        world.others_say("room", "the session lives");
        world.run_for(1_000);
    }
    assert_eq!(world.page().result(delivery), Some("acked"));
}

#[test]
fn an_ack_after_the_result_mends_what_is_shown() {
    let mut world = World::joined(6, Kind { ack_delay_ms: 35_000, ..Kind::full() }, Config::default());
    let slot = world.pages[0].slot("elsewhere");
    world.tell(0, Input::View(slot));
    let delivery = world.send(0, "elsewhere", "very slowly");
    for _ in 0..40 {
        world.others_say("room", "the session lives");
        world.run_for(1_000);
    }
    assert_eq!(world.page().results[&delivery], ["no-ack"], "a result is final");
    assert_eq!(world.page().snapshots["elsewhere"][0].state.name(), "sent");
}

#[test]
fn sends_that_many_short_sessions_did_not_answer_are_not_given_up() {
    let mut world = World::joined(7, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let delivery = world.send(0, "elsewhere", "patience");
    for _ in 0..8 {
        world.run_for(3_000);
        world.close_all(1012);
    }
    world.server.kind.loses_ack = None;
    world.run_for(30_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
}

#[test]
fn a_refusal_that_lasts_is_reported_and_fails_just_that_message() {
    let mut world = World::joined(8, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let refused = world.send(0, "elsewhere", "rude");
    world.run_for(200);
    let reference = world.server.received.iter().rev().find_map(|(_, frame)| frame["ref"].as_u64()).expect("a ref");
    world.server_sends(json!({"type": "error", "ref": reference, "code": "rude", "retryable": false}));
    world.server.kind.loses_ack = None;
    let next = world.send(0, "elsewhere", "polite");
    world.run_for(1_000);
    assert_eq!((world.page().result(refused), world.page().result(next)), (Some("rejected"), Some("acked")));
    assert!(world.page().errors.iter().any(|(_, error)| error.code == ErrorCode::Refused));
}

#[test]
fn the_message_that_was_too_large_fails_and_the_others_arrive() {
    let mut world = World::joined(9, Kind { loses_ack: Some(1), ..Kind::full() }, Config::default());
    let small = world.send(0, "room", "small");
    let large = world.send(0, "room", &"large".repeat(1_000));
    world.close_all(1009);
    world.server.kind.loses_ack = None;
    world.run_for(5_000);
    assert_eq!((world.page().result(small), world.page().result(large)), (Some("acked"), Some("rejected")));
    assert!(world.page().errors.iter().any(|(_, error)| error.code == ErrorCode::TooLarge));
}

#[test]
fn a_full_outbox_rejects_the_new_or_drops_the_oldest() {
    let outbox = OutboxConfig { max_messages: 3, ..Config::default().outbox };
    let mut world = cut_off(10, Kind::full(), with_outbox(outbox.clone()));
    let sent: Vec<u32> = (0..5).map(|n| world.send(0, "room", &format!("n{n}"))).collect();
    assert_eq!((world.page().result(sent[3]), world.page().result(sent[4])), (Some("overflow"), Some("overflow")));
    reconnect(&mut world);
    assert_eq!(stored(&world, "room"), ["n0", "n1", "n2"]);

    let outbox = OutboxConfig { overflow: Overflow::DropOldest, ..outbox };
    let mut world = cut_off(11, Kind::full(), with_outbox(outbox));
    let sent: Vec<u32> = (0..5).map(|n| world.send(0, "room", &format!("n{n}"))).collect();
    assert_eq!((world.page().result(sent[0]), world.page().result(sent[1])), (Some("overflow"), Some("overflow")));
    reconnect(&mut world);
    assert_eq!(stored(&world, "room"), ["n2", "n3", "n4"]);
}

#[test]
fn bytes_are_bounded_too_and_given_back() {
    let outbox = OutboxConfig { max_bytes: 10, ..Config::default().outbox };
    let mut world = cut_off(12, Kind::full(), with_outbox(outbox));
    let [first, second, too_much, exact] = ["1234", "5678", "901", "90"].map(|text| world.send(0, "room", text));
    assert_eq!(world.page().result(too_much), Some("overflow"));
    reconnect(&mut world);
    for fits in [first, second, exact, world.send(0, "room", "1234567890")] {
        world.run_for(1_000);
        assert_eq!(world.page().result(fits), Some("acked"));
    }
}

#[test]
fn what_could_never_fit_is_rejected_and_costs_nothing_else() {
    let outbox = OutboxConfig { max_bytes: 10, overflow: Overflow::DropOldest, ..Config::default().outbox };
    let mut world = cut_off(26, Kind::full(), with_outbox(outbox));
    let kept = world.send(0, "room", "1234");
    let never = world.send(0, "room", "12345678901");
    assert_eq!((world.page().result(kept), world.page().result(never)), (None, Some("overflow")));
}

#[test]
fn raw_frames_pass_as_they_are() {
    let mut world = World::joined(16, Kind::full(), Config::default());
    raw(&mut world, 1_000);
    world.run_for(100);
    assert!(world.server.received.iter().any(|(_, frame)| *frame == json!({"type": "custom", "n": 1_000})));
    assert_eq!(world.page().result(1_000), Some("sent"));
}

#[test]
fn without_a_socket_sends_leave_by_post_one_after_the_other() {
    let mut world = cut_off(19, Kind::full(), with_polling());
    world.run_for(8_000);
    for n in 0..5 {
        world.send(0, "room", &format!("n{n}"));
    }
    world.run_for(5_000);
    assert_eq!(stored(&world, "room"), (0..5).map(|n| format!("n{n}")).collect::<Vec<_>>());
    assert_eq!(world.page().ids("room").len(), 5, "each told once");
    assert_eq!(world.page().client.stats().posts, 5);
}

#[test]
fn the_order_is_kept_across_the_switch_from_post_to_socket_and_back() {
    for seed in 0..30 {
        let mut world = cut_off(seed, Kind::full(), with_polling());
        world.network.latency_ms = (10, 400);
        let mut said = 0;
        for round in 0..8 {
            for _ in 0..4 {
                world.send(0, "room", &format!("n{said}"));
                said += 1;
                world.run_for(seed * 13 % 300);
            }
            world.network.refuses_sockets = round % 2 == 0;
            if world.network.refuses_sockets {
                world.close_all(1012);
            }
            world.run_for(3_000);
        }
        reconnect(&mut world);
        assert_eq!(stored(&world, "room"), (0..said).map(|n| format!("n{n}")).collect::<Vec<_>>(), "seed {seed}");
    }
}

#[test]
fn a_post_that_fails_is_tried_again_and_a_refused_one_is_not() {
    let mut world = cut_off(20, Kind::full(), with_polling());
    world.run_for(8_000);
    world.network.http_status = Some(500);
    let patient = world.send(0, "room", "patient");
    world.run_for(10_000);
    assert!(world.page().client.stats().posts >= 2);
    world.network.http_status = None;
    world.run_for(30_000);
    assert_eq!(world.page().result(patient), Some("acked"));
    world.network.http_status = Some(422);
    let refused = world.send(0, "room", "refused");
    world.run_for(1_000);
    assert_eq!(world.page().result(refused), Some("rejected"));
}

#[test]
fn a_post_whose_reply_never_comes_does_not_block_the_way() {
    let mut world = cut_off(21, Kind::full(), with_polling());
    world.run_for(8_000);
    world.network.http_swallows = true;
    let first = world.send(0, "room", "first");
    let second = world.send(0, "room", "second");
    world.run_for(1_000);
    world.network.http_swallows = false;
    reconnect(&mut world);
    assert_eq!((world.page().result(first), world.page().result(second)), (Some("acked"), Some("acked")));
    assert_eq!(stored(&world, "room"), ["first", "second"], "stored once, in order");
}

#[test]
fn a_page_that_is_left_posts_what_waits_by_requests_that_outlive_it() {
    let mut world = World::joined(22, Kind { loses_ack: Some(1), ..Kind::full() }, with_polling());
    world.send(0, "room", "not acked yet");
    world.tell(0, Input::PageHide);
    world.send(0, "room", "too late for a frame");
    let kept = world.page().fetches.iter().filter(|(_, fetch)| matches!(fetch, Fetch::Send { keepalive: true, .. }));
    assert_eq!(kept.count(), 2);
    world.run_for(1_000);
    let mut stored = stored(&world, "room");
    stored.sort();
    assert_eq!(stored, ["not acked yet", "too late for a frame"]);
}

#[test]
fn sends_to_a_server_that_takes_batches_leave_in_one_frame() {
    let mut world = cut_off(23, Kind::full(), Config::default());
    for n in 0..20 {
        world.send(0, "room", &format!("n{n}"));
    }
    world.server.received.clear();
    reconnect(&mut world);
    let batches = world.server.received.iter().filter(|(_, frame)| frame["type"] == "batch").count();
    assert_eq!(batches, 1);
    assert_eq!(stored(&world, "room").len(), 20);
}

#[test]
fn an_ack_that_came_while_the_machine_slept_is_heard_before_anything_is_sent_again() {
    let mut world = World::joined(24, Kind::full(), Config::default());
    let delivery = world.send(0, "room", "once");
    world.sleep(0, 12_000);
    world.run_for(15_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
    assert_eq!(world.page().written(|frame| matches!(frame, Outgoing::Message { .. })), 1);
}

#[test]
fn each_unanswered_send_has_its_own_time_before_the_session_is_doubted() {
    let mut world = World::joined(31, Kind::full(), Config::default());
    world.send(0, "elsewhere", "acked");
    world.run_for(5_000);
    world.server.kind.loses_ack = Some(1);
    world.send(0, "elsewhere", "not acked");
    world.black_hole();
    world.run_for(9_999);
    assert_eq!(world.page().pings(), 0);
    world.run_for(1);
    assert_eq!(world.page().pings(), 1);
}

#[test]
fn what_a_server_refuses_for_now_is_sent_again() {
    let kind = Kind { ack_delay_ms: 5_000, echo_delay_ms: 5_000, ..Kind::full() };
    let mut world = World::joined(1, kind, Config::default());
    let delivery = world.send(0, "room", "hello");
    world.run_for(1_000);
    let sent = world.server.received.iter().rfind(|(_, frame)| frame["type"] == "message").expect("a message");
    let refusal = serde_json::json!({"type": "error", "ref": sent.1["ref"], "code": "busy", "retryable": true});
    world.server_sends(refusal);
    world.run_for(500);
    assert_eq!(world.page().result(delivery), None);
    world.run_for(60_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
}
