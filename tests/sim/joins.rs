//! Who wants which conversation, and what the server is told of it.

use std::ops::Range;

use talkwire::engine::{Config, Input, Listed, Status};
use talkwire::protocol::Outgoing;

use crate::page::holder;
use crate::server::Kind;
use crate::world::{World, with_polling};

/// Joins and leaves one after the other.
fn visit(world: &mut World, rooms: Range<u32>) {
    for n in rooms {
        let slot = world.pages[0].slot(&format!("room{n}"));
        world.tell(0, Input::Hold(slot, holder(1)));
        world.tell(0, Input::Unhold(slot, holder(1)));
        world.run_for(300);
    }
}

/// Whether whoever joins goes on from where the last one was.
fn resumes(world: &mut World, conversation: &str) -> bool {
    let slot = world.pages[0].slot(conversation);
    world.tell(0, Input::Hold(slot, holder(1)));
    let asked = world.page().transmits.last().and_then(|(_, frames)| frames.first());
    matches!(asked, Some(Outgoing::Subscribe { cursor: Some(_), .. }))
}

#[test]
fn many_holders_are_one_subscribe_and_the_last_to_leave_is_one_unsubscribe() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    for by in 2..20 {
        world.hold(0, "room", by);
    }
    world.hold(0, "room", 2);
    for by in 2..20 {
        world.unhold(0, "room", by);
    }
    world.run_for(1_000);
    assert_eq!((world.page().subscribes(), world.page().unsubscribes()), (1, 0));
    world.unhold(0, "room", 1);
    world.run_for(240);
    assert_eq!(world.page().unsubscribes(), 0, "it lingers");
    world.run_for(100);
    assert_eq!(world.page().unsubscribes(), 1);
    assert_eq!(world.server_holds(0), Vec::<String>::new());
}

#[test]
fn mounting_twice_as_strict_mode_does_is_one_subscribe_and_no_unsubscribe() {
    let mut world = World::joined(2, Kind::full(), Config::default());
    world.hold(0, "other", 1);
    world.unhold(0, "other", 1);
    world.hold(0, "other", 2);
    world.run_for(5_000);
    assert_eq!((world.page().subscribes(), world.page().unsubscribes()), (2, 0));
}

