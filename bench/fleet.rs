//! What a fleet of clients does to a server that is down, and to one that accepts and kills.
//!
//! `npm run fleet`
#![allow(clippy::print_stdout, reason = "it prints its figures")]

use talkwire::engine::{Backoff, BackoffConfig, Client, Close, Config, Effect, Input, Payload, Rng, Timestamp};

const CLIENTS: u64 = 1_000_000;
const BUCKET_MS: u64 = 100;
const SEEDS: u64 = 1_000;
const KILLED_AFTER_MS: u64 = 200;
const FIRST_MINUTE_MS: u64 = 60_000;

fn main() {
    println!("Delays of {CLIENTS} clients, the largest share that falls into one bucket of {BUCKET_MS} ms:");
    println!("  attempt   talkwire   socket.io-client");
    for attempt in [8, 12, 20] {
        let ours = largest_bucket((0..CLIENTS).map(|seed| talkwire_delay_ms(seed, attempt)));
        let theirs = largest_bucket((0..CLIENTS).map(|seed| socket_io_delay_ms(seed, attempt)));
        println!("  {attempt:>7}   {ours:>6.2} %   {theirs:>14.2} %");
    }
    let mut tries: Vec<u32> = (0..SEEDS).map(tries_in_the_first_minute).collect();
    tries.sort_unstable();
    let at = |share: f64| tries.get((share * (tries.len() - 1) as f64) as usize).copied().unwrap_or_default();
    println!("Tries in the first minute at a server that accepts and kills after {KILLED_AFTER_MS} ms, {SEEDS} seeds:");
    println!("  median {}, least {}, most {}", at(0.5), at(0.0), at(1.0));
}

fn talkwire_delay_ms(seed: u64, attempt: u32) -> u64 {
    let config = BackoffConfig::default();
    let mut rng = Rng::new(seed);
    let mut backoff = Backoff::new(&config);
    for _ in 0..attempt {
        backoff.next_delay_ms(&config, &mut rng);
    }
    backoff.next_delay_ms(&config, &mut rng)
}

/// socket.io-client 4.8 with its defaults (reconnectionDelay 1 000, reconnectionDelayMax 5 000,
/// randomizationFactor 0.5): spread by half to either side, and only then cut off at the longest delay.
fn socket_io_delay_ms(seed: u64, attempt: u32) -> u64 {
    let spread_ms = 1_000.0 * 2_f64.powi(attempt.cast_signed());
    let share = Rng::new(seed).up_to(u64::MAX - 1) as f64 / u64::MAX as f64;
    let deviation_ms = (share * 0.5 * spread_ms).floor();
    let is_later = (share * 10.0) as u64 % 2 == 1;
    let delay_ms = if is_later { spread_ms + deviation_ms } else { spread_ms - deviation_ms };
    delay_ms.min(5_000.0) as u64
}

fn largest_bucket(delays_ms: impl Iterator<Item = u64>) -> f64 {
    let mut buckets = vec![0_u64; 1_000];
    for delay_ms in delays_ms {
        if let Some(bucket) = buckets.get_mut((delay_ms / BUCKET_MS) as usize) {
            *bucket += 1;
        }
    }
    let total: u64 = buckets.iter().sum();
    let largest = buckets.into_iter().max().unwrap_or_default();
    100.0 * largest as f64 / total as f64
}

/// The engine itself, at a server that accepts every connection and kills it.
fn tries_in_the_first_minute(seed: u64) -> u32 {
    let mut client: Client<Nothing> = Client::new(Config { seed, ..Config::default() });
    let mut now = Timestamp::default();
    let mut killed_at: Option<(Timestamp, u32)> = None;
    let mut tries = 0;
    client.handle(Input::Connect, now);
    while now.as_millis() < FIRST_MINUTE_MS {
        while let Some(effect) = client.poll_effect() {
            if let Effect::Dial { generation, .. } = effect {
                tries += 1;
                killed_at = Some((now.after(KILLED_AFTER_MS), generation));
                client.handle(Input::Opened { generation }, now);
            }
        }
        let timer = client.next_deadline();
        let kill = killed_at.map(|(at, _)| at);
        let Some(next) = [timer, kill].into_iter().flatten().min() else {
            break;
        };
        now = next;
        match killed_at.take_if(|(at, _)| *at <= now) {
            Some((_, generation)) => {
                client.handle(Input::Closed { generation, close: Close { code: 1006, ..Close::default() } }, now);
            }
            None => client.handle(Input::Tick, now),
        }
    }
    tries
}

#[derive(Clone)]
struct Nothing;

impl Payload for Nothing {
    fn is_content_of(&self, _stored: &Self) -> bool {
        false
    }
}
