//! Everything the engine wants done.

use std::rc::Rc;

use crate::protocol::Outgoing;

use super::error::Error;
use super::input::{DeliveryId, RequestId, Slot};
use super::phase::Connection;

/// A wish. The shell fulfils them in order.
#[derive(Clone, Debug)]
pub enum Effect<P> {
    /// Resolve the address and the token, then open a socket.
    Dial {
        /// Its generation.
        generation: u32,
        /// Failures so far, for the token function.
        attempt: u32,
        /// The close code that led here, for the token function.
        code: Option<u16>,
        /// By long-polling instead.
        is_polled: bool,
    },
    /// Try to go on with a session by long-polling over a socket; `Input::Opened` tells that it does. What an earlier
    /// wish of this kind began and did not end is given up.
    Upgrade {
        /// Which session.
        generation: u32,
    },
    /// Write these frames: before any later wish about this socket, and before the turn ends.
    Transmit {
        /// To which socket.
        generation: u32,
        /// What.
        frames: Vec<Outgoing<P>>,
        /// The server takes batches: what is written in one turn leaves together.
        batch: bool,
    },
    /// Say by `Input::Buffered` how much has not left yet.
    Measure {
        /// Which socket.
        generation: u32,
    },
    /// Let go of a socket; nothing it says is wanted any more.
    Hangup {
        /// Which.
        generation: u32,
        /// The code to close with; `None`: a bare close.
        code: Option<u16>,
    },
    /// Ask the server by HTTP.
    Fetch(RequestId, Fetch<P>),
    /// Nobody wants the reply any more.
    Abort(RequestId),
    /// Tell the listeners.
    Event(Event<P>),
    /// Tell the listeners what went wrong, and in which conversation, if it is about one.
    Report(Error, Option<Rc<str>>),
    /// The connection's snapshot changed.
    Connection(Connection),
    /// A conversation's snapshot changed.
    Edit(Slot, Edit<P>),
    /// A conversation's data changed.
    Info {
        /// Its id.
        conversation: Rc<str>,
        /// What is known now.
        data: P,
    },
    /// The whole list came.
    List(Vec<P>),
    /// I have read a conversation.
    Read {
        /// Its id.
        conversation: Rc<str>,
    },
    /// An agent's status changed.
    Agent {
        /// Which agent.
        agent_id: String,
        /// What is known now.
        data: P,
    },
    /// Who the server says this is, where the application has not said it.
    Identity(String),
    /// Somebody wants a conversation: its messages may take the express lane.
    Want(Slot),
    /// Nobody wants it any more.
    Unwant(Slot),
    /// Something in this conversation could not be recovered; told before anything newer.
    Gap(Rc<str>),
    /// A send came to its end.
    Settle(DeliveryId, Outcome<P>),
    /// `loadBefore` came to its end.
    Loaded(Slot, Option<Error>),
    /// A conversation is forgotten; its slot will serve another.
    Forget(Slot),
    /// The client has ended: free everything.
    Ended,
}

/// What to ask by HTTP.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetch<P> {
    /// A conversation's messages.
    Messages {
        /// Which conversation.
        conversation: Rc<str>,
        /// Only what follows this message.
        after: Option<Rc<str>>,
        /// Answer 304 if this still holds.
        etag: Option<Rc<str>>,
    },
    /// A conversation's older messages.
    Before {
        /// Which conversation.
        conversation: Rc<str>,
        /// Only what precedes this message.
        before: Rc<str>,
        /// How many at most.
        limit: u32,
    },
    /// The list of conversations.
    Conversations {
        /// Answer 304 if this still holds.
        etag: Option<Rc<str>>,
    },
    /// The address of the socket, by a plain GET.
    Probe,
    /// Post a message.
    Send {
        /// Where.
        conversation: Rc<str>,
        /// The sender's id for it.
        client_id: Rc<str>,
        /// What was said.
        content: P,
        /// The page is being left: the request must outlive it.
        keepalive: bool,
    },
}