#[test]
fn lingering_runs_only_while_there_is_a_session() {
    let mut world = World::joined(3, Kind::full(), Config::default());
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(100);
    world.unhold(0, "room", 1);
    world.run_for(60_000);
    world.hold(0, "room", 1);
    world.network.refuses_sockets = false;
    world.run_for(40_000);
    assert_eq!(world.page().unsubscribes(), 0, "a page that remounts on every change of isConnected loses nothing");
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn a_listener_that_left_during_an_outage_is_gone_a_moment_after_it() {
    let mut world = World::joined(4, Kind::full(), Config::default());
    world.close_all(1006);
    world.run_for(50);
    world.unhold(0, "room", 1);
    world.run_for(10_000);
    assert_eq!(world.server_holds(0), Vec::<String>::new());
}

#[test]
fn after_a_reconnect_everything_is_asked_for_at_once_in_one_frame() {
    let mut world = World::joined(5, Kind::full(), Config::default());
    for n in 0..50 {
        world.hold(0, &format!("room{n}"), 1);
    }
    world.run_for(1_000);
    world.close_all(1006);
    world.pages[0].written_bytes.clear();
    let asked_before = world.page().subscribes();
    world.run_for(5_000);
    assert_eq!(world.page().subscribes() - asked_before, 51);
    assert_eq!(world.page().written_bytes.len(), 1, "in one frame, where the server takes a batch");
    assert_eq!(world.server_holds(0).len(), 51);
}

#[test]
fn many_conversations_are_asked_for_again_in_full_frames_of_at_most_64_kib() {
    let mut world = World::joined(15, Kind::full(), Config::default());
    for n in 0..3_000 {
        world.hold(0, &format!("room{n}"), 1);
    }
    world.run_for(1_000);
    world.close_all(1006);
    world.pages[0].written_bytes.clear();
    world.run_for(5_000);
    assert_eq!(world.server_holds(0).len(), 3_001);
    let frames = &world.page().written_bytes;
    assert!(frames.iter().all(|bytes| *bytes <= 65_536), "{frames:?}");
    assert_eq!(frames.len(), frames.iter().sum::<usize>().div_ceil(65_536), "{frames:?}");
}

#[test]
fn a_subscribe_whose_answer_is_lost_is_sent_again() {
    for offered in [vec!["ack"], vec!["replay"], vec!["ack", "replay", "ping"]] {
        let mut world = World::new(6, Kind { hello: Some(offered), loses_answer: Some(1), ..Kind::full() });
        world.add_page(Config::default());
        world.hold(0, "room", 1);
        world.run_for(5_000);
        assert_eq!(world.page().statuses["room"], Status::Joining);
        world.server.kind.loses_answer = None;
        world.run_for(30_000);
        assert_eq!(world.page().statuses["room"], Status::Live);
        assert!(world.page().subscribes() >= 2);
    }
}

#[test]
fn a_session_that_answers_no_subscribe_at_all_is_replaced() {
    let mut world = World::new(7, Kind { loses_answer: Some(1), ..Kind::full() });
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    world.run_for(180_000);
    assert!(world.page().dials.len() >= 2);
}

#[test]
fn a_refused_conversation_says_so_and_is_asked_for_again_in_the_next_session() {
    let mut world = World::new(8, Kind { loses_answer: Some(1), ..Kind::full() });
    world.add_page(Config::default());
    world.hold(0, "secret", 1);
    world.run_for(500);
    world.server_sends(
        serde_json::json!({"type": "error", "ref": 1, "code": "forbidden", "message": "not yours", "retryable": false}),
    );
    world.run_for(60_000);
    assert_eq!(world.page().statuses["secret"], Status::Error);
    assert_eq!(world.page().subscribes(), 1);
    assert!(world.page().errors.iter().any(|(_, error)| error.detail == "forbidden: not yours"));
    world.server.kind.loses_answer = None;
    world.close_all(1012);
    world.run_for(5_000);
    assert_eq!(world.page().statuses["secret"], Status::Live);
}

#[test]
fn a_refusal_that_may_pass_is_retried() {
    let mut world = World::new(9, Kind { loses_answer: Some(1), ..Kind::full() });
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    world.run_for(500);
    world.server.kind.loses_answer = None;
    world.server_sends(serde_json::json!({"type": "error", "ref": 1, "code": "busy", "retryable": true}));
    world.run_for(3_000);
    assert_eq!(world.page().statuses["room"], Status::Live);
}

#[test]
fn the_cursor_outlives_the_last_listener() {
    let mut world = World::joined(10, Kind::full(), Config::default());
    let mut said = world.others_say_many("room", 2);
    world.run_for(500);
    world.unhold(0, "room", 1);
    world.run_for(5_000);
    said.extend(world.others_say_many("room", 3));
    world.hold(0, "room", 2);
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), said);
}

#[test]
fn only_the_thousand_most_recent_conversations_are_remembered() {
    let mut world = World::joined(11, Kind::full(), Config::default());
    visit(&mut world, 0..1_500);
    let forgotten = world.page().forgotten.len();
    assert!((499..=501).contains(&forgotten), "{forgotten}");
    assert!(resumes(&mut world, "room1499"));
}

#[test]
fn a_conversation_is_as_recent_as_its_last_listener() {
    let mut world = World::joined(11, Kind::full(), Config::default());
    visit(&mut world, 0..600);
    visit(&mut world, 0..1);
    visit(&mut world, 600..1_300);
    assert!(resumes(&mut world, "room0"));
    assert!(!resumes(&mut world, "room1"));
}

#[test]
fn a_conversation_with_an_unsent_message_is_not_forgotten() {
    let mut world = World::joined(12, Kind::full(), Config::default());
    world.close_all(1006);
    world.network.refuses_sockets = true;
    world.run_for(100);
    let delivery = world.send(0, "kept", "wait for me");
    for n in 0..1_200 {
        world.pages[0].slot(&format!("room{n}"));
    }
    world.network.refuses_sockets = false;
    world.run_for(40_000);
    assert_eq!(world.page().result(delivery), Some("acked"));
    assert_eq!(world.server.threads["kept"].messages.len(), 1);
}

#[test]
fn a_conversation_whose_snapshot_somebody_may_look_at_is_not_forgotten() {
    let mut world = World::joined(16, Kind::full(), Config::default());
    let shown = world.pages[0].slot("shown");
    world.tell(0, Input::View(shown));
    for n in 0..1_200 {
        world.pages[0].slot(&format!("room{n}"));
    }
    world.tell(0, Input::Tick);
    assert!(world.page().forgotten.len() > 100 && !world.page().forgotten.contains(&shown));
}

