//! What an application may set, as numbers and flags; checked before it comes here.

/// All settings of one client.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who "I" am, whatever the server says.
    pub user_id: Option<String>,
    /// Connect by itself on the first subscription or send.
    pub auto_connect: bool,
    /// From dialling to a proved session.
    pub connect_timeout_ms: u64,
    /// The schedule of retries.
    pub backoff: Backoff,
    /// How the life of a session is watched.
    pub heartbeat: Heartbeat,
    /// How long a conversation stays joined after its last listener left.
    pub linger_ms: u64,
    /// What can be read or written without a socket, and how often.
    pub polling: Polling,
    /// Where no socket opens, the session itself can go over HTTP: this server offers long-polling.
    pub long_polling: bool,
    /// Bounds of what waits to be sent.
    pub outbox: Outbox,
    /// At most one typing frame per conversation in this time.
    pub typing_throttle_ms: u64,
    /// Somebody who says nothing more has stopped typing after this time.
    pub typing_expire_ms: u64,
    /// Messages kept in a conversation's snapshot.
    pub history_max_messages: usize,
    /// Older messages can be read.
    pub can_load_before: bool,
    /// Whether the server says `hello`.
    pub greeting: Greeting,
    /// Whether asking for the URL or the token again can bring a new token.
    pub token_refreshable: bool,
    /// Where the randomness of this client begins.
    pub seed: u64,
}

/// Whether a server says `hello`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Greeting {
    /// It is learnt from what it does.
    #[default]
    Learnt,
    /// In this dialect none does.
    Never,
    /// In this dialect each does.
    Always,
}

/// Delays between attempts.
#[derive(Clone, Debug)]
pub struct Backoff {
    /// The shortest delay.
    pub min_ms: u64,
    /// The longest delay.
    pub max_ms: u64,
    /// Growth per failure.
    pub factor: f64,
    /// Whether delays are spread.
    pub jitter: Jitter,
    /// An open session that got a frame is stable after this time.
    pub stable_after_ms: u64,
    /// Attempts in a row before giving up.
    pub max_attempts: u32,
}

/// How delays are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Anywhere between the shortest delay and this attempt's longest.
    Full,
    /// Always the same, for tests.
    None,
}

/// How the life of a session is watched.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// Off: silence is never asked about.
    pub enabled: bool,
    /// Silence after which the server is asked.
    pub interval_ms: u64,
    /// How long it may take to answer.
    pub timeout_ms: u64,
    /// The application has given a ping that every server answers.
    pub custom_ping: bool,
}

/// What can be read or written without a socket, and how often.
#[derive(Clone, Debug)]
pub struct Polling {
    /// A conversation's messages can be read.
    pub messages: bool,
    /// The list of conversations can be read.
    pub conversations: bool,
    /// A message can be posted.
    pub send: bool,
    /// Between two reads of a thread.
    pub messages_interval_ms: u64,
    /// Between two reads of the list.
    pub conversations_interval_ms: u64,
    /// Time without a session after which polling takes over.
    pub start_after_ms: u64,
    /// Failed attempts after which polling takes over.
    pub start_after_attempts: u32,
    /// A slow check of each thread while the socket is up; `None`: no check.
    pub safety_interval_ms: Option<u64>,
}

/// Bounds of what waits to be sent.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Sends waiting at most.
    pub max_messages: usize,
    /// Bytes waiting at most.
    pub max_bytes: usize,
    /// Age of a raw frame.
    pub ttl_ms: u64,
    /// Age of a message that a person wrote; `None`: no limit.
    pub message_ttl_ms: Option<u64>,
    /// What happens to a send for which there is no room.
    pub overflow: Overflow,
    /// How long an acknowledgement may take.
    pub ack_timeout_ms: u64,
    /// How long a send waits for others to leave with, where the server takes batches.
    pub batch_ms: u64,
}

/// What happens when the outbox is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The new send is dropped.
    Reject,
    /// The oldest waiting send is dropped.
    DropOldest,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            user_id: None,
            auto_connect: true,
            connect_timeout_ms: 10_000,
            backoff: Backoff::default(),
            heartbeat: Heartbeat { enabled: true, interval_ms: 25_000, timeout_ms: 10_000, custom_ping: false },
            linger_ms: 250,
            polling: Polling::default(),
            long_polling: false,
            outbox: Outbox {
                max_messages: 256,
                max_bytes: 262_144,
                ttl_ms: 60_000,
                message_ttl_ms: None,
                overflow: Overflow::Reject,
                ack_timeout_ms: 10_000,
                batch_ms: 0,
            },
            typing_throttle_ms: 3_000,
            typing_expire_ms: 7_000,
            history_max_messages: 500,
            can_load_before: false,
            greeting: Greeting::Learnt,
            token_refreshable: false,
            seed: 0,
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            min_ms: 500,
            max_ms: 30_000,
            factor: 2.0,
            jitter: Jitter::Full,
            stable_after_ms: 5_000,
            max_attempts: u32::MAX,
        }
    }
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            messages: false,
            conversations: false,
            send: false,
            messages_interval_ms: 5_000,
            conversations_interval_ms: 10_000,
            start_after_ms: 6_000,
            start_after_attempts: 2,
            safety_interval_ms: Some(120_000),
        }
    }
}
