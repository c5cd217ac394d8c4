//! The last ids of a conversation, so that none is told twice.

use super::index::Index;

/// How many ids are remembered per conversation, at the least.
pub(super) const CAPACITY: usize = 1_024;

/// A bounded memory of ids: of the last 1 024, and of up to as many before them. It keeps their prints, so two ids
/// are confused by chance once in 10¹³ conversations.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    recent: Index<()>,
    older: Index<()>,
    /// Those that came after these and that nobody has asked about.
    appended: Vec<u64>,
    /// Of all ids there were the greatest of the longest; not if some were appended that nobody named.
    last: String,
    has_nameless: bool,
    /// After so many more, each that it holds has been told under its number.
    unnumbered: usize,
}

impl Window {
    /// An empty one.
    pub(super) const NEW: Self = Self {
        recent: Index::NEW,
        older: Index::NEW,
        appended: Vec::new(),
        last: String::new(),
        has_nameless: false,
        unnumbered: 0,
    };

    /// Remembers the id of a message, told under its number or not; false if it was known already.
    pub(super) fn insert(&mut self, id: &str, is_numbered: bool) -> bool {
        if self.is_after_all(id) {
            self.append(print(id));
        } else {
            self.sort();
            if !self.insert_print(print(id)) {
                return false;
            }
        }
        self.name(id);
        self.unnumbered = if is_numbered { self.unnumbered.saturating_sub(1) } else { 2 * CAPACITY };
        true
    }

    /// Remembers an id that is known to be new, by its print. This costs next to nothing, until somebody asks; before
    /// that the greatest of those that were appended is named, or that it cannot be is noted.
    pub(super) fn append(&mut self, print: u64) {
        self.appended.push(print);
        if self.recent.len() + self.appended.len() >= CAPACITY {
            self.older = Index::default();
        }
        if self.appended.len() == CAPACITY {
            self.recent = Index::default();
        } else if self.appended.len() == 2 * CAPACITY {
            self.appended.drain(..CAPACITY);
        }
    }

    /// Some of those that were appended will not be named.
    pub(super) const fn note_nameless(&mut self) {
        self.has_nameless = true;
    }

    /// An id that was appended.
    pub(super) fn name(&mut self, id: &str) {
        if (id.len(), id) > (self.last.len(), &self.last) {
            self.last.clear();
            self.last.push_str(id);
        }
    }

    fn insert_print(&mut self, print: u64) -> bool {
        if self.older.get(print).is_some() || self.recent.insert(print, ()).is_some() {
            return false;
        }
        if self.recent.len() == CAPACITY {
            self.older = std::mem::take(&mut self.recent);
        }
        true
    }

    fn sort(&mut self) {
        for print in std::mem::take(&mut self.appended) {
            self.insert_print(print);
        }
    }

    /// Whether no other id there was is longer, or as long and greater; as JavaScript counts and compares letters, too.
    pub(super) fn is_last(&self, id: &str) -> bool {
        !self.has_nameless && id.is_ascii() && self.last == id
    }

    /// Whether this id is longer than all there were, or as long and greater: then it is new.
    fn is_after_all(&self, id: &str) -> bool {
        !self.has_nameless && (id.len(), id) > (self.last.len(), &self.last)
    }

    /// Whether each that it holds has been told under its number.
    pub(super) const fn is_numbered(&self) -> bool {
        self.unnumbered == 0
    }