#[test]
fn a_page_that_comes_long_after_everybody_left_is_of_the_conversation_that_asked_for_it() {
    let mut world = World::joined(17, Kind::plain_with_history(), with_polling());
    let slot = world.pages[0].slot("slow");
    world.tell(0, Input::Hold(slot, holder(1)));
    world.run_for(10_000);
    world.unhold(0, "slow", 1);
    world.run_for(1_000);
    let said = world.others_say("slow", "meanwhile");
    world.network.latency_ms = (1_000, 1_000);
    world.tell(0, Input::Hold(slot, holder(1)));
    world.tell(0, Input::Unhold(slot, holder(1)));
    world.run_for(500);
    for n in 0..1_200 {
        world.pages[0].slot(&format!("room{n}"));
    }
    world.run_for(10_000);
    assert_eq!(world.page().ids("slow"), [said]);
    assert!(world.page().heard.keys().eq(["slow"]), "{:?}", world.page().heard);
}

#[test]
fn conversations_whose_ids_have_the_same_print_are_not_confused_even_when_one_is_forgotten() {
    // The Thue-Morse sequence and its opposite: alike to every polynomial of odd base.
    let [first, second] = [0, 1].map(|flip| {
        (0..128_u32).map(|n| if (n.count_ones() + flip).is_multiple_of(2) { 's' } else { 't' }).collect::<String>()
    });
    let [first, second] = [first.as_str(), second.as_str()];
    assert_eq!(Listed::<()>::print_of(first), Listed::<()>::print_of(second));
    let mut world = World::joined(18, Kind::plain(), Config::default());
    let slot = world.pages[0].slot(first);
    world.hold(0, second, 1);
    world.run_for(1_000);
    assert_eq!(world.server_holds(0), ["room", second]);
    for n in 0..1_200 {
        world.pages[0].slot(&format!("room{n}"));
    }
    world.tell(0, Input::Tick);
    assert!(world.page().forgotten.contains(&slot));
    world.hold(0, second, 2);
    assert_eq!(world.page().subscribes(), 2, "it is joined already");
    world.hold(0, first, 1);
    assert_eq!(world.page().subscribes(), 3);
    world.run_for(100);
    for id in [first, second] {
        let said = world.others_say(id, "still here?");
        world.run_for(100);
        assert_eq!(world.page().ids(id), [said]);
    }
}

#[test]
fn unhold_all_lets_go_of_everything_one_holder_wanted() {
    let mut world = World::joined(13, Kind::full(), Config::default());
    world.hold(0, "a", 7);
    world.hold(0, "b", 7);
    world.run_for(500);
    world.tell(0, Input::UnholdAll(holder(7)));
    world.run_for(1_000);
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn what_is_left_before_its_answer_came_again_is_let_go_of_by_the_server_too() {
    let mut world = World::new(14, Kind { loses_answer: Some(1), ..Kind::full() });
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    world.run_for(5_000);
    // The session lives: it is the answer that got lost.
    world.server_sends(serde_json::json!({"type": "pong"}));
    let took = world.run_until(20_000, |world| !world.page().errors.is_empty());
    assert!(took.is_some(), "the subscribe counts as unanswered");
    world.unhold(0, "room", 1);
    world.run_for(400);
    assert_eq!(world.server_holds(0), Vec::<String>::new());
}

#[test]
fn whoever_left_just_before_a_late_hello_is_let_go_of_all_the_same() {
    let mut world = World::new(15, Kind { hello_delay_ms: 500, ..Kind::full() });
    world.add_page(Config::default());
    world.hold(0, "room", 1);
    world.run_for(450);
    world.unhold(0, "room", 1);
    world.run_for(2_000);
    assert_eq!(world.server_holds(0), Vec::<String>::new());
}

#[test]
fn a_subscribe_is_kept_for_as_long_as_its_answer_may_take() {
    let mut world = World::joined(19, Kind::full(), Config::default());
    world.hold(0, "other", 1);
    assert!(world.page().client.sizes().subscribes >= 1);
    world.run_for(Config::default().outbox.ack_timeout_ms);
    assert_eq!((world.page().statuses["other"], world.page().client.sizes().subscribes), (Status::Live, 0));
}
