//! Values by number, for what there may be a hundred thousand of. One small table serves all such lookups: each kind
//! of `BTreeMap` costs five kilobytes of wasm.

/// No key: keys are prints, and numbers of reasons and slots.
const FREE: u64 = u64::MAX;

/// A map from numbers to values: open addressing, linear probing, at most three quarters full. It is never iterated.
#[derive(Clone, Debug)]
pub(super) struct Index<V> {
    /// A power of two of places.
    places: Vec<(u64, V)>,
    len: usize,
}

impl<V> Index<V> {
    /// An empty one.
    pub(super) const NEW: Self = Self { places: Vec::new(), len: 0 };
}

impl<V> Default for Index<V> {
    fn default() -> Self {
        Self::NEW
    }
}

impl<V: Copy + Default> Index<V> {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: u64) -> Option<V> {
        self.places.get(self.find(key)?).filter(|(held, _)| *held == key).map(|(_, value)| *value)
    }

    /// Sets the value of `key`; gives the one it had.
    pub(super) fn insert(&mut self, key: u64, value: V) -> Option<V> {
        if self.len * 4 >= self.places.len() * 3 {
            self.grow();
        }
        let place = self.find(key)?;
        let (held, before) = std::mem::replace(self.places.get_mut(place)?, (key, value));
        if held == key {
            return Some(before);
        }
        self.len += 1;
        None
    }

    /// Takes `key` out; gives its value.
    pub(super) fn remove(&mut self, key: u64) -> Option<V> {
        let value = self.get(key)?;
        let mut free = self.find(key)?;
        let mask = self.places.len() - 1;
        let mut place = free;
        self.len -= 1;
        // Whoever stands behind moves up, unless that is before the place where the search for it begins.
        loop {
            place = (place + 1) & mask;
            let other = *self.places.get(place)?;
            if other.0 == FREE {
                break;
            }
            if place.wrapping_sub(start_of(other.0)) & mask >= place.wrapping_sub(free) & mask {
                *self.places.get_mut(free)? = other;
                free = place;
            }
        }
        *self.places.get_mut(free)? = (FREE, V::default());
        Some(value)
    }

    /// Where `key` stands, or would stand.
    fn find(&self, key: u64) -> Option<usize> {
        let mask = self.places.len().checked_sub(1)?;
        let mut place = start_of(key) & mask;
        while self.places.get(place).is_some_and(|(held, _)| *held != key && *held != FREE) {
            place = (place + 1) & mask;
        }
        Some(place)
    }

    fn grow(&mut self) {
        let places = vec![(FREE, V::default()); (self.places.len() * 2).max(8)];
        let before = std::mem::replace(&mut self.places, places);
        self.len = 0;
        for (key, value) in before.into_iter().filter(|(key, _)| *key != FREE) {
            self.insert(key, value);
        }
    }
}

/// Spreads keys that follow each other (Knuth's multiplicative hashing).
const fn start_of(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::rng::Rng;
    use super::*;

    #[test]
    fn does_what_a_map_does() {
        for seed in 0..200 {
            let mut rng = Rng::new(seed);
            let (mut index, mut map) = (Index::default(), BTreeMap::new());
            let keys = 1 + rng.up_to(300);
            for step in 0..2_000_u64 {
                let key = rng.up_to(keys) << (rng.up_to(1) * 32);
                match rng.up_to(2) {
                    0 => assert_eq!(index.insert(key, step), map.insert(key, step)),
                    1 => assert_eq!(index.remove(key), map.remove(&key)),
                    _ => assert_eq!(index.get(key), map.get(&key).copied()),
                }
                assert_eq!(index.len(), map.len());
            }
            assert!(map.iter().all(|(key, value)| index.get(*key) == Some(*value)));
        }
    }

    #[test]
    fn keys_that_follow_each_other_stand_close_to_where_they_are_looked_for() {
        let mut index = Index::default();
        assert!((0..100_000).all(|key| index.insert(key, ()).is_none()));
        let mask = index.places.len() - 1;
        let searched = |key| index.find(key).map(|place| place.wrapping_sub(start_of(key)) & mask);
        assert!((0..100_000).all(|key| searched(key) < Some(64)));
        assert!(index.places.len() <= 4 * index.len());
    }
}
