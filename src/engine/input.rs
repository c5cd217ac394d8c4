//! Everything that can happen to a client.

use std::rc::Rc;

use crate::protocol::close_code::Verdict;
use crate::protocol::{Dialect, Frame, Keys};

use super::error::ErrorCode;
use super::express::Passed;

/// A conversation's number inside one client; cheaper to pass around than its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// Somebody who wants a conversation joined; the same one wanting it twice wants it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder(pub u32);

/// A send's number inside one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeliveryId(pub u32);

/// A fetch's number inside one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub u32);

/// A fact. Inputs of an older generation than the socket they speak of are ignored.
#[derive(Clone, Debug)]
pub enum Input<P> {
    /// The application wants a session.
    Connect,
    /// The application wants none until it connects again.
    Disconnect,
    /// The application is done with this client.
    Close,
    /// One more user of a shared client.
    Acquire,
    /// One user fewer.
    Release,
    /// A conversation is wanted.
    Hold(Slot, Holder),
    /// … no longer.
    Unhold(Slot, Holder),
    /// Whatever this holder wanted is wanted no longer.
    UnholdAll(Holder),
    /// A page shows this conversation: keep a snapshot of it.
    View(Slot),
    /// Whether somebody looks at the list of conversations.
    WatchList(bool),
    /// Something to send.
    Send(Submission<P>),
    /// A send that has not left is not wanted any more.
    Cancel(DeliveryId),
    /// A failed message of a snapshot shall be sent again, as this delivery.
    Retry(Slot, Rc<str>, DeliveryId),
    /// A failed message of a snapshot shall go.
    Discard(Slot, Rc<str>),
    /// I type, or stopped.
    Typing(Slot, bool),
    /// I have read what there is.
    MarkRead(Slot),
    /// Older messages are wanted.
    LoadBefore {
        /// Where.
        slot: Slot,
        /// How many at most.
        limit: u32,
    },
    /// Messages that a server rendered.
    Hydrate(Slot, Vec<Item<P>>),

    /// The handshake of a socket is done; or a session by long-polling goes on over a socket.
    Opened {
        /// Which socket.
        generation: u32,
    },
    /// There was no socket to open: the address or the token could not be had.
    DialFailed {
        /// Which socket.
        generation: u32,
        /// What went wrong.
        code: ErrorCode,
        /// What is known of the cause.
        detail: String,
        /// Trying again would end the same way.
        lasting: bool,
    },
    /// A frame came.
    Frame {
        /// From which socket.
        generation: u32,
        /// What it says.
        frame: Frame<P>,
    },
    /// What the express lane has told since the last input. It comes before any other.
    Passed(Passed),
    /// The application answers a question of the server's.
    Answer {
        /// Over which socket it was asked.
        generation: u32,
        /// The server's number for it.
        reference: u32,
        /// The answer.
        data: P,
    },
    /// Something came that nobody can read.
    BadFrame {
        /// From which socket.
        generation: u32,
        /// What is wrong with it.
        detail: String,
    },
    /// Something came that nobody can read, but that is known from another dialect.
    OtherDialect {
        /// From which socket.
        generation: u32,
        /// Which dialect.
        dialect: Dialect,
    },
    /// A socket is closed.
    Closed {
        /// Which socket.
        generation: u32,
        /// How.
        close: Close,
    },

    /// How much the browser still has to write.
    Buffered {
        /// To which socket.
        generation: u32,
        /// Bytes that have not left.
        bytes: usize,
    },

    /// A fetch came to its end.
    Fetched(RequestId, Fetched<P>),

    /// The page was hidden, or shown.
    Visibility {
        /// Whether it is hidden now.
        hidden: bool,
    },
    /// The browser says there is a network.
    Online,
    /// The browser says there is none.
    Offline,
    /// The page runs again after it had been stopped.
    Resumed,
    /// The page is about to be left or frozen.
    PageHide,
    /// The page is back.
    PageShow,

    /// Nothing but the passing of time.
    Tick,
}

/// Something to send.
#[derive(Clone, Debug)]
pub struct Submission<P> {
    /// Its number, for its result.
    pub delivery: DeliveryId,
    /// What it is.
    pub body: Body<P>,
    /// Its size, for the outbox's bounds.
    pub bytes: usize,
    /// How long ago it was given, where the engine could not take it at once.
    pub waited_ms: u64,
}

/// What is sent.
#[derive(Clone, Debug)]
pub enum Body<P> {
    /// A message to a conversation.
    Message {
        /// Where.
        slot: Slot,
        /// The same on every try.
        client_id: Rc<str>,
        /// What was said.
        content: P,
    },
    /// A frame of the application's own.
    Raw(P),
    /// A question that the server is to answer.
    Request {
        /// What is asked.
        event: Rc<str>,
        /// What goes with it.
        data: P,
        /// How long the answer may take, waiting for a session included.
        timeout_ms: u64,
    },
}

/// How a socket was closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Close {
    /// The close code; 1006 where none came.
    pub code: u16,
    /// The server's words.
    pub reason: String,
    /// What the application's `classifyClose` says of it.
    pub verdict: Option<Verdict>,
    /// The server asks to wait at least this long.
    pub retry_after_ms: Option<u64>,
}

/// A message that HTTP brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Item<P> {
    /// The message.
    pub data: P,
    /// What identifies it.
    pub keys: Keys,
}

/// A conversation of a list that HTTP brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<P> {
    /// Its id.
    pub id: String,
    /// What is known of it.
    pub data: P,
    /// A print of `data`: another one means that something changed.
    pub print: u64,
}

impl<P> Listed<P> {
    /// The print of a conversation's JSON.
    pub fn print_of(json: &str) -> u64 {
        super::window::print(json)
    }
}

/// How a fetch ended.
#[derive(Clone, Debug)]
pub enum Fetched<P> {
    /// Messages in order, with the reply's ETag.
    Messages(Vec<Item<P>>, Option<Rc<str>>),
    /// The list of conversations, with the reply's ETag.
    Conversations(Vec<Listed<P>>, Option<Rc<str>>),
    /// A posted message as it was stored.
    Posted(Item<P>),
    /// What is at the socket's address answers a plain GET.
    Probed {
        /// The HTTP status; 0 where the page may not see it.
        status: u16,
        /// What it speaks, where its words show that it is not this dialect.
        dialect: Option<Dialect>,
    },
    /// Nothing changed since the ETag.
    NotModified,
    /// It failed.
    Failed {
        /// The HTTP status, where there was a reply.
        status: Option<u16>,
        /// The server asks to wait at least this long.
        retry_after_ms: Option<u64>,
        /// What is known of the cause.
        detail: String,
    },
}
