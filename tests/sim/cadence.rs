//! When HTTP stands in for the session, and how often it is asked.

use talkwire::engine::{Config, ErrorCode, Fetch, HeartbeatConfig, Input, Phase, PollingConfig, Status, Transport};

use crate::json::Json;
use crate::server::Kind;
use crate::world::{World, with_polling};

fn times(world: &World, is_it: impl Fn(&Fetch<Json>) -> bool) -> Vec<u64> {
    world.page().fetches.iter().filter(|(_, fetch)| is_it(fetch)).map(|(at, _)| *at).collect()
}

fn reads(world: &World) -> Vec<u64> {
    times(world, |fetch| matches!(fetch, Fetch::Messages { .. }))
}

fn list_reads(world: &World) -> Vec<u64> {
    times(world, |fetch| matches!(fetch, Fetch::Conversations { .. }))
}

/// The pauses between these moments are as long as expected, give or take the tenth that spreads them.
fn assert_pauses(moments: &[u64], expected_ms: &[u64]) {
    let pauses: Vec<u64> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.len() >= expected_ms.len(), "{pauses:?} should begin like {expected_ms:?}");
    for (pause, expected) in pauses.iter().zip(expected_ms) {
        assert!((expected * 89 / 100..=expected * 111 / 100).contains(pause), "{pauses:?} but {expected_ms:?}");
    }
}

/// A world where no socket is ever answered, and nothing takes time.
fn silent(kind: Kind, config: Config) -> World {
    let mut world = World::new(3, kind);
    world.network.latency_ms = (0, 0);
    world.network.swallows_sockets = true;
    world.add_page(config);
    world
}

#[test]
fn it_begins_six_seconds_after_the_first_wish_without_a_session() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.hold(0, "room", 1);
    world.run_for(5_999);
    assert!(reads(&world).is_empty());
    assert_eq!(world.page().connection.transport, None);
    world.run_for(1);
    assert_eq!(reads(&world), [7_000]);
    assert_eq!(world.page().connection.phase, Phase::Connecting, "the socket is tried on");
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
    assert_eq!(world.page().statuses["room"], Status::Polling);
}

#[test]
fn it_begins_with_the_second_failed_attempt() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.network.swallows_sockets = false;
    world.network.refuses_sockets = true;
    world.hold(0, "room", 1);
    world.run_for(1_100);
    let dials = &world.page().dials;
    assert_eq!(dials.len(), 2);
    assert_eq!(reads(&world), [dials[1]]);
}

#[test]
fn it_begins_six_seconds_after_a_session_was_lost() {
    let mut world = World::joined(4, Kind::plain_with_history(), with_polling());
    world.network.latency_ms = (0, 0);
    world.network.swallows_sockets = true;
    world.run_for(10_000);
    let before = reads(&world).len();
    let lost_at = world.now;
    world.close_all(1006);
    world.run_for(6_000);
    assert_eq!(reads(&world)[before..], [lost_at + 6_000]);
}

#[test]
fn without_its_option_nothing_is_ever_read() {
    let mut world = silent(Kind::plain_with_history(), Config::default());
    world.hold(0, "room", 1);
    world.tell(0, Input::WatchList(true));
    world.run_for(300_000);
    assert!(world.page().fetches.is_empty());
    assert_eq!(world.page().connection.transport, None);
}

#[test]
fn an_idle_thread_is_read_ever_more_slowly_and_a_busy_one_every_five_seconds() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.others_say("room", "first");
    world.hold(0, "room", 1);
    world.run_for(206_000);
    assert_pauses(&reads(&world), &[7_500, 11_250, 16_875, 25_312, 30_000, 30_000]);
    let slow = reads(&world).len();
    for _ in 0..30 {
        world.others_say("room", "more");
        world.run_for(2_000);
    }
    assert_pauses(&reads(&world)[slow..], &[5_000; 5]);
    assert_eq!(world.page().ids("room").len(), 30);
    let from_list = list_reads(&world).len();
    assert_eq!(from_list, 0, "nobody looks at it");
}

#[test]
fn a_reply_that_says_nothing_changed_counts_as_idle() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.others_say("room", "first");
    world.hold(0, "room", 1);
    world.run_for(100_000);
    let etags = world.page().fetches.iter().filter_map(|(_, fetch)| match fetch {
        Fetch::Messages { after, etag, .. } => Some((after.is_some(), etag.is_some())),
        Fetch::Before { .. } | Fetch::Conversations { .. } | Fetch::Send { .. } | Fetch::Probe => None,
    });
    let etags: Vec<(bool, bool)> = etags.collect();
    assert_eq!(etags[..2], [(false, false), (true, false)], "an ETag belongs to the address it came from");
    assert!(etags[2..].iter().all(|one| *one == (true, true)), "{etags:?}");
}

