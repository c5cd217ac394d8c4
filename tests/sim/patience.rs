//! A server that asks for time gets it, whatever the page does meanwhile.

use talkwire::engine::{Close, Config, Input, Phase};

use crate::server::Kind;
use crate::world::World;

const FLOOR_MS: u64 = 20_000;

/// A page whose server has just closed and asked it to stay away for a while.
fn sent_away(seed: u64) -> World {
    let mut world = World::joined(seed, Kind::full(), Config::default());
    world.run_for(10_000);
    world.network.latency_ms = (0, 0);
    world.close_all_with(Close { code: 1013, retry_after_ms: Some(FLOOR_MS), ..Close::default() });
    world.run_for(0);
    world
}

/// How long after `start` the second dial came.
fn second_dial(world: &World, start: u64) -> Option<u64> {
    world.page().dials.get(1).map(|at| at - start)
}

#[test]
fn the_delay_is_at_least_what_was_asked_for_and_a_fleet_comes_back_spread() {
    let mut delays: Vec<u64> = (0..200)
        .map(|seed| {
            let mut world = sent_away(seed);
            let start = world.now;
            world.run_for(FLOOR_MS + 2_000);
            second_dial(&world, start).expect("a second dial")
        })
        .collect();
    delays.sort_unstable();
    assert!((FLOOR_MS..FLOOR_MS + 100).contains(&delays[0]), "{}", delays[0]);
    assert!((FLOOR_MS + 900..=FLOOR_MS + 1_000).contains(&delays[199]), "{}", delays[199]);
}

#[test]
fn a_longer_delay_of_our_own_is_not_cut_short() {
    let mut world = World::new(1, Kind::full());
    world.network.latency_ms = (0, 0);
    world.network.refuses_sockets = true;
    world.add_page(Config::default());
    world.tell(0, Input::Connect);
    world.run_for(400_000);
    world.network.refuses_sockets = false;
    for _ in 0..20 {
        let dials = world.page().dials.len();
        world.run_until(60_000, |world| world.page().dials.len() > dials);
        world.close_all_with(Close { code: 1013, retry_after_ms: Some(1), ..Close::default() });
    }
    let late = &world.page().dials[10..];
    assert!(late.windows(2).any(|pair| pair[1] - pair[0] > 10_000), "{late:?}");
}

#[test]
fn waking_up_being_shown_and_a_network_do_not_shorten_it() {
    let wakers = [
        vec![Input::Resumed],
        vec![Input::Visibility { hidden: true }, Input::Visibility { hidden: false }],
        vec![Input::Offline, Input::Online],
        vec![Input::PageHide, Input::PageShow],
    ];
    for waker in wakers {
        let mut world = sent_away(2);
        let start = world.now;
        for _ in 0..5 {
            world.run_for(3_000);
            for input in waker.clone() {
                world.tell(0, input);
            }
        }
        world.run_for(10_000);
        let delay = second_dial(&world, start);
        assert!(delay.is_some_and(|ms| (FLOOR_MS..=FLOOR_MS + 1_000).contains(&ms)), "{waker:?}: {delay:?}");
        assert_eq!(world.page().connection.phase, Phase::Open);
    }
}

#[test]
fn a_person_who_asks_is_not_kept_waiting() {
    let mut world = sent_away(3);
    world.run_for(1_000);
    world.tell(0, Input::Connect);
    assert_eq!(world.page().dials.len(), 2);
}

#[test]
fn it_is_over_with_the_next_session() {
    let mut world = sent_away(4);
    world.tell(0, Input::Connect);
    world.run_for(6_000);
    let start = world.now;
    world.close_all(1006);
    world.run_for(2_000);
    assert!(world.page().dials[2] - start <= 1_000);
}
