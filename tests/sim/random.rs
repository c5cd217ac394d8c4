//! Random faults and random people, many worlds long. After each world has healed, everything promised must hold.
//!
//! `TALKWIRE_SEEDS=n` runs more worlds, `TALKWIRE_SEED=n` just one.

use std::collections::{BTreeMap, BTreeSet};

use talkwire::engine::{Config, HeartbeatConfig, Input, OutboxConfig, Phase, Rng, State, Transport};

use crate::faults::{Damage, break_something, heal};
use talkwire::protocol::Outgoing;

use crate::page::Heard;
use crate::server::Kind;
use crate::tally::Tally;
use crate::world::{World, with_polling};

const ROOMS: [&str; 3] = ["red", "green", "blue"];
const STEPS: u64 = 60;
const DEFAULT_SEEDS: u64 = 300;

/// A class of server, and what it allows to promise.
#[derive(Clone, Debug)]
struct Class {
    name: &'static str,
    kind: Kind,
    config: Config,
    /// Nothing is ever missing, unless the server itself forgets.
    never_gaps: bool,
    /// Nothing is ever told late.
    never_late: bool,
    /// A send whose ack was lost is sent again.
    resends: bool,
}

fn classes() -> Vec<Class> {
    let full = Kind::full();
    let base = Class {
        name: "full",
        kind: full.clone(),
        config: with_polling(),
        never_gaps: true,
        never_late: true,
        resends: true,
    };
    let quick_pings = HeartbeatConfig { interval_ms: 5_000, timeout_ms: 2_000, ..Config::default().heartbeat };
    vec![
        base.clone(),
        Class {
            name: "replay without history",
            kind: Kind { history: false, ..full.clone() },
            config: Config { heartbeat: quick_pings, ..Config::default() },
            ..base.clone()
        },
        Class {
            name: "short replay with history",
            kind: Kind { replay_window: 3, page: 40, ..full.clone() },
            ..base.clone()
        },
        Class {
            name: "short replay",
            kind: Kind { replay_window: 3, history: false, ..full.clone() },
            config: Config::default(),
            never_gaps: false,
            ..base.clone()
        },
        Class {
            name: "numbers only",
            kind: Kind::numbered(),
            config: Config::default(),
            never_gaps: false,
            ..base.clone()
        },
        Class {
            name: "slow and lossy",
            kind: Kind { loses_ack: Some(3), loses_answer: Some(4), ack_delay_ms: 700, ..full },
            ..base.clone()
        },
        Class {
            name: "batches of sends",
            config: Config {
                outbox: OutboxConfig { batch_ms: 200, ..Config::default().outbox },
                ..base.config.clone()
            },
            ..base.clone()
        },
        Class {
            name: "ids with history",
            kind: Kind::plain_with_history(),
            never_late: false,
            resends: false,
            ..base.clone()
        },
        Class {
            name: "ids only",
            kind: Kind::plain(),
            config: Config::default(),
            never_gaps: false,
            resends: false,
            ..base
        },
    ]
}

#[test]
fn whatever_the_network_does_every_promise_holds_in_the_end() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("TALKWIRE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TALKWIRE_SEEDS").unwrap_or(DEFAULT_SEEDS),
    };
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let tally = std::thread::scope(|scope| {
        let shards: Vec<_> = (0..threads)
            .map(|shard| {
                let seeds = seeds.clone();
                scope.spawn(move || tally(seeds.skip(shard as usize).step_by(threads as usize)))
            })
            .collect();
        shards.into_iter().fold(Tally::default(), |mut all, shard| {
            all += shard.join().unwrap();
            all
        })
    });
    println!("{tally}");
    assert!(tally.broken.is_empty(), "promises broken with the seeds {:?}", tally.broken);
}

#[test]
fn a_seed_replays_identically() {
    for seed in [3, 4, 5, 6, 7] {
        assert_eq!(live(seed, true).0, live(seed, true).0, "seed {seed}");
    }
}

fn tally(seeds: impl Iterator<Item = u64>) -> Tally {
    let mut all = Tally::default();
    for seed in seeds {
        match std::panic::catch_unwind(|| live(seed, false).1) {
            Ok(tally) => all += tally,
            Err(_) => all.broken.push(seed),
        }
    }
    all
}

/// Prints the seed of a world that broke a promise.
struct Seed(u64, &'static str);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the failing world: TALKWIRE_SEED={} ({})", self.0, self.1);
        }
    }
}