#[test]
fn the_watched_list_is_read_every_ten_seconds_and_idle_once_a_minute() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.others_say("room", "first");
    world.tell(0, Input::WatchList(true));
    world.run_for(400_000);
    assert_pauses(&list_reads(&world), &[10_000, 15_000, 22_500, 33_750, 50_625, 60_000, 60_000]);
    assert!(reads(&world).is_empty(), "no thread is wanted");
    let slow = list_reads(&world).len();
    for _ in 0..40 {
        world.others_say("room", "more");
        world.run_for(3_000);
    }
    assert_pauses(&list_reads(&world)[slow..], &[10_000; 5]);
}

#[test]
fn a_hidden_page_reads_once_a_minute_and_soon_after_it_is_shown() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.hold(0, "room", 1);
    world.tell(0, Input::WatchList(true));
    world.tell(0, Input::Visibility { hidden: true });
    world.run_for(400_000);
    assert_pauses(&reads(&world), &[60_000; 5]);
    assert_pauses(&list_reads(&world), &[60_000; 5]);
    let (thread_reads, list) = (reads(&world).len(), list_reads(&world).len());
    world.tell(0, Input::Visibility { hidden: false });
    world.run_for(500);
    assert_eq!((reads(&world).len(), list_reads(&world).len()), (thread_reads + 1, list + 1));
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.network.http_status = Some(503);
    world.network.retry_after_ms = Some(45_000);
    world.hold(0, "room", 1);
    world.tell(0, Input::WatchList(true));
    for _ in 0..20 {
        world.run_for(20_000);
        world.tell(0, Input::Visibility { hidden: true });
        world.tell(0, Input::Visibility { hidden: false });
    }
    for moments in [reads(&world), list_reads(&world)] {
        assert!(moments.len() >= 5, "{moments:?}");
        assert!(moments.windows(2).all(|pair| pair[1] - pair[0] >= 45_000), "{moments:?}");
    }
}

#[test]
fn sends_by_post_wait_as_long_as_the_server_asks() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.hold(0, "room", 1);
    world.run_for(10_000);
    world.network.http_status = Some(429);
    world.network.retry_after_ms = Some(45_000);
    let first = world.send(0, "room", "one");
    world.run_for(30_000);
    let second = world.send(0, "room", "two");
    world.run_for(200_000);
    let posts = times(&world, |fetch| matches!(fetch, Fetch::Send { .. }));
    assert!(posts.len() >= 4 && posts.windows(2).all(|pair| pair[1] - pair[0] >= 45_000), "{posts:?}");
    world.network.http_status = None;
    world.run_for(60_000);
    assert_eq!((world.page().result(first), world.page().result(second)), (Some("acked"), Some("acked")));
    let stored: Vec<&str> =
        world.server.threads["room"].messages.iter().filter_map(|one| one.data["content"].as_str()).collect();
    assert_eq!(stored, ["one", "two"]);
}

#[test]
fn failures_are_told_once_and_retried_ever_more_slowly() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.network.http_fails = true;
    world.hold(0, "room", 1);
    world.run_for(200_000);
    assert_pauses(&reads(&world), &[1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    assert_eq!(world.page().connection.transport, None, "nothing carries messages");
    let told = world.page().errors.iter().filter(|(_, error)| error.code == ErrorCode::PollFailed);
    assert_eq!(told.count(), 1);
    world.network.http_fails = false;
    world.run_for(35_000);
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
}

#[test]
fn a_send_that_is_posted_does_not_hurry_reads_that_fail() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.network.reads_fail = true;
    world.hold(0, "room", 1);
    world.run_for(20_000);
    let failed = reads(&world).len();
    for n in 0..20 {
        let sent = world.send(0, "room", &format!("n{n}"));
        world.hold(0, "room", 2 + n);
        world.run_for(2_000);
        assert_eq!(world.page().result(sent), Some("acked"));
    }
    assert_pauses(&reads(&world)[failed - 1..], &[8_000, 16_000]);
}

