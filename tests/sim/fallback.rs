//! What HTTP can stand in for, and what it is asked when its answers are of little use.

use talkwire::engine::{Config, Fetch, Input, PollingConfig, Status, Transport, Via};

use crate::json::Json;
use crate::page::{Heard, holder};
use crate::server::Kind;
use crate::world::{World, with_polling};

fn count(world: &World, is_it: impl Fn(&Fetch<Json>) -> bool) -> usize {
    world.page().fetches.iter().filter(|(_, fetch)| is_it(fetch)).count()
}

fn reads(world: &World) -> usize {
    count(world, |fetch| matches!(fetch, Fetch::Messages { .. }))
}

/// A page whose sockets are never answered, and that reads what is `given`.
fn alone(given: PollingConfig) -> World {
    let mut world = World::new(1, Kind::plain_with_history());
    world.network.swallows_sockets = true;
    world.add_page(Config { polling: given, ..Config::default() });
    world
}

fn only(messages: bool, conversations: bool, send: bool) -> PollingConfig {
    PollingConfig { messages, conversations, send, ..PollingConfig::default() }
}

#[test]
fn each_of_its_options_alone_is_enough_to_begin() {
    for (messages, conversations, send) in [(true, false, false), (false, true, false), (false, false, true)] {
        let mut world = alone(only(messages, conversations, send));
        world.hold(0, "room", 1);
        world.send(0, "room", "mine");
        world.run_for(5_500);
        assert_eq!(world.page().statuses["room"], Status::Joining);
        world.run_for(1_000);
        assert_eq!(world.page().statuses["room"], if messages { Status::Polling } else { Status::Joining });
        assert_eq!(world.page().connection.transport, Some(Transport::Polling));
        assert_eq!(reads(&world) > 0, messages);
        assert_eq!(count(&world, |fetch| matches!(fetch, Fetch::Conversations { .. })) > 0, conversations);
        assert_eq!(count(&world, |fetch| matches!(fetch, Fetch::Send { .. })) > 0, send);
    }
}

#[test]
fn with_nothing_to_read_yet_it_counts_as_connected() {
    let mut world = alone(only(true, false, true));
    world.tell(0, Input::Connect);
    world.run_for(6_000);
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
}

#[test]
fn while_no_thread_is_read_the_list_shows_whether_it_works() {
    let mut world = alone(only(true, true, true));
    world.network.http_fails = true;
    world.tell(0, Input::Connect);
    world.run_for(10_000);
    assert_eq!(world.page().connection.transport, None);
    world.network.http_fails = false;
    world.run_for(30_000);
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
}

#[test]
fn a_thread_that_is_not_there_is_asked_for_ever_more_slowly_and_holds_up_nothing() {
    let mut world = World::new(2, Kind::plain());
    world.network.http_status = Some(404);
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(2_000);
    let said = world.others_say("room", "the first");
    world.run_for(100);
    assert_eq!(world.page().heard["room"], [Heard::Message { id: said, via: Via::Socket, late: false }]);
    world.run_for(60_000);
    assert!(reads(&world) <= 8, "{}", reads(&world));
}

#[test]
fn a_server_that_forgot_where_we_were_is_read_anew_after_one_gap() {
    let mut world = alone(only(true, false, false));
    let mut expected = world.others_say_many("room", 1);
    world.hold(0, "room", 1);
    world.run_for(10_000);
    expected.clear();
    expected.extend(world.others_say_many("room", 2));
    world.run_for(10_000);
    world.restart_server(crate::server::Server::forget_all);
    expected.extend(world.others_say_many("room", 3));
    world.run_for(30_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected, 1));
    assert_eq!(world.page().heard["room"][2], Heard::Gap);
}

#[test]
fn a_thread_is_read_once_at_a_time_however_slow_the_answers_are() {
    let polling = PollingConfig { safety_interval_ms: Some(5_000), ..only(true, false, false) };
    let mut world = World::joined(3, Kind::full(), Config { polling, ..Config::default() });
    world.run_for(1_000);
    world.network.http_swallows = true;
    world.run_for(6_000);
    let before = reads(&world);
    world.close_all(1006);
    world.run_for(12_000);
    assert_eq!(reads(&world), before, "one is on its way still");
}

#[test]
fn with_the_slow_check_turned_off_what_is_missing_is_read_all_the_same() {
    let polling = PollingConfig { safety_interval_ms: None, ..only(true, false, false) };
    let mut world = World::joined(4, Kind::plain_with_history(), Config { polling, ..Config::default() });
    let mut expected = world.others_say_many("room", 2);
    world.run_for(2_000);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 2));
    world.network.http_fails = true;
    world.run_for(1_500);
    world.network.http_fails = false;
    world.run_for(5_000);
    assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (expected, 0));
}

#[test]
fn what_nobody_listens_to_any_more_is_read_no_more() {
    let mut world = alone(only(true, false, false));
    world.hold(0, "room", 1);
    world.run_for(10_000);
    world.unhold(0, "room", 1);
    world.run_for(10_000);
    let before = reads(&world);
    world.run_for(200_000);
    assert_eq!(reads(&world), before);
}

#[test]
fn what_was_said_before_is_shown_once_it_can_be_read() {
    let mut world = World::new(5, Kind::plain_with_history());
    let before = world.others_say_many("room", 5);
    world.network.http_fails = true;
    world.add_page(with_polling());
    world.hold(0, "room", 1);
    world.run_for(20_000);
    let heard = world.others_say_many("room", 1);
    world.run_for(100);
    assert_eq!((world.page().shown("room"), world.page().ids("room")), (heard.clone(), heard.clone()));
    world.network.http_fails = false;
    world.run_for(140_000);
    assert_eq!((world.page().shown("room"), world.page().ids("room")), ([before, heard.clone()].concat(), heard));
}

#[test]
fn a_snapshot_that_begins_far_behind_is_no_reason_to_leave_anything_out() {
    for page in [50, 20] {
        let mut world = alone(with_polling().polling);
        world.server.kind.page = page;
        world.others_say_many("room", 5);
        let slot = world.pages[0].slot("room");
        world.tell(0, Input::Hold(slot, holder(1)));
        world.run_for(10_000);
        let missed = world.others_say_many("room", 80);
        world.tell(0, Input::View(slot));
        world.run_for(1_000);
        assert_eq!((world.page().ids("room"), world.page().gap_count("room")), (missed.clone(), 0));
        assert!(world.page().shown("room").ends_with(&missed));
    }
}
