//! What is loaded into a gap while it is on its way by the socket, too.

use talkwire::engine::{Config, Input};

use crate::gap::{after_outage, ids, kinds, load_before, shown};
use crate::server::Kind;
use crate::world::World;

/// A page with a gap, `count` more messages on their way to it by the socket, and `limit` of all loaded before those come.
fn loaded_meanwhile(kind: Kind, count: usize, limit: u32) -> World {
    let mut world = after_outage(Kind { history: true, ..kind }, false);
    world.network.http_latency_ms = Some((10, 10));
    world.network.latency_ms = (3_000, 3_000);
    world.others_say_many("room", count);
    load_before(&mut world, limit);
    world
}

#[test]
fn what_was_loaded_before_the_socket_brought_it_is_told_then_and_shown_once() {
    for kind in kinds() {
        let mut world = loaded_meanwhile(kind, 2, 50);
        assert_eq!(shown(&world), ids(1..=35));
        world.run_for(5_000);
        assert_eq!(
            world.page().ids("room").split_last_chunk().map(|(_, last)| last),
            Some(&["msg_34".into(), "msg_35".into()])
        );
        assert_eq!(shown(&world), ids(1..=35));
    }
}

#[test]
fn it_is_shown_once_where_what_was_said_before_it_was_not_asked_for() {
    for kind in kinds() {
        let mut world = loaded_meanwhile(kind, 3, 1);
        world.run_for(5_000);
        let mut shown = shown(&world);
        shown.sort_unstable();
        assert_eq!(shown, ids([1, 2, 3, 34, 35, 36]));
    }
}

#[test]
fn a_page_of_the_newest_that_begins_after_what_came_meanwhile_is_not_shown_before_it() {
    for kind in kinds() {
        let mut world = after_outage(Kind { history: true, ..kind }, false);
        world.network.http_latency_ms = Some((100, 100));
        let slot = world.pages[0].slot("room");
        world.tell(0, Input::LoadBefore { slot, limit: 1 });
        for latency_ms in [10, 500] {
            world.network.latency_ms = (latency_ms, latency_ms);
            world.others_say("room", "new");
        }
        world.run_for(1_000);
        assert_eq!(shown(&world), ids([1, 2, 3, 33, 34, 35]));
        assert_eq!(world.page().loaded, [None]);
        assert!(world.page().gaps.contains("room"));
    }
}

#[test]
fn a_message_of_mine_whose_echo_was_lost_is_shown_once_when_it_is_loaded() {
    let kind = Kind { returns_client_id: false, echo_delay_ms: 1_000, ..Kind::plain() };
    let mut world = World::joined(2, kind, Config { can_load_before: true, ..Config::default() });
    world.others_say("room", "before");
    world.run_for(500);
    world.close_all(1006);
    world.others_say("room", "same");
    world.run_for(10_000);
    world.send(0, "room", "same");
    world.run_for(500);
    world.close_all(1006);
    world.run_for(10_000);
    load_before(&mut world, 50);
    assert_eq!(world.page().shown("room"), ids(1..=3));
    let is_mine = |shown: &talkwire::engine::Shown<_>| shown.client_id.is_some();
    assert_eq!(world.page().snapshots["room"].iter().position(is_mine), Some(2));
}
