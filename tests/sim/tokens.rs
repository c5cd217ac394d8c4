//! Tokens that expire, and the application's function that gives new ones.

use std::collections::BTreeMap;

/// The close code of a server that does not take the token.
pub const EXPIRED: u16 = 4401;
const LONG_MS: u64 = 24 * 3_600_000;
/// Stands in every token, so that it is found wherever it should not be.
pub const MARK: &str = "secret-";

/// The tokens of a world.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// How long a new one is good; without it none is asked for.
    pub lifetime_ms: Option<u64>,
    /// The application's function fails.
    pub fails: bool,
    /// The application's function gives what it gave before.
    pub is_stale: bool,
    good_until: Vec<u64>,
    last: BTreeMap<usize, usize>,
}

impl Tokens {
    /// What the application's function gives to a page: its last token, unless the server has just refused it.
    pub fn give(&mut self, page: usize, code: Option<u16>, now: u64) -> Result<Option<usize>, ()> {
        let Some(lifetime_ms) = self.lifetime_ms else {
            return Ok(None);
        };
        if self.fails {
            return Err(());
        }
        let is_refused = code == Some(EXPIRED) && !self.is_stale;
        if let Some(last) = self.last.get(&page).filter(|_| !is_refused) {
            return Ok(Some(*last));
        }
        self.good_until.push(now + lifetime_ms);
        let token = self.good_until.len() - 1;
        self.last.insert(page, token);
        Ok(Some(token))
    }

    /// The application's function works, and what it gives is good for long.
    pub fn heal(&mut self) {
        (self.fails, self.is_stale) = (false, false);
        self.lifetime_ms = self.lifetime_ms.map(|_| LONG_MS);
    }

    /// Until when the server takes it; without a token the server takes everybody for ever.
    pub fn good_until(&self, token: Option<usize>) -> Option<u64> {
        self.good_until.get(token?).copied()
    }

    /// The server takes none of those that there are any more.
    pub fn expire_all(&mut self) {
        self.good_until.iter_mut().for_each(|until| *until = 0);
    }
}
