//! A page that is left and found again, and a network that is gone and back.

use talkwire::engine::{Config, Fetch, Input, Phase};

use crate::server::Kind;
use crate::world::{World, with_polling};

/// A joined page to which everything comes in no time.
fn instant(config: Config) -> World {
    let mut world = World::joined(1, Kind::full(), config);
    world.network.latency_ms = (0, 0);
    world.run_for(10_000);
    world
}

fn posts(world: &World) -> Vec<(&str, bool)> {
    let sends = world.page().fetches.iter().filter_map(|(_, fetch)| match fetch {
        Fetch::Send { content, keepalive, .. } => Some((content.0.as_str().unwrap_or_default(), *keepalive)),
        Fetch::Messages { .. } | Fetch::Before { .. } | Fetch::Conversations { .. } | Fetch::Probe => None,
    });
    sends.collect()
}

#[test]
fn leaving_closes_barely_posts_what_waits_in_order_and_then_is_still() {
    let mut world = instant(with_polling());
    world.black_hole();
    let first = world.send(0, "room", "one");
    let second = world.send(0, "room", "two");
    let start = world.now;
    world.tell(0, Input::PageHide);
    assert_eq!(world.page().hangups, [(start, None)]);
    assert_eq!(posts(&world), [("one", true), ("two", true)]);
    world.run_for(1_000);
    assert_eq!((world.page().result(first), world.page().result(second)), (Some("acked"), Some("acked")));
    let fetches = world.page().fetches.len();
    world.run_for(600_000);
    assert_eq!((world.page().dials.len(), world.page().fetches.len()), (1, fetches));
}

#[test]
fn what_is_said_while_the_page_is_being_left_is_posted_too() {
    let mut world = instant(with_polling());
    world.tell(0, Input::PageHide);
    let last = world.send(0, "room", "goodbye");
    assert_eq!(posts(&world), [("goodbye", true)]);
    world.run_for(1_000);
    assert_eq!(world.page().result(last), Some("acked"));
}

#[test]
fn a_post_that_failed_on_leaving_waits_for_the_return() {
    let mut world = instant(with_polling());
    world.network.http_fails = true;
    world.tell(0, Input::PageHide);
    let last = world.send(0, "room", "goodbye");
    world.run_for(60_000);
    assert_eq!((posts(&world).len(), world.page().result(last)), (1, None));
    world.tell(0, Input::PageShow);
    world.run_for(1_000);
    assert_eq!(world.page().result(last), Some("acked"), "over the socket");
    assert_eq!(world.server.threads["room"].messages.len(), 1);
}

#[test]
fn without_a_known_post_what_waits_is_kept_for_the_return() {
    let mut world = instant(Config::default());
    world.tell(0, Input::PageHide);
    let kept = world.send(0, "room", "kept");
    world.run_for(60_000);
    assert!(world.page().fetches.is_empty());
    world.tell(0, Input::PageShow);
    world.run_for(100);
    assert_eq!(world.page().result(kept), Some("acked"));
}

#[test]
fn a_page_that_is_back_dials_at_once_and_has_missed_nothing() {
    let mut world = instant(Config::default());
    let mut said = world.others_say_many("room", 2);
    world.run_for(100);
    world.tell(0, Input::PageHide);
    said.extend(world.others_say_many("room", 3));
    world.run_for(50_000);
    world.tell(0, Input::PageShow);
    assert_eq!(world.page().dials.last(), Some(&world.now));
    world.run_for(0);
    assert_eq!(world.page().connection.phase, Phase::Open);
    assert_eq!(world.page().ids("room"), said);
    assert_eq!(world.server_holds(0), ["room"]);
}

#[test]
fn a_page_that_is_away_plans_no_attempt_whatever_the_network_does() {
    let mut world = instant(Config::default());
    world.tell(0, Input::PageHide);
    for input in [Input::Offline, Input::Online, Input::Resumed] {
        world.tell(0, input);
        assert_eq!(world.page().connection.retry_at, None);
    }
    assert_eq!(world.page().client.next_deadline(), None);
}

