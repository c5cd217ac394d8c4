//! The last ids of a conversation, so that none is told twice.

use std::collections::{BTreeSet, VecDeque};

/// How many ids are remembered per conversation.
pub(super) const CAPACITY: usize = 1_024;

/// A bounded memory of ids. It keeps 64-bit hashes: among 1 024 ids, two of
/// them agree by chance once in 10¹³ conversations.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    order: VecDeque<u64>,
    seen: BTreeSet<u64>,
}

impl Window {
    /// Remembers `id`; false if it was known already.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        let hash = hash(id);
        if !self.seen.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }

    /// Whether `id` is remembered.
    pub(super) fn contains(&self, id: &str) -> bool {
        self.seen.contains(&hash(id))
    }
}

/// FNV-1a with a final mix, so that ids that differ in their last letter only spread out.
pub(super) fn hash(id: &str) -> u64 {
    let mut hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_the_last_thousand_and_no_more() {
        let mut window = Window::default();
        for n in 0..=CAPACITY {
            assert!(window.insert(&format!("msg_{n}")));
        }
        assert!(!window.contains("msg_0"));
        assert!(window.contains("msg_1"));
        assert!(!window.insert("msg_1024"));
        assert_eq!(window.order.len(), CAPACITY);
        assert_eq!(window.seen.len(), CAPACITY);
    }
}