/// What the listeners of `on` are told.
#[derive(Clone, Debug)]
pub struct Event<P> {
    /// Its meaning.
    pub kind: EventKind,
    /// Where it happened.
    pub conversation: Option<Rc<str>>,
    /// Its payload.
    pub data: P,
    /// The frame it came in, where one did.
    pub whole: Option<P>,
    /// How it came.
    pub via: Via,
    /// It was found after newer ones had been told.
    pub late: bool,
}

/// The meaning of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A message.
    Message,
    /// A conversation's own data changed.
    Conversation,
    /// Somebody types, or stopped.
    Typing,
    /// Who is there.
    Presence,
    /// An agent's status.
    Agent,
    /// An event of the application's own.
    Other(String),
}

impl EventKind {
    /// The name that `on` takes.
    pub fn name(&self) -> &str {
        match self {
            Self::Message => "message",
            Self::Conversation => "conversation",
            Self::Typing => "typing",
            Self::Presence => "presence",
            Self::Agent => "agent",
            Self::Other(name) => name,
        }
    }
}

/// How an event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Live, over the socket.
    Socket,
    /// Over the socket, again after a reconnect.
    Replay,
    /// By HTTP.
    Poll,
    /// It is this client's own send coming back.
    Echo,
}

impl Via {
    /// The name that events carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Replay => "replay",
            Self::Poll => "poll",
            Self::Echo => "echo",
        }
    }
}

/// A change of a conversation's snapshot.
#[derive(Clone, Debug)]
pub enum Edit<P> {
    /// A message takes its place.
    Insert {
        /// Its place.
        index: usize,
        /// The message.
        message: Shown<P>,
    },
    /// A message takes another's place.
    Replace {
        /// The place.
        index: usize,
        /// The message.
        message: Shown<P>,
    },
    /// A message's state changed.
    State {
        /// Its place.
        index: usize,
        /// The state now.
        state: State,
    },
    /// A message is gone.
    Remove {
        /// Its place.
        index: usize,
    },
    /// The oldest messages are no longer kept.
    Trim {
        /// How many.
        count: usize,
    },
    /// The conversation's own state changed.
    Status {
        /// The state now.
        status: Status,
        /// What went wrong, where something did.
        error: Option<Error>,
    },
    /// Whether something could not be recovered.
    Gap(bool),
    /// Who types.
    Typing(Vec<Rc<str>>),
    /// Who is there.
    Presence(Vec<String>),
}

/// A message as a snapshot shows it.
#[derive(Clone, Debug)]
pub struct Shown<P> {
    /// The server's data, or what was said, before the server has it.
    pub data: P,
    /// Where it stands.
    pub state: State,
    /// The sender's id for it.
    pub client_id: Option<Rc<str>>,
    /// `data` is only the content: the server has not stored it yet.
    pub draft: bool,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Mine, not known to be stored.
    Pending,
    /// Mine, stored or written.
    Sent,
    /// Mine, and it will not arrive.
    Failed,
    /// From the server.
    Received,
}

impl State {
    /// The name that snapshots carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Received => "received",
        }
    }
}

/// What a conversation is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nobody wants it, or there is no connection.
    #[default]
    Idle,
    /// On the way.
    Joining,
    /// Its events arrive.
    Live,
    /// It is read again and again.
    Polling,
    /// The server refuses it.
    Error,
}

impl Status {
    /// The name that snapshots carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Joining => "joining",
            Self::Live => "live",
            Self::Polling => "polling",
            Self::Error => "error",
        }
    }
}

/// How a send ended.
#[derive(Clone, Debug)]
pub enum Outcome<P> {
    /// The server has it.
    Acked(Option<P>),
    /// It was written; this server does not answer.
    Sent,
    /// It was written; this server could answer, and does not.
    Unanswered,
    /// It was not sent, or not known to have arrived.
    Dropped(Drop),
    /// A request has no answer.
    Failed(Error),
}

/// Why a send was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drop {
    /// There was no room.
    Overflow,
    /// It grew too old.
    Expired,
    /// The application did not want it any more.
    Cancelled,
    /// The server refused it.
    Rejected,
    /// The server did not answer, however often it was sent.
    NoAck,
    /// The client was closed.
    Closed,
}

impl Drop {
    /// The name that results carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overflow => "overflow",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::NoAck => "no-ack",
            Self::Closed => "closed",
        }
    }
}