#[test]
fn a_client_that_is_to_be_disconnected_stays_so_whatever_the_page_does() {
    let mut world = instant(with_polling());
    world.tell(0, Input::Disconnect);
    let fetches = world.page().fetches.len();
    for input in [Input::PageHide, Input::PageShow, Input::Offline, Input::Online, Input::Resumed] {
        world.tell(0, input);
        assert_eq!(world.page().connection.retry_at, None);
        world.run_for(61_000);
    }
    assert_eq!((world.page().dials.len(), world.page().connection.phase), (1, Phase::Idle));
    assert_eq!(world.page().fetches.len(), fetches);
}

#[test]
fn a_network_that_is_back_is_tried_after_a_moment() {
    let mut delays = Vec::new();
    for _ in 0..100 {
        let mut world = World::new(delays.len() as u64, Kind::full());
        world.network.latency_ms = (0, 0);
        world.network.refuses_sockets = true;
        world.add_page(Config::default());
        world.tell(0, Input::Connect);
        world.tell(0, Input::Offline);
        world.run_for(30_000);
        assert_eq!((world.page().dials.len(), world.page().connection.phase), (1, Phase::Offline));
        world.network.refuses_sockets = false;
        let start = world.now;
        world.tell(0, Input::Online);
        world.run_for(1_200);
        assert_eq!(world.page().connection.phase, Phase::Open);
        delays.push(world.page().dials[1] - start);
    }
    assert!(delays.iter().all(|ms| (200..=1_200).contains(ms)));
    assert!(delays.iter().any(|ms| *ms < 300) && delays.iter().any(|ms| *ms > 1_100), "spread over a second");
}

#[test]
fn an_attempt_made_without_a_network_does_not_hold_up_the_one_with_it() {
    let mut world = World::new(2, Kind::full());
    world.network.latency_ms = (0, 0);
    world.network.swallows_sockets = true;
    world.add_page(Config::default());
    world.tell(0, Input::Offline);
    world.tell(0, Input::Connect);
    world.run_for(2_000);
    assert_eq!(world.page().connection.phase, Phase::Connecting);
    world.network.swallows_sockets = false;
    world.tell(0, Input::Online);
    let took = world.run_until(20_000, |world| world.page().connection.phase == Phase::Open);
    assert!(took.is_some_and(|ms| (200..=1_200).contains(&ms)), "{took:?}");
    assert_eq!(world.live_sockets(0), 1);
}

#[test]
fn going_offline_asks_the_session_and_does_not_give_it_up() {
    let mut world = instant(Config::default());
    world.tell(0, Input::Offline);
    assert_eq!(world.page().pings(), 1);
    world.run_for(20_000);
    assert_eq!((world.page().connection.phase, world.page().dials.len()), (Phase::Open, 1));

    let mut world = instant(Config::default());
    world.black_hole();
    world.tell(0, Input::Offline);
    world.run_for(2_000);
    assert_eq!((world.page().connection.phase, world.page().dials.len()), (Phase::Offline, 1));
    let next = world.page().connection.retry_at.map(|at| at.as_millis() - world.now);
    assert_eq!(next, Some(60_000));
}

#[test]
fn an_answer_that_was_on_its_way_when_the_network_went_proves_nothing_for_long() {
    let mut world = instant(Config::default());
    world.tell(0, Input::Offline);
    world.run_for(1);
    world.black_hole();
    let took = world.run_until(60_000, |world| world.page().connection.phase == Phase::Offline);
    assert!(took.is_some_and(|ms| ms <= 5_000 + 2_000), "{took:?}");
}

#[test]
fn a_session_that_goes_on_without_a_network_is_asked_often_until_there_is_one() {
    let mut world = instant(Config::default());
    world.tell(0, Input::Offline);
    world.run_for(50_500);
    assert_eq!((world.page().pings(), world.page().dials.len()), (11, 1));
    world.tell(0, Input::Online);
    world.run_for(50_000);
    assert_eq!((world.page().pings(), world.page().dials.len()), (13, 1));
}