#[test]
fn a_reply_to_something_else_is_a_failure_and_neither_an_empty_page_nor_the_end_of_a_send() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    world.others_say("room", "first");
    world.hold(0, "room", 1);
    world.tell(0, Input::WatchList(true));
    world.run_for(10_000);
    let before = (reads(&world).len(), list_reads(&world).len());
    world.network.http_confuses = true;
    let sent = world.send(0, "room", "hello?");
    let slot = world.pages[0].slot("room");
    world.tell(0, Input::LoadBefore { slot, limit: 10 });
    world.run_for(60_000);
    assert_eq!(world.page().connection.transport, None, "nothing carries messages");
    assert_pauses(&reads(&world)[before.0..], &[1_000, 2_000, 4_000, 8_000]);
    assert_pauses(&list_reads(&world)[before.1..], &[1_000, 2_000, 4_000, 8_000]);
    assert!(matches!(&world.page().loaded[..], [Some(_)]));
    assert!(times(&world, |fetch| matches!(fetch, Fetch::Send { .. })).len() > 2);
    let told = world.page().errors.iter().filter(|(_, error)| error.code == ErrorCode::PollFailed);
    assert_eq!(told.count(), 3, "the thread, the list and the post, once each");
    world.network.http_confuses = false;
    world.run_for(60_000);
    assert_eq!(world.page().result(sent), Some("acked"));
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
}

#[test]
fn four_reads_are_on_their_way_at_most_and_the_rest_take_their_turn() {
    let mut world = silent(Kind::plain_with_history(), with_polling());
    for n in 0..10 {
        world.hold(0, &format!("room{n}"), 1);
    }
    world.network.http_swallows = true;
    world.run_for(25_000);
    assert_eq!(reads(&world).len(), 4);
    world.run_for(1_500);
    assert_eq!(reads(&world), [[7_000; 4], [27_000; 4]].concat(), "no reply in 20 s is none");
    assert_eq!(world.page().aborted.len(), 4);
    world.network.http_swallows = false;
    world.run_for(60_000);
    assert!((0..10).all(|n| world.page().statuses[&format!("room{n}")] == Status::Polling));
    let mut rooms: Vec<String> = world
        .page()
        .fetches
        .iter()
        .filter_map(|(_, fetch)| match fetch {
            Fetch::Messages { conversation, .. } => Some(String::from(&**conversation)),
            Fetch::Before { .. } | Fetch::Conversations { .. } | Fetch::Send { .. } | Fetch::Probe => None,
        })
        .collect();
    rooms.sort();
    rooms.dedup();
    assert_eq!(rooms.len(), 10, "everyone had a turn");
}

#[test]
fn a_proved_session_ends_it_at_once() {
    let heartbeat = HeartbeatConfig { enabled: false, ..Config::default().heartbeat };
    let mut world = World::new(9, Kind::full());
    world.network.swallows_sockets = true;
    world.add_page(Config { heartbeat, ..with_polling() });
    world.hold(0, "room", 1);
    world.tell(0, Input::WatchList(true));
    world.run_for(12_000);
    assert_eq!(world.page().connection.transport, Some(Transport::Polling));
    world.network.swallows_sockets = false;
    world.run_until(40_000, |world| world.page().connection.phase == Phase::Open).expect("a session");
    assert_eq!(world.page().connection.transport, Some(Transport::Socket));
    world.run_for(1_000);
    let after = world.page().fetches.len();
    world.run_for(100_000);
    assert_eq!(world.page().fetches.len(), after, "but for the slow check every two minutes");
    world.run_for(40_000);
    assert_eq!(world.page().fetches.len(), after + 1);
}

#[test]
fn the_slow_check_beside_the_socket_can_be_turned_off() {
    let polling = PollingConfig { safety_interval_ms: None, ..with_polling().polling };
    let mut world = World::joined(10, Kind::full(), Config { polling, ..with_polling() });
    let at_join = world.page().fetches.len();
    world.run_for(3_600_000);
    assert_eq!(world.page().fetches.len(), at_join);
}

#[test]
fn the_list_is_read_beside_a_socket_that_does_not_bring_it_while_somebody_looks() {
    let mut world = World::joined(11, Kind::plain_with_history(), with_polling());
    world.others_say("room", "first");
    world.run_for(60_000);
    assert!(list_reads(&world).is_empty());
    world.tell(0, Input::WatchList(true));
    world.run_for(60_000);
    assert_pauses(&list_reads(&world), &[10_000, 15_000]);
    world.tell(0, Input::WatchList(false));
    let read = list_reads(&world).len();
    world.run_for(200_000);
    assert_eq!(list_reads(&world).len(), read);

    let mut world = World::joined(12, Kind::full(), with_polling());
    world.tell(0, Input::WatchList(true));
    world.run_for(200_000);
    assert!(list_reads(&world).is_empty(), "`list` brings it");
}
