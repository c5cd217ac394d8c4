//! Long-polling: the session over HTTP where no socket opens, and the way back.

use talkwire::engine::{Config, Greeting, Input, Phase, Transport};

use crate::server::Kind;
use crate::world::World;

fn config() -> Config {
    Config { greeting: Greeting::Always, long_polling: true, ..Config::default() }
}

/// A page that wants `room`, on a network that lets no socket pass.
fn refused() -> World {
    let mut world = World::new(1, Kind::socket_io());
    world.network.refuses_sockets = true;
    world.add_page(config());
    world.hold(0, "room", 1);
    world
}

fn polled() -> World {
    let mut world = refused();
    world.run_until(10_000, |world| world.server_holds(0) == ["room"]).expect("a polled session");
    world.run_for(100);
    world
}

fn transport(world: &World) -> Option<Transport> {
    world.page().connection.transport
}

#[test]
fn two_sockets_that_do_not_open_are_enough_to_poll() {
    let world = polled();
    assert_eq!((world.page().dials.len(), world.page().polled_dials.len()), (3, 1));
    assert_eq!((world.page().connection.phase, transport(&world)), (Phase::Open, Some(Transport::Polling)));
    assert_eq!(world.page().connection.error, None);
}

#[test]
fn a_socket_that_is_not_answered_is_given_up_for_polling_after_six_seconds() {
    let mut world = World::new(2, Kind::socket_io());
    world.network.swallows_sockets = true;
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_for(5_999);
    assert_eq!((world.page().dials.len(), world.page().polled_dials.len()), (1, 0));
    world.run_for(1);
    assert_eq!(world.page().polled_dials, [world.now]);
    world.run_for(500);
    assert_eq!((world.live_sockets(0), transport(&world)), (1, Some(Transport::Polling)));
}

#[test]
fn a_socket_that_opens_and_carries_nothing_is_followed_by_polling() {
    let mut world = World::new(3, Kind { hello_delay_ms: 60_000, ..Kind::socket_io() });
    world.add_page(config());
    world.hold(0, "room", 1);
    world.run_for(9_900);
    assert_eq!(world.page().dials.len(), 1);
    world.server.kind.hello_delay_ms = 0;
    world.run_for(2_000);
    assert_eq!((world.page().dials.len(), world.page().polled_dials.len()), (2, 1));
}

#[test]
fn where_nothing_answers_sockets_and_polling_take_turns() {
    let mut world = refused();
    world.network.http_fails = true;
    world.run_for(120_000);
    let page = world.page();
    let turns: Vec<bool> = page.dials.iter().map(|dial| page.polled_dials.contains(dial)).collect();
    assert!(turns.len() >= 6, "{turns:?}");
    let expected = |at: usize| at >= 2 && at.is_multiple_of(2);
    assert!(turns.iter().enumerate().all(|(at, polled)| *polled == expected(at)), "{turns:?}");
}

#[test]
fn nobody_polls_who_was_not_told_that_it_may() {
    let mut world = World::new(4, Kind::socket_io());
    world.network.refuses_sockets = true;
    world.add_page(Config { long_polling: false, ..config() });
    world.hold(0, "room", 1);
    world.run_for(60_000);
    assert!(world.page().dials.len() > 2);
    assert!(world.page().polled_dials.is_empty());
}

#[test]
fn a_socket_is_tried_soon_and_then_ever_more_seldom_twice_a_minute_at_least() {
    let mut world = polled();
    world.run_for(300_000);
    let tried = &world.page().upgrades;
    let gaps: Vec<u64> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(tried[0] - world.page().polled_dials[0] < 2_000, "{tried:?}");
    assert!(gaps.is_sorted() && gaps.iter().all(|gap_ms| (1_000..=30_000).contains(gap_ms)), "{gaps:?}");
    assert_eq!(gaps.last(), Some(&30_000));
    assert_eq!((world.page().dials.len(), transport(&world)), (3, Some(Transport::Polling)));
}

#[test]
fn a_session_that_has_got_its_socket_is_the_same_and_is_tried_no_more() {
    let mut world = polled();
    let mut said = world.others_say_many("room", 3);
    world.run_for(20_000);
    world.network.refuses_sockets = false;
    world.run_until(60_000, |world| transport(world) == Some(Transport::Socket)).expect("a socket within a minute");
    let (dials, upgrades) = (world.page().dials.len(), world.page().upgrades.len());
    said.extend(world.others_say_many("room", 3));
    world.run_for(120_000);
    assert_eq!((world.page().dials.len(), world.page().upgrades.len()), (dials, upgrades));
    assert_eq!(world.page().client.stats().sessions, 1);
    assert_eq!(world.page().ids("room"), said);
}

#[test]
fn a_session_that_was_lost_comes_back_the_way_that_it_went() {
    let mut world = polled();
    world.close_all(1006);
    world.run_until(10_000, |world| world.server_holds(0) == ["room"]).expect("a polled session");
    assert_eq!((world.page().dials.len(), world.page().polled_dials.len()), (4, 2));
    world.network.refuses_sockets = false;
    world.run_until(60_000, |world| transport(world) == Some(Transport::Socket)).expect("a socket within a minute");
    world.close_all(1006);
    world.run_until(10_000, |world| world.server_holds(0) == ["room"]).expect("a session");
    assert_eq!((world.page().dials.len(), world.page().polled_dials.len()), (5, 2), "over a socket");
}

#[test]
fn a_server_that_refuses_a_polled_session_is_not_taken_for_one_that_cannot_be_polled() {
    let mut world = refused();
    world.server.kind.refuses_session = Some("jwt expired");
    world.pages.clear();
    world.add_page(Config { token_refreshable: true, ..config() });
    world.hold(0, "room", 1);
    world.run_until(10_000, |world| world.page().dials.len() == 4).expect("a new token");
    assert_eq!(world.page().polled_dials, world.page().dials[2..]);
}

#[test]
fn whoever_connects_anew_begins_with_a_socket() {
    let mut world = polled();
    world.tell(0, Input::Disconnect);
    world.run_for(1_000);
    assert_eq!((world.live_sockets(0), transport(&world)), (0, None));
    world.network.refuses_sockets = false;
    world.tell(0, Input::Connect);
    world.run_for(1_000);
    assert_eq!((world.page().polled_dials.len(), transport(&world)), (1, Some(Transport::Socket)));
}

#[test]
fn pings_that_stop_end_a_polled_session() {
    let mut world = polled();
    world.black_hole();
    world.run_until(100_000, |world| world.page().polled_dials.len() == 2).expect("a new session");
    assert_eq!(world.page().upgrades.iter().filter(|at| **at == world.now).count(), 0);
}
