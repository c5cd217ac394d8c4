//! What is missing is told once, shown as missing, and read when somebody asks for it.

use serde_json::json;
use talkwire::engine::{Config, Input};

use crate::page::Heard;
use crate::server::Kind;
use crate::world::{World, with_polling};

const SHORT: u64 = 10;

/// A page that saw 3 messages, missed 30, and did or did not hear 2 more.
pub fn after_outage(kind: Kind, hears_more: bool) -> World {
    let mut world = World::joined(1, kind, Config { can_load_before: true, ..Config::default() });
    world.others_say_many("room", 3);
    world.run_for(1_000);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.others_say_many("room", 30);
    world.run_for(5_000);
    world.network.refuses_sockets = false;
    world.run_for(60_000);
    if hears_more {
        world.others_say_many("room", 2);
        world.run_for(1_000);
    }
    assert_eq!(world.page().gap_count("room"), 1);
    assert!(world.page().gaps.contains("room"));
    world
}

pub fn load_before(world: &mut World, limit: u32) {
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::LoadBefore { slot, limit });
    world.run_for(1_000);
    assert_eq!(world.page().loaded.last(), Some(&None));
}

pub fn shown(world: &World) -> Vec<String> {
    world.page().snapshots["room"].iter().map(|one| one.data.id()).collect()
}

pub fn ids(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("msg_{number}")).collect()
}

pub fn kinds() -> [Kind; 2] {
    [Kind { replay_window: SHORT, ..Kind::full() }, Kind::plain()]
}

#[test]
fn load_before_closes_a_gap_from_its_newer_end() {
    for kind in kinds() {
        let mut world = after_outage(kind, true);
        let told = world.page().ids("room");
        load_before(&mut world, 20);
        assert_eq!(shown(&world), ids((1..=3).chain(14..=35)));
        assert!(world.page().gaps.contains("room"), "the older part is missing still");
        load_before(&mut world, 20);
        assert_eq!(shown(&world), ids(1..=35));
        assert!(!world.page().gaps.contains("room"));
        assert_eq!(world.page().ids("room"), told, "what is loaded is not told as new");
    }
}

#[test]
fn a_gap_with_nothing_newer_is_closed_from_the_newest() {
    for kind in kinds() {
        let mut world = after_outage(kind, false);
        load_before(&mut world, 20);
        assert_eq!(shown(&world), ids((1..=3).chain(14..=33)));
        assert!(world.page().gaps.contains("room"));
        world.others_say_many("room", 1);
        world.run_for(1_000);
        load_before(&mut world, 50);
        assert_eq!(shown(&world), ids(1..=34));
        assert!(!world.page().gaps.contains("room"));
    }
}

#[test]
fn numbers_tell_that_nothing_is_missing_any_more() {
    let [kind, _] = kinds();
    let mut world = after_outage(kind, true);
    load_before(&mut world, 30);
    assert_eq!(shown(&world), ids(1..=35));
    assert!(!world.page().gaps.contains("room"));
}

#[test]
fn no_more_than_512_messages_wait_for_what_may_never_come() {
    let mut world = World::joined(2, Kind::plain_with_history(), with_polling());
    world.run_for(10_000);
    world.others_say("room", "heard");
    world.run_for(100);
    world.network.http_swallows = true;
    world.close_all(1006);
    world.run_for(3_000);
    world.others_say_many("room", 512);
    world.run_for(100);
    assert_eq!(world.page().ids("room").len(), 1);
    world.others_say("room", "one too many");
    world.run_for(100);
    assert_eq!(world.page().ids("room"), ids(1..=514));
    assert_eq!(world.page().heard["room"][1], Heard::Gap);
    assert_eq!(world.page().gap_count("room"), 1);
}

#[test]
fn a_conversation_known_to_be_empty_may_have_missed_something_too() {
    let mut world = World::joined(3, Kind::plain_with_history(), with_polling());
    world.run_for(10_000);
    world.network.http_fails = true;
    world.close_all(1006);
    world.others_say("room", "missed");
    world.run_for(2_000);
    world.others_say("room", "heard");
    world.run_for(20_000);
    assert_eq!(world.page().heard["room"][0], Heard::Gap);
    assert_eq!(world.page().ids("room"), ["msg_2"]);
}

