//! Frames in the terms that all dialects share.

use std::rc::Rc;

/// A frame from the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame<V> {
    /// The server says what it offers.
    Hello(Hello),
    /// A subscribe was accepted.
    Subscribed(Subscribed),
    /// The server awaits what a session begins with.
    Open(Opening),
    /// The server refuses the session, or ends it, for what this close code says.
    Refused {
        /// The close code.
        code: u16,
        /// The server's own words.
        reason: String,
    },
    /// Something happened.
    Update(Update<V>),
    /// A send was stored.
    Ack {
        /// The `ref` of the send.
        reply_to: u32,
        /// The stored message, where the server gives it.
        data: Option<V>,
        /// What identifies it.
        keys: Keys,
    },
    /// A request was refused, or the server complains in general.
    Error {
        /// The `ref` of the request.
        reply_to: Option<u32>,
        /// The conversation it is about.
        conversation: Option<String>,
        /// The server's own code.
        code: String,
        /// The server's own words.
        message: String,
        /// Whether the same request may succeed later.
        retryable: bool,
    },
    /// The answer to a ping.
    Pong,
    /// A question that wants a pong.
    Ping,
    /// The server will close soon.
    Drain {
        /// A new connection is wanted within this time.
        within_ms: u64,
    },
    /// Several frames in one, each still to be decoded.
    Batch(Vec<V>),
}

/// How a server watches over its connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The longest silence of a server that lives.
    pub silence_ms: Option<u64>,
    /// The longest frame that it takes.
    pub max_bytes: Option<u64>,
}

/// What a server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// What it offers.
    pub features: Features,
    /// Who the token says this is.
    pub user_id: Option<String>,
    /// The last session goes on: its subscriptions stand, and what was missed follows.
    pub recovered: bool,
}

/// What a server offers beyond the least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// Answers to subscribes and sends.
    pub ack: bool,
    /// Whether the answers come is up to whoever wrote the server.
    pub unsure_acks: bool,
    /// What came after a cursor is sent again.
    pub replay: bool,
    /// Several frames in one.
    pub batch: bool,
    /// Pings are answered.
    pub ping: bool,
    /// The list of conversations comes by itself.
    pub list: bool,
    /// It keeps what has been read.
    pub read: bool,
}

impl Features {
    /// Whether an answer is waited for, by what was learnt of such answers.
    pub const fn expects_acks(self, learnt: Option<bool>) -> bool {
        self.ack && !(self.unsure_acks && matches!(learnt, Some(false)))
    }
}

/// The answer to a subscribe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscribed {
    /// The conversation.
    pub conversation: Option<String>,
    /// The `ref` of the subscribe.
    pub reply_to: Option<u32>,
    /// The newest offset.
    pub offset: Option<u64>,
    /// The numbering that the offset belongs to.
    pub epoch: Option<String>,
    /// All after the cursor follows.
    pub recovered: bool,
}

/// Something that happened, usually in a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Update<V> {
    /// Its meaning.
    pub kind: UpdateKind,
    /// Where it happened.
    pub conversation: Option<String>,
    /// Its payload.
    pub data: V,
    /// The whole frame, with whatever else the server sent beside it, if there is more to it.
    pub whole: Option<V>,
}

/// The meaning of an update, with what the engine needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateKind {
    /// A message.
    Message(Keys),
    /// A conversation's own data changed.
    Conversation,
    /// Somebody types, or stopped.
    Typing {
        /// Who.
        user_id: String,
        /// Whether they type.
        is_typing: bool,
    },
    /// Who is there.
    Presence {
        /// All of them.
        user_ids: Vec<String>,
    },
    /// An agent's status.
    Agent {
        /// Which agent.
        agent_id: String,
    },
    /// An event of the application's own, under the server's name.
    Other(String),
}

/// What identifies a message and places it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The server's id.
    pub id: Option<String>,
    /// The sender's id for it.
    pub client_id: Option<String>,
    /// Who said it.
    pub sender_id: Option<String>,
    /// Its number in the conversation.
    pub offset: Option<u64>,
    /// The numbering that the offset belongs to.
    pub epoch: Option<String>,
    /// It is sent again after a reconnect.
    pub replay: bool,
}

/// A frame to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing<V> {
    /// What this client understands, to a server that said `hello`.
    Hello,
    /// What a session begins with.
    Connect,
    /// The answer to a question of the server's.
    Answer {
        /// The server's number for it.
        reference: u32,
        /// The answer.
        data: V,
    },
    /// Join a conversation.
    Subscribe {
        /// Which.
        conversation: Rc<str>,
        /// For the answer; only where answers are offered.
        reference: Option<u32>,
        /// What is known already; only where replay is offered.
        cursor: Option<Cursor>,
    },
    /// Leave a conversation.
    Unsubscribe {
        /// Which.
        conversation: Rc<str>,
    },
    /// Post a message.
    Message {
        /// Where.
        conversation: Rc<str>,
        /// For the answer; only where answers are offered.
        reference: Option<u32>,
        /// The sender's id for it, the same on every try.
        client_id: Rc<str>,
        /// What was said.
        content: V,
    },
    /// I type, or stopped.
    Typing {
        /// Where.
        conversation: Rc<str>,
        /// Whether I type.
        is_typing: bool,
    },
    /// I have read up to a message.
    Read {
        /// Where.
        conversation: Rc<str>,
        /// The newest message that was read.
        message_id: Rc<str>,
    },
    /// A question that the server is to answer.
    Request {
        /// What is asked.
        event: Rc<str>,
        /// For the answer.
        reference: u32,
        /// What goes with it.
        data: V,
    },
    /// A frame of the application's own, as it stands.
    Raw(V),
    /// A question that wants an answer.
    Ping,
    /// The answer to the server's ping.
    Pong,
}

impl<V> Outgoing<V> {
    /// What the application said in it, to change it.
    pub const fn payload_mut(&mut self) -> Option<&mut V> {
        match self {
            Self::Message { content: payload, .. }
            | Self::Request { data: payload, .. }
            | Self::Answer { data: payload, .. }
            | Self::Raw(payload) => Some(payload),
            Self::Hello
            | Self::Connect
            | Self::Subscribe { .. }
            | Self::Unsubscribe { .. }
            | Self::Typing { .. }
            | Self::Read { .. }
            | Self::Ping
            | Self::Pong => None,
        }
    }
}

/// How far a conversation is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the last message seen.
    pub offset: u64,
    /// The numbering it belongs to.
    pub epoch: Option<Rc<str>>,
}
