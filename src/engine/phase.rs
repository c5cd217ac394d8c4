//! Where a connection stands, as the application sees it.

use super::error::Error;
use super::time::Timestamp;

/// What the socket does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nobody has asked for a connection.
    #[default]
    Idle,
    /// An attempt is on its way.
    Connecting,
    /// A session is proved.
    Open,
    /// The next attempt has its time.
    Waiting,
    /// The browser says there is no network.
    Offline,
    /// It ended and will not try by itself.
    Closed,
}

impl Phase {
    /// The name that snapshots carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Offline => "offline",
            Self::Closed => "closed",
        }
    }
}

/// What carries messages now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A proved session.
    Socket,
    /// HTTP: a session by long-polling, or reading again and again.
    Polling,
}

impl Transport {
    /// The name that snapshots carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Polling => "polling",
        }
    }
}

/// The connection's snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// What the socket does.
    pub phase: Phase,
    /// What carries messages now.
    pub transport: Option<Transport>,
    /// Failures in a row.
    pub attempt: u32,
    /// When the next attempt is due.
    pub retry_at: Option<Timestamp>,
    /// What went wrong last, until it is mended.
    pub error: Option<Error>,
}