#[test]
fn what_it_missed_while_it_could_not_be_read_stands_before_what_was_heard_since() {
    let mut world = World::joined(3, Kind::plain_with_history(), with_polling());
    world.run_for(10_000);
    world.network.reads_fail = true;
    world.close_all(1006);
    world.others_say_many("room", 2);
    world.run_until(20_000, |world| world.page().gaps.contains("room")).expect("it cannot be read");
    world.network.reads_fail = false;
    let asked = world.page().fetches.len();
    world.run_until(20_000, |world| world.page().fetches.len() > asked).expect("it is read again");
    world.network.http_latency_ms = Some((2_000, 2_000));
    world.run_for(40);
    world.others_say_many("room", 2);
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), ids(3..=4));
    world.run_for(3_000);
    assert_eq!(shown(&world), ids(1..=4));
    let is_late = |one: &&Heard| matches!(one, Heard::Message { late: true, .. });
    assert_eq!(world.page().heard["room"].iter().filter(is_late).count(), 2);
}

#[test]
fn each_of_two_gaps_is_closed_the_newer_one_first() {
    for kind in kinds() {
        let mut world = after_outage(kind, true);
        world.network.refuses_sockets = true;
        world.close_all(1006);
        world.others_say_many("room", 30);
        world.run_for(5_000);
        world.network.refuses_sockets = false;
        world.run_for(60_000);
        world.others_say_many("room", 2);
        world.run_for(1_000);
        load_before(&mut world, 31);
        assert_eq!(shown(&world), ids((1..=3).chain(34..=67)));
        assert!(world.page().gaps.contains("room"), "one is left");
        load_before(&mut world, 31);
        assert_eq!(shown(&world), ids(1..=67));
        assert!(!world.page().gaps.contains("room"));
    }
}

#[test]
fn what_comes_while_the_gap_is_read_finds_its_place() {
    for kind in kinds() {
        let mut world = after_outage(kind, false);
        let slot = world.pages[0].slot("room");
        world.tell(0, Input::LoadBefore { slot, limit: 50 });
        world.others_say_many("room", 2);
        world.run_for(1_000);
        assert_eq!(shown(&world), ids(1..=35));
        assert!(!world.page().gaps.contains("room"));
    }
}

#[test]
fn what_overtakes_the_page_about_the_gap_is_not_shown_before_it() {
    for kind in kinds() {
        let mut world = after_outage(kind, false);
        let slot = world.pages[0].slot("room");
        world.network.http_latency_ms = Some((50, 50));
        world.tell(0, Input::LoadBefore { slot, limit: 50 });
        for latency_ms in [10, 200, 200] {
            world.network.latency_ms = (latency_ms, latency_ms);
            world.others_say("room", "new");
        }
        world.run_for(1_000);
        assert_eq!(shown(&world), ids(1..=36));
        assert!(!world.page().gaps.contains("room"));
    }
}

#[test]
fn where_nobody_asked_for_a_conversation_its_gap_is_told_at_once_and_shown_to_whoever_asks_later() {
    let mut world = World::joined(3, Kind::full(), Config::default());
    for offset in [1, 3] {
        world.server_sends(json!({
            "type": "message", "conversationId": "other", "offset": offset, "epoch": "e1",
            "data": {"id": format!("msg_{offset}")},
        }));
    }
    world.run_for(1_000);
    assert_eq!((world.page().ids("other").len(), world.page().gap_count("other")), (2, 1));
    world.pages[0].gaps.clear();
    world.hold(0, "other", 1);
    assert!(world.page().gaps.contains("other"), "a snapshot that begins shows it");
}

/// A page that has heard two messages, which wait for what was said before them.
fn waiting() -> World {
    let mut world = World::new(1, Kind { page: 10, ..Kind::plain_with_history() });
    world.network.http_fails = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(500);
    world.others_say_many("room", 2);
    world.run_for(100);
    assert!(world.page().ids("room").is_empty(), "they wait for the page that tells what was before");
    world
}

/// What came since is told after what was heard, up to here, and one gap.
fn assert_told_after_one_gap(mut world: World, heard: u32) {
    world.network.refuses_sockets = false;
    world.run_for(40_000);
    world.others_say("room", "live again");
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), ids((1..=heard).chain(heard + 11..=heard + 21)));
    assert_eq!(world.page().heard["room"][heard as usize], Heard::Gap);
    assert_eq!(world.page().gap_count("room"), 1);
}

