//! A small seeded generator for jitter: the same seed gives the same run.

/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, good enough for jitter, not for secrets.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator whose whole future follows from `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..=bound`, each as likely as the other.
    pub const fn up_to(&mut self, bound: u64) -> u64 {
        let wide = (self.next() as u128) * (bound as u128 + 1);
        (wide >> 64) as u64
    }

    /// `value`, moved by at most a tenth to either side.
    pub const fn about(&mut self, value: u64) -> u64 {
        let tenth = value / 10;
        value - tenth + self.up_to(tenth * 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_what_the_reference_implementation_draws() {
        let mut rng = Rng::new(1_234_567);
        let drawn = [rng.next(), rng.next(), rng.next()];
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn moves_a_value_by_a_tenth_to_either_side() {
        let mut rng = Rng::new(1);
        let drawn: Vec<u64> = (0..1000).map(|_| rng.about(100)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&90), Some(&110)));
    }

    #[test]
    fn stays_within_its_bound_and_reaches_both_ends() {
        let mut rng = Rng::new(1);
        let drawn: Vec<u64> = (0..1000).map(|_| rng.up_to(3)).collect();
        assert!(drawn.iter().all(|n| *n <= 3));
        assert!(drawn.contains(&0) && drawn.contains(&3));
    }

    #[test]
    fn repeats_itself_from_the_same_seed() {
        let (mut a, mut b) = (Rng::new(7), Rng::new(7));
        assert!((0..100).all(|_| a.next() == b.next()));
    }
}
