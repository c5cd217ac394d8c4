//! Random faults and random people, many worlds long. At every step what `watch` looks at must hold, and when a world
//! has healed, everything promised.
//!
//! `TALKWIRE_SEEDS=n` lives through more worlds, with `TALKWIRE_FROM=n` from that one on; `TALKWIRE_SEED=n` through one
//! and prints its acts and its log; of a world that breaks a promise, the fewest acts that break the same one.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use talkwire::engine::Rng;

use crate::classes::Class;
use crate::faults::Fault;
use crate::people::{Deed, ROOMS};
use crate::promises::{self, Promises};
use crate::tally::Tally;
use crate::tokens;
use crate::world::World;

const ACTS: u64 = 60;
const DEFAULT_SEEDS: u64 = 300;
const MAX_PAUSE_MS: u64 = 2_500;
const LONG_PAUSE_MS: u64 = 60_000;
/// More messages at once than anything keeps.
const MANY: usize = 1_200;
/// So long it takes until everything that broke has been given up and tried again.
const SETTLING_MS: u64 = 200_000;
/// So long it takes until what a server said to nobody is read once more.
const LAST_WORDS_MS: u64 = 140_000;

thread_local! {
    /// Where the promise stands that was broken last.
    static BROKEN_AT: Cell<Option<String>> = const { Cell::new(None) };
}

/// Something happens, and then the world goes on by itself for a while.
#[derive(Clone, Debug)]
struct Act {
    what: What,
    pause_ms: u64,
}

#[derive(Clone, Debug)]
enum What {
    Deed { page: usize, deed: Deed },
    OthersSay { room: &'static str, count: usize },
    Fault(Fault),
}

/// Everything that a seed decides beforehand.
struct Plan {
    seed: u64,
    class: Class,
    pages: usize,
    acts: Vec<Act>,
}

impl Plan {
    fn draw(seed: u64) -> Self {
        let mut chance = Rng::new(seed ^ 0x5eed);
        let class = Class::of(seed, &mut chance);
        let pages = 2 + chance.up_to(2) as usize;
        let acts = (0..ACTS).map(|_| Act::draw(&mut chance, pages)).collect();
        Self { seed, class, pages, acts }
    }

    fn world(&self) -> World {
        let mut world = World::new(self.seed, self.class.kind.clone());
        world.tokens = self.class.tokens.clone();
        for page in 0..self.pages {
            world.add_page(self.class.config.clone());
            world.hold(page, ROOMS[0], 1);
        }
        world
    }

    /// Lives through it all; panics where a promise is broken.
    fn live(&self, world: &mut World) -> Tally {
        let mut promises = Promises::default();
        let mut tally = Tally { seeds: 1, ..Tally::default() };
        for Act { what, pause_ms } in &self.acts {
            match what {
                What::Deed { page, deed } => world.does(*page, deed),
                What::OthersSay { room, count } => {
                    world.damage.flooded |= *count == MANY;
                    world.others_say_many(room, *count);
                }
                What::Fault(fault) => {
                    *tally.faults.entry(fault.name()).or_default() += 1;
                    world.suffers(fault);
                }
            }
            world.run_for(*pause_ms);
            promises.check(world, &self.class);
        }
        world.heal();
        world.run_for(SETTLING_MS / 2);
        world.try_again();
        world.run_for(SETTLING_MS / 2);
        let last_words: Vec<String> = ROOMS.iter().map(|room| world.others_say(room, "the end")).collect();
        world.run_for(LAST_WORDS_MS);
        promises.check(world, &self.class);
        promises.check_settled(world, &self.class, &last_words);
        promises::close_all(world);
        tally.simulated_ms = world.now;
        tally.messages = world.server.archive.len() as u64;
        tally
    }

    /// Where a promise stands that this breaks.
    fn breaks(&self) -> Option<String> {
        let mut world = self.world();
        catch_unwind(AssertUnwindSafe(|| self.live(&mut world))).err()?;
        BROKEN_AT.take()
    }