#[test]
fn what_was_heard_before_an_outage_is_told_before_a_page_that_no_longer_reaches_it() {
    // Whether the page is read once there is a session again, or instead of one.
    for refuses_sockets in [false, true] {
        let mut world = waiting();
        world.network.refuses_sockets = refuses_sockets;
        world.close_all(1006);
        world.others_say_many("room", 20);
        world.network.http_fails = false;
        world.run_for(10_000);
        assert_told_after_one_gap(world, 2);
    }
}

#[test]
fn what_was_heard_over_a_session_that_ended_is_told_before_a_page_that_was_on_its_way() {
    // Before the page was asked for, and since.
    for heard_since in [0, 1] {
        let mut world = waiting();
        (world.network.http_fails, world.network.http_latency_ms) = (false, Some((3_000, 3_000)));
        let asked = world.page().fetches.len();
        assert!(world.run_until(5_000, |world| world.page().fetches.len() > asked).is_some());
        world.others_say_many("room", heard_since);
        world.run_for(100);
        world.network.refuses_sockets = true;
        world.close_all(1006);
        world.others_say_many("room", 20);
        world.run_for(20_000);
        assert_told_after_one_gap(world, 2 + heard_since as u32);
    }
}

#[test]
fn a_number_that_is_missing_when_the_session_ends_is_brought_by_the_next_one() {
    // Before the server was asked for it, and after.
    for ends_after_ms in [100, 400] {
        let mut world = World::joined(1, Kind { history: false, ..Kind::full() }, Config::default());
        world.others_say("room", "first");
        world.server.post("room", json!({"content": "told to nobody"}));
        world.server.kind.loses_answer = Some(1);
        world.others_say("room", "third");
        world.run_for(ends_after_ms);
        world.network.refuses_sockets = true;
        world.close_all(1006);
        world.run_for(20_000);
        world.server.kind.loses_answer = None;
        world.network.refuses_sockets = false;
        world.run_for(40_000);
        assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (ids(1..=3), 0));
    }
}

#[test]
fn after_pages_that_were_given_up_the_latest_messages_are_read_and_the_gap_before_them_stays() {
    let mut world = World::joined(4, Kind { history: true, ..Kind::numbered() }, with_polling());
    world.others_say("room", "heard");
    world.run_for(2_000);
    world.network.http_fails = true;
    world.close_all(1006);
    world.others_say_many("room", 199);
    world.run_for(20_000);
    assert_eq!((world.page().ids("room").len(), world.page().gap_count("room")), (1, 1));
    world.network.http_fails = false;
    world.run_for(400_000);
    assert_eq!(shown(&world), ids((1..=1).chain(151..=200)));
    load_before(&mut world, 200);
    assert_eq!(shown(&world), ids(1..=200));
    assert!(!world.page().gaps.contains("room"));
}

#[test]
fn what_was_loaded_into_a_gap_makes_nothing_late() {
    let mut world = World::joined(1, Kind::plain_with_history(), with_polling());
    world.others_say_many("room", 3);
    world.run_for(100);
    world.network.reads_fail = true;
    world.close_all(1006);
    world.others_say_many("room", 30);
    world.run_for(6_000);
    assert!(world.page().gaps.contains("room"));
    world.network.reads_fail = false;
    load_before(&mut world, 20);
    assert_eq!(shown(&world), ids((1..=3).chain(14..=33)));
    world.run_for(20_000);
    assert_eq!((shown(&world), world.page().ids("room")), (ids(1..=33), ids(1..=33)));
    let is_late = |one: &Heard| matches!(one, Heard::Message { late: true, .. });
    assert!(!world.page().heard["room"].iter().any(is_late));
}

#[test]
fn a_message_of_mine_that_was_posted_into_a_gap_has_its_place_among_what_is_loaded() {
    let mut world = World::joined(1, Kind::plain_with_history(), with_polling());
    world.others_say("room", "told");
    world.run_for(100);
    world.network.reads_fail = true;
    world.close_all(1006);
    world.others_say_many("room", 3);
    world.run_for(6_000);
    assert!(world.page().gaps.contains("room"));
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(10_000);
    world.send(0, "room", "mine");
    world.run_for(500);
    assert_eq!(world.page().result(1), Some("acked"));
    world.network.reads_fail = false;
    load_before(&mut world, 2);
    assert_eq!(shown(&world), ["msg_1", "msg_4", "msg_5"]);
    assert!(world.page().gaps.contains("room"), "what it does not reach is missing still");
    load_before(&mut world, 9);
    assert_eq!(shown(&world), ids(1..=5));
}
