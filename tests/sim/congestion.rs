//! Sends go no faster than the network takes them.

use talkwire::engine::{Config, Input, OutboxConfig};
use talkwire::protocol::Outgoing;

use crate::server::Kind;
use crate::world::World;

const SENDS: usize = 200;

/// A page that has sent 200 messages of 1 KiB, of which the browser has written none.
fn congested(kind: Kind) -> World {
    let outbox = OutboxConfig { max_bytes: 1 << 20, ..Config::default().outbox };
    let mut world = World::joined(1, kind, Config { outbox, ..Config::default() });
    world.black_hole();
    for n in 0..SENDS {
        world.send(0, "room", &format!("{n:01024}"));
    }
    world
}

fn buffered(world: &mut World, bytes: usize) {
    let generation = *world.page().sockets.keys().next().expect("a socket");
    world.tell(0, Input::Buffered { generation, bytes });
}

/// The messages written so far, by number.
fn written(world: &World) -> Vec<usize> {
    let frames = world.page().transmits.iter().flat_map(|(_, frames)| frames);
    let number = |frame: &Outgoing<crate::json::Json>| match frame {
        Outgoing::Message { content, .. } => content.0.as_str().and_then(|text| text.parse().ok()),
        Outgoing::Hello
        | Outgoing::Subscribe { .. }
        | Outgoing::Unsubscribe { .. }
        | Outgoing::Typing { .. }
        | Outgoing::Read { .. }
        | Outgoing::Request { .. }
        | Outgoing::Raw(_)
        | Outgoing::Ping
        | Outgoing::Pong => None,
    };
    frames.filter_map(number).collect()
}

#[test]
fn they_pause_after_64_kib_until_less_than_16_are_left_and_go_on_in_order() {
    for kind in [Kind::full(), Kind::plain()] {
        let mut world = congested(kind);
        assert_eq!(written(&world), (0..64).collect::<Vec<_>>());
        buffered(&mut world, 16 * 1024);
        world.send(0, "room", &format!("{SENDS:01024}"));
        assert_eq!(written(&world).len(), 64, "one more changes nothing");
        buffered(&mut world, 16 * 1024 - 1);
        assert_eq!(written(&world).len(), 64 + 49, "up to 64 KiB again, with what is left");
        buffered(&mut world, 0);
        buffered(&mut world, 0);
        assert_eq!(written(&world), (0..=SENDS).collect::<Vec<_>>());
    }
}

#[test]
fn the_browser_is_asked_again_and_again_while_they_pause() {
    let mut world = congested(Kind::plain());
    world.log = Some(Vec::new());
    world.run_for(1_000);
    let log = world.log.take().unwrap_or_default();
    assert_eq!(log.iter().filter(|line| line.contains("Measure")).count(), 20);
}

#[test]
fn what_waits_can_still_be_taken_back() {
    let mut world = congested(Kind::full());
    assert!(!world.cancel(0, 64), "written");
    assert_eq!(world.page().result(64), None);
    assert!(world.cancel(0, 65));
    assert_eq!(world.page().result(65), Some("cancelled"));
    buffered(&mut world, 0);
    assert!(!written(&world).contains(&64), "the sixty-fifth");
}

#[test]
fn a_session_that_died_congested_takes_nothing_with_it() {
    let mut world = congested(Kind::full());
    world.run_for(200);
    world.break_black_holes();
    world.run_for(10_000);
    let stored: Vec<usize> = world.server.threads["room"]
        .messages
        .iter()
        .filter_map(|one| one.data["content"].as_str()?.parse().ok())
        .collect();
    assert_eq!(stored, (0..SENDS).collect::<Vec<_>>());
    assert!((1..=SENDS as u32).all(|send| world.page().result(send) == Some("acked")));
}

#[test]
fn one_message_larger_than_all_of_it_leaves_at_once() {
    let mut world = World::joined(2, Kind::full(), Config::default());
    let large = world.send(0, "room", &"x".repeat(100_000));
    let small = world.send(0, "room", "small");
    world.run_for(1_000);
    assert_eq!((world.page().result(large), world.page().result(small)), (Some("acked"), Some("acked")));
}
