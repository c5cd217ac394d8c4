//! Sends that leave by POST: which reply is whose, when one is told, and how long a failed one waits.

use talkwire::engine::{Config, Fetch, Input, PollingConfig, Via};

use crate::page::Heard;
use crate::server::Kind;
use crate::world::{World, with_polling};

/// A page without a socket that reads over HTTP, where nothing takes time.
fn polling(seed: u64, kind: Kind, config: Config) -> World {
    let mut world = World::new(seed, kind);
    world.network.latency_ms = (0, 0);
    world.network.swallows_sockets = true;
    world.add_page(config);
    world.hold(0, "room", 1);
    world.run_for(10_000);
    world
}

fn posts(world: &World) -> Vec<u64> {
    let sends = world.page().fetches.iter().filter(|(_, fetch)| matches!(fetch, Fetch::Send { .. }));
    sends.map(|(at, _)| *at).collect()
}

#[test]
fn each_reply_answers_the_message_it_was_posted_with() {
    let mut world = World::joined(1, Kind::full(), with_polling());
    world.tell(0, Input::PageHide);
    world.network.latency_ms = (100, 100);
    let refused = world.send(0, "room", "rude");
    world.network.latency_ms = (10, 10);
    let stored = world.send(0, "room", "polite");
    world.run_for(50);
    assert_eq!((world.page().result(refused), world.page().result(stored)), (None, Some("acked")));
    world.network.http_status = Some(422);
    world.run_for(100);
    assert_eq!(world.page().result(refused), Some("rejected"));
}

#[test]
fn without_a_known_post_what_is_said_waits_for_a_socket_while_others_are_read() {
    let polls = PollingConfig { send: false, ..with_polling().polling };
    let mut world = polling(2, Kind::full(), Config { polling: polls, ..with_polling() });
    let kept = world.send(0, "room", "kept");
    let heard = world.others_say("room", "read");
    world.run_for(10_000);
    assert_eq!((world.page().ids("room"), world.page().result(kept)), (vec![heard], None));
    assert!(posts(&world).is_empty());
}

#[test]
fn what_was_posted_is_told_after_what_others_said_before_it_and_without_delay() {
    let mut world = polling(3, Kind::plain_with_history(), with_polling());
    world.run_for(100_000);
    let theirs = world.others_say("room", "not read yet");
    world.send(0, "room", "mine");
    world.run_for(10);
    let message = |id: &str, via| Heard::Message { id: id.into(), via, late: false };
    assert_eq!(world.page().heard["room"], [message(&theirs, Via::Poll), message("msg_2", Via::Echo)]);
    assert_eq!(world.page().shown("room"), [theirs.as_str(), "msg_2"]);
}

#[test]
fn one_that_failed_waits_longer_each_time_by_chance_and_half_a_minute_at_most() {
    let mut first_pauses = Vec::new();
    for seed in 0..20 {
        let mut world = polling(seed, Kind::plain_with_history(), with_polling());
        world.network.http_status = Some(408);
        let patient = world.send(0, "room", "patient");
        world.run_for(300_000);
        let pauses: Vec<u64> = posts(&world).windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (pause, bound) in pauses.iter().zip([1_000, 2_000, 4_000, 8_000, 16_000].into_iter().chain([30_000; 9])) {
            assert!((500..=bound).contains(pause), "{pauses:?}");
        }
        assert!(pauses.iter().any(|pause| *pause > 8_000), "{pauses:?}");
        first_pauses.push(pauses[0]);
        world.network.http_status = None;
        world.run_for(30_000);
        assert_eq!(world.page().result(patient), Some("acked"));
        world.network.http_status = Some(425);
        let before = posts(&world).len();
        world.send(0, "room", "patient again");
        world.run_for(1_000);
        assert_eq!(posts(&world).len(), before + 2, "a success starts the count again");
    }
    let (shortest, longest) = (first_pauses.iter().min(), first_pauses.iter().max());
    assert!(shortest < Some(&650) && longest > Some(&850), "{first_pauses:?}");
}

#[test]
fn one_whose_reply_was_lost_is_known_by_what_it_says_before_it_is_sent_again() {
    let mut world = polling(4, Kind { returns_client_id: false, ..Kind::plain_with_history() }, with_polling());
    world.others_say("room", "theirs");
    world.run_for(10_000);
    world.network.http_status = Some(503);
    let sent = world.send(0, "room", "mine");
    world.run_for(120_000);
    world.network.http_status = None;
    world.network.http_swallows = true;
    world.run_until(60_000, |world| world.server.threads["room"].messages.len() == 2);
    let failures = world.page().errors.len();
    world.run_until(60_000, |world| world.page().errors.len() > failures);
    world.network.http_swallows = false;
    let before = posts(&world).len();
    world.run_until(60_000, |world| world.page().ids("room").len() == 2);
    assert_eq!(posts(&world).len(), before, "it is not posted again yet");
    world.network.http_fails = true;
    world.network.swallows_sockets = false;
    world.run_for(120_000);
    assert_eq!(world.page().result(sent), Some("sent"));
    let echo = Heard::Message { id: "msg_2".into(), via: Via::Echo, late: false };
    assert_eq!(world.page().heard["room"][1], echo);
    assert_eq!(world.page().shown("room"), ["msg_1", "msg_2"]);
}