    /// The fewest acts found that still break the same promise; `None` where these break none.
    fn shrink(self) -> Option<Self> {
        let broken_at = self.breaks()?;
        let mut fewest = self;
        let mut count = fewest.acts.len();
        while count > 0 {
            let mut from = 0;
            while from < fewest.acts.len() {
                let mut acts = fewest.acts.clone();
                acts.drain(from..acts.len().min(from + count));
                let fewer = Self { acts, class: fewest.class.clone(), ..fewest };
                if fewer.breaks().as_ref() == Some(&broken_at) {
                    fewest = fewer;
                } else {
                    from += count;
                }
            }
            count /= 2;
        }
        Some(fewest)
    }
}

impl Act {
    fn draw(chance: &mut Rng, pages: usize) -> Self {
        let what = match chance.up_to(9) {
            0 => What::OthersSay {
                room: ROOMS[chance.up_to(2) as usize],
                count: match chance.up_to(400) {
                    0 => MANY,
                    other => (other % 7) as usize + 1,
                },
            },
            1..=5 => What::Deed { page: chance.up_to(pages as u64 - 1) as usize, deed: Deed::draw(chance) },
            _ => What::Fault(Fault::draw(chance, pages)),
        };
        // Now and then nothing happens for long.
        let pause_ms = if chance.up_to(19) == 0 { chance.up_to(LONG_PAUSE_MS) } else { chance.up_to(MAX_PAUSE_MS) };
        Self { what, pause_ms }
    }
}

#[test]
fn whatever_the_network_does_every_promise_holds() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("TALKWIRE_SEED") {
        return replay(seed);
    }
    let first = number("TALKWIRE_FROM").unwrap_or(0);
    let seeds = first..first + number("TALKWIRE_SEEDS").unwrap_or(DEFAULT_SEEDS);
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let all = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for shard in 0..threads {
            let (seeds, all) = (seeds.clone(), &all);
            scope.spawn(move || {
                let tally = tally(seeds.skip(shard as usize).step_by(threads as usize));
                *all.lock().unwrap() += tally;
            });
        }
    });
    let all = all.into_inner().unwrap();
    println!("{all}");
    if let Some(seed) = all.broken.first() {
        panic!("a promise is broken, first with the seed {seed}: `npm run sim -- --seed {seed}` shows how");
    }
}

#[test]
fn a_seed_replays_identically() {
    for seed in 3..12 {
        let log = || {
            let plan = Plan::draw(seed);
            let mut world = plan.world();
            world.log = Some(Vec::new());
            plan.live(&mut world);
            world.log.unwrap_or_default()
        };
        let first = log();
        assert_eq!(first, log(), "seed {seed}");
        assert!(first.len() > 100);
        assert!(first.iter().all(|line| !line.contains(tokens::MARK)), "a token in the log of seed {seed}");
    }
}

fn tally(seeds: impl Iterator<Item = u64>) -> Tally {
    let mut all = Tally::default();
    for seed in seeds {
        let plan = Plan::draw(seed);
        let mut world = plan.world();
        match catch_unwind(AssertUnwindSafe(|| plan.live(&mut world))) {
            Ok(tally) => all += tally,
            Err(_) => {
                println!("seed {seed} ({}) broke a promise", plan.class.name);
                all.broken.insert(seed);
            }
        }
    }
    all
}

/// Shows how one world went; a broken one by the fewest acts that break it.
fn replay(seed: u64) {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| BROKEN_AT.set(panic.location().map(ToString::to_string))));
    let fewest = Plan::draw(seed).shrink();
    std::panic::set_hook(loud);
    let is_broken = fewest.is_some();
    let plan = fewest.unwrap_or_else(|| Plan::draw(seed));
    println!("seed {seed}, {} pages, {:#?}", plan.pages, plan.class);
    for act in &plan.acts {
        println!("{act:?}");
    }
    let mut world = plan.world();
    world.log = Some(Vec::new());
    let end = catch_unwind(AssertUnwindSafe(|| plan.live(&mut world)));
    for line in world.log.iter().flatten() {
        println!("{line}");
    }
    assert!(!is_broken && end.is_ok(), "a promise is broken by {} of {ACTS} acts", plan.acts.len());
    println!("every promise holds");
}
