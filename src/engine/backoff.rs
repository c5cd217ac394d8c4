//! How long to wait before the next attempt.

use super::config::{Backoff as Config, Jitter};
use super::rng::Rng;

/// The first retry after a stable session is spread over this long, so that a
/// restarted server is not met by everyone at once.
const FIRST_RETRY_SPREAD_MS: u64 = 1_000;

/// The schedule of retries: `min + U(0, min(max − min, min·factorⁿ))`,
/// jittered after the cap, so that a fleet stays spread out for ever.
#[derive(Clone, Debug)]
pub struct Backoff {
    failures: u32,
    span_ms: f64,
    from_stable: bool,
}

impl Backoff {
    /// A schedule at its beginning.
    pub fn new(config: &Config) -> Self {
        Self { failures: 0, span_ms: config.min_ms as f64, from_stable: false }
    }

    /// Failures in a row so far.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Starts over after a session that proved stable.
    pub fn reset(&mut self, config: &Config) {
        *self = Self { from_stable: true, ..Self::new(config) };
    }

    /// Counts one failure and draws the delay before the next attempt, in milliseconds.
    pub fn next_delay_ms(&mut self, config: &Config, rng: &mut Rng) -> u64 {
        self.failures = self.failures.saturating_add(1);
        if std::mem::take(&mut self.from_stable) {
            return match config.jitter {
                Jitter::Full => rng.up_to(FIRST_RETRY_SPREAD_MS),
                Jitter::None => config.min_ms.min(config.max_ms),
            };
        }
        let room_ms = config.max_ms.saturating_sub(config.min_ms);
        let span_ms = self.span_ms as u64;
        self.span_ms = (self.span_ms * config.factor).min(config.max_ms as f64);
        match config.jitter {
            Jitter::Full => config.min_ms.saturating_add(rng.up_to(span_ms.min(room_ms))),
            Jitter::None => span_ms.min(config.max_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::default()
    }

    #[test]
    fn grows_by_its_factor_up_to_the_cap_and_keeps_its_jitter_there() {
        let config = config();
        for (attempt, span_ms) in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 29_500, 29_500].into_iter().enumerate() {
            let delays: Vec<u64> = (0..2_000)
                .map(|seed| {
                    let mut rng = Rng::new(seed);
                    let mut backoff = Backoff::new(&config);
                    for _ in 0..attempt {
                        backoff.next_delay_ms(&config, &mut rng);
                    }
                    backoff.next_delay_ms(&config, &mut rng)
                })
                .collect();
            let (low, high) = (delays.iter().min(), delays.iter().max());
            assert!(low >= Some(&500) && low < Some(&(500 + span_ms / 50 + 5)));
            assert!(high <= Some(&(500 + span_ms)) && high > Some(&(500 + span_ms * 49 / 50)));
        }
    }

    #[test]
    fn the_first_retry_after_a_stable_session_comes_within_a_second() {
        let config = config();
        let mut backoff = Backoff::new(&config);
        let mut rng = Rng::new(3);
        for _ in 0..9 {
            backoff.next_delay_ms(&config, &mut rng);
        }
        backoff.reset(&config);
        assert!(backoff.next_delay_ms(&config, &mut rng) <= 1_000);
        assert!(backoff.next_delay_ms(&config, &mut rng) >= 500);
        assert_eq!(backoff.failures(), 2);
    }

    #[test]
    fn without_jitter_the_delays_are_the_plain_powers() {
        let config = Config { jitter: Jitter::None, ..config() };
        let mut backoff = Backoff::new(&config);
        let mut rng = Rng::new(0);
        let delays: Vec<u64> = (0..8).map(|_| backoff.next_delay_ms(&config, &mut rng)).collect();
        assert_eq!(delays, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    }
}
