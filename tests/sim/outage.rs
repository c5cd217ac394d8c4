//! What can be read in the end is no gap.

use talkwire::engine::Via;

use crate::page::Heard;
use crate::server::{Kind, Server};
use crate::world::{World, with_polling};

#[test]
fn pages_that_failed_before_the_join_do_not_count_against_those_after_it() {
    let mut world = World::joined(1, Kind::plain_with_history(), with_polling());
    let mut expected = world.others_say_many("room", 3);
    world.run_for(100);
    world.network.refuses_sockets = true;
    world.network.http_fails = true;
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 3));
    world.run_for(30_000);
    world.network.refuses_sockets = false;
    let sessions = world.page().client.stats().sessions;
    world.run_until(60_000, |world| world.page().client.stats().sessions > sessions);
    world.run_for(500);
    expected.extend(world.others_say_many("room", 3));
    world.run_for(500);
    world.network.http_fails = false;
    world.run_for(10_000);
    assert_eq!(world.page().ids("room"), expected);
    assert_eq!(world.page().gap_count("room"), 0);
}

#[test]
fn what_is_found_after_newer_ones_were_told_is_late_however_many_pages_it_takes() {
    let mut world = World::joined(1, Kind::plain_with_history(), with_polling());
    world.others_say_many("room", 3);
    world.run_for(100);
    world.network.http_fails = true;
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.others_say_many("room", 60);
    world.run_for(2_000);
    world.network.refuses_sockets = false;
    world.run_for(20_000);
    world.others_say_many("room", 3);
    world.run_for(20_000);
    assert_eq!(world.page().gap_count("room"), 1, "it was given up");
    world.network.http_fails = false;
    world.run_for(300_000);
    let late = world.page().heard["room"].iter().filter(|one| matches!(one, Heard::Message { late: true, .. }));
    assert_eq!(late.count(), 60);
    let shown: Vec<_> = world.page().snapshots["room"].iter().map(|one| one.data.id()).collect();
    assert_eq!(shown, (1..=66).map(|number| format!("msg_{number}")).collect::<Vec<_>>());
}

#[test]
fn nothing_is_given_up_while_there_is_no_session_that_waits() {
    let mut world = World::joined(1, Kind::plain_with_history(), with_polling());
    let mut expected = world.others_say_many("room", 3);
    world.run_for(100);
    world.network.http_fails = true;
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 3));
    let sessions = world.page().client.stats().sessions;
    world.run_until(60_000, |world| world.page().client.stats().sessions > sessions);
    world.run_for(200);
    expected.extend(world.others_say_many("room", 3));
    world.run_for(200);
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(60_000);
    world.network.http_fails = false;
    world.run_for(60_000);
    assert_eq!(world.page().ids("room"), expected, "read over HTTP");
    world.network.refuses_sockets = false;
    expected.extend(world.others_say_many("room", 3));
    world.run_for(120_000);
    assert_eq!(world.page().ids("room"), expected);
    assert_eq!(world.page().gap_count("room"), 0);
}

#[test]
fn short_pages_are_read_until_all_is_there_and_not_one_more_where_numbers_tell() {
    for kind in [Kind::full(), Kind::plain_with_history()] {
        let has_numbers = kind.numbers;
        let mut world = World::joined(5, Kind { replay_window: 3, page: 5, ..kind }, with_polling());
        let mut expected = world.others_say_many("room", 2);
        world.run_for(100);
        let before = world.page().fetches.len();
        world.close_all(1006);
        expected.extend(world.others_say_many("room", 10));
        world.run_for(5_000);
        expected.extend(world.others_say_many("room", 1));
        world.run_for(100);
        assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected, 0));
        assert!(!has_numbers || world.page().fetches.len() - before == 2);
    }
}

#[test]
fn a_talk_that_began_while_we_listened_is_read_on_from_its_first_message() {
    let mut world = World::joined(6, Kind::plain_with_history(), with_polling());
    world.run_for(2_000);
    let mut expected = world.others_say_many("room", 1);
    world.run_for(100);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 60));
    world.run_for(5_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected, 0));
}

#[test]
fn a_long_talk_is_read_on_from_where_every_message_is_known_still() {
    let mut world = World::joined(7, Kind::plain_with_history(), with_polling());
    let mut expected = Vec::new();
    for _ in 0..2_048 {
        expected.extend(world.others_say_many("room", 1));
        world.run_for(40);
    }
    world.run_for(100);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 3));
    world.run_for(10_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected, 0));
}

#[test]
fn what_a_page_tells_after_what_waited_in_vain_under_an_older_numbering_is_not_late() {
    let mut world = World::joined(8, Kind::full(), with_polling());
    world.run_for(2_000);
    world.network.http_fails = true;
    world.server.kind.loses_answer = Some(1);
    world.close_all(1006);
    world.others_say_many("room", 2);
    world.run_for(1_100);
    world.others_say("room", "waits for those before it");
    world.run_for(100);
    world.network.refuses_sockets = true;
    world.restart_server(Server::forget_all);
    world.others_say_many("room", 3);
    world.network.http_fails = false;
    world.run_for(20_000);
    let new = |number, via| Heard::Message { id: format!("msg_{number}"), via, late: false };
    let paged = [4, 5, 6].map(|number| new(number, Via::Poll));
    let expected = [vec![Heard::Gap, new(3, Via::Socket), Heard::Gap], paged.into()].concat();
    assert_eq!(world.page().heard["room"], expected);
}