    /// The numbers of those that it holds are void.
    pub(super) const fn lose_numbers(&mut self) {
        if self.len() > 0 {
            self.unnumbered = 2 * CAPACITY;
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.recent.len() + self.older.len() + self.appended.len()
    }

    /// Whether this id is remembered.
    pub(super) fn contains(&self, id: &str) -> bool {
        if self.is_after_all(id) {
            return false;
        }
        let print = print(id);
        self.recent.get(print).is_some() || self.older.get(print).is_some() || self.appended.contains(&print)
    }
}

/// The print of a text: 63 bits.
pub(super) fn print(text: &str) -> u64 {
    joined(hashes(text))
}

/// The print of a text with these hashes.
pub(super) const fn joined([first, second]: [u32; 2]) -> u64 {
    mix((first as u64) << 32 | second as u64) >> 1
}

/// Two polynomials in the letters of a text, from which one for another text as long follows by what differs:
/// `src/js/places.js` counts so, with the same numbers.
pub fn hashes(text: &str) -> [u32; 2] {
    let [mut first, mut second] = [1_u32; 2];
    for letter in text.bytes() {
        first = first.wrapping_mul(0x9e37_79b5).wrapping_add(u32::from(letter));
        second = second.wrapping_mul(0x85eb_ca6b).wrapping_add(u32::from(letter));
    }
    [first, second]
}

/// Spreads what one letter changed over all bits (MurmurHash3's 64-bit finalizer, but for its last round).
const fn mix(print: u64) -> u64 {
    let print = (print ^ (print >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (print ^ (print >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_the_last_thousand_and_at_most_as_many_before_them() {
        let mut window = Window::default();
        let id = |n: usize| format!("msg_{n}");
        for n in 0..CAPACITY * 5 {
            assert!(window.insert(&id(n), true), "msg_{n}");
            assert!(!window.insert(&id(n), true));
            assert!(window.contains(&id(n.saturating_sub(CAPACITY - 1))));
            assert!(n < CAPACITY * 2 || !window.contains(&id(n - CAPACITY * 2)));
        }
    }

    #[test]
    fn what_was_appended_is_known_like_the_others_and_forgotten_in_its_turn() {
        let id = |n: usize| format!("msg_{n}");
        for inserted in [0, 1, CAPACITY - 1, CAPACITY * 2 - 1, CAPACITY * 2] {
            let mut window = Window::default();
            (0..inserted).for_each(|n| assert!(window.insert(&id(n), true)));
            for n in inserted..CAPACITY * 5 {
                window.append(print(&id(n)));
                window.name(&id(n));
                assert!(window.contains(&id(n)) && window.contains(&id((n + 1).saturating_sub(CAPACITY))), "msg_{n}");
                assert!(window.len() <= CAPACITY * 2, "{}", window.len());
            }
            assert!(!window.contains(&id(CAPACITY * 2)));
            let known = CAPACITY * 4..CAPACITY * 5;
            known.for_each(|n| assert!(!window.insert(&id(n), true), "msg_{n} is known"));
        }
    }

    #[test]
    fn what_nobody_named_is_known_though_it_is_greater_than_the_last() {
        let mut window = Window::default();
        assert!(window.insert("b", true));
        for id in ["z", "c"] {
            window.append(print(id));
        }
        window.note_nameless();
        window.name("c");
        assert!(!window.is_last("c") && window.contains("z") && !window.insert("z", true));
        assert!(!window.contains("d") && window.insert("d", true) && !window.insert("d", true));
    }

    #[test]
    fn says_when_all_it_holds_came_by_number() {
        let mut window = Window::default();
        window.lose_numbers();
        assert!(window.is_numbered());
        window.insert("page_1", false);
        for n in 0..CAPACITY * 2 {
            assert!(!window.is_numbered() && window.contains("page_1") >= (n < CAPACITY), "{n}");
            window.insert(&format!("msg_{n}"), true);
        }
        assert!(window.is_numbered() && !window.contains("page_1"));
        window.lose_numbers();
        for n in 1..CAPACITY * 2 {
            window.insert(&format!("new_{n}"), true);
            assert!(!window.is_numbered(), "{n}");
        }
    }

    #[test]
    fn knows_the_last_of_all_ids() {
        let mut window = Window::default();
        for id in ["msg_9", "msg_10", "msg_2"] {
            window.insert(id, true);
        }
        assert!(window.is_last("msg_10") && !window.is_last("msg_2"));
        window.append(print("msg_11"));
        window.name("msg_11");
        assert!(window.is_last("msg_11"));
        window.insert("ü", true);
        assert!(window.is_last("msg_11"));
        window.insert("viele grüße", true);
        assert!(!window.is_last("msg_11") && !window.is_last("viele grüße"));
    }

    #[test]
    fn texts_that_are_alike_have_prints_of_their_own() {
        let uuid = |n: u64| {
            let (first, second) = (mix(n), mix(n + 1));
            format!(
                "{:08x}-{:04x}-7{:03x}-a{:03x}-{:012x}",
                n,
                first >> 48,
                first & 0xfff,
                second >> 52,
                second & 0xffff
            )
        };
        let forms: [&dyn Fn(u64) -> String; 4] =
            [&|n| n.to_string(), &|n| format!("{n:024x}"), &|n| format!("{n:o}aa{n:b}"), &uuid];
        let texts = forms.iter().flat_map(|form| (0..250_000).map(form));
        let mut prints: Vec<u64> = texts.map(|text| print(&text)).collect();
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), 1_000_000);
    }

    #[test]
    fn ids_that_differ_in_one_letter_spread_out() {
        let mut prints: Vec<u64> = (0..200_000).map(|n| print(&format!("conv_{n}"))).collect();
        for half in [|print: u64| print & 0xffff, |print: u64| print >> 47] {
            let mut counts = vec![0_u32; 65_536];
            prints.iter().for_each(|one| counts[half(*one) as usize] += 1);
            assert!(counts.iter().all(|count| *count < 20), "{:?}", counts.iter().max());
        }
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), 200_000);
    }
}
