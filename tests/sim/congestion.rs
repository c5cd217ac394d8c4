//! Sends go no faster than the network takes them.

use talkwire::engine::{Config, Input, OutboxConfig};
use talkwire::protocol::Outgoing;

use crate::server::Kind;
use crate::world::World;

const SENDS: usize = 200;
const KIB: usize = 1024;

/// A page that has sent 200 messages of 1 KiB, of which the browser has written none.
fn congested(kind: Kind) -> World {
    congested_by(kind, SENDS, KIB)
}

fn congested_by(kind: Kind, sends: usize, length: usize) -> World {
    let outbox = OutboxConfig { max_messages: sends + 1, max_bytes: 1 << 20, ..Config::default().outbox };
    let mut world = World::joined(1, kind, Config { outbox, ..Config::default() });
    world.black_hole();
    world.pages[0].written_bytes.clear();
    for n in 0..sends {
        world.send(0, "room", &format!("{n:0length$}"));
    }
    world
}

/// What was written since the last look, in bytes on the wire.
fn bytes(world: &mut World) -> usize {
    world.pages[0].written_bytes.drain(..).sum()
}

/// As much as this, up to a frame of these tests.
fn is_about(bytes: usize, expected: usize) -> bool {
    bytes.abs_diff(expected) <= KIB + 128
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
        | Outgoing::Connect
        | Outgoing::Answer { .. }
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
        assert!(is_about(bytes(&mut world), 64 * KIB));
        let first = written(&world).len();
        buffered(&mut world, 16 * KIB);
        world.send(0, "room", &format!("{SENDS:01024}"));
        assert_eq!(written(&world).len(), first, "one more changes nothing");
        buffered(&mut world, 16 * KIB - 1);
        assert!(is_about(bytes(&mut world), 48 * KIB), "up to 64 KiB again, with what is left");
        buffered(&mut world, 0);
        buffered(&mut world, 0);
        assert_eq!(written(&world), (0..=SENDS).collect::<Vec<_>>());
    }
}

#[test]
fn it_is_the_bytes_of_whole_frames_that_count() {
    for kind in [Kind::full(), Kind::plain()] {
        let mut world = congested_by(kind, 5_000, 4);
        let bytes = bytes(&mut world);
        assert!((48 * KIB..=65 * KIB).contains(&bytes), "{bytes}");
    }
}

#[test]
fn what_leaves_together_pauses_too() {
    let outbox = OutboxConfig { batch_ms: 50, max_bytes: 1 << 20, ..Config::default().outbox };
    let mut world = World::joined(3, Kind::full(), Config { outbox, ..Config::default() });
    world.black_hole();
    world.pages[0].written_bytes.clear();
    for n in 0..SENDS {
        world.send(0, "room", &format!("{n:01024}"));
    }
    world.run_for(50);
    assert!(is_about(bytes(&mut world), 64 * KIB));
    buffered(&mut world, 16 * KIB);
    assert_eq!(bytes(&mut world), 0);
    buffered(&mut world, 16 * KIB - 1);
    assert!(is_about(bytes(&mut world), 48 * KIB), "at once: what waits has waited long enough");
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
    let first = written(&world).len();
    assert!(!world.cancel(0, first as u32), "written");
    assert_eq!(world.page().result(first as u32), None);
    assert!(world.cancel(0, first as u32 + 1));
    assert_eq!(world.page().result(first as u32 + 1), Some("cancelled"));
    buffered(&mut world, 0);
    assert!(!written(&world).contains(&first));
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
