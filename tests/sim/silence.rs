//! A connection that went dead without a word is replaced in time, whatever the two times are.

use talkwire::engine::{Config, HeartbeatConfig};

use crate::server::Kind;
use crate::world::World;

/// A packet on its way when it happened, and the new connection's handshake.
const NETWORK_MS: u64 = 150;

#[test]
fn a_black_hole_is_left_within_interval_and_timeout() {
    for (interval_ms, timeout_ms) in [(25_000, 10_000), (5_000, 5_000), (4_000, 4_001), (2_000, 5_000), (1_000, 3_000)]
    {
        let heartbeat = HeartbeatConfig { interval_ms, timeout_ms, ..Config::default().heartbeat };
        let mut world = World::joined(1, Kind::full(), Config { heartbeat, ..Config::default() });
        world.run_for(10 * interval_ms);
        let hangups = world.page().hangups.len();
        world.black_hole();
        let took = world.run_until(10 * (interval_ms + timeout_ms), move |world| world.page().hangups.len() > hangups);
        let limit = interval_ms + timeout_ms + NETWORK_MS;
        assert!(took.is_some_and(|took| took <= limit), "{interval_ms} + {timeout_ms}: took {took:?}");
    }
}