/// One world; gives its log, where that is kept, and its figures.
fn live(seed: u64, logs: bool) -> (Vec<String>, Tally) {
    let all = classes();
    let class = &all[(seed % all.len() as u64) as usize];
    let _seed = Seed(seed, class.name);
    let mut chance = Rng::new(seed ^ 0x5eed);
    let mut world = World::new(seed, class.kind.clone());
    world.log = (logs || std::env::var("TALKWIRE_LOG").is_ok()).then(Vec::new);
    for _ in 0..2 {
        world.add_page(class.config.clone());
    }
    world.hold(0, "red", 1);
    world.hold(1, "red", 1);
    let mut wanted = vec![BTreeSet::from(["red"]), BTreeSet::from(["red"])];
    let mut damage = Damage::default();
    let mut tally = Tally { worlds: 1, ..Tally::default() };
    for _ in 0..STEPS {
        if let Some(fault) = act(&mut world, &mut wanted, &mut chance, class, &mut damage) {
            *tally.faults.entry(fault).or_default() += 1;
        }
        world.run_for(chance.up_to(2_500));
        check_always(&world);
    }
    heal(&mut world);
    world.run_for(200_000);
    let said: Vec<String> = ROOMS.iter().map(|room| world.others_say(room, "the end")).collect();
    world.run_for(140_000);
    if std::env::var("TALKWIRE_LOG").is_ok() {
        for line in world.log.iter().flatten() {
            println!("{line}");
        }
    }
    check_always(&world);
    for (page, rooms) in wanted.iter().enumerate() {
        check_settled(&world, page, rooms);
        for (room, last) in ROOMS.iter().zip(&said) {
            check_room(&world, page, room, class, damage, rooms.contains(room).then_some(last));
        }
        check_sends(&world, page, class, damage);
    }
    tally.simulated_ms = world.now;
    tally.messages = world.server.archive.len() as u64;
    (world.log.unwrap_or_default(), tally)
}

/// One random act of people, machines or the network; names it, where it is a fault.
fn act(
    world: &mut World,
    wanted: &mut [BTreeSet<&'static str>],
    chance: &mut Rng,
    class: &Class,
    damage: &mut Damage,
) -> Option<&'static str> {
    let page = chance.up_to(1) as usize;
    let room = ROOMS[chance.up_to(2) as usize];
    match chance.up_to(29) {
        0..=4 => drop(world.others_say_many(room, chance.up_to(6) as usize + 1)),
        5..=9 => drop(world.send(page, room, &format!("said at {}", world.now))),
        10 | 11 => {
            wanted[page].insert(room);
            world.hold(page, room, 1);
        }
        12 => {
            wanted[page].remove(room);
            damage.left = true;
            world.unhold(page, room, 1);
        }
        24 => world.tell(page, Input::Visibility { hidden: chance.up_to(1) == 0 }),
        fault => return Some(break_something(fault, world, page, chance, class.kind.numbers, damage)),
    }
    None
}

fn check_always(world: &World) {
    for page in &world.pages {
        assert!(page.results.values().all(|results| results.len() == 1), "a send got two results: {:?}", page.results);
        for (room, heard) in &page.heard {
            let mut seen = BTreeSet::new();
            for one in heard {
                if let Heard::Message { id, .. } = one {
                    assert!(seen.insert(id), "{room}: {id} was told twice: {heard:?}");
                }
            }
        }
    }
}

fn check_settled(world: &World, page: usize, rooms: &BTreeSet<&'static str>) {
    let this = &world.pages[page];
    assert_eq!(this.connection.phase, Phase::Open, "{:?}", this.connection);
    assert_eq!(this.connection.transport, Some(Transport::Socket));
    assert_eq!(world.live_sockets(page), 1, "exactly one socket");
    let held = world.server_holds(page);
    assert_eq!(
        held.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        *rooms,
        "what the server holds is what has listeners"
    );
    for delivery in 1..=this.sends {
        assert!(this.result(delivery).is_some(), "delivery {delivery} has no result");
    }
}

fn number(id: &str) -> u32 {
    id.trim_start_matches("msg_").parse().expect("an id of the server")
}

