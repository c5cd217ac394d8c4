//! What can go wrong in a world.

use talkwire::engine::{Input, Rng};

use crate::world::World;

/// What even a perfect client cannot make good.
#[derive(Clone, Copy, Default)]
pub struct Damage {
    /// The server forgot or renumbered its messages.
    pub forgot: bool,
    /// History could not be had for a while.
    pub no_history: bool,
    /// Somebody left a conversation: without numbers, what the old subscribe brought may come after the new one.
    pub left: bool,
}

/// Breaks something; names it.
pub fn break_something(
    fault: u64,
    world: &mut World,
    page: usize,
    chance: &mut Rng,
    is_numbered: bool,
    damage: &mut Damage,
) -> &'static str {
    match fault {
        13 | 14 => {
            world.close_all([1000, 1001, 1006, 1011, 1012, 4408][chance.up_to(5) as usize]);
            "sockets closed"
        }
        15 => {
            world.black_hole();
            "half-open sockets"
        }
        16 => {
            world.network.down_until = world.now + chance.up_to(20_000);
            "network down"
        }
        17 => {
            world.network.refuses_sockets = chance.up_to(2) > 0;
            "sockets refused, or again not"
        }
        18 => {
            world.network.swallows_sockets = chance.up_to(3) == 0;
            "handshakes swallowed"
        }
        19 => {
            world.network.http_fails = chance.up_to(1) == 0;
            damage.no_history = true;
            "HTTP fails, or again not"
        }
        20 => {
            world.network.http_swallows = chance.up_to(2) == 0;
            damage.no_history = true;
            "HTTP swallowed"
        }
        21 => {
            world.network.http_doubles = chance.up_to(1) == 0;
            "HTTP replies doubled"
        }
        22 => {
            world.network.kills_after_ms = (chance.up_to(1) == 0).then(|| chance.up_to(4_000));
            "sockets killed after a while"
        }
        23 => {
            world.sleep(page, chance.up_to(40_000));
            "a machine sleeps"
        }
        25 => {
            world.tell(page, if chance.up_to(1) == 0 { Input::Offline } else { Input::Online });
            "offline, or online"
        }
        26 => {
            world.pages[page].was_left = true;
            world.tell(page, Input::PageHide);
            world.run_for(chance.up_to(3_000));
            world.tell(page, Input::PageShow);
            "a page left and found again"
        }
        27 => {
            world.network.latency_ms = [(5, 15), (10, 300), (200, 1_500)][chance.up_to(2) as usize];
            "latency changed"
        }
        28 => {
            world.restart_server(|_| {});
            "server restarted"
        }
        _ if is_numbered && chance.up_to(3) == 0 => {
            let forgets = chance.up_to(1) == 0;
            world.restart_server(|server| if forgets { server.forget_all() } else { server.renumber() });
            damage.forgot = true;
            "server lost its memory"
        }
        _ => {
            world.server_sends_text("{\"type\":");
            "half a frame"
        }
    }
}

/// Mends all that can be mended.
pub fn heal(world: &mut World) {
    world.network.refuses_sockets = false;
    world.network.swallows_sockets = false;
    world.network.down_until = 0;
    world.network.http_fails = false;
    world.network.http_swallows = false;
    world.network.http_doubles = false;
    world.network.kills_after_ms = None;
    world.network.latency_ms = (10, 30);
    world.server.kind.loses_ack = None;
    world.server.kind.loses_answer = None;
    world.break_black_holes();
    for page in 0..world.pages.len() {
        world.tell(page, Input::Online);
        world.tell(page, Input::Visibility { hidden: false });
    }
}
