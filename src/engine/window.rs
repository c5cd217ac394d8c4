//! The last ids of a conversation, so that none is told twice.

use super::index::Index;

/// How many ids are remembered per conversation, at the least.
pub(super) const CAPACITY: usize = 1_024;

/// A bounded memory of ids: of the last 1 024, and of up to as many before them. It keeps their prints, so two ids
/// are confused by chance once in 10¹⁰ conversations.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    recent: Index<()>,
    older: Index<()>,
}

impl Window {
    /// Remembers the id with this print; false if it was known already.
    pub(super) fn insert(&mut self, print: u64) -> bool {
        if self.older.get(print).is_some() || self.recent.insert(print, ()).is_some() {
            return false;
        }
        if self.recent.len() == CAPACITY {
            self.older = std::mem::take(&mut self.recent);
        }
        true
    }

    pub(super) const fn len(&self) -> usize {
        self.recent.len() + self.older.len()
    }

    /// Whether the id with this print is remembered.
    pub(super) fn contains(&self, print: u64) -> bool {
        self.recent.get(print).is_some() || self.older.get(print).is_some()
    }
}

/// The print of an id: 53 bits, as many as a JavaScript number holds, and never 0. `src/js/print.js` makes the same.
pub(super) fn print(id: &str) -> u64 {
    let (mut low, mut high) = (0xdead_beef_u32, 0x41c6_ce57_u32);
    for unit in id.encode_utf16() {
        low = (low ^ u32::from(unit)).wrapping_mul(0x9e37_79b1);
        high = (high ^ u32::from(unit)).wrapping_mul(0x5f35_6495);
    }
    let (low, high) = (mix(low, high), mix(high, low));
    (u64::from(high & 0x1f_ffff) << 32 | u64::from(low)).max(1)
}

/// Spreads what the last letters changed over all bits.
const fn mix(own: u32, other: u32) -> u32 {
    (own ^ (own >> 16)).wrapping_mul(0x85eb_ca6b) ^ (other ^ (other >> 13)).wrapping_mul(0xc2b2_ae35)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_the_last_thousand_and_at_most_as_many_before_them() {
        let mut window = Window::default();
        let id = |n: usize| print(&format!("msg_{n}"));
        for n in 0..CAPACITY * 5 {
            assert!(window.insert(id(n)), "msg_{n}");
            assert!(!window.insert(id(n)));
            assert!(window.contains(id(n.saturating_sub(CAPACITY - 1))));
            assert!(n < CAPACITY * 2 || !window.contains(id(n - CAPACITY * 2)));
        }
    }

    #[test]
    fn prints_are_those_of_the_lane() {
        assert_eq!(print("msg_1"), 2_701_015_554_383_580);
        assert_eq!(print("Grüße 🎈"), 7_010_035_320_443_830);
    }

    #[test]
    fn ids_that_differ_in_one_letter_spread_out() {
        let mut prints: Vec<u64> = (0..200_000).map(|n| print(&format!("conv_{n}"))).collect();
        for half in [|print: u64| print & 0xffff, |print: u64| print >> 37] {
            let mut counts = vec![0_u32; 65_536];
            prints.iter().for_each(|one| counts[half(*one) as usize] += 1);
            assert!(counts.iter().all(|count| *count < 20), "{:?}", counts.iter().max());
        }
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), 200_000);
    }
}