fn check_room(world: &World, page: usize, room: &str, class: &Class, damage: Damage, last: Option<&String>) {
    let this = &world.pages[page];
    let empty = Vec::new();
    let heard = this.heard.get(room).unwrap_or(&empty);
    let told: BTreeSet<u32> = this.ids(room).iter().map(|id| number(id)).collect();
    let stored: Vec<u32> =
        world.server.archive.iter().filter(|(name, _)| name == room).map(|(_, stored)| number(&stored.id())).collect();
    let comes_back = damage.left && !class.kind.numbers && this.gap_count(room) > 0;
    let mut before: Option<u32> = None;
    let mut gap_since = false;
    for one in heard {
        match one {
            Heard::Gap => gap_since = true,
            Heard::Message { late: true, id, .. } => {
                assert!(!class.never_late || damage.forgot, "{room}: {id} came late")
            }
            Heard::Message { id, .. } => {
                let own = number(id);
                if let Some(before) = before {
                    assert!(before < own, "{room}: {own} was told after {before}: {heard:?}");
                    let lost: Vec<_> =
                        stored.iter().filter(|n| **n > before && **n < own && !told.contains(n)).collect();
                    assert!(
                        lost.is_empty() || gap_since || comes_back,
                        "{room}: {lost:?} lost without a word before {own}: {heard:?}"
                    );
                }
                before = Some(own);
                gap_since = false;
            }
        }
    }
    if let Some(last) = last {
        let end = heard.iter().rev().find(|one| **one != Heard::Gap);
        assert!(
            matches!(end, Some(Heard::Message { id, .. }) if id == last),
            "{room}: {last} did not arrive: {heard:?}"
        );
    }
    // A server whose `hello` took too long counted as a plain one, which recovers nothing.
    let was_plain =
        class.kind.numbers && this.written(|frame| matches!(frame, Outgoing::Subscribe { reference: None, .. })) > 0;
    let may_gap = was_plain || !class.never_gaps || damage.forgot || (damage.no_history && class.kind.history);
    assert!(may_gap || this.gap_count(room) == 0, "{room}: a gap that could be mended: {heard:?}");
    // What a forgetful server numbered before, and never told again, has no place; nor what a page posted as it was
    // left, to a server that numbers nothing.
    let has_places = !damage.forgot && (class.kind.numbers || !(this.was_left || damage.left));
    check_snapshot(this, room, &told, heard, has_places);
}

fn check_snapshot(page: &crate::page::Page, room: &str, told: &BTreeSet<u32>, heard: &[Heard], has_places: bool) {
    let empty = Vec::new();
    let messages = page.snapshots.get(room).unwrap_or(&empty);
    let ids: Vec<u32> = messages.iter().filter(|one| !one.draft).map(|one| number(&one.data.id())).collect();
    assert!(
        !has_places || ids.is_sorted_by(|a, b| a < b),
        "{room}: the snapshot is out of order: {ids:?}, heard {heard:?}"
    );
    let shown: BTreeSet<u32> = ids.iter().copied().collect();
    let hidden: Vec<_> = told.difference(&shown).collect();
    assert!(page.snapshots.is_empty() || hidden.is_empty(), "{room}: {hidden:?} told and not shown");
    let pending = messages.iter().filter(|one| one.state == State::Pending).count();
    assert_eq!(pending, 0, "{room}: a message is pending for ever");
    let mut by_client: BTreeMap<&str, usize> = BTreeMap::new();
    for client_id in messages.iter().filter_map(|one| one.client_id.as_deref()) {
        *by_client.entry(client_id).or_default() += 1;
    }
    assert!(by_client.values().all(|count| *count == 1), "{room}: a message of mine stands twice: {by_client:?}");
}

fn check_sends(world: &World, page: usize, class: &Class, damage: Damage) {
    let this = &world.pages[page];
    let mut stored: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let prefix = format!("p{page}-c");
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    for (place, (room, one)) in world.server.archive.iter().enumerate() {
        let client_id = one.data["clientId"].as_str().unwrap_or_default();
        if let Some(delivery) = client_id.strip_prefix(&prefix).and_then(|rest| rest.parse::<u32>().ok()) {
            assert!(places.insert(delivery, place).is_none() || damage.forgot, "{client_id} was stored twice");
            stored.entry(room.clone()).or_default().push(delivery);
        }
    }
    for (room, deliveries) in &stored {
        // What a page sends as it is left goes by requests that may overtake each other.
        assert!(
            damage.forgot || this.was_left || deliveries.is_sorted(),
            "{room}: stored in another order than said: {deliveries:?}"
        );
    }
    for delivery in 1..=this.sends {
        match this.result(delivery) {
            Some("acked") => assert!(places.contains_key(&delivery), "{delivery} was acked and never stored"),
            Some("sent") => assert!(
                !class.resends || this.early.contains(&delivery),
                "{delivery} was not acked on a server that acks"
            ),
            Some("no-ack") => assert!(class.kind.loses_ack.is_some(), "{delivery} was not acked"),
            other => panic!("{delivery} ended as {other:?}"),
        }
    }
}
