//! What `stats()` and `dump()` show: counters that count, and the last transitions.

use serde_json::json;
use talkwire::engine::{Config, DeliveryId, Input, Stats, Transition, Transport};

use crate::server::Kind;
use crate::world::{World, with_polling};

fn stats(world: &World) -> Stats {
    world.page().client.stats().clone()
}

/// The last transitions without their times.
fn steps(world: &World) -> Vec<(&'static str, Option<&'static str>, Option<&'static str>)> {
    let step = |one: &Transition| (one.phase, one.transport, one.error);
    world.page().client.dump().transitions.iter().map(step).collect()
}

#[test]
fn every_counter_counts_what_it_names() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    let joined = Stats { attempts: 1, sessions: 1, frames_received: 2, frames_sent: 2, ..Stats::default() };
    assert_eq!(stats(&world), joined);

    world.others_say_many("room", 2);
    world.run_for(100);
    let heard = Stats { frames_received: 4, events: 2, ..joined };
    assert_eq!(stats(&world), heard);

    world.server_sends(json!({"type": "message", "conversationId": "room", "offset": 2, "data": {"id": "msg_2"}}));
    world.run_for(100);
    let again = Stats { frames_received: 5, duplicates: 1, ..heard };
    assert_eq!(stats(&world), again);

    world.send(0, "room", "mine");
    world.run_for(100);
    let sent = Stats { sends: 1, frames_sent: 3, frames_received: 7, events: 3, ..again };
    assert_eq!(stats(&world), sent);

    let slot = world.pages[0].slot("room");
    world.tell(0, Input::Retry(slot, "unknown".into(), DeliveryId(9)));
    let dropped = Stats { dropped: 1, ..sent };
    assert_eq!(stats(&world), dropped);

    world.server_sends_text("not JSON");
    world.run_for(100);
    let garbled = Stats { errors: 1, ..dropped };
    assert_eq!(stats(&world), garbled);

    world.close_all(1006);
    world.run_for(5_000);
    let back =
        Stats { attempts: 2, sessions: 2, recovered: 1, frames_sent: 5, frames_received: 9, errors: 2, ..garbled };
    assert_eq!(stats(&world), back);

    world.restart_server(crate::server::Server::forget_all);
    world.run_for(5_000);
    assert_eq!(stats(&world).gaps, 1);
}

#[test]
fn what_goes_over_http_is_counted_too() {
    let mut world = World::joined(2, Kind::plain_with_history(), with_polling());
    world.others_say_many("room", 1);
    world.run_for(100);
    world.server.post("room", json!({"content": "never broadcast"}));
    world.others_say_many("room", 1);
    world.run_for(200_000);
    assert_eq!((stats(&world).late, stats(&world).polls as usize), (1, world.page().fetches.len()));
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_for(8_000);
    world.send(0, "room", "posted");
    world.run_for(1_000);
    world.tell(0, Input::WatchList(true));
    world.run_for(60_000);
    assert_eq!((stats(&world).posts, stats(&world).sends), (1, 1));
    assert_eq!(stats(&world).polls as usize, world.page().fetches.len() - 1, "pages and lists");
}

#[test]
fn each_transition_has_its_time_and_what_led_to_it() {
    let mut world = World::joined(3, Kind::full(), with_polling());
    world.network.refuses_sockets = true;
    world.close_all(1006);
    world.run_until(10_000, |world| world.page().connection.transport == Some(Transport::Polling)).expect("polling");
    world.tell(0, Input::Offline);
    world.tell(0, Input::Disconnect);
    world.tell(0, Input::Close);
    let lost = Some("connection-lost");
    let expected = [
        ("connecting", None, None),
        ("open", Some("socket"), None),
        ("waiting", None, lost),
        ("connecting", None, lost),
        ("waiting", None, lost),
        ("waiting", Some("polling"), lost),
        ("offline", Some("polling"), lost),
        ("idle", None, None),
        ("closed", None, None),
    ];
    assert_eq!(steps(&world), expected);
    let times: Vec<u64> = world.page().client.dump().transitions.iter().map(|one| one.at_ms).collect();
    assert_eq!((times[0], times.last()), (1_000, Some(&world.now)));
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_dump_tells_wishes_from_what_is_the_case_and_repeats_no_word_of_anybody() {
    let mut world = World::joined(5, Kind { loses_answer: Some(2), ..Kind::full() }, Config::default());
    world.hold(0, "unanswered", 1);
    world.hold(0, "other", 1);
    world.run_for(1_000);
    world.black_hole();
    world.send(0, "room", "a secret");
    let dump = world.page().client.dump();
    assert_eq!((dump.wanted, dump.confirmed, dump.outbox), (3, 2, 1));
    assert!(!format!("{dump:?}").contains("secret"));
}

#[test]
fn the_last_256_transitions_are_kept() {
    let mut world = World::joined(4, Kind::full(), Config::default());
    for _ in 0..200 {
        world.tell(0, Input::Disconnect);
        world.tell(0, Input::Connect);
        world.run_for(100);
    }
    let kept = world.page().client.dump().transitions;
    assert_eq!(kept.len(), 256);
    assert!(kept.is_sorted_by_key(|one| one.at_ms), "the oldest first");
    assert_eq!(kept.last().map(|last| last.phase), Some("open"));
}
