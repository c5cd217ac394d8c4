//! Every message once and in order, as far as the class of server allows.

use talkwire::engine::{Config, Via};

use crate::page::Heard;
use crate::server::Kind;
use crate::world::{World, with_polling};

#[test]
fn a_killed_session_is_replaced_and_nothing_is_lost() {
    let mut world = World::joined(1, Kind::full(), Config::default());
    let mut expected = world.others_say_many("room", 3);
    world.run_for(100);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 5));
    world.run_for(5_000);
    expected.extend(world.others_say_many("room", 2));
    world.run_for(1_000);
    assert_eq!(world.page().ids("room"), expected);
    assert_eq!(world.page().gap_count("room"), 0);
    let replayed =
        world.page().heard["room"].iter().filter(|one| matches!(one, Heard::Message { via: Via::Replay, .. }));
    assert_eq!(replayed.count(), 5);
}

#[test]
fn backfill_comes_before_live_on_a_server_with_ids_and_history() {
    let mut world = World::joined(2, Kind::plain_with_history(), with_polling());
    let mut expected = world.others_say_many("room", 3);
    world.run_for(100);
    world.close_all(1006);
    expected.extend(world.others_say_many("room", 120));
    world.at(700, |world| {
        world.others_say_many("room", 2);
    });
    world.run_for(20_000);
    expected.extend(["msg_124".into(), "msg_125".into()]);
    assert_eq!(world.page().ids("room"), expected);
    assert_eq!(world.page().gap_count("room"), 0);
}
