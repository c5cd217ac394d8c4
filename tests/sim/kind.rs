//! What a server offers, and how well it keeps to it.

use talkwire::protocol::Protocol;

/// What a server offers, and how it misbehaves.
#[derive(Clone, Debug)]
pub struct Kind {
    pub hello: Option<Vec<&'static str>>,
    pub numbers: bool,
    pub history: bool,
    /// How many messages of a conversation it can replay.
    pub replay_window: u64,
    /// Messages a page of history holds.
    pub page: usize,
    /// An echo carries the sender's `clientId`.
    pub returns_client_id: bool,
    /// The ack of every n-th send is lost.
    pub loses_ack: Option<u32>,
    /// The answer to every n-th subscribe is lost.
    pub loses_answer: Option<u32>,
    /// Every n-th subscribe is refused; the same one again may be taken.
    pub refuses_subscribe: Option<u32>,
    /// Messages of a sender's with a number that this divides are refused, each time.
    pub refuses_message: Option<u32>,
    pub ack_delay_ms: u64,
    pub echo_delay_ms: u64,
    pub answers_pings: bool,
    pub hello_delay_ms: u64,
    pub protocol: Protocol,
    /// What it says to whoever wants a session, instead of giving one.
    pub refuses_session: Option<&'static str>,
    /// A session that broke off goes on in the next.
    pub recovers_sessions: bool,
}

impl Kind {
    /// Ids only, and nothing said of itself.
    pub fn plain() -> Self {
        Self {
            hello: None,
            numbers: false,
            history: false,
            replay_window: 0,
            page: 50,
            returns_client_id: true,
            loses_ack: None,
            loses_answer: None,
            refuses_subscribe: None,
            refuses_message: None,
            ack_delay_ms: 0,
            echo_delay_ms: 0,
            answers_pings: true,
            hello_delay_ms: 0,
            protocol: Protocol::Json,
            refuses_session: None,
            recovers_sessions: false,
        }
    }

    /// Socket.IO with handlers that ack.
    pub fn socket_io() -> Self {
        Self { hello: Some(vec!["ack"]), protocol: Protocol::SocketIo, ..Self::plain() }
    }

    /// Socket.IO with handlers that return nothing.
    pub fn silent_socket_io() -> Self {
        Self { hello: Some(Vec::new()), ..Self::socket_io() }
    }

    /// Ids, with history over HTTP.
    pub fn plain_with_history() -> Self {
        Self { history: true, ..Self::plain() }
    }

    /// All that the protocol knows.
    pub fn full() -> Self {
        Self {
            hello: Some(vec!["ack", "replay", "batch", "ping", "list", "read"]),
            numbers: true,
            history: true,
            replay_window: u64::MAX,
            ..Self::plain()
        }
    }

    /// Numbers, but no replay and no history.
    pub fn numbered() -> Self {
        Self { hello: Some(vec!["ack", "ping"]), numbers: true, ..Self::plain() }
    }

    pub fn offers(&self, feature: &str) -> bool {
        self.hello.as_ref().is_some_and(|features| features.contains(&feature))
    }
}
