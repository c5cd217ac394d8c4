//! One connection, and the proxy on its way.

use talkwire::protocol::Batch;

use crate::network::Happening;

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
