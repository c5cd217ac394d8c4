//! An attempt beside a session: tried again for as long as the session has to be replaced.

use serde_json::json;
use talkwire::engine::{Config, Input, Phase};

use crate::server::Kind;
use crate::world::World;

/// A joined page that cannot dial again.
fn stuck(kind: Kind) -> World {
    let mut world = World::joined(1, kind, Config::default());
    world.run_for(60_000);
    world.network.refuses_sockets = true;
    world
}

/// Lives on while the session is heard from every second.
fn chat(world: &mut World, seconds: usize) {
    for _ in 0..seconds {
        world.server_sends(json!({"type": "agent", "data": {"agentId": "a"}}));
        world.run_for(1_000);
    }
}

#[test]
fn a_draining_session_is_to_be_replaced_however_much_it_says() {
    let mut world = stuck(Kind::full());
    world.server_sends(json!({"type": "drain", "withinMs": 0}));
    chat(&mut world, 60);
    assert!(world.page().dials.len() > 4, "{:?}", world.page().dials);
    assert_eq!((world.page().connection.phase, world.live_sockets(0)), (Phase::Open, 1));
}

#[test]
fn a_silent_one_is_to_be_replaced_until_it_is_heard_again() {
    let mut world = stuck(Kind::plain());
    world.tell(0, Input::Resumed);
    world.run_for(60_000);
    let dials = world.page().dials.len();
    assert!(dials > 4, "{:?}", world.page().dials);
    chat(&mut world, 120);
    assert!(world.page().dials.len() <= dials + 1, "{:?}", world.page().dials);
    assert_eq!((world.page().connection.phase, world.live_sockets(0)), (Phase::Open, 1));
}
