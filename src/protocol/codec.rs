//! How one client reads and writes frames.

use super::frame::{Frame, Outgoing};
use super::names::Names;
use super::read::{DecodeError, MessageId};
use super::value::Value;
use super::{json, nest, socketio};

/// The dialects that are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// One JSON object a frame, its meaning under `type`.
    #[default]
    Json,
    /// The same with the server's own names under `event`, as NestJS's plain adapter speaks it.
    Nest,
    /// Engine.IO 4 with Socket.IO 5 on it.
    SocketIo,
}

impl Protocol {
    /// What the option `protocol` names.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "nest" => Self::Nest,
            "socket.io" => Self::SocketIo,
            _ => return None,
        })
    }
}

/// A dialect, and the names that are used in it.
#[derive(Debug, Default)]
pub struct Codec {
    /// The dialect.
    pub protocol: Protocol,
    /// The names.
    pub names: Names,
    /// The namespace of Socket.IO, as it stands before what is said in it: `/chat,`; the main one is empty.
    pub namespace: String,
}

impl Codec {
    /// Reads one frame.
    pub fn decode<V: Value>(
        &self,
        frame: V,
        message_id: &(impl MessageId<V> + ?Sized),
    ) -> Result<Frame<V>, DecodeError> {
        match self.protocol {
            Protocol::Json => json::decode(frame, &self.names, message_id),
            Protocol::Nest => nest::decode(frame, &self.names, message_id),
            Protocol::SocketIo => socketio::decode(frame, &self.names, message_id),
        }
    }

    /// Writes one frame as text.
    pub fn encode<V: Value>(&self, frame: &Outgoing<V>) -> String {
        match self.protocol {
            Protocol::Json => json::encode(frame, &self.names),
            Protocol::Nest => nest::encode(frame, &self.names),
            Protocol::SocketIo => socketio::encode(frame, &self.names, &self.namespace),
        }
    }
}
