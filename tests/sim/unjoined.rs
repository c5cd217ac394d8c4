//! What is said before a conversation is joined does not come back: nobody knows what was said between it and the join.

use talkwire::engine::{Config, Greeting, Via};

use crate::page::Heard;
use crate::server::Kind;
use crate::world::World;

/// The first message in "other" waits for its ack, and cannot come back.
fn sent_before_it_was_joined() -> World {
    let kind = Kind { ack_delay_ms: 1_500, ..Kind::socket_io() };
    let mut world = World::joined(1, kind, Config { greeting: Greeting::Always, ..Config::default() });
    world.run_for(5_000);
    world.send(0, "other", "first");
    world.run_for(50);
    world.hold(0, "other", 1);
    world.run_for(500);
    world
}

fn told(id: &str, via: Via, late: bool) -> Heard {
    Heard::Message { id: id.into(), via, late }
}

#[test]
fn what_is_acked_after_a_later_one_of_mine_came_back_comes_late() {
    let mut world = sent_before_it_was_joined();
    world.send(0, "other", "second");
    world.run_for(5_000);
    assert_eq!(world.page().heard["other"], [told("msg_2", Via::Echo, false), told("msg_1", Via::Echo, true)]);
}

#[test]
fn what_is_acked_after_others_spoke_comes_late() {
    let mut world = sent_before_it_was_joined();
    world.others_say("other", "second");
    world.run_for(5_000);
    assert_eq!(world.page().heard["other"], [told("msg_2", Via::Socket, false), told("msg_1", Via::Echo, true)]);
}

#[test]
fn what_was_said_between_it_and_the_join_is_not_passed_over_as_if_nothing_were_missing() {
    let mut world = sent_before_it_was_joined();
    world.run_for(5_000);
    assert_eq!(world.page().heard["other"], [told("msg_1", Via::Echo, true)]);
}

#[test]
fn what_is_said_where_everybody_listens_is_not_late() {
    let mut world = sent_before_it_was_joined();
    world.send(0, "room", "second");
    world.run_for(5_000);
    assert_eq!(world.page().heard["room"], [told("msg_2", Via::Echo, false)]);
}
