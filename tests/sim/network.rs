//! The network and its connections: what they let pass, and when it arrives.

use std::collections::BTreeMap;

use talkwire::protocol::{Batch, Dialect};

use crate::sockets::Happening;

/// What the network does to what passes.
#[derive(Clone, Debug)]
pub struct Network {
    pub latency_ms: (u64, u64),
    /// Sockets are refused; HTTP is not.
    pub refuses_sockets: bool,
    /// Sockets are never answered; HTTP is.
    pub swallows_sockets: bool,
    /// Whatever is sent arrives only from this moment on.
    pub down_until: u64,
    /// The same for some pages only.
    pub cut_off_until: BTreeMap<usize, u64>,
    /// HTTP takes this long; as long as the sockets where it is not given.
    pub http_latency_ms: Option<(u64, u64)>,
    /// HTTP answers with this status.
    pub http_status: Option<u16>,
    pub retry_after_ms: Option<u64>,
    /// Whatever is read over HTTP fails; posts do not.
    pub reads_fail: bool,
    /// What is at the socket's address where sockets are refused.
    pub speaks: Option<Dialect>,
    /// HTTP requests do not arrive.
    pub http_fails: bool,
    /// HTTP requests arrive, their replies do not, and nobody is told.
    pub http_swallows: bool,
    /// Requests and replies arrive twice.
    pub http_doubles: bool,
    /// HTTP replies with something else than what was asked for.
    pub http_confuses: bool,
    /// A socket is killed this long after it opened.
    pub kills_after_ms: Option<u64>,
    /// A socket is killed when so much has passed over it, be it in the middle of a frame.
    pub kills_after_bytes: Option<usize>,
}

/// One connection, as both ends see it.
#[derive(Clone, Debug)]
pub struct Line {
    pub page: usize,
    pub generation: u32,
    /// What the page says no longer arrives, and nobody is told.
    pub loses_up: bool,
    /// What the server says no longer arrives, and nobody is told.
    pub loses_down: bool,
    /// What is to be written at the end of this turn.
    pub batch: Batch,
    /// When the last thing sent in each direction arrives.
    pub up_at: u64,
    pub down_at: u64,
    /// A proxy lets so much pass, then it kills the connection.
    pub bytes_left: Option<usize>,
    pub token: Option<usize>,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            latency_ms: (10, 30),
            refuses_sockets: false,
            swallows_sockets: false,
            down_until: 0,
            cut_off_until: BTreeMap::new(),
            http_latency_ms: None,
            http_status: None,
            retry_after_ms: None,
            reads_fail: false,
            speaks: None,
            http_fails: false,
            http_swallows: false,
            http_doubles: false,
            http_confuses: false,
            kills_after_ms: None,
            kills_after_bytes: None,
        }
    }
}

impl Network {
    pub fn reachable_from(&self, page: usize) -> u64 {
        self.down_until.max(self.cut_off_until.get(&page).copied().unwrap_or(0))
    }
}

impl Line {
    /// Whether all that is said over it arrives.
    pub const fn is_sound(&self) -> bool {
        !self.loses_up && !self.loses_down && self.bytes_left.is_none()
    }

    /// Whether the proxy on the way lets it pass; the frame in which its patience ends is cut in the middle.
    pub fn lets_pass(&mut self, happening: &Happening) -> bool {
        let (Happening::Up(_, text) | Happening::Down(_, text)) = happening else {
            return true;
        };
        let Some(left) = self.bytes_left else {
            return true;
        };
        let rest = left.checked_sub(text.len());
        self.bytes_left = Some(rest.unwrap_or(0));
        rest.is_some()
    }
}
